// SPDX-License-Identifier: Apache-2.0
// foreground_helper REPORT [-k FD] [-s] [-e] PROGRAM [ARG...]: runs PROGRAM as a ForegroundChild in this environment
// and says in the file REPORT how it ended. -k: PROGRAM keeps descriptor FD. -s: signals are ignored and blocked here
// that are not to be in PROGRAM. -e: all that it says goes to standard error.
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <mlo/util/child.hpp>
#include <string>

namespace {

std::vector<std::string> environment() {
    std::vector<std::string> entries;
    for (char** entry = environ; *entry != nullptr; ++entry) entries.emplace_back(*entry);
    return entries;
}

int run(const std::string& report_path, const mlo::ProcessRequest& request, mlo::PassOn pass_on) {
    std::ofstream report{report_path};
    try {
        mlo::ForegroundChild child{request, pass_on};
        std::uint64_t seen[2] = {0, 0};
        const auto end = child.run([&](mlo::OutputStream stream, mlo::ByteView bytes) {
            seen[stream == mlo::OutputStream::output ? 0 : 1] += bytes.size();
        });
        report << fmt::format("exit {} signal {} open {} undelivered {} seen {} {} memory {}\n", end.exit_code,
                              end.signal, end.left_output_open ? 1 : 0, end.undelivered_bytes == 0 ? 0 : 1, seen[0],
                              seen[1], end.peak_memory_bytes > 100'000 ? 1 : 0);
        return end.shell_code();
    } catch (const mlo::Error& error) {
        report << error.code().id << ": " << error.message() << "\n";
        return mlo::start_failure_code(error);
    }
}

}  // namespace

int main(int count, char** values) {
    std::vector<std::string> words{values + 1, values + count};
    if (words.size() < 2) return 2;
    const auto report = words.front();
    words.erase(words.begin());
    mlo::ProcessRequest request;
    if (words.front() == "-k") {
        request.kept_descriptors = {std::stoi(words.at(1))};
        words.erase(words.begin(), words.begin() + 2);
    }
    if (words.front() == "-s") {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGCHLD, SIG_IGN);
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
        words.erase(words.begin());
    }
    auto pass_on = mlo::PassOn::as_it_comes;
    if (words.front() == "-e") {
        pass_on = mlo::PassOn::to_error_output;
        words.erase(words.begin());
    }
    request.program = words.at(0);
    request.arguments = {words.begin() + 1, words.end()};
    request.environment = environment();
    return run(report, request, pass_on);
}
