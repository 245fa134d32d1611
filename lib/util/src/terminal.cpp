// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace mlo {
namespace {

std::optional<termios> settings_of(int terminal) {
    termios settings{};
    if (::tcgetattr(terminal, &settings) != 0) return std::nullopt;
    return settings;
}

void set(int terminal, const termios& settings) {
    while (::tcsetattr(terminal, TCSANOW, &settings) != 0 && errno == EINTR) continue;
}

}  // namespace

Terminal::Terminal() {
    if (::tcgetpgrp(descriptor()) >= 0) ours_ = settings_of(descriptor());
}

Terminal::~Terminal() { take_back(); }

bool Terminal::is_in_foreground() const { return ours_ && ::tcgetpgrp(descriptor()) == ::getpgrp(); }

void Terminal::give(pid_t group) {
    group_ = group;
    ::tcsetpgrp(descriptor(), group);
    if (theirs_) set(descriptor(), *theirs_);
}

void Terminal::take_back() {
    if (!group_ || ::tcgetpgrp(descriptor()) != *std::exchange(group_, std::nullopt)) return;
    theirs_ = settings_of(descriptor());
    ::tcsetpgrp(descriptor(), ::getpgrp());
    set(descriptor(), *ours_);
}

void Terminal::imitate(const termios& settings) {
    if (!group_ || ::tcgetpgrp(descriptor()) != *group_) return;
    termios wanted = *ours_;
    wanted.c_iflag = settings.c_iflag;
    wanted.c_lflag = settings.c_lflag & ~static_cast<tcflag_t>(EXTPROC);
    std::copy(std::begin(settings.c_cc), std::end(settings.c_cc), std::begin(wanted.c_cc));
    if ((settings.c_oflag & OPOST) == 0) wanted.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    // The pty never had ONLCR, so that nobody sees it go; but who reads single keys and tells return from newline is a
    // screen program, and moves the cursor itself.
    if ((settings.c_iflag & ICRNL) == 0 && (settings.c_lflag & ICANON) == 0)
        wanted.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
    set(descriptor(), wanted);
}

std::optional<Pty> Pty::make(int terminal) {
    Descriptor ours{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    if (ours.get() < 0 || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0) return std::nullopt;
    Descriptor theirs{::ioctl(ours.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)};
    if (theirs.get() < 0) return std::nullopt;
    auto settings = settings_of(terminal);
    if (!settings) return std::nullopt;
    settings->c_oflag = OPOST;
    // With EXTPROC packets tell us when the settings change.
    settings->c_lflag |= EXTPROC;
    set(theirs.get(), *settings);
    int on = 1;
    if (::ioctl(ours.get(), TIOCPKT, &on) != 0 || ::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return std::nullopt;
    Pty pty{std::move(ours), std::move(theirs)};
    pty.copy_size(terminal);
    return pty;
}

bool Pty::copy_size(int terminal) {
    winsize now{};
    winsize before{};
    if (::ioctl(terminal, TIOCGWINSZ, &now) != 0 || ::ioctl(ours_.get(), TIOCGWINSZ, &before) != 0) return false;
    if (now.ws_row == before.ws_row && now.ws_col == before.ws_col && now.ws_xpixel == before.ws_xpixel &&
        now.ws_ypixel == before.ws_ypixel)
        return false;
    return ::ioctl(ours_.get(), TIOCSWINSZ, &now) == 0;
}

std::optional<termios> Pty::settings(int our_end) { return settings_of(our_end); }

}  // namespace mlo
