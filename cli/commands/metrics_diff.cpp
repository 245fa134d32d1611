// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "value_commands.hpp"

namespace mlo::cli {

namespace {

void declare(Args& args, ValuesDiffOptions& o) { declare_values_diff(args, o, pipeline::Sought::metrics); }

int run(Context& ctx, const ValuesDiffOptions& o) { return run_values_diff(ctx, o, pipeline::Sought::metrics); }

constexpr Example examples[] = {
    {"mlo metrics diff", "what became of them since the last commit"},
    {"mlo metrics diff main --md", "a table in Markdown, for a merge request"},
    {"mlo metrics diff v1.0 v2.0 --all --precision 3", "between two tags, with what is the same"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs (only with --exit-code)"}};

}  // namespace

extern const Command metrics_diff_command{.words = "metrics diff",
                                          .group = Group::pipeline,
                                          .summary = "show which metrics differ between revisions",
                                          .bind = command_main<ValuesDiffOptions, declare, run>,
                                          .json_schema = "mlo/metrics-diff-v1",
                                          .examples = examples,
                                          .exits = exits};

}  // namespace mlo::cli
