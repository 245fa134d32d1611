// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
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
namespace {

constexpr std::size_t most_command_bytes = 4096;
constexpr std::size_t short_id_digits = 8;
constexpr std::uint64_t most_patch_bytes = 2 * (diff_limits.total_bytes + diff_limits.file_bytes);

/// Whole characters.
std::string shortened(std::string text) {
    if (text.size() <= most_command_bytes) return text;
    auto end = most_command_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text + "...";
}

std::string name_of(const Facts& host) {
    const auto found = host.find("name");
    const auto* const name = found == host.end() ? nullptr : std::get_if<std::string>(&found->second);
    return name == nullptr ? "?" : *name;
}

}  // namespace

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
        if (request_.resumed.empty())
            begin(std::move(inputs), process);
        else
            resume(inputs, process);
        make_metrics_file();
        std::vector<WantedOutput> outputs;
        for (const auto& path : request_.outputs) outputs.push_back({path, IsModel::no});
        for (const auto& path : request_.models) outputs.push_back({path, IsModel::yes});
        if (!outputs.empty()) attempt("which outputs are wanted", [&] { runs_.want(run_.id, outputs); });
    }

    Parts(workspace::Workspace& workspace, RunStore& runs, Archive& archive, std::string_view run,
          store::LargeFiles large_files)
        : workspace_{workspace}, runtime_{workspace.runtime()}, runs_{runs}, archive_{archive} {
        request_.large_files = large_files;
        take_over(std::string{run});
        is_taken_over_ = true;
        if (!run_.source.is_dirty) request_.with_diff = WithDiff::no;
        attempt("what was not committed at the begin", [&] { patch_ = stored_patch(run_.source); });
        // Whoever found the run lost has taken what was in it.
        const auto path = track::metrics_path(workspace_.layout().store_dir, run_.id);
        const auto folder = workspace::make_folders(runtime_.fs, path::parent(path));
        if (!was_lost_ || folder->stat(path::name(path))) metrics_path_ = path;
    }

    [[nodiscard]] const RunDocument& run() const noexcept { return run_; }
    [[nodiscard]] const std::string& metrics_path() const noexcept { return metrics_path_; }
    [[nodiscard]] std::string runs_path() const { return runs_.path(); }

    [[nodiscard]] std::vector<std::string> environment() const {
        std::vector<std::string> variables;
        for (const auto& entry : request_.environment) {
            const auto name = std::string_view{entry}.substr(0, entry.find('='));
            if (name != "MLO_RUN_ID" && name != "MLO_RUN_STORE" && name != "MLO_METRICS" && name != "MLO_UNTRACKED")
                variables.push_back(entry);
        }
        variables.push_back("MLO_RUN_ID=" + run_.id);
        variables.push_back("MLO_RUN_STORE=" + std::string{path::parent(runs_.path())});
        if (!metrics_path_.empty()) variables.push_back("MLO_METRICS=" + metrics_path_);
        return variables;
    }

    void add_output(const WantedOutput& output) { runs_.want(run_.id, {&output, 1}); }

    void record_surroundings(RunStore& runs) {
        MachineFacts machine;
        attempt("the machine", [&] { machine = read_machine(runtime_.fs, "/"); });
        Texts texts;
        attempt("the diff and the packages", [&] { texts = store_texts(); });
        attempt("the machine, the diff and the packages", [&] {
            runs.edit(run_.id, [&](RunDocument& run) {
                if (request_.resumed.empty()) run.source.diff = texts.diff;
                const bool is_first = run.host.empty() && run.packages.empty();
                if (!is_first && run.packages != texts.packages)
                    run.losses.push_back(fmt::format("the packages of attempt {}, which differ", run.attempt));
                if (!is_first && run.host != machine.host)
                    run.losses.push_back(fmt::format("the machine of attempt {}, which differs: {}", run.attempt,
                                                     name_of(machine.host)));
                if (!is_first) return;
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

    std::vector<std::string> keep_losses() {
        auto losses = std::exchange(losses_, {});
        if (!losses.empty())
            runs_.edit(run_.id,
                       [&](RunDocument& run) { run.losses.insert(run.losses.end(), losses.begin(), losses.end()); });
        return losses;
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
    [[nodiscard]] ProcessProbe probe() {
        return [this](const ProcessIdentity& process) { return probe_process(runtime_.fs, process); };
    }

    void begin(InputList inputs, const ProcessIdentity& process) {
        RunDocument draft;
        draft.experiment.name = request_.experiment.empty() ? ExperimentName{}.name : request_.experiment;
        draft.name = request_.name;
        draft.note = request_.note;
        draft.parent = request_.parent;
        draft.user = request_.user;
        draft.source = code_.source;
        draft.command = recorded_command(request_.command);
        draft.directory = workspace_.current_folder();
        draft.environment = recorded_environment(request_.environment, request_.environment_rules);
        draft.seeds = find_seeds(request_.command, request_.environment);
        draft.params = {request_.params.begin(), request_.params.end()};
        draft.tags = {request_.tags.begin(), request_.tags.end()};
        draft.inputs = std::move(inputs.inputs);
        draft.losses = code_.losses;
        draft.losses.insert(draft.losses.end(), inputs.losses.begin(), inputs.losses.end());
        run_ = runs_.create(std::move(draft), process, request_.pulse);
    }

    RunDocument reopen(const std::string& run, const ProcessIdentity& process, Pulse pulse) {
        return runs_.status(run).is_sealed ? archive_.reopen(run, process, pulse)
                                           : runs_.resume(run, process, probe(), pulse);
    }

    void resume(const InputList& inputs, const ProcessIdentity& process) {
        const auto before = runs_.get(request_.resumed);
        for (const auto& [name, value] : request_.params)
            if (const auto known = before.params.find(name); known != before.params.end() && known->second != value)
                throw Error{errors::param_conflict,
                            fmt::format("the parameter {} has the value {} already, and cannot become {}", quoted(name),
                                        quoted(known->second), quoted(value))};
        run_ = reopen(before.id, process, request_.pulse);
        try {
            const auto note = request_.note.empty() ? std::nullopt : std::optional<std::string_view>{request_.note};
            runs_.record(run_.id,
                         {.params = request_.params, .tags = request_.tags, .note = note, .inputs = inputs.inputs});
            runs_.edit(run_.id, [&](RunDocument& run) { note_differences(run, inputs); });
        } catch (...) {
            runs_.end(run_.id, {.state = is_open(before.state) ? RunState::lost : before.state,
                                .ended_ms = before.ended_ms,
                                .exit_code = before.exit_code,
                                .signal = before.signal});
            archive_.seal(run_.id);
            throw;
        }
        run_ = runs_.get(run_.id);
    }

    /// A run has one code, command and set of inputs by path: those of its first attempt. Nothing of that is hidden.
    void note_differences(RunDocument& run, const InputList& inputs) {
        const auto add = [](std::vector<std::string>& list, std::string entry) {
            if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(std::move(entry));
        };
        std::optional<std::string> patch;
        attempt("what was not committed at the begin", [&] { patch = stored_patch(run.source); });
        if (request_.with_diff == WithDiff::no) patch.reset();
        const auto changed = changes_since(earlier_code(run.source, patch, code_), code_, {});
        for (const auto& each : changed) add(run.source.changed, each);
        if (!changed.empty())
            run.losses.push_back(
                fmt::format("the code of attempt {}, which differs: commit {}{}", run.attempt,
                            code_.source.commit.empty() ? "none" : code_.source.commit,
                            code_.source.is_dirty.value_or(false) ? ", with uncommitted changes" : ""));
        if (auto command = recorded_command(request_.command); !command.empty() && command != run.command) {
            std::string words;
            for (const auto& word : command) words += (words.empty() ? "" : " ") + printable(word);
            run.losses.push_back(
                fmt::format("the command of attempt {}, which differs: {}", run.attempt, shortened(std::move(words))));
        }
        for (const auto& input : inputs.inputs)
            for (const auto& known : run.inputs)
                if (known.path == input.path && known.id != input.id && known.role != InputRole::observed)
                    add(run.source.changed, input.path);
        run.losses.insert(run.losses.end(), inputs.losses.begin(), inputs.losses.end());
    }

    void take_over(const std::string& run) {
        const auto open = runs_.open_runs();
        const auto known = std::find_if(open.begin(), open.end(), [&](const OpenRun& each) { return each.id == run; });
        if (known != open.end() && known->pulse == Pulse::beats && !runs_.is_dead(*known, probe()))
            throw Error{errors::run_recorded, fmt::format("the run {} is recorded by process {} on {}", quoted(run),
                                                          known->process ? known->process->pid : 0,
                                                          quoted(known->process ? known->process->host : "?"))};
        was_lost_ = known == open.end() && runs_.status(run).state == RunState::lost;
        if (was_lost_)
            run_ = reopen(run, identify_process(runtime_.fs, ::getpid()), Pulse::silent);
        else
            run_ = runs_.get(run);
        if (!is_open(run_.state))
            throw Error{errors::run_ended, fmt::format("the run {} has ended: {}", quoted(run), to_string(run_.state))}
                .hint(fmt::format("mlo track start --resume {}", run.substr(0, short_id_digits)));
        if (runs_.status(run).is_deleted)
            throw Error{errors::run_deleted, fmt::format("the run {} was deleted", quoted(run))}.hint(
                fmt::format("mlo runs restore {}", run));
    }

    /// Nothing if there was one that is not known.
    [[nodiscard]] std::optional<std::string> stored_patch(const Source& source) {
        if (source.is_dirty && !*source.is_dirty) return std::string{};
        if (!source.is_dirty || !source.diff) return std::nullopt;
        return std::string{as_text(workspace_.store().read_all(*source.diff, most_patch_bytes))};
    }

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
        const auto patch = request_.resumed.empty() ? patch_of(code_) : std::string{};
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
            if (request_.resumed.empty() || !folder->stat(path::name(path))) {
                (void)folder->create(path::name(path), 0666);
                // A new file may have the number of an earlier attempt's, of which some was read.
                if (const auto status = folder->stat(path::name(path)); status && !request_.resumed.empty())
                    runs_.record(run_.id, {.ingested = Ingested{.file = std::to_string(status->inode)}});
            }
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
        const auto wanted = runs_.wanted(run_.id);
        if (wanted.empty()) return;
        std::vector<std::string> paths;
        for (const auto& each : wanted) paths.push_back(each.path);
        std::vector<Output> outputs;
        const auto all = workspace::store_paths(workspace_, paths, request_.large_files);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto& found = all[i];
            if (!found.problems.empty())
                lose(fmt::format("the output {} could not be read: {}", quoted(found.path),
                                 found.problems.front().error.message()));
            else if (!found.entry)
                lose(fmt::format("there is no output {}", quoted(found.path)));
            else if (found.entry->kind == store::EntryKind::symlink)
                lose(
                    fmt::format("the output {} is a symbolic link, which is not stored by itself", quoted(found.path)));
            else
                outputs.push_back(to_output(found.path, *found.entry, wanted[i].is_model));
        }
        runs_.record(run_.id, {.outputs = outputs});
    }

    std::vector<std::string> find_changes() {
        std::vector<std::string> changed;
        if (auto* const repository = workspace_.repository()) {
            const auto now = read_code(*repository, request_.with_diff);
            std::vector<std::string> made;
            for (const auto& each : runs_.wanted(run_.id)) made.push_back(each.path);
            changed = changes_since(is_taken_over_ ? earlier_code(run_.source, patch_, now) : code_, now, made);
        }
        // What was handed out for the run may be another version than what lies in the workspace.
        auto inputs = runs_.get(run_.id).inputs;
        std::erase_if(inputs, [](const Input& input) { return input.role == InputRole::observed; });
        const auto changed_paths = changed_inputs(workspace_, inputs);
        changed.insert(changed.end(), changed_paths.begin(), changed_paths.end());
        return changed;
    }

    workspace::Workspace& workspace_;
    Runtime runtime_;
    RunStore& runs_;
    Archive& archive_;
    SessionRequest request_;
    Code code_;  ///< where the session began
    bool is_taken_over_ = false;
    std::optional<std::string> patch_;  ///< of a run that was taken over: what was not committed, if that is known
    RunDocument run_;
    std::string metrics_path_;  ///< empty if there is none
    bool metrics_are_taken_ = false;
    bool was_lost_ = false;  ///< and was taken over
    std::atomic<bool> was_deleted_{false};
    std::mutex mutex_;
    std::vector<std::string> losses_;  ///< not yet in the run
    std::vector<std::string> told_;    ///< in the run already
};

RunSession::RunSession(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
                       const ProcessIdentity& process)
    : parts_{std::make_unique<Parts>(workspace, runs, archive, std::move(request), process)} {}
RunSession::RunSession(workspace::Workspace& workspace, RunStore& runs, Archive& archive, std::string_view run,
                       store::LargeFiles large_files)
    : parts_{std::make_unique<Parts>(workspace, runs, archive, run, large_files)} {}
RunSession::~RunSession() = default;

const RunDocument& RunSession::run() const noexcept { return parts_->run(); }
std::string RunSession::runs_path() const { return parts_->runs_path(); }
const std::string& RunSession::metrics_path() const noexcept { return parts_->metrics_path(); }
std::vector<std::string> RunSession::environment() const { return parts_->environment(); }
void RunSession::add_output(const WantedOutput& output) { parts_->add_output(output); }
void RunSession::record_surroundings(RunStore& runs) { parts_->record_surroundings(runs); }
void RunSession::lose(std::string sentence) { parts_->lose(std::move(sentence)); }
void RunSession::attempt(std::string_view what, const std::function<void()>& step) { parts_->attempt(what, step); }
void RunSession::lose_run() { parts_->lose_run(); }
std::vector<std::string> RunSession::finish(Ending ending, ByteView log) {
    return parts_->finish(std::move(ending), log);
}
std::vector<std::string> RunSession::keep_losses() { return parts_->keep_losses(); }
void RunSession::end_at_once(Ending ending) { parts_->end_at_once(std::move(ending)); }

}  // namespace mlo::track
