// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <condition_variable>
#include <map>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/track/run_writer.hpp>
#include <mlo/util/signals_blocked.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace mlo::track {
namespace {

constexpr std::chrono::milliseconds pace{100};
constexpr std::chrono::seconds pace_of_trials{1};
constexpr std::chrono::seconds heartbeat_pace{60};
constexpr std::size_t batch_points = 8192;
constexpr std::size_t max_waiting = 250'000;

/// Of the run or of what was to be recorded, so that it is in vain to try again.
bool is_final(const Error& error) { return error.code().id.starts_with('T'); }

}  // namespace

class RunWriter::Parts {
public:
    Parts(RunWriterRequest request, const Runtime& runtime)
        : request_{std::move(request)}, runtime_{runtime}, runs_{request_.runs_path, db::Access::write, runtime} {
        runs_.record(request_.run, {});
        last_beat_ = runtime_.clock.elapsed();
        if (request_.commit == Commit::each && request_.session.empty()) return;
        const SignalsBlocked blocked;
        thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
    }

    ~Parts() {
        stop_thread();
        if (!is_finished_) (void)try_drain();
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    void log(std::span<const NamedValue> values, std::optional<std::int64_t> step) {
        if (request_.commit == Commit::each) return log_now(values, step);
        for (;;) {
            if (queue(values, step)) return;
            if (try_drain()) continue;
            {
                const std::scoped_lock lock{store_mutex_, queue_mutex_};
                if (dropped_ == 0) warnings_.push_back(fmt::format("metrics are not recorded: {}", trouble_));
                dropped_ += values.size();
            }
            return tell();
        }
    }

    void record(const Batch& batch) {
        const std::scoped_lock lock{store_mutex_};
        runs_.record(request_.run, batch);
    }

    void edit(const std::function<void(RunDocument&)>& change) {
        const std::scoped_lock lock{store_mutex_};
        runs_.edit(request_.run, change);
    }

    void flush() {
        std::optional<Error> lost;
        try {
            const std::scoped_lock lock{store_mutex_};
            drain();
            lost = std::exchange(last_loss_, std::nullopt);
        } catch (const Error&) {
            tell();
            throw;
        }
        tell();
        if (lost) throw Error{*lost};
    }

    std::vector<std::string> finish() {
        stop_thread();
        (void)try_drain();
        {
            const std::scoped_lock lock{store_mutex_, queue_mutex_};
            is_finished_ = true;
            const auto left = in_hand_.size() - next_ + queue_.size() + std::exchange(dropped_, 0);
            if (left > 0) lose(left, trouble_);
            in_hand_.clear();
            next_ = 0;
            queue_.clear();
        }
        tell();
        return losses();
    }

    [[nodiscard]] std::vector<std::string> losses() {
        const std::scoped_lock lock{store_mutex_, queue_mutex_};
        std::vector<std::string> sentences;
        for (const auto& [reason, count] : lost_)
            sentences.push_back(fmt::format("{} could not be recorded: {}", plural(count, "point", "points"), reason));
        if (dropped_ > 0)
            sentences.push_back(
                fmt::format("{} could not be recorded: too many were waiting", plural(dropped_, "point", "points")));
        return sentences;
    }

private:
    struct Waiting {
        std::uint32_t key;
        Steps steps;
        Point point;
    };

    [[nodiscard]] std::int64_t now_ms() const {
        return std::chrono::floor<std::chrono::milliseconds>(runtime_.clock.now().time_since_epoch()).count();
    }

    void log_now(std::span<const NamedValue> values, std::optional<std::int64_t> step) {
        std::vector<MetricPoint> points;
        points.reserve(values.size());
        const auto time = now_ms();
        for (const auto& [key, value] : values)
            points.push_back({key, {.step = step.value_or(0), .time_ms = time, .value = value}});
        record({.points = points, .steps = step ? Steps::given : Steps::following});
    }

    /// The number that stands for `key` in the queue. Under queue_mutex_.
    std::uint32_t number_of(std::string_view key) {
        if (const auto known = numbers_.find(key); known != numbers_.end()) return known->second;
        check_key(key, "metric");
        if (numbers_.size() == max_keys)
            throw Error{errors::run_too_large,
                        fmt::format("the run would have over {} metrics", format_count(max_keys))};
        const auto made = numbers_.emplace(key, static_cast<std::uint32_t>(keys_.size())).first;
        keys_.push_back(&made->first);
        return made->second;
    }

    /// All of them, or none if there is no room.
    bool queue(std::span<const NamedValue> values, std::optional<std::int64_t> step) {
        const auto time = now_ms();
        const std::scoped_lock lock{queue_mutex_};
        if (is_finished_) throw Error{errors::run_ended, "the run has ended"};
        const auto before = queue_.size();
        if (before > 0 && before + values.size() > max_waiting) return false;
        try {
            for (const auto& [key, value] : values)
                queue_.push_back({number_of(key),
                                  step ? Steps::given : Steps::following,
                                  {.step = step.value_or(0), .time_ms = time, .value = value}});
        } catch (...) {
            queue_.resize(before, Waiting{});
            throw;
        }
        if (before == 0 || (before < batch_points && queue_.size() >= batch_points)) changed_.notify_one();
        return true;
    }

    void work(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            bool is_failing = has_failed();
            std::unique_lock lock{queue_mutex_};
            if (!is_failing) changed_.wait_for(lock, stop, heartbeat_pace, [&] { return !queue_.empty(); });
            const auto patience = is_failing ? std::chrono::milliseconds{pace_of_trials} : pace;
            changed_.wait_for(lock, stop, patience, [&] { return !is_failing && queue_.size() >= batch_points; });
            lock.unlock();
            (void)try_drain();
            beat();
        }
    }

