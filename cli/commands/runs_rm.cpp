// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsRmOptions {
    std::vector<std::string> runs;
};

void declare(Args& args, RunsRmOptions& o) {
    args.positional("run", o.runs, "their ids or the starts of them, their names, or 'last'")
        .required()
        .completing(Completes::run);
}

int run(Context& ctx, const RunsRmOptions& o) {
    Tracking tracking{ctx};
    std::vector<std::string> ids;
    for (const auto& run : o.runs) ids.push_back(tracking.resolve(run));
    for (const auto& id : ids) tracking.archive().amend(id, {.deleted = true});
    ctx.out().message(fmt::format("removed {}", plural(ids.size(), "run", "runs")));
    ctx.out().hint(fmt::format("mlo runs restore {}", short_id(ids.front())));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo runs rm 1a2b3c4d", "a run that failed for a silly reason"}};

}  // namespace

extern const Command runs_rm_command{.words = "runs rm",
                                     .group = Group::track,
                                     .summary = "remove runs from the list; they can be restored",
                                     .bind = command_main<RunsRmOptions, declare, run>,
                                     .examples = examples};

}  // namespace mlo::cli
