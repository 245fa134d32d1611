// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsRestoreOptions {
    std::vector<std::string> runs;
};

void declare(Args& args, RunsRestoreOptions& o) {
    args.positional("run", o.runs, "their ids or the starts of them, their names, or 'last'")
        .required()
        .completing(Completes::run);
}

int run(Context& ctx, const RunsRestoreOptions& o) {
    Tracking tracking{ctx};
    std::vector<std::string> ids;
    for (const auto& run : o.runs) ids.push_back(tracking.resolve(run));
    for (const auto& id : ids) tracking.archive().amend(id, {.deleted = false});
    ctx.out().message(fmt::format("restored {}", plural(ids.size(), "run", "runs")));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo runs restore 1a2b3c4d", "as 'mlo runs --deleted' lists it"}};

}  // namespace

extern const Command runs_restore_command{.words = "runs restore",
                                          .group = Group::track,
                                          .summary = "bring removed runs back",
                                          .bind = command_main<RunsRestoreOptions, declare, run>,
                                          .examples = examples};

}  // namespace mlo::cli
