// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "context.hpp"
#include "run_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsShowOptions {
    std::string run = "last";
};

void declare(Args& args, RunsShowOptions& o) {
    args.positional("run", o.run, "its id or the start of it, its name, or 'last' [default: last]")
        .completing(Completes::run);
}

int run(Context& ctx, const RunsShowOptions& o) {
    Tracking tracking{ctx, db::Access::read};
    const auto id = tracking.resolve(o.run);
    const auto document = tracking.runs().get(id);
    const auto status = tracking.runs().status(id);
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/runs-show-v1", [&](json::Writer& json) { write_run(json, document, status); });
    } else {
        show_run(ctx.out(), document, status);
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo runs show", "the run that was started last"},
                                {"mlo runs show 1a2b3c4d --json", "all that is known of a run, for a program"}};

}  // namespace

extern const Command runs_show_command{.words = "runs show",
                                       .group = Group::track,
                                       .summary = "show what is known of a run",
                                       .bind = command_main<RunsShowOptions, declare, run>,
                                       .json_schema = "mlo/runs-show-v1",
                                       .examples = examples};

}  // namespace mlo::cli
