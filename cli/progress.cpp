// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mlo/util/text.hpp>
#include <mutex>

#include "console.hpp"

namespace mlo::cli {

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr nanoseconds repaint_interval = 100ms;
constexpr nanoseconds quiet_start = 1s;
constexpr nanoseconds line_interval = 30s;

std::string amount(ProgressUnit unit, std::uint64_t count) {
    return unit == ProgressUnit::bytes ? format_bytes(count) : format_count(count);
}

std::string duration(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::uint64_t percent(std::uint64_t done, std::uint64_t total) {
    return total == 0 ? 0
                      : static_cast<std::uint64_t>(100.0 * static_cast<double>(std::min(done, total)) /
                                                   static_cast<double>(total));
}

class Activity final : public Progress {
public:
    Activity(Console& console, Clock& clock, std::string_view label, ProgressUnit unit)
        : console_{console},
          clock_{clock},
          is_live_{console.has_live_line()},
          label_{label},
          unit_{unit},
          start_{clock.elapsed()} {
        next_look_.store((is_live_ ? repaint_interval : quiet_start).count());
    }
    ~Activity() override {
        if (is_live_ && was_shown_) console_.set_live_line("");
    }
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;

    void expect(std::uint64_t amount) override { total_.fetch_add(amount); }

    void advance(std::uint64_t amount) override {
        done_.fetch_add(amount);
        const auto elapsed = clock_.elapsed() - start_;
        if (elapsed.count() < next_look_.load()) return;
        const std::unique_lock lock{mutex_, std::try_to_lock};
        if (!lock || elapsed.count() < next_look_.load()) return;
        show(elapsed);
    }

private:
    void show(nanoseconds elapsed) {
        const ProgressState state{label_, unit_, done_.load(), total_.load(), elapsed};
        if (is_live_) {
            auto text = describe(state);
            if (const auto width = console_.width(); text.size() >= width) text.resize(width - 1);
            console_.set_live_line(std::move(text));
            next_look_.store((elapsed + repaint_interval).count());
        } else {
            const auto tenth = percent(state.done, state.total) / 10;
            if (!was_shown_ || tenth > last_tenth_ || elapsed - last_line_ >= line_interval) {
                console_.line(describe(state));
                last_line_ = elapsed;
                last_tenth_ = tenth;
            } else {
                next_look_.store((elapsed + repaint_interval).count());
                return;
            }
        }
        was_shown_ = true;
    }

    Console& console_;
    Clock& clock_;
    const bool is_live_;
    const std::string label_;
    const ProgressUnit unit_;
    const nanoseconds start_;
    std::atomic<std::uint64_t> done_{0};
    std::atomic<std::uint64_t> total_{0};
    std::atomic<nanoseconds::rep> next_look_{0};
    std::mutex mutex_;  // guards what follows
    bool was_shown_ = false;
    nanoseconds last_line_{};
    std::uint64_t last_tenth_ = 0;
};

class ConsoleProgress final : public ProgressSink {
public:
    ConsoleProgress(Console& console, Clock& clock) : console_{console}, clock_{clock} {}
    std::unique_ptr<Progress> begin(std::string_view label, ProgressUnit unit) override {
        return std::make_unique<Activity>(console_, clock_, label, unit);
    }

private:
    Console& console_;
    Clock& clock_;
};

}  // namespace

std::string describe(const ProgressState& state) {
    const double seconds = std::chrono::duration<double>(state.elapsed).count();
    const double rate = seconds > 0 ? static_cast<double>(state.done) / seconds : 0;
    const auto per_second = amount(state.unit, static_cast<std::uint64_t>(rate));
    const std::string_view noun = state.unit == ProgressUnit::files ? " files" : "";
    if (state.total == 0)
        return fmt::format("{}: {}{}, {}/s", state.label, amount(state.unit, state.done), noun, per_second);
    auto text = fmt::format("{}: {} %, {} of {}{}, {}/s", state.label, percent(state.done, state.total),
                            amount(state.unit, state.done), amount(state.unit, state.total), noun, per_second);
    if (rate > 0 && state.done < state.total) {
        text += fmt::format(", {} left", duration(static_cast<double>(state.total - state.done) / rate));
    }
    return text;
}

std::unique_ptr<ProgressSink> make_progress(Console& console, Clock& clock) {
    return std::make_unique<ConsoleProgress>(console, clock);
}

}  // namespace mlo::cli
