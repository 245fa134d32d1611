// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mlo/track/environment.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/host.hpp>
#include <mlo/track/metrics_ingest.hpp>
#include <mlo/track/output_log.hpp>
#include <mlo/track/packages.hpp>
#include <mlo/track/recorder.hpp>
#include <mlo/track/usage.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mutex>
#include <thread>

namespace mlo::track {
namespace {

constexpr std::chrono::seconds heartbeat_pace{60};
constexpr std::chrono::seconds first_sample{1};
constexpr std::chrono::seconds sample_pace{10};

std::string value_of(std::span<const std::string> environment, std::string_view name) {
    for (const std::string_view entry : environment)
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            return std::string{entry.substr(name.size() + 1)};
    return {};
}

}  // namespace

class Recorder::Parts {
public:
    Parts(workspace::Workspace& workspace, RunStore& runs, Archive& archive, RecordRequest request)
        : workspace_{workspace},
          runtime_{workspace.runtime()},
          runs_{runs},
          archive_{archive},
          request_{std::move(request)} {
        if (auto* const repository = workspace_.repository()) code_ = read_code(*repository, request_.with_diff);
        auto inputs = read_inputs(workspace_, request_.inputs, request_.with_present);
        RunDocument draft;
        draft.experiment.name = request_.experiment.empty() ? ExperimentName{}.name : request_.experiment;
        draft.name = request_.name;
        draft.note = request_.note;
        draft.parent = request_.parent;
        draft.user = request_.user;
        draft.source = code_.source;
        draft.command = recorded_command(request_.command);
        draft.directory = workspace_.current_folder();
        draft.environment = recorded_environment(request_.environment);
        draft.seeds = find_seeds(request_.command, request_.environment);
        draft.params = {request_.params.begin(), request_.params.end()};
        draft.tags = {request_.tags.begin(), request_.tags.end()};
        draft.inputs = std::move(inputs.inputs);
        draft.losses = code_.losses;
        draft.losses.insert(draft.losses.end(), inputs.losses.begin(), inputs.losses.end());
        run_ = runs_.create(std::move(draft), identify_process(runtime_.fs, ::getpid()));
        make_metrics_file();
    }

    ~Parts() { stop_keeper(); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    [[nodiscard]] const RunDocument& run() const noexcept { return run_; }

    [[nodiscard]] std::vector<std::string> environment() const {
        std::vector<std::string> variables;
        for (const auto& entry : request_.environment) {
            const auto name = std::string_view{entry}.substr(0, entry.find('='));
            if (name != "MLO_RUN_ID" && name != "MLO_RUN_STORE" && name != "MLO_METRICS") variables.push_back(entry);
        }
        variables.push_back("MLO_RUN_ID=" + run_.id);
        variables.push_back("MLO_RUN_STORE=" + workspace_.layout().store_dir);
        if (!metrics_path_.empty()) variables.push_back("MLO_METRICS=" + metrics_path_);
        return variables;
    }

    ChildEnd watch(ForegroundChild& job) {
        // So that the run lives as long as its job, whatever becomes of us.
        attempt("the job's process",
                [&] { runs_.set_job(run_.id, job.pid(), identify_process(runtime_.fs, job.pid()).start_ticks); });
        keeper_ = std::jthread{[this, pid = job.pid()](const std::stop_token& stop) { keep(pid, stop); }};
        auto end = job.run([this](OutputStream, ByteView bytes) {
            if (request_.with_output == WithOutput::yes) log_.add(bytes);
        });
        ended_ms_ = now_ms();
        stop_keeper();
        attempt("what the job used", [&] { record_totals(end); });
        return end;
    }

    void fail(const Error& error) {
        lose("the job could not be started: {}", error.message());
        const Ending ending{.state = RunState::failed, .exit_code = start_failure_code(error), .losses = losses_};
        attempt("the end of the run", [&] {
            runs_.end(run_.id, ending);
            archive_.seal(run_.id);
        });
        metrics_are_taken_ = true;
        remove_metrics_file();
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
            lose("{} left something running in the background; what that does is not recorded",
                 quoted(request_.command.front()));
        if (end.undelivered_bytes > 0)
            lose("{} of the output could not be passed on", format_bytes(end.undelivered_bytes));
        if (end.observer_failed) lose("the output could not be kept");
        try {
            attempt("the metrics", [&] { take_last_metrics(); });
            attempt("the outputs", [&] { store_outputs(); });
            attempt("the output log", [&] { ending.log = store_log(); });
            attempt("what changed meanwhile", [&] { ending.changed = find_changes(); });
        } catch (const Error&) {
            end_interrupted(std::move(ending));
            throw;
        }
        ending.losses = losses_;
        runs_.end(run_.id, ending);
        archive_.seal(run_.id);
        remove_metrics_file();
        told_.insert(told_.end(), losses_.begin(), losses_.end());
        return std::move(told_);
    }

private:
    [[nodiscard]] std::int64_t now_ms() const {
        return std::chrono::floor<std::chrono::milliseconds>(runtime_.clock.now().time_since_epoch()).count();
    }

    template <class... Arguments>
    void lose(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        const std::scoped_lock lock{mutex_};
        losses_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }

    /// The job matters more than what is known of it.
    template <class Step>
    void attempt(std::string_view what, Step step) {
        try {
            step();
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id) throw;
            if (error.code().id == errors::run_deleted.id) return lose_run();
            lose("{} could not be recorded: {}", what, error.message());
        }
    }

