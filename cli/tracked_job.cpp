// SPDX-License-Identifier: Apache-2.0
#include "tracked_job.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "signals.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

void report(Context& ctx, const track::Recorder& recorder, const ChildEnd& end,
            const std::vector<std::string>& losses) {
    for (const auto& loss : losses) ctx.out().warning(loss);
    const auto how = end.signal != 0      ? fmt::format("was ended by signal {}", end.signal)
                     : end.exit_code != 0 ? fmt::format("failed with exit code {}", end.exit_code)
                                          : std::string{"finished"};
    ctx.out().message(fmt::format("run {} ({}) {}", short_id(recorder.id()), printable(recorder.name()), how));
}

}  // namespace

WatchedJob watch_job(Context& ctx, track::Recorder& recorder, const ProcessRequest& request, PassOn pass_on) {
    const auto pause = ctx.pause_signals();
    std::optional<ForegroundChild> job;
    try {
        job.emplace(request, pass_on);
    } catch (const Error& error) {
        recorder.fail(error);
        ctx.out().error(error);
        return {.end = {}, .start_failure = start_failure_code(error)};
    }
    return {.end = recorder.watch(*job)};
}

bool finish_job(Context& ctx, track::Recorder& recorder, const ChildEnd& end) {
    try {
        report(ctx, recorder, end, recorder.finish(end));
        return true;
    } catch (const Error& error) {
        ctx.out().error(error);
        ctx.out().warning(
            fmt::format("run {} is not sealed; the next 'mlo runs' tries again", short_id(recorder.id())));
        return false;
    }
}

void die_interrupted(Context& ctx) {
    ctx.out().flush();
    sigset_t interrupt;
    ::sigemptyset(&interrupt);
    ::sigaddset(&interrupt, SIGINT);
    ::signal(SIGINT, SIG_DFL);
    ::pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
    ::raise(SIGINT);
    ::_exit(exit_signal_base + SIGINT);
}

}  // namespace mlo::cli
