// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "dispatch.hpp"

namespace {

/// Whoever started mlo may have closed a standard stream. Then the next file to be opened would take its number, and
/// messages would go into data.
bool fill_standard_streams() {
    for (;;) {
        const int fd = ::open("/dev/null", O_RDWR);
        if (fd < 0) return false;
        if (fd > STDERR_FILENO) return ::close(fd) == 0;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (!fill_standard_streams()) return 70;
    // A reader that went away is an error of write(2), not the end in the middle of something.
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words{argc > 0 ? argv + 1 : argv, argv + argc};
    return mlo::cli::run_command_line(mlo::cli::Environment{environ}, words);
}