    /// Whatever is tried after that, one sentence says it all.
    void lose_run() {
        if (!was_deleted_.exchange(true))
            lose("the run was deleted while its job ran: nothing more of it was recorded");
    }

    /// The user does not wait for the rest: how the job ended is recorded all the same, and the next command seals it.
    void end_interrupted(Ending ending) {
        auto unstoppable = runtime_;
        unstoppable.stop = {};
        ending.losses = losses_;
        ending.losses.emplace_back("recording was interrupted before outputs, log and changes were all there");
        RunStore{path::join(workspace_.layout().store_dir, RunStore::file_name), db::Access::write, unstoppable}.end(
            run_.id, ending);
    }

    void make_metrics_file() {
        const auto path = metrics_path(workspace_.layout().store_dir, run_.id);
        try {
            const auto folder = workspace::make_folders(runtime_.fs, path::parent(path));
            (void)folder->create(path::name(path), 0666);
            metrics_path_ = path;
        } catch (const Error& error) {
            lose("there is no MLO_METRICS: {}", error.message());
        }
    }

    void remove_metrics_file() noexcept {
        try {
            if (!metrics_path_.empty() && metrics_are_taken_)
                runtime_.fs.open_root(path::parent(metrics_path_))->remove(path::name(metrics_path_));
        } catch (const Error&) {
            // It is read in vain once more, by the next who looks.
        }
    }

    /// Beside the job: what takes time, then whatever comes.
    void keep(int job, const std::stop_token& stop) noexcept {
        try {
            record_beside(job, stop);
        } catch (const std::exception& exception) {
            lose("recording beside the job ended early: {}", exception.what());
        }
    }

    void record_beside(int job, const std::stop_token& stop) {
        std::optional<RunStore> runs;
        attempt("the run", [&] {
            runs.emplace(path::join(workspace_.layout().store_dir, RunStore::file_name), db::Access::write, runtime_);
        });
        if (!runs) return;
        attempt("the diff", [&] { store_diff(*runs); });
        attempt("the machine", [&] {
            auto machine = read_machine(runtime_.fs, "/");
            runs->edit(run_.id, [&](RunDocument& run) {
                run.host = std::move(machine.host);
                run.hardware = std::move(machine.hardware);
            });
        });
        attempt("the packages", [&] { store_packages(*runs); });
        attempt("what the job uses", [&] { begin_sampling(*runs, job); });
        attempt("the metrics", [&] { follow_metrics(*runs, stop); });
    }

    void begin_sampling(RunStore& runs, int job) {
        usage_.emplace(job, "MLO_RUN_ID=" + run_.id, runtime_.clock);
        next_sample_ = runtime_.clock.elapsed() + first_sample;
        if (!usage_->gpu_trouble().empty()) lose("the GPUs could not be asked: {}", usage_->gpu_trouble());
        const auto facts = usage_->gpu_facts();
        if (!facts.empty())
            runs.edit(run_.id, [&](RunDocument& run) { run.hardware.insert(facts.begin(), facts.end()); });
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
        runs.record(run_.id, {.points = points, .steps = Steps::following});
        has_samples_ = has_samples_ || !points.empty();
    }

    /// A job that ended before it was looked at has no curves, only totals.
    void record_totals(const ChildEnd& end) {
        if (!usage_) return;
        const auto used = usage_->end(end);
        if (has_samples_) record_usage(runs_, used.values);
        runs_.edit(run_.id, [&](RunDocument& run) { run.hardware.insert(used.totals.begin(), used.totals.end()); });
    }

