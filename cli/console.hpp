// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace mlo::cli {

/// A closed pipe ended the reader's interest: main leaves quietly with 141. No Error, because nothing is to be said.
struct PipeClosed {};

/// What a terminal, if it is one, understands: a dumb one (TERM=dumb) erases nothing.
enum class Terminal : std::uint8_t { capable, dumb };

/// Standard error: whole lines, and at most one live line (progress) below them that is repainted in place.
/// Thread-safe. Failures to write are ignored: there is nowhere left to report them.
class Console {
public:
    explicit Console(int fd, Terminal terminal = Terminal::capable) : fd_{fd}, terminal_{terminal} {}
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    /// Whether a live line can be shown: on a terminal, unless it is a dumb one.
    [[nodiscard]] bool has_live_line() const noexcept;
    /// In characters; 80 where nobody knows.
    [[nodiscard]] std::size_t width() const noexcept;
    /// Writes `text` and a newline above the live line.
    void line(std::string_view text);
    /// Replaces the live line; an empty one removes it. Only where there is one.
    void set_live_line(std::string text);

private:
    void put(std::string_view bytes) noexcept;

    int fd_;
    Terminal terminal_;
    std::mutex mutex_;
    std::string live_;
};

/// Writes all of `bytes` to `fd`. Returns 0 or the system's error number.
[[nodiscard]] int write_fully(int fd, std::string_view bytes) noexcept;

}  // namespace mlo::cli
