// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlo/track/errors.hpp>
#include <mlo/track/run_owner.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "track_options.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackStartOptions {
    StartOptions start;
    std::optional<std::int64_t> pid;
};

void declare(Args& args, TrackStartOptions& o) {
    declare_start(args, o.start);
    args.option("--pid", o.pid, "the process whose end is the end of the run [default: the caller]")
        .value("PID")
        .between(1, std::numeric_limits<std::int32_t>::max());
}

track::ProcessIdentity owner_of(Context& ctx, const TrackStartOptions& o) {
    auto& fs = ctx.runtime().fs;
    struct ::stat output {};
    const bool is_pipe = ::fstat(STDOUT_FILENO, &output) == 0 && S_ISFIFO(output.st_mode);
    const auto pid = o.pid ? *o.pid : track::find_owner(fs, ::getppid(), is_pipe ? output.st_ino : 0);
    try {
        auto owner = track::identify_process(fs, pid);
        if (track::probe_process(fs, owner) == track::Liveness::alive) return owner;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::not_found) throw;
    }
    throw Error{track::errors::no_such_process,
                pid == 0 ? std::string{"the caller is not to be seen from here: it is outside of this container"}
                         : fmt::format("there is no process {}", pid)}
        .hint("mlo track start --pid PID");
}

void tell(Context& ctx, const track::RunSession& session, const track::ProcessIdentity& owner,
          const std::string& store) {
    const auto& run = session.run();
    auto& out = ctx.out();
    if (out.is_json()) {
        out.document("mlo/track-start-v1", [&](json::Writer& json) {
            json.key("id").string(run.id);
            json.key("name").string(run.name);
            json.key("attempt").unsigned_integer(run.attempt);
            json.key("pid").integer(owner.pid);
            json::write_path(json, "store", store);
            if (!session.metrics_path().empty()) json::write_path(json, "metrics", session.metrics_path());
        });
        return out.flush();
    }
    out.line("{}", run.id);
    out.flush();
    out.message(fmt::format("run {} ({}) {}", short_id(run.id), printable(run.name),
                            run.attempt == 1 ? "started" : fmt::format("resumed, attempt {}", run.attempt)));
    out.hint(fmt::format("export MLO_RUN_ID={}    (then, at the end: mlo track end)", run.id));
}

int run(Context& ctx, const TrackStartOptions& o) {
    Tracking tracking{ctx};
    auto request = to_request(ctx, o.start);
    add_paths(request, tracking.workspace(), o.start);
    if (!o.start.resumed.empty()) request.resumed = tracking.resolve(o.start.resumed);
    const auto owner = owner_of(ctx, o);
    request.command = track::arguments_of(ctx.runtime().fs, owner.pid);
    request.pulse = track::Pulse::silent;
    track::RunSession session{tracking.workspace(), tracking.runs(), tracking.archive(), std::move(request), owner};
    try {
        session.record_surroundings(tracking.runs());
        for (const auto& loss : session.keep_losses()) ctx.out().warning(loss);
        tell(ctx, session, owner, tracking.workspace().layout().store_dir);
    } catch (...) {
        session.lose("the run was not begun: nobody was told its id");
        session.end_at_once({.state = track::RunState::failed});
        throw;
    }
    return exit_ok;
}

constexpr Example examples[] = {
    {"RUN=$(mlo track start -p lr=0.1)", "it lasts until 'mlo track end \"$RUN\"', or is LOST with the shell"},
    {"mlo track start --pid 4711 -n service", "for a process that runs already"},
    {"mlo track start --resume 1a2b3c4d", "go on with one that has ended"}};

}  // namespace

extern const Command track_start_command{
    .words = "track start",
    .group = Group::track,
    .summary = "begin a run without a program of its own, for notebooks and scripts",
    .bind = command_main<TrackStartOptions, declare, run>,
    .json_schema = "mlo/track-start-v1",
    .examples = examples};

}  // namespace mlo::cli
