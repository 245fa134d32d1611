// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>
#include <mlo/track/environment.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/host.hpp>
#include <mlo/track/metrics_ingest.hpp>
#include <mlo/track/packages.hpp>
#include <mlo/track/run_session.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mutex>

namespace mlo::track {

class RunSession::Parts {
public:
    Parts(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
          const ProcessIdentity& process)
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
        run_ = runs_.create(std::move(draft), process);
        make_metrics_file();
    }

    [[nodiscard]] const RunDocument& run() const noexcept { return run_; }
    [[nodiscard]] const std::string& metrics_path() const noexcept { return metrics_path_; }
    [[nodiscard]] std::string runs_path() const { return runs_.path(); }

    [[nodiscard]] std::vector<std::string> environment() const {
        std::vector<std::string> variables;
        for (const auto& entry : request_.environment) {
            const auto name = std::string_view{entry}.substr(0, entry.find('='));
            if (name != "MLO_RUN_ID" && name != "MLO_RUN_STORE" && name != "MLO_METRICS") variables.push_back(entry);
        }
        variables.push_back("MLO_RUN_ID=" + run_.id);
        variables.push_back("MLO_RUN_STORE=" + std::string{path::parent(runs_.path())});
        if (!metrics_path_.empty()) variables.push_back("MLO_METRICS=" + metrics_path_);
        return variables;
    }

    void record_surroundings(RunStore& runs) {
        MachineFacts machine;
        attempt("the machine", [&] { machine = read_machine(runtime_.fs, "/"); });
        Texts texts;
        attempt("the diff and the packages", [&] { texts = store_texts(); });
        attempt("the machine, the diff and the packages", [&] {
            runs.edit(run_.id, [&](RunDocument& run) {
                run.source.diff = texts.diff;
                run.packages = std::move(texts.packages);
                run.host = std::move(machine.host);
                run.hardware = std::move(machine.hardware);
            });
        });
    }

    void lose(std::string sentence) {
        const std::scoped_lock lock{mutex_};
        losses_.push_back(std::move(sentence));
    }

    /// What runs matters more than what is known of it.
    void attempt(std::string_view what, const std::function<void()>& step) {
        try {
            step();
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id) throw;
            if (error.code().id == errors::run_deleted.id) return lose_run();
            lose(fmt::format("{} could not be recorded: {}", what, error.message()));
        }
    }

    /// Whatever is tried after that, one sentence says it all.
    void lose_run() {
        if (!was_deleted_.exchange(true))
            lose("the run was deleted while its job ran: nothing more of it was recorded");
    }

    std::vector<std::string> finish(Ending ending, ByteView log) {
        if (!ending.ended_ms)
            ending.ended_ms =
                std::chrono::floor<std::chrono::milliseconds>(runtime_.clock.now().time_since_epoch()).count();
        try {
            attempt("the metrics", [&] { take_last_metrics(); });
            attempt("the outputs", [&] { store_outputs(); });
            attempt("the output log", [&] {
                if (!log.empty()) ending.log = store_bytes(log);
            });
            attempt("what changed meanwhile", [&] { ending.changed = find_changes(); });
        } catch (const Error&) {
            end_interrupted(std::move(ending));
            throw;
        }
        ending.losses.insert(ending.losses.end(), losses_.begin(), losses_.end());
        runs_.end(run_.id, ending);
        archive_.seal(run_.id);
        remove_metrics_file();
        told_.insert(told_.end(), ending.losses.begin(), ending.losses.end());
        return std::move(told_);
    }

    void end_at_once(Ending ending) {
        ending.losses.insert(ending.losses.end(), losses_.begin(), losses_.end());
        attempt("the end of the run", [&] {
            runs_.end(run_.id, ending);
            archive_.seal(run_.id);
        });
        metrics_are_taken_ = true;
        remove_metrics_file();
    }

