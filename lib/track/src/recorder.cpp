// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/metrics_ingest.hpp>
#include <mlo/track/recorder.hpp>
#include <mlo/track/usage.hpp>
#include <mlo/util/text.hpp>
#include <thread>
#include <type_traits>

namespace mlo::track {
namespace {

constexpr std::chrono::seconds heartbeat_pace{60};
constexpr std::chrono::seconds first_sample{1};
constexpr std::chrono::seconds sample_pace{10};

/// Of all attempts of a run.
void add_total(Facts& facts, const std::string& name, const Fact& total) {
    const auto [known, is_new] = facts.try_emplace(name, total);
    if (is_new || known->second.index() != total.index()) return;
    std::visit(
        [&](auto& sum) {
            using Number = std::remove_cvref_t<decltype(sum)>;
            const auto& added = std::get<Number>(total);
            if constexpr (std::is_same_v<Number, std::string>)
                sum = added;
            else
                sum = name.find("peak") != name.npos ? std::max(sum, added) : sum + added;
        },
        known->second);
}

}  // namespace

class Recorder::Parts {
public:
    Parts(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
          const std::optional<OutputLimits>& output)
        : runtime_{workspace.runtime()},
          runs_{runs},
          program_{request.command.front()},
          keeps_output_{output.has_value()},
          session_{workspace, runs, archive, std::move(request), identify_process(runtime_.fs, ::getpid())},
          log_{output.value_or(OutputLimits{})} {}

