// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsRenameOptions {
    std::string run;
    std::string name;
};

void declare(Args& args, RunsRenameOptions& o) {
    args.positional("run", o.run, "its id or the start of it, its name, or 'last'")
        .required()
        .completing(Completes::run);
    args.positional("name", o.name, "the new name").required();
}

int run(Context& ctx, const RunsRenameOptions& o) {
    Tracking tracking{ctx};
    const auto id = tracking.resolve(o.run);
    tracking.archive().amend(id, {.name = o.name});
    ctx.out().message(fmt::format("run {} is called {}", short_id(id), quoted(o.name)));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo runs rename last baseline", "the run that was started last"}};

}  // namespace

extern const Command runs_rename_command{.words = "runs rename",
                                         .group = Group::track,
                                         .summary = "give a run another name",
                                         .bind = command_main<RunsRenameOptions, declare, run>,
                                         .examples = examples};

}  // namespace mlo::cli
