// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/run_session.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "track_options.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackEndOptions {
    std::string run;
    track::RunState state = track::RunState::finished;
    std::vector<std::string> outputs;
    std::vector<std::string> models;
};

void declare(Args& args, TrackEndOptions& o) {
    args.choice("--state", o.state,
                {Choice{"finished", track::RunState::finished},
                 {"failed", track::RunState::failed},
                 {"killed", track::RunState::killed}},
                "how it ended [default: finished]");
    declare_outputs(args, o.outputs, o.models);
    args.positional("run", o.run, "its id or the start of it, or its name [default: MLO_RUN_ID]")
        .completing(Completes::run);
}

std::string_view word_of(track::RunState state) {
    return state == track::RunState::finished ? "finished" : state == track::RunState::failed ? "failed" : "was killed";
}

int run(Context& ctx, const TrackEndOptions& o) {
    const auto wanted = named_run(ctx, o.run, "mlo track end RUN");
    Tracking tracking{ctx};
    track::RunSession session{tracking.workspace(), tracking.runs(), tracking.archive(), tracking.resolve(wanted),
                              ctx.large_files()};
    for (const auto& path : o.outputs) session.add_output({tracking.workspace().from_user(path), track::IsModel::no});
    for (const auto& path : o.models) session.add_output({tracking.workspace().from_user(path), track::IsModel::yes});
    const auto id = session.run().id;
    const auto losses = session.finish({.state = o.state});
    for (const auto& loss : losses) ctx.out().warning(loss);
    ctx.out().message(fmt::format("run {} ({}) {}", short_id(id), printable(session.run().name), word_of(o.state)));
    ctx.out().hint(fmt::format("mlo runs show {}", short_id(id)));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track end \"$RUN\"", "the run that 'RUN=$(mlo track start)' began"},
                                {"mlo track end \"$RUN\" --state failed", "it did not go well"}};

}  // namespace

extern const Command track_end_command{.words = "track end",
                                       .group = Group::track,
                                       .summary = "end a run that 'mlo track start' began: store its outputs, seal it",
                                       .bind = command_main<TrackEndOptions, declare, run>,
                                       .examples = examples};

}  // namespace mlo::cli
