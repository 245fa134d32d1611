// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackParamOptions {
    std::vector<std::string> values;
    std::string run;
};

void declare(Args& args, TrackParamOptions& o) {
    declare_run(args, o.run);
    args.positional("key=value", o.values, "parameters and their values").required();
}

int run(Context& ctx, const TrackParamOptions& o) {
    const auto values = split_assignments(o.values, "a parameter");
    if (is_untracked(ctx, o.run)) return exit_ok;
    CurrentRun current{ctx, o.run};
    current.runs().record(current.id(), {.params = values});
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track param lr=0.1 model=tree", "inside of a tracked job"}};

}  // namespace

extern const Command track_param_command{
    .words = "track param",
    .group = Group::track,
    .summary = "record parameters of a run that is going on: one value each, for ever",
    .bind = command_main<TrackParamOptions, declare, run>,
    .examples = examples};

}  // namespace mlo::cli
