// SPDX-License-Identifier: Apache-2.0
#include "watchdog.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <mlo/util/error.hpp>
#include <mlo/util/spawn.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

/// A shell rather than a copy of us: it is small, and nothing of ours can be in its way. Killed processes have no
/// environment any more, and those that are just starting a program none yet: so it looks three times. What cannot die
/// is given up.
constexpr const char* script = R"(read word && exit
rounds=0 empty=0
while [ $rounds -lt 500 ] && [ $empty -lt 3 ]; do
    files=$(grep -lszE "^MLO_JOB=(.*:)?$1-" /proc/[0-9]*/environ)
    [ -n "$files" ] && empty=0 || { empty=$((empty + 1)); sleep 0.02; }
    for file in $files; do
        file=${file#/proc/}
        kill -KILL "${file%/environ}"
    done
    rounds=$((rounds + 1))
done)";

}  // namespace

Watchdog::Watchdog(const std::string& id, int guard) {
    ProcessRequest request{.program = "/bin/sh",
                           .arguments = {"-c", script, "mlo-watchdog", id},
                           .directory = "/",
                           .environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"}};
    if (guard >= 0) {
        request.kept_descriptors = {guard};
        ::fcntl(guard, F_SETFD, 0);  // other programs are started without what is not asked for
    }
    try {
        auto line = make_pipe(request);
        const Descriptor nothing{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
        SpawnPlan plan{Session::own};
        if (nothing.get() < 0 ||
            plan.try_spawn(request, {line.read_end.get(), nothing.get(), nothing.get()}, pid_) != 0) {
            pid_ = -1;
            return;
        }
        life_line_.emplace(std::move(line.write_end));
    } catch (const Error&) {
        pid_ = -1;
    }
}

Watchdog::~Watchdog() {
    if (pid_ < 0) return;
    const SigpipeGuard guard;
    [[maybe_unused]] const auto written = ::write(life_line_->get(), "\n", 1);
    life_line_.reset();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace mlo::pipeline
