// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>

namespace mlo::cli {

Signals::Signals(std::function<void(int)> on_first) : on_first_{std::move(on_first)} {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int each : {SIGINT, SIGTERM, SIGHUP}) {
        // A signal that the parent ignores (nohup) stays ignored.
        struct sigaction now {};
        if (::sigaction(each, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&wanted, each);
    }
    signal_fd_ = ::signalfd(-1, &wanted, SFD_CLOEXEC);
    end_fd_ = ::eventfd(0, EFD_CLOEXEC);
    if (signal_fd_ < 0 || end_fd_ < 0) throw_system_error(errno, "watch", "signals");
    pthread_sigmask(SIG_BLOCK, &wanted, &previous_);
    begin_waiting();
}

void Signals::begin_waiting() {
    waiter_ = std::thread{[this] { wait(); }};
}

void Signals::end_waiting() noexcept {
    eventfd_write(end_fd_, 1);
    waiter_.join();
    eventfd_t count = 0;
    eventfd_read(end_fd_, &count);
}

Signals::~Signals() {
    end_waiting();
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
    ::close(signal_fd_);
    ::close(end_fd_);
}

void Signals::wait() {
    for (;;) {
        pollfd waiting[] = {{signal_fd_, POLLIN, 0}, {end_fd_, POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
        if ((waiting[1].revents & POLLIN) != 0) return;
        signalfd_siginfo info{};
        if ((waiting[0].revents & POLLIN) == 0 || ::read(signal_fd_, &info, sizeof info) != sizeof info) continue;
        const int number = static_cast<int>(info.ssi_signo);
        if (received_.exchange(number) != 0) ::_exit(exit_signal_base + number);
        stop_.request_stop();
        on_first_(number);
    }
}

}  // namespace mlo::cli
