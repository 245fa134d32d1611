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

struct TrackArtifactOptions {
    std::vector<std::string> paths;
    std::string run;
    bool is_model = false;
};

void declare(Args& args, TrackArtifactOptions& o) {
    declare_run(args, o.run);
    args.flag("--model", o.is_model, "they are models");
    args.positional("path", o.paths, "files and folders to keep as they are now")
        .completing(Completes::path)
        .required();
}

int run(Context& ctx, const TrackArtifactOptions& o) {
    if (is_untracked(ctx, o.run)) return exit_ok;
    auto& workspace = ctx.workspace();
    std::vector<std::string> paths;
    for (const auto& path : o.paths) paths.push_back(workspace.from_user(path));
    CurrentRun current{ctx, o.run};
    const auto outputs = track::store_artifacts(workspace, paths, ctx.large_files(),
                                                o.is_model ? track::IsModel::yes : track::IsModel::no);
    std::uint64_t bytes = 0;
    for (const auto& output : outputs) bytes += output.size_bytes;
    current.runs().record(current.id(), {.outputs = outputs});
    ctx.out().message(fmt::format("stored {} in run {} ({})", plural(outputs.size(), "artifact", "artifacts"),
                                  short_id(current.id()), format_bytes(bytes)));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track artifact plots/roc.png", "inside of a tracked job"}};

}  // namespace

extern const Command track_artifact_command{.words = "track artifact",
                                            .group = Group::track,
                                            .summary = "keep files as outputs of a run that is going on",
                                            .bind = command_main<TrackArtifactOptions, declare, run>,
                                            .examples = examples};

}  // namespace mlo::cli
