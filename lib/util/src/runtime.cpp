// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/runtime.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <condition_variable>
#include <ctime>
#include <mlo/util/errors.hpp>
#include <mutex>
#include <vector>

namespace mlo {
namespace {

class SystemClock final : public Clock {
public:
    Timestamp now() override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    }
    std::chrono::nanoseconds elapsed() override { return std::chrono::steady_clock::now().time_since_epoch(); }
    void sleep(std::chrono::nanoseconds duration, std::stop_token stop) override {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock{mutex};
        changed.wait_for(lock, stop, duration, [] { return false; });
    }
};

class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> into) override {
        while (!into.empty()) {
            const auto count = ::getrandom(into.data(), into.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_system_error(errno, "read random bytes from", "getrandom");
            into = into.subspan(static_cast<std::size_t>(count));
        }
    }
};

class SilentLog final : public LogSink {
public:
    bool enabled(LogLevel) const noexcept override { return false; }
    void log(LogLevel, std::string_view) override {}
};

class SilentProgressSink final : public ProgressSink {
    class Silent final : public Progress {
    public:
        void expect(std::uint64_t) override {}
        void advance(std::uint64_t) override {}
    };

public:
    std::unique_ptr<Progress> begin(std::string_view, ProgressUnit) override { return std::make_unique<Silent>(); }
};

}  // namespace

std::string Random::hex(std::size_t bytes) {
    std::vector<std::byte> raw(bytes);
    fill(raw);
    std::string text;
    for (const auto byte : raw) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

void Runtime::check_stop() const {
    if (stop.stop_requested()) throw Error{errors::interrupted, "interrupted"};
}

Clock& system_clock() {
    static SystemClock clock;
    return clock;
}
Random& system_random() {
    static SystemRandom random;
    return random;
}
LogSink& silent_log() {
    static SilentLog log;
    return log;
}
ProgressSink& silent_progress() {
    static SilentProgressSink sink;
    return sink;
}

std::string to_rfc3339(Timestamp time) {
    // Not chrono's floor: subtracting its result overflows for the earliest times.
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t nanoseconds = time.time_since_epoch().count();
    const auto remainder = nanoseconds % second;
    const auto fraction = remainder < 0 ? remainder + second : remainder;
    const std::time_t unix_time = nanoseconds / second - (remainder < 0 ? 1 : 0);
    std::tm parts{};
    gmtime_r(&unix_time, &parts);
    auto text = fmt::format("{:%Y-%m-%dT%H:%M:%S}", parts);
    if (fraction != 0) {
        auto digits = fmt::format(".{:09}", fraction);
        while (digits.back() == '0') digits.pop_back();
        text += digits;
    }
    return text + "Z";
}

namespace {

/// Takes numbers and marks off the front of a text.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) noexcept : text_{text} {}

    int digits(std::size_t count) noexcept {
        int number = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_.empty() || text_.front() < '0' || text_.front() > '9') return fail();
            number = number * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return number;
    }
    bool takes(std::string_view any_of) noexcept {
        if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) noexcept {
        if (!takes(any_of)) fail();
    }
    std::int64_t fraction_ns() noexcept {
        std::int64_t nanoseconds = 0;
        std::int64_t unit = 100'000'000;
        bool is_empty = true;
        for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; unit /= 10, is_empty = false) {
            nanoseconds += (text_.front() - '0') * unit;
            text_.remove_prefix(1);
        }
        if (is_empty) fail();
        return nanoseconds;
    }
    [[nodiscard]] bool succeeded() const noexcept { return !failed_ && text_.empty(); }

private:
    int fail() noexcept {
        failed_ = true;
        return 0;
    }
    std::string_view text_;
    bool failed_ = false;
};

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    TimeReader reader{text};
    const auto year = reader.digits(4);
    reader.expect("-");
    const auto month = reader.digits(2);
    reader.expect("-");
    const auto day = reader.digits(2);
    reader.expect("Tt ");
    const auto hour = reader.digits(2);
    reader.expect(":");
    const auto minute = reader.digits(2);
    reader.expect(":");
    const auto second = reader.digits(2);
    const auto fraction_ns = reader.takes(".") ? reader.fraction_ns() : 0;
    int offset_minutes = 0;
    if (!reader.takes("Zz")) {
        const bool is_west = reader.takes("-");
        if (!is_west) reader.expect("+");
        const auto hours = reader.digits(2);
        reader.expect(":");
        const auto minutes = reader.digits(2);
        if (hours > 23 || minutes > 59) return std::nullopt;
        offset_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!reader.succeeded() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
    const std::int64_t seconds =
        std::int64_t{days} * 86'400 + hour * 3'600 + minute * 60 + second - std::int64_t{offset_minutes} * 60;
    constexpr std::int64_t billion = 1'000'000'000;
    std::int64_t nanoseconds = 0;
    // From the second after, so that what is representable does not overflow on the way.
    const auto whole = seconds < 0 ? seconds + 1 : seconds;
    const auto rest = seconds < 0 ? fraction_ns - billion : fraction_ns;
    if (__builtin_mul_overflow(whole, billion, &nanoseconds) || __builtin_add_overflow(nanoseconds, rest, &nanoseconds))
        return std::nullopt;
    return Timestamp{std::chrono::nanoseconds{nanoseconds}};
}

}  // namespace mlo