    ~Parts() { stop_keeper(); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    [[nodiscard]] const RunSession& session() const noexcept { return session_; }

    ChildEnd watch(ForegroundChild& job) {
        // So that the run lives as long as its job, whatever becomes of us.
        session_.attempt("the job's process",
                         [&] { runs_.set_job(id(), job.pid(), identify_process(runtime_.fs, job.pid()).start_ticks); });
        keeper_ = std::jthread{[this, pid = job.pid()](const std::stop_token& stop) { keep(pid, stop); }};
        auto end = job.run([this](OutputStream, ByteView bytes) {
            if (keeps_output_) log_.add(bytes);
        });
        ended_ms_ = now_ms();
        stop_keeper();
        session_.attempt("what the job used", [&] { record_totals(end); });
        return end;
    }

    void fail(const Error& error) {
        session_.lose(fmt::format("the job could not be started: {}", error.message()));
        session_.end_at_once({.state = RunState::failed, .exit_code = start_failure_code(error)});
    }

    std::vector<std::string> finish(const ChildEnd& end) {
        Ending ending;
        ending.ended_ms = ended_ms_;
        ending.state = end.signal != 0 ? RunState::killed : end.exit_code != 0 ? RunState::failed : RunState::finished;
        if (end.signal != 0)
            ending.signal = end.signal;
        else
            ending.exit_code = end.exit_code;
        if (end.left_output_open)
            session_.lose(fmt::format("{} left something running in the background; what that does is not recorded",
                                      quoted(program_)));
        if (end.undelivered_bytes > 0)
            session_.lose(fmt::format("{} of the output could not be passed on", format_bytes(end.undelivered_bytes)));
        if (end.observer_failed) session_.lose("the output could not be kept");
        auto losses = std::move(told_);
        const auto more = session_.finish(std::move(ending), log_.take());
        losses.insert(losses.end(), more.begin(), more.end());
        return losses;
    }

private:
    [[nodiscard]] const std::string& id() const noexcept { return session_.run().id; }
    [[nodiscard]] std::int64_t now_ms() const {
        return std::chrono::floor<std::chrono::milliseconds>(runtime_.clock.now().time_since_epoch()).count();
    }

    /// Beside the job: what takes time, then whatever comes.
    void keep(int job, const std::stop_token& stop) noexcept {
        try {
            record_beside(job, stop);
        } catch (const std::exception& exception) {
            session_.lose(fmt::format("recording beside the job ended early: {}", exception.what()));
        }
    }

    void record_beside(int job, const std::stop_token& stop) {
        std::optional<RunStore> runs;
        session_.attempt("the run", [&] { runs.emplace(session_.runs_path(), db::Access::write, runtime_); });
        if (!runs) return;
        session_.record_surroundings(*runs);
        session_.attempt("what the job uses", [&] { begin_sampling(*runs, job); });
        session_.attempt("the metrics", [&] { follow_metrics(*runs, stop); });
    }

    void begin_sampling(RunStore& runs, int job) {
        usage_.emplace(job, "MLO_RUN_ID=" + id(), runtime_.clock);
        next_sample_ = runtime_.clock.elapsed() + first_sample;
        if (!usage_->gpu_trouble().empty())
            session_.lose(fmt::format("the GPUs could not be asked: {}", usage_->gpu_trouble()));
        const auto facts = usage_->gpu_facts();
        if (!facts.empty()) runs.edit(id(), [&](RunDocument& run) { run.hardware.insert(facts.begin(), facts.end()); });
    }

    void sample(RunStore& runs) {
        if (!usage_ || runtime_.clock.elapsed() < next_sample_) return;
        next_sample_ = runtime_.clock.elapsed() + sample_pace;
        record_usage(runs, usage_->sample());
    }

    void record_usage(RunStore& runs, const std::vector<UsageValue>& values) {
        std::vector<MetricPoint> points;
        for (const auto& [key, value] : values)
            points.push_back({key, {.step = 0, .time_ms = now_ms(), .value = value}});
        runs.record(id(), {.points = points, .steps = Steps::following});
        has_samples_ = has_samples_ || !points.empty();
    }

    /// A job that ended before it was looked at has no curves, only totals.
    void record_totals(const ChildEnd& end) {
        if (!usage_) return;
        const auto used = usage_->end(end);
        if (has_samples_) record_usage(runs_, used.values);
        runs_.edit(id(), [&](RunDocument& run) {
            for (const auto& [name, total] : used.totals) add_total(run.hardware, name, total);
        });
    }

    /// A disk that is full now may not be so later: what could not be recorded is read again.
    void follow_metrics(RunStore& runs, const std::stop_token& stop) {
        std::optional<MetricsIngest> ingest;
        const auto& path = session_.metrics_path();
        bool has_failed = false;
        auto last_beat = runtime_.clock.elapsed();
        while (!stop.stop_requested()) {
            try {
                if (!ingest && !path.empty()) ingest.emplace(runs, id(), path, runtime_.fs);
                if (ingest) ingest->take();
                sample(runs);
                if (runtime_.clock.elapsed() - last_beat >= heartbeat_pace) {
                    last_beat = runtime_.clock.elapsed();
                    (void)runs.heartbeat(id(), session_.run().session);
                }
            } catch (const Error& error) {
                if (error.code().id == errors::run_deleted.id) return session_.lose_run();
                // What is no file any more is said at the end.
                if (!has_failed && error.code().id != errors::metrics_file_unusable.id)
                    session_.lose(fmt::format("recording had to wait while the job ran: {}", error.message()));
                has_failed = true;
                ingest.reset();
            }
            if (ingest)
                ingest->wait(stop);
            else
                runtime_.clock.sleep(std::chrono::seconds{1}, stop);
        }
        if (!ingest) return;
        ingest->finish();
        told_ = ingest->losses();
    }

    void stop_keeper() {
        if (!keeper_.joinable()) return;
        keeper_.request_stop();
        keeper_.join();
    }

    Runtime runtime_;
    RunStore& runs_;
    std::string program_;
    bool keeps_output_;
    RunSession session_;
    std::int64_t ended_ms_ = 0;  ///< when the job did
    OutputLog log_;
    std::optional<UsageSampler> usage_;  ///< of the thread beside the job, until that has ended
    std::chrono::nanoseconds next_sample_{};
    bool has_samples_ = false;
    std::vector<std::string> told_;  ///< losses that are in the run already
    std::jthread keeper_;
};

Recorder::Recorder(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
                   const std::optional<OutputLimits>& output)
    : parts_{std::make_unique<Parts>(workspace, runs, archive, std::move(request), output)} {}
Recorder::~Recorder() = default;

const std::string& Recorder::id() const noexcept { return parts_->session().run().id; }
const std::string& Recorder::name() const noexcept { return parts_->session().run().name; }
std::vector<std::string> Recorder::environment() const { return parts_->session().environment(); }
ChildEnd Recorder::watch(ForegroundChild& job) { return parts_->watch(job); }
void Recorder::fail(const Error& error) { parts_->fail(error); }
std::vector<std::string> Recorder::finish(const ChildEnd& end) { return parts_->finish(end); }

}  // namespace mlo::track
