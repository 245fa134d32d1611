// SPDX-License-Identifier: Apache-2.0
#include "run_parts.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mlo/track/inputs.hpp>
#include <mlo/track/liveness.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/signals_blocked.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <utility>

namespace mlo {

/// The library's own warnings, which are no losses.
class Run::Parts::Log final : public LogSink {
public:
    explicit Log(Parts& parts) : parts_{parts} {}
    [[nodiscard]] bool enabled(LogLevel level) const noexcept override { return level == LogLevel::warning; }
    void log(LogLevel level, std::string_view text) override {
        if (enabled(level)) parts_.warn(text);
    }

private:
    Parts& parts_;
};

std::unique_ptr<Run::Parts> Run::Parts::begin(const RunOptions& options) {
    auto parts = std::make_unique<Parts>(options);
    parts->begin();
    return parts;
}

std::unique_ptr<Run::Parts> Run::Parts::attach(std::string_view run, const RunOptions& options) {
    auto parts = std::make_unique<Parts>(options);
    parts->attach(run);
    return parts;
}

Run::Parts::Parts(const RunOptions& options)
    : process_{::getpid()},
      options_{options},
      surroundings_{api::look_around()},
      directory_{path::absolute(options.directory, surroundings_.directory)},
      log_{std::make_unique<Log>(*this)},
      runtime_{.fs = real_fs(),
               .clock = system_clock(),
               .random = system_random(),
               .log = *log_,
               .progress = silent_progress(),
               .stop = {},
               .jobs = 1} {}

Run::Parts::~Parts() {
    if (has_ended_ || id_.empty()) return;
    const bool is_failing = std::uncaught_exceptions() > exceptions_;
    try {
        end(is_failing ? track::RunState::failed : track::RunState::finished, {});
    } catch (const std::exception& error) {
        warn(fmt::format("the end of run {} could not be recorded: {}", id_, error.what()));
    }
}

bool Run::Parts::is_ours() const noexcept { return ::getpid() == process_; }

void Run::Parts::begin() {
    runs_.emplace(project(), [this](std::string_view sentence) { warn(sentence); });
    session_.emplace(project().workspace(), runs_->store(), runs_->archive(), make_request(),
                     track::identify_process(runtime_.fs, process_));
    try {
        begin_writing(session_->runs_path(), session_->run().session);
        const SignalsBlocked blocked;
        beside_ = std::jthread{[this] { record_beside(); }};
    } catch (const std::exception& error) {
        session_->lose(fmt::format("the run could not be recorded: {}", error.what()));
        session_->end_at_once({.state = track::RunState::failed});
        throw;
    }
    id_ = session_->run().id;
    name_ = session_->run().name;
}

track::SessionRequest Run::Parts::make_request() {
    auto& workspace = project().workspace();
    track::SessionRequest request{.command = options_.command.empty() ? surroundings_.command : options_.command,
                                  .environment = surroundings_.variables};
    request.experiment = options_.experiment;
    request.name = options_.name;
    request.note = options_.note;
    request.parent = options_.parent.empty() ? surroundings_.get("MLO_RUN_ID") : options_.parent;
    const auto user = surroundings_.get("USER");
    request.user = is_valid_utf8(user) ? user : printable(user);
    request.params = options_.params;
    request.tags = options_.tags;
    for (const auto& path : options_.inputs) request.inputs.push_back(workspace.from_user(path));
    for (const auto& path : options_.outputs) request.outputs.push_back(workspace.from_user(path));
    request.with_diff = options_.records_diff ? track::WithDiff::yes : track::WithDiff::no;
    request.with_present = options_.records_inputs ? track::WithPresent::yes : track::WithPresent::no;
    request.with_packages = track::WithPackages::no;
    request.large_files = project().large_files();
    return request;
}

void Run::Parts::attach(std::string_view run) {
    const auto wanted = run.empty() ? surroundings_.get("MLO_RUN_ID") : std::string{run};
    if (wanted.empty())
        throw Error{track::errors::no_current_run, "there is no run to attach to: MLO_RUN_ID is not set"}.hint(
            "start the program with 'mlo track -- CMD', or use Run::attach_or_begin");
    auto folder = surroundings_.get("MLO_RUN_STORE");
    if (folder.empty()) folder = project().workspace().layout().store_dir;
    const auto runs_path = path::join(folder, track::RunStore::file_name);
    track::RunStore runs{runs_path, db::Access::write, runtime_};
    const auto status = runs.status(runs.resolve(wanted));
    name_ = status.name;
    id_ = status.id;
    try {
        begin_writing(runs_path, {});
        record_given();
    } catch (const std::exception&) {
        has_ended_ = true;
        throw;
    }
}

void Run::Parts::begin_writing(std::string runs_path, std::string session) {
    writer_.emplace(track::RunWriterRequest{.runs_path = std::move(runs_path),
                                            .run = session_ ? session_->run().id : id_,
                                            .session = std::move(session),
                                            .commit = options_.logging == Logging::batched ? track::Commit::batched
                                                                                           : track::Commit::each,
                                            .warn = [this](std::string_view sentence) { warn(sentence); }},
                    runtime_);
}

/// What begin() would have been given.
void Run::Parts::record_given() {
    track::Batch batch{.params = options_.params, .tags = options_.tags};
    if (!options_.note.empty()) batch.note = options_.note;
    if (!options_.params.empty() || !options_.tags.empty() || batch.note) writer_->record(batch);
    if (!options_.inputs.empty()) input(options_.inputs);
}

void Run::Parts::record_beside() noexcept {
    try {
        track::RunStore runs{session_->runs_path(), db::Access::write, runtime_};
        session_->record_surroundings(runs);
    } catch (const std::exception& error) {
        session_->lose(fmt::format("the machine and the diff could not be recorded: {}", error.what()));
    }
}

void Run::Parts::require_ours() const {
    if (is_ours()) return;
    throw Error{track::errors::forked_run,
                fmt::format("run {} belongs to process {}, not to this one", quoted(id_), process_)}
        .hint(fmt::format("Run::attach(\"{}\")", id_));
}

void Run::Parts::require_open() const {
    if (has_ended_) throw Error{track::errors::run_ended, fmt::format("run {} has ended", quoted(id_))};
}

api::Project& Run::Parts::project() {
    if (!project_) project_.emplace(surroundings_, directory_, runtime_);
    return *project_;
}

void Run::Parts::log(std::span<const Metric> metrics, std::optional<std::int64_t> step) {
    require_ours();
    constexpr std::size_t usual = 16;
    if (metrics.size() <= usual) {
        std::array<track::NamedValue, usual> values;
        std::ranges::transform(metrics, values.begin(), [](const Metric& metric) {
            return track::NamedValue{metric.key, metric.value};
        });
        return writer_->log({values.data(), metrics.size()}, step);
    }
    std::vector<track::NamedValue> values;
    values.reserve(metrics.size());
    for (const auto& [key, value] : metrics) values.push_back({key, value});
    writer_->log(values, step);
}

void Run::Parts::flush() {
    require_ours();
    writer_->flush();
}

void Run::Parts::param(std::string_view key, std::string value) {
    require_ours();
    const std::pair<std::string, std::string> param{key, std::move(value)};
    const std::scoped_lock lock{mutex_};
    require_open();
    writer_->record({.params = {&param, 1}});
}

void Run::Parts::tag(std::string_view key, std::string_view value) {
    require_ours();
    const std::pair<std::string, std::string> tag{key, value};
    const std::scoped_lock lock{mutex_};
    require_open();
    writer_->record({.tags = {&tag, 1}});
}

void Run::Parts::note(std::string_view text) {
    require_ours();
    const std::scoped_lock lock{mutex_};
    require_open();
    writer_->record({.note = text});
}

void Run::Parts::input(std::span<const std::string> paths) {
    require_ours();
    const std::scoped_lock lock{mutex_};
    require_open();
    if (beside_.joinable()) beside_.join();
    auto& workspace = project().workspace();
    std::vector<std::string> inside;
    for (const auto& path : paths) inside.push_back(workspace.from_user(path));
    writer_->record({.inputs = track::read_inputs(workspace, inside, track::WithPresent::no).inputs});
}

void Run::Parts::store(std::span<const std::string> paths, track::IsModel is_model) {
    require_ours();
    const std::scoped_lock lock{mutex_};
    require_open();
    if (beside_.joinable()) beside_.join();
    auto& workspace = project().workspace();
    std::vector<std::string> inside;
    for (const auto& path : paths) inside.push_back(workspace.from_user(path));
    writer_->record({.outputs = track::store_artifacts(workspace, inside, project().large_files(), is_model)});
}

std::vector<std::string> Run::Parts::losses() {
    require_ours();
    const std::scoped_lock lock{mutex_};
    return has_ended_ ? losses_ : writer_->losses();
}

void Run::Parts::end(track::RunState state, std::string_view reason) {
    require_ours();
    if (is_attached()) {
        leave(reason);
        return;
    }
    const std::scoped_lock lock{mutex_};
    require_open();
    if (!reason.empty()) {
        const std::pair<std::string, std::string> error{"error", reason};
        session_->attempt("why it failed", [&] { writer_->record({.tags = {&error, 1}}); });
    }
    if (beside_.joinable()) beside_.join();
    has_ended_ = true;
    losses_ = writer_->finish();
    for (const auto& loss : losses_) session_->lose(loss);
    losses_ = session_->finish({.state = state});
    for (const auto& loss : losses_) warn(loss);
}

/// Whoever began the run ends it.
void Run::Parts::leave(std::string_view reason) {
    const auto outputs = std::exchange(options_.outputs, {});
    std::vector<std::string> lost;
    try {
        if (!reason.empty()) tag("error", reason);
        if (!outputs.empty()) store(outputs, track::IsModel::no);
    } catch (const Error& error) {
        lost.push_back(error.message());
    }
    const std::scoped_lock lock{mutex_};
    require_open();
    has_ended_ = true;
    losses_ = writer_->finish();
    losses_.insert(losses_.end(), lost.begin(), lost.end());
    for (const auto& loss : losses_) warn(loss);
    if (losses_.empty()) return;
    writer_->edit(
        [&](track::RunDocument& run) { run.losses.insert(run.losses.end(), losses_.begin(), losses_.end()); });
}

void Run::Parts::warn(std::string_view sentence) noexcept {
    try {
        if (options_.warn) return options_.warn(sentence);
    } catch (const std::exception&) {
        // Of the caller's own function: then the usual way.
    }
    api::print_warning(sentence);
}

}  // namespace mlo
