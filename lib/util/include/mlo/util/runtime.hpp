// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace mlo {

class Fs;

/// Nanoseconds since 1970-01-01T00:00:00Z.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() = 0;
    /// Monotonic, for rates and progress.
    [[nodiscard]] virtual std::chrono::nanoseconds elapsed() = 0;
    virtual void sleep(std::chrono::nanoseconds duration, std::stop_token stop) = 0;
};

/// A source of unpredictable bytes (or seeded ones, in tests). Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> into) = 0;
    /// `bytes` random bytes as lower-case hex.
    [[nodiscard]] std::string hex(std::size_t bytes);
};

enum class LogLevel { debug, info, warning };

/// Where diagnostics of work in progress go. Thread-safe.
class LogSink {
public:
    virtual ~LogSink() = default;
    [[nodiscard]] virtual bool enabled(LogLevel level) const noexcept = 0;
    virtual void log(LogLevel level, std::string_view text) = 0;
};

enum class ProgressUnit { bytes, files };

/// One activity that a person may want to watch. Thread-safe. Ends with its destructor.
class Progress {
public:
    virtual ~Progress() = default;
    /// Raises the expected total (0 = unknown so far).
    virtual void expect(std::uint64_t amount) = 0;
    virtual void advance(std::uint64_t amount) = 0;
};

class ProgressSink {
public:
    virtual ~ProgressSink() = default;
    /// `label` is a verb phrase in lower case: "hashing", "checking out".
    [[nodiscard]] virtual std::unique_ptr<Progress> begin(std::string_view label, ProgressUnit unit) = 0;
};

/// Everything the library may know of the world, handed in by its caller. Holds references only; copy freely.
struct Runtime {
    Fs& fs;
    Clock& clock;
    Random& random;
    LogSink& log;
    ProgressSink& progress;
    std::stop_token stop;
    std::uint32_t jobs = 1;  ///< threads that a command may use, at least 1

    /// Throws interrupted once the user asked to stop.
    void check_stop() const;
};

[[nodiscard]] Clock& system_clock();
[[nodiscard]] Random& system_random();
[[nodiscard]] LogSink& silent_log();
[[nodiscard]] ProgressSink& silent_progress();

/// RFC 3339 in UTC with the fewest fractional digits that lose nothing: 2026-11-21T12:00:00Z.
[[nodiscard]] std::string to_rfc3339(Timestamp time);
/// The moment that an RFC 3339 text names, with 'Z' or an offset; what is finer than a nanosecond is cut off. Nothing
/// for any other text, and for moments that a Timestamp cannot hold. A leap second is the first moment after it.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace mlo
