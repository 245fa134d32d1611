// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace mlo::cli {

namespace {
constexpr std::string_view erase_line = "\r\x1b[K";
}

int write_fully(int fd, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            // Whoever shares this terminal or pipe has made it non-blocking.
            pollfd waiting{fd, POLLOUT, 0};
            if (::poll(&waiting, 1, -1) < 0 && errno != EINTR) return errno;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool Console::has_live_line() const noexcept { return terminal_ == Terminal::capable && ::isatty(fd_) == 1; }

std::size_t Console::width() const noexcept {
    winsize size{};
    return ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void Console::line(std::string_view text) {
    std::string bytes;
    const std::lock_guard lock{mutex_};
    if (!live_.empty()) bytes += erase_line;
    bytes += text;
    bytes += '\n';
    bytes += live_;
    put(bytes);
}

void Console::set_live_line(std::string text) {
    const std::lock_guard lock{mutex_};
    if (text == live_) return;
    live_ = std::move(text);
    put(std::string{erase_line} + live_);
}

void Console::put(std::string_view bytes) noexcept { static_cast<void>(write_fully(fd_, bytes)); }

}  // namespace mlo::cli