    /// A disk that is full now may not be so later: what could not be recorded is read again.
    void follow_metrics(RunStore& runs, const std::stop_token& stop) {
        std::optional<MetricsIngest> ingest;
        bool has_failed = false;
        auto last_beat = runtime_.clock.elapsed();
        while (!stop.stop_requested()) {
            try {
                if (!ingest && !metrics_path_.empty()) ingest.emplace(runs, run_.id, metrics_path_, runtime_.fs);
                if (ingest) ingest->take();
                sample(runs);
                if (runtime_.clock.elapsed() - last_beat >= heartbeat_pace) {
                    last_beat = runtime_.clock.elapsed();
                    (void)runs.heartbeat(run_.id, run_.session);
                }
            } catch (const Error& error) {
                if (error.code().id == errors::run_deleted.id) return lose_run();
                if (!has_failed) lose("recording had to wait while the job ran: {}", error.message());
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

    void take_last_metrics() {
        if (metrics_path_.empty()) return;
        if (!runtime_.fs.open_root(path::parent(metrics_path_))->stat(path::name(metrics_path_)))
            lose("MLO_METRICS was removed while the job ran; what it wrote last may be missing");
        MetricsIngest ingest{runs_, run_.id, metrics_path_, runtime_.fs};
        try {
            ingest.take_last();
        } catch (const Error& error) {
            // A pipe or a link in its place holds nothing that could be read later.
            metrics_are_taken_ = error.code().id == errors::metrics_file_unusable.id;
            throw;
        }
        ingest.finish();
        told_.insert(told_.end(), ingest.losses().begin(), ingest.losses().end());
        metrics_are_taken_ = true;
    }

    store::ObjectId store_bytes(ByteView bytes) {
        const auto ingest = workspace_.store().begin_ingest(store::LargeFiles::chunked);
        const auto id = ingest->add_bytes(bytes);
        ingest->commit();
        return id;
    }

    void store_diff(RunStore& runs) {
        const auto patch = patch_of(code_);
        if (patch.empty()) return;
        const auto id = store_bytes(as_bytes(patch));
        runs.edit(run_.id, [&](RunDocument& run) { run.source.diff = id; });
    }

    void store_packages(RunStore& runs) {
        const auto& variables = request_.environment;
        const auto found = read_packages({.program = request_.command.front(),
                                          .search_path = value_of(variables, "PATH"),
                                          .home = value_of(variables, "HOME"),
                                          .virtual_env = value_of(variables, "VIRTUAL_ENV"),
                                          .conda = value_of(variables, "CONDA_PREFIX"),
                                          .python_path = value_of(variables, "PYTHONPATH"),
                                          .environment = variables},
                                         runtime_);
        for (const auto& loss : found.losses) lose("{}", loss);
        if (found.lists.empty()) return;
        std::map<std::string, store::ObjectId> ids;
        for (const auto& [kind, list] : found.lists) ids[kind] = store_bytes(as_bytes(list));
        runs.edit(run_.id, [&](RunDocument& run) { run.packages = std::move(ids); });
    }

    std::optional<store::ObjectId> store_log() {
        const auto bytes = log_.take();
        if (bytes.empty()) return std::nullopt;
        return store_bytes(bytes);
    }

    void store_outputs() {
        if (request_.outputs.empty()) return;
        std::vector<Output> outputs;
        for (const auto& found : workspace::store_paths(workspace_, request_.outputs, request_.large_files)) {
            if (!found.problems.empty())
                lose("the output {} could not be read: {}", quoted(found.path), found.problems.front().error.message());
            else if (!found.entry)
                lose("there is no output {}", quoted(found.path));
            else if (found.entry->kind == store::EntryKind::symlink)
                lose("the output {} is a symbolic link, which is not stored by itself", quoted(found.path));
            else
                outputs.push_back(to_output(found.path, *found.entry));
        }
        runs_.record(run_.id, {.outputs = outputs});
    }

    std::vector<std::string> find_changes() {
        std::vector<std::string> changed;
        if (auto* const repository = workspace_.repository())
            changed = changes_since(code_, read_code(*repository, request_.with_diff));
        const auto inputs = changed_inputs(workspace_, run_.inputs);
        changed.insert(changed.end(), inputs.begin(), inputs.end());
        return changed;
    }

    workspace::Workspace& workspace_;
    Runtime runtime_;
    RunStore& runs_;
    Archive& archive_;
    RecordRequest request_;
    Code code_;
    RunDocument run_;
    std::int64_t ended_ms_ = 0;  ///< when the job did
    std::string metrics_path_;   ///< empty if there is none
    bool metrics_are_taken_ = false;
    OutputLog log_;
    std::optional<UsageSampler> usage_;  ///< of the thread beside the job, until that has ended
    std::chrono::nanoseconds next_sample_{};
    bool has_samples_ = false;
    std::atomic<bool> was_deleted_{false};
    std::mutex mutex_;
    std::vector<std::string> losses_;  ///< not yet in the run
    std::vector<std::string> told_;    ///< in the run already
    std::jthread keeper_;
};

Recorder::Recorder(workspace::Workspace& workspace, RunStore& runs, Archive& archive, RecordRequest request)
    : parts_{std::make_unique<Parts>(workspace, runs, archive, std::move(request))} {}
Recorder::~Recorder() = default;

const std::string& Recorder::id() const noexcept { return parts_->run().id; }
const std::string& Recorder::name() const noexcept { return parts_->run().name; }
std::vector<std::string> Recorder::environment() const { return parts_->environment(); }
ChildEnd Recorder::watch(ForegroundChild& job) { return parts_->watch(job); }
void Recorder::fail(const Error& error) { parts_->fail(error); }
std::vector<std::string> Recorder::finish(const ChildEnd& end) { return parts_->finish(end); }

}  // namespace mlo::track
