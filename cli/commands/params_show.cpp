// SPDX-License-Identifier: Apache-2.0

#include "command.hpp"
#include "value_commands.hpp"

namespace mlo::cli {

namespace {

void declare(Args& args, ValuesShowOptions& o) { declare_values_show(args, o, pipeline::Sought::params); }

int run(Context& ctx, const ValuesShowOptions& o) { return run_values_show(ctx, o, pipeline::Sought::params); }

constexpr Example examples[] = {
    {"mlo params show", "what the files of parameters say"},
    {"mlo params show --rev v1.0 --rev main --deps", "what stages depended on, a column for each revision"}};

}  // namespace

extern const Command params_show_command{.words = "params show",
                                         .group = Group::pipeline,
                                         .summary = "show parameters, here or in revisions",
                                         .bind = command_main<ValuesShowOptions, declare, run>,
                                         .json_schema = "mlo/params-show-v1",
                                         .examples = examples};

}  // namespace mlo::cli
