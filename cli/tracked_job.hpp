// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/recorder.hpp>
#include <mlo/util/child.hpp>
#include <optional>

/// A recorded job in the foreground: what `mlo track` and `mlo repro` have in common.
namespace mlo::cli {

class Context;

/// A job that was watched to its end, or could not be started.
struct WatchedJob {
    std::optional<ChildEnd> end;
    int start_failure = 0;  ///< 125, 126, 127: the exit code without an end
};

/// Starts the job and passes on what it says, with the signals left to it, until it ends. One that cannot be started is
/// an error that was told and recorded.
[[nodiscard]] WatchedJob watch_job(Context& ctx, track::Recorder& recorder, const ProcessRequest& request,
                                   PassOn pass_on = PassOn::as_it_comes);

/// Ends and seals the run of a job that was watched. What goes wrong is told and changes nothing: the job has run.
/// False if the run could not be sealed.
bool finish_job(Context& ctx, track::Recorder& recorder, const ChildEnd& end);

/// Ends as a job did that was interrupted: a shell goes on with a loop unless what it waits for dies of the interrupt
/// itself.
[[noreturn]] void die_interrupted(Context& ctx);

}  // namespace mlo::cli