private:
    struct Texts {
        std::optional<store::ObjectId> diff;
        std::map<std::string, store::ObjectId> packages;
    };

    /// In one pack.
    Texts store_texts() {
        PackageLists packages;
        if (request_.with_packages == WithPackages::yes)
            attempt("the packages", [&] {
                auto program = request_.command.empty() ? std::string{} : request_.command.front();
                packages = read_packages(package_places(std::move(program), request_.environment), runtime_);
            });
        for (auto& loss : packages.losses) lose(std::move(loss));
        const auto patch = patch_of(code_);
        Texts texts;
        if (patch.empty() && packages.lists.empty()) return texts;
        const auto ingest = workspace_.store().begin_ingest(store::LargeFiles::chunked);
        if (!patch.empty()) texts.diff = ingest->add_bytes(as_bytes(patch));
        for (const auto& [kind, list] : packages.lists) texts.packages[kind] = ingest->add_bytes(as_bytes(list));
        ingest->commit();
        return texts;
    }

    /// The user does not wait for the rest: how it ended is recorded all the same, and the next command seals it.
    void end_interrupted(Ending ending) {
        auto unstoppable = runtime_;
        unstoppable.stop = {};
        ending.losses.insert(ending.losses.end(), losses_.begin(), losses_.end());
        ending.losses.emplace_back("recording was interrupted before outputs, log and changes were all there");
        RunStore{runs_path(), db::Access::write, unstoppable}.end(run_.id, ending);
    }

    void make_metrics_file() {
        const auto path = track::metrics_path(workspace_.layout().store_dir, run_.id);
        try {
            const auto folder = workspace::make_folders(runtime_.fs, path::parent(path));
            (void)folder->create(path::name(path), 0666);
            metrics_path_ = path;
        } catch (const Error& error) {
            lose(fmt::format("there is no MLO_METRICS: {}", error.message()));
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

    void store_outputs() {
        if (request_.outputs.empty()) return;
        std::vector<Output> outputs;
        for (const auto& found : workspace::store_paths(workspace_, request_.outputs, request_.large_files)) {
            if (!found.problems.empty())
                lose(fmt::format("the output {} could not be read: {}", quoted(found.path),
                                 found.problems.front().error.message()));
            else if (!found.entry)
                lose(fmt::format("there is no output {}", quoted(found.path)));
            else if (found.entry->kind == store::EntryKind::symlink)
                lose(
                    fmt::format("the output {} is a symbolic link, which is not stored by itself", quoted(found.path)));
            else
                outputs.push_back(to_output(found.path, *found.entry));
        }
        runs_.record(run_.id, {.outputs = outputs});
    }

    std::vector<std::string> find_changes() {
        std::vector<std::string> changed;
        if (auto* const repository = workspace_.repository())
            changed = changes_since(code_, read_code(*repository, request_.with_diff), request_.outputs);
        const auto inputs = changed_inputs(workspace_, run_.inputs);
        changed.insert(changed.end(), inputs.begin(), inputs.end());
        return changed;
    }

    workspace::Workspace& workspace_;
    Runtime runtime_;
    RunStore& runs_;
    Archive& archive_;
    SessionRequest request_;
    Code code_;
    RunDocument run_;
    std::string metrics_path_;  ///< empty if there is none
    bool metrics_are_taken_ = false;
    std::atomic<bool> was_deleted_{false};
    std::mutex mutex_;
    std::vector<std::string> losses_;  ///< not yet in the run
    std::vector<std::string> told_;    ///< in the run already
};

RunSession::RunSession(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
                       const ProcessIdentity& process)
    : parts_{std::make_unique<Parts>(workspace, runs, archive, std::move(request), process)} {}
RunSession::~RunSession() = default;

const RunDocument& RunSession::run() const noexcept { return parts_->run(); }
std::string RunSession::runs_path() const { return parts_->runs_path(); }
const std::string& RunSession::metrics_path() const noexcept { return parts_->metrics_path(); }
std::vector<std::string> RunSession::environment() const { return parts_->environment(); }
void RunSession::record_surroundings(RunStore& runs) { parts_->record_surroundings(runs); }
void RunSession::lose(std::string sentence) { parts_->lose(std::move(sentence)); }
void RunSession::attempt(std::string_view what, const std::function<void()>& step) { parts_->attempt(what, step); }
void RunSession::lose_run() { parts_->lose_run(); }
std::vector<std::string> RunSession::finish(Ending ending, ByteView log) {
    return parts_->finish(std::move(ending), log);
}
void RunSession::end_at_once(Ending ending) { parts_->end_at_once(std::move(ending)); }

}  // namespace mlo::track