    [[nodiscard]] bool has_failed() {
        const std::scoped_lock lock{store_mutex_};
        return !trouble_.empty();
    }

    void beat() noexcept {
        if (request_.session.empty() || runtime_.clock.elapsed() - last_beat_ < heartbeat_pace) return;
        last_beat_ = runtime_.clock.elapsed();
        try {
            const std::scoped_lock lock{store_mutex_};
            (void)runs_.heartbeat(request_.run, request_.session);
        } catch (const std::exception&) {
            // Then the next one.
        }
    }

    void stop_thread() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }

    /// False if what waits goes on waiting.
    bool try_drain() noexcept {
        bool is_done = false;
        try {
            const std::scoped_lock lock{store_mutex_};
            drain();
            is_done = true;
        } catch (const std::exception&) {
            // It is told, and tried again.
        }
        tell();
        return is_done;
    }

    /// Records all that waits. Under store_mutex_, as what follows.
    void drain() {
        try {
            while (has_more()) {
                record_next();
                next_ += count_;
            }
            trouble_.clear();
        } catch (const std::exception& exception) {
            if (trouble_.empty()) warnings_.push_back(fmt::format("metrics have to wait: {}", exception.what()));
            trouble_ = exception.what();
            throw;
        }
    }

    /// Takes a batch in hand: what is recorded together.
    bool has_more() {
        if (next_ == in_hand_.size()) {
            in_hand_.clear();
            next_ = 0;
            const std::scoped_lock lock{queue_mutex_};
            in_hand_.swap(queue_);
            names_ = keys_;
        }
        count_ = 0;
        while (next_ + count_ < in_hand_.size() && count_ < batch_points &&
               in_hand_[next_ + count_].steps == in_hand_[next_].steps)
            ++count_;
        return count_ > 0;
    }

    void record_next() {
        const std::span waiting{in_hand_.data() + next_, count_};
        std::vector<MetricPoint> points;
        points.reserve(waiting.size());
        for (const auto& [key, steps, point] : waiting) points.push_back({*names_[key], point});
        try {
            runs_.record(request_.run, {.points = points, .steps = waiting.front().steps});
        } catch (const Error& error) {
            if (!is_final(error)) throw;
            if (error.code().id != errors::run_too_large.id) return lose(points.size(), error);
            record_by_key(points, waiting.front().steps);
        }
    }

    /// Some of the metrics are too many: the others are recorded.
    void record_by_key(std::span<const MetricPoint> points, Steps steps) {
        std::map<std::string_view, std::vector<MetricPoint>> by_key;
        for (const auto& point : points) by_key[point.key].push_back(point);
        for (const auto& [key, some] : by_key) {
            if (refused_.contains(key)) {
                lose(some.size(), *last_loss_of_metrics_);
                continue;
            }
            try {
                runs_.record(request_.run, {.points = some, .steps = steps});
            } catch (const Error& error) {
                if (!is_final(error)) throw;
                if (error.code().id == errors::run_too_large.id) {
                    refused_.emplace(key);
                    last_loss_of_metrics_ = error;
                }
                lose(some.size(), error);
            }
        }
    }

    void lose(std::uint64_t count, const Error& error) {
        last_loss_ = error;
        lose(count, error.message());
    }

    void lose(std::uint64_t count, const std::string& reason) {
        const auto [known, is_new] = lost_.try_emplace(reason, 0);
        known->second += count;
        if (is_new) warnings_.push_back(fmt::format("metrics are not recorded: {}", reason));
    }

    /// Outside of all locks but its own, as the caller's function may log.
    void tell() noexcept {
        try {
            std::vector<std::string> warnings;
            {
                const std::scoped_lock lock{store_mutex_};
                warnings.swap(warnings_);
            }
            if (!request_.warn) return;
            const std::scoped_lock lock{tell_mutex_};
            for (const auto& warning : warnings) request_.warn(warning);
        } catch (const std::exception&) {
            // Of the caller's own function.
        }
    }

    RunWriterRequest request_;
    Runtime runtime_;

    std::recursive_mutex tell_mutex_;
    std::mutex store_mutex_;  ///< before queue_mutex_; guards what follows
    RunStore runs_;
    std::vector<Waiting> in_hand_;
    std::size_t next_ = 0;   ///< of in_hand_
    std::size_t count_ = 0;  ///< of the batch that begins there
    std::vector<const std::string*> names_;
    std::map<std::string, std::uint64_t> lost_;  ///< how many points for which reason
    std::optional<Error> last_loss_;             ///< since the last flush
    std::set<std::string, std::less<>> refused_;
    std::optional<Error> last_loss_of_metrics_;
    std::string trouble_;  ///< why what waits still does
    std::vector<std::string> warnings_;

    std::mutex queue_mutex_;  ///< guards what follows
    std::condition_variable_any changed_;
    std::vector<Waiting> queue_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
    std::vector<const std::string*> keys_;  ///< of numbers_, by number
    std::uint64_t dropped_ = 0;
    bool is_finished_ = false;

    std::chrono::nanoseconds last_beat_{};
    std::jthread thread_;  ///< last: it uses all the others
};

RunWriter::RunWriter(RunWriterRequest request, const Runtime& runtime)
    : parts_{std::make_unique<Parts>(std::move(request), runtime)} {}
RunWriter::~RunWriter() = default;

void RunWriter::log(std::span<const NamedValue> values, std::optional<std::int64_t> step) { parts_->log(values, step); }
void RunWriter::record(const Batch& batch) { parts_->record(batch); }
void RunWriter::edit(const std::function<void(RunDocument&)>& change) { parts_->edit(change); }
void RunWriter::flush() { parts_->flush(); }
std::vector<std::string> RunWriter::finish() { return parts_->finish(); }
std::vector<std::string> RunWriter::losses() const { return parts_->losses(); }

}  // namespace mlo::track
