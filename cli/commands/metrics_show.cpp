// SPDX-License-Identifier: Apache-2.0

#include "command.hpp"
#include "value_commands.hpp"

namespace mlo::cli {

namespace {

void declare(Args& args, ValuesShowOptions& o) { declare_values_show(args, o, pipeline::Sought::metrics); }

int run(Context& ctx, const ValuesShowOptions& o) { return run_values_show(ctx, o, pipeline::Sought::metrics); }

constexpr Example examples[] = {{"mlo metrics show", "what the files of metrics say"},
                                {"mlo metrics show -T --md", "a column for each tag, in Markdown"},
                                {"mlo metrics show eval.json --rev v1.0", "a file of a revision"}};

}  // namespace

extern const Command metrics_show_command{.words = "metrics show",
                                          .group = Group::pipeline,
                                          .summary = "show metrics, here or in revisions",
                                          .bind = command_main<ValuesShowOptions, declare, run>,
                                          .json_schema = "mlo/metrics-show-v1",
                                          .examples = examples};

}  // namespace mlo::cli
