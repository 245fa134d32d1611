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

}  // namespace mlo
