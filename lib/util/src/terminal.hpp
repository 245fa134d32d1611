// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <optional>

#include <mlo/util/descriptor.hpp>

namespace mlo {

/// The terminal of our standard input, if it is the one that controls us. Who uses it has SIGTTOU blocked.
class Terminal {
public:
    Terminal();
    /// Takes the terminal back.
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] static constexpr int descriptor() noexcept { return 0; }
    /// Whether our process group is in the foreground.
    [[nodiscard]] bool is_in_foreground() const;
    [[nodiscard]] bool is_given() const noexcept { return group_.has_value(); }
    /// Puts `group` into the foreground, with the settings that it left when the terminal was last taken from it.
    void give(pid_t group);
    /// Puts us into the foreground again if `group` is there, with our settings.
    void take_back();
    /// What the program in the foreground has set on the pty that stands for this terminal, it meant for this.
    void imitate(const termios& settings);

private:
    std::optional<termios> ours_;  ///< none: there is no such terminal
    std::optional<termios> theirs_;
    std::optional<pid_t> group_;
};

/// A terminal that we make for the output of a program. Its bytes come out at our end unchanged: what a newline means
/// is for the real terminal to know.
class Pty {
public:
    /// One with the settings and size of `terminal`; none where the system has no more.
    [[nodiscard]] static std::optional<Pty> make(int terminal);

    [[nodiscard]] Descriptor& ours() noexcept { return ours_; }
    [[nodiscard]] Descriptor& theirs() noexcept { return theirs_; }
    /// Makes its size that of `terminal`; whether that was a change.
    bool copy_size(int terminal);
    /// What the program has set.
    [[nodiscard]] static std::optional<termios> settings(int our_end);

private:
    Pty(Descriptor ours, Descriptor theirs) noexcept : ours_{std::move(ours)}, theirs_{std::move(theirs)} {}

    Descriptor ours_;
    Descriptor theirs_;
};

}  // namespace mlo
