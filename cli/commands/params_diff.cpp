// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "value_commands.hpp"

namespace mlo::cli {

namespace {

void declare(Args& args, ValuesDiffOptions& o) { declare_values_diff(args, o, pipeline::Sought::params); }

int run(Context& ctx, const ValuesDiffOptions& o) { return run_values_diff(ctx, o, pipeline::Sought::params); }

constexpr Example examples[] = {{"mlo params diff", "what was changed since the last commit"},
                                {"mlo params diff v1.0 main --md", "between two revisions, as a table in Markdown"},
                                {"mlo params diff HEAD~1 -- conf/train.toml", "of a file that no document names"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs (only with --exit-code)"}};

}  // namespace

extern const Command params_diff_command{.words = "params diff",
                                         .group = Group::pipeline,
                                         .summary = "show which parameters differ between revisions",
                                         .bind = command_main<ValuesDiffOptions, declare, run>,
                                         .json_schema = "mlo/params-diff-v1",
                                         .examples = examples,
                                         .exits = exits};

}  // namespace mlo::cli
