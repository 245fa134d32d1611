// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/inputs.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackInputOptions {
    std::vector<std::string> paths;
    std::string run;
};

void declare(Args& args, TrackInputOptions& o) {
    declare_run(args, o.run);
    args.positional("path", o.paths, "files and folders that the run uses, tracked or not, as they are now")
        .completing(Completes::path)
        .required();
}

int run(Context& ctx, const TrackInputOptions& o) {
    if (is_untracked(ctx, o.run)) return exit_ok;
    auto& workspace = ctx.workspace();
    std::vector<std::string> paths;
    for (const auto& path : o.paths) paths.push_back(workspace.from_user(path));
    CurrentRun current{ctx, o.run};
    const auto found = track::read_inputs(workspace, paths, track::WithPresent::no);
    current.runs().record(current.id(), {.inputs = found.inputs});
    ctx.out().message(
        fmt::format("recorded {} of run {}", plural(found.inputs.size(), "input", "inputs"), short_id(current.id())));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track input data/train.csv", "inside of a tracked job"},
                                {"mlo track input --run 1a2b3c4d weights/", "of a run that is named"}};

}  // namespace

extern const Command track_input_command{.words = "track input",
                                         .group = Group::track,
                                         .summary = "record what a run that is going on uses",
                                         .bind = command_main<TrackInputOptions, declare, run>,
                                         .examples = examples};

}  // namespace mlo::cli
