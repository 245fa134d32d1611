// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <stop_token>
#include <thread>

namespace mlo::cli {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a requested stop, and lets the second end the process at once. The
/// signals are blocked in the thread that makes this object, and so in all that it starts; one thread waits for them.
/// Programs that mlo runs must unblock them (util's run_process does).
class Signals {
public:
    /// `on_first` is called from the waiting thread after the stop was requested.
    explicit Signals(std::function<void(int)> on_first);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }
    /// The signal that asked to stop, 0 if none did.
    [[nodiscard]] int received() const noexcept { return received_.load(); }

private:
    friend class SignalPause;
    void begin_waiting();
    void end_waiting() noexcept;
    void wait();

    std::function<void(int)> on_first_;
    std::stop_source stop_;
    std::atomic<int> received_{0};
    sigset_t previous_{};
    int signal_fd_ = -1;
    int end_fd_ = -1;
    std::thread waiter_;
};

/// While this lives, the signals stay blocked and nobody here takes them: they are for a program in the foreground,
/// whose caller passes them on.
class SignalPause {
public:
    explicit SignalPause(Signals& signals) : signals_{signals} { signals_.end_waiting(); }
    ~SignalPause() { signals_.begin_waiting(); }
    SignalPause(const SignalPause&) = delete;
    SignalPause& operator=(const SignalPause&) = delete;

private:
    Signals& signals_;
};

}  // namespace mlo::cli
