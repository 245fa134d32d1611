// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/observer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mlo/workspace/errors.hpp>
#include <numeric>
#include <utility>

#include "look_sinks.hpp"
#include "realm.hpp"

namespace mlo::pipeline {
namespace {

using namespace std::chrono_literals;
using store::ObjectKind;

/// Of this size on, waiting until a fresh file can be recorded costs less than reading it once more.
constexpr std::uint64_t worth_waiting_bytes = std::uint64_t{16} << 20;
constexpr std::size_t few_folders = 8;
constexpr int most_attempts = 3;
constexpr std::string_view outside_folder = "outside";
constexpr std::string_view dvc_ignore_file = ".dvcignore";

/// A path and where it is.
struct Place {
    Realm* realm = nullptr;
    std::string path;
};

/// One that a stat alone does not answer for.
struct Task {
    std::size_t index = 0;
    Place place;
    bool is_folder = false;
};

bool is_urgent(const Error& error) noexcept {
    return error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal;
}

bool is_local(const Error& error) noexcept {
    const auto id = error.code().id;
    return id == errors::output_leads_outside.id || id == mlo::errors::leads_outside.id ||
           id == mlo::errors::path_not_found.id || id == mlo::errors::permission_denied.id;
}

std::shared_ptr<const Error> shared(const Error& error) { return std::make_shared<const Error>(error); }

/// What was opened last: paths come in order, so those of one folder follow each other.
class LastFolder {
public:
    explicit LastFolder(workspace::Workspace& workspace) : workspace_{workspace} {}
    Dir& open(std::string_view path) {
        if (!dir_ || path != path_) {
            dir_.reset();
            dir_ = workspace_.open_folder(path);
            path_ = path;
        }
        return *dir_;
    }

private:
    workspace::Workspace& workspace_;
    std::unique_ptr<Dir> dir_;
    std::string path_;
};

}  // namespace

struct Observer::State {
    State(workspace::Workspace& workspace, WithMd5 with_md5, store::LargeFiles how_stored);

    [[nodiscard]] Place place_of(const std::string& path);
    std::vector<Observation> look(std::span<const std::string> paths, Sinks& sinks);
    std::optional<Task> look_quickly(std::size_t index, Place place, LastFolder& last, Sinks& sinks,
                                     Observation& found);
    void look_closely(const Task& task, Threads threads, Sinks& sinks, Observation& found);
    Observation scan(Realm& realm, workspace::Workspace& workspace, const std::string& path, Sinks& sinks);
    [[nodiscard]] std::optional<std::string> file_behind(Realm& realm, workspace::Workspace& workspace,
                                                         const std::string& path);
    void wait_until_settled(const FileStat& stat);
    [[nodiscard]] DvcNames* dvc_names() noexcept { return names ? &*names : nullptr; }

    Runtime runtime;
    store::ObjectStore& store;
    Dir* cache_dir;
    std::string root;
    std::optional<DvcNames> names;  ///< of DVC's dialect
    store::LargeFiles large_files;
    Realm outside;
    Realm inside;
};

namespace {

enum class Missing : std::uint8_t { leave, make };

/// Null if there is none. Without it, what is outside is read again by each command.
std::unique_ptr<Dir> open_outside_dir(Dir* cache_dir, Missing missing) {
    if (cache_dir == nullptr) return nullptr;
    try {
        if (missing == Missing::make) cache_dir->make_dir(outside_folder);
        if (!cache_dir->stat(outside_folder)) return nullptr;
        return cache_dir->open_dir(outside_folder);
    } catch (const Error&) {
        return nullptr;
    }
}

workspace::WorkspaceLayout layout_of_everything() {
    workspace::WorkspaceLayout layout;
    layout.root = "/";
    return layout;
}

std::string cwd_of(const workspace::Workspace& workspace) {
    return path::join(workspace.layout().root, workspace.current_folder());
}

}  // namespace

Observer::State::State(workspace::Workspace& workspace, WithMd5 with_md5, store::LargeFiles how_stored)
    : runtime{workspace.runtime()},
      store{workspace.store()},
      cache_dir{workspace.stat_cache_dir()},
      root{workspace.layout().root},
      large_files{how_stored},
      outside{layout_of_everything(), cwd_of(workspace), runtime, open_outside_dir(cache_dir, Missing::leave).get(),
              nullptr},
      inside{workspace.layout(), cwd_of(workspace), runtime, cache_dir, &outside} {
    if (with_md5 == WithMd5::yes) names.emplace(cache_dir);
}

Place Observer::State::place_of(const std::string& path) {
    if (!path.starts_with('/')) return {&inside, path};
    if (auto below = path::below(path::normalize(path), root)) return {&inside, std::move(*below)};
    return {&outside, path::normalize(path).substr(1)};
}

std::vector<Observation> Observer::State::look(std::span<const std::string> paths, Sinks& sinks) {
    std::vector<Observation> found(paths.size());
    std::vector<std::size_t> order(paths.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return paths[a] < paths[b]; });

    std::vector<Task> files;
    std::vector<Task> folders;
    {
        const Realm::Lease here{inside, Threads::one};
        LastFolder last_inside{*here};
        std::optional<Realm::Lease> everywhere;
        std::optional<LastFolder> last_outside;
        for (const auto index : order) {
            runtime.check_stop();
            auto place = place_of(paths[index]);
            if (place.realm == &outside && !everywhere) {
                everywhere.emplace(outside, Threads::one);
                last_outside.emplace(**everywhere);
            }
            auto& last = place.realm == &outside ? *last_outside : last_inside;
            if (auto task = look_quickly(index, std::move(place), last, sinks, found[index]))
                (task->is_folder ? folders : files).push_back(std::move(*task));
        }
    }
    const auto closely = [&](std::vector<Task>& tasks, Threads threads) {
        const auto jobs = threads == Threads::one ? runtime.jobs : 1;
        parallel_for(tasks.size(), jobs, runtime.stop,
                     [&](std::size_t at) { look_closely(tasks[at], threads, sinks, found[tasks[at].index]); });
    };
    closely(files, Threads::one);
    closely(folders, folders.size() < few_folders ? Threads::all : Threads::one);
    return found;
}

/// Answers for what is known, absent or no data at all; else says what is to be read.
std::optional<Task> Observer::State::look_quickly(std::size_t index, Place place, LastFolder& last, Sinks& sinks,
                                                  Observation& found) {
    const auto task = [&](bool is_folder) { return Task{index, std::move(place), is_folder}; };
    if (place.path.empty()) return task(true);
    try {
        const auto folder = path::parent(place.path);
        const auto name = path::name(place.path);
        const auto stat = last.open(folder).stat(name);
        if (!stat) return std::nullopt;
        if (stat->kind == FileKind::directory) return task(true);
        if (stat->kind != FileKind::regular) return task(false);
        const auto stamp = workspace::stamp_of(*stat);
        const auto id = place.realm->memory().find(folder, name, stamp);
        if (!id || !sinks.knows(*id)) return task(false);
        found.state = sinks.file_state(*id, *stat);
        return std::nullopt;
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::path_not_found.id) return std::nullopt;
        if (error.code().id == mlo::errors::leads_outside.id) return task(false);
        if (is_urgent(error)) throw;
        found.error = shared(error);
        return std::nullopt;
    }
}

void Observer::State::look_closely(const Task& task, Threads threads, Sinks& sinks, Observation& found) {
    runtime.check_stop();
    auto& realm = *task.place.realm;
    try {
        const Realm::Lease workspace{realm, threads};
        for (int attempt = 0; attempt < most_attempts; ++attempt) {
            const auto real = realm.resolve(*workspace, task.place.path);
            if (!real) return;
            const Realm::Claim claim{realm, *real};
            if (claim.has_waited() || *real != task.place.path) {
                LastFolder last{*workspace};
                if (const auto rest = look_quickly(task.index, {&realm, *real}, last, sinks, found); !rest) return;
            }
            if (const auto stat = workspace->stat(*real)) wait_until_settled(*stat);
            found = scan(realm, *workspace, *real, sinks);
            // It may have become a link meanwhile.
            const bool is_link = found.error && found.error->code().id == mlo::errors::leads_outside.id;
            if (!is_link) return;
        }
    } catch (const Error& error) {
        // What is wrong with the store is not the path's fault.
        if (is_urgent(error) || (sinks.is_storing() && !is_local(error))) throw;
        found = {.state = {}, .error = shared(error)};
    }
}

Observation Observer::State::scan(Realm& realm, workspace::Workspace& workspace, const std::string& path,
                                  Sinks& sinks) {
    workspace::ScanOptions options;
    if (names) options.ignore_file = dvc_ignore_file;
    options.unsafe_names = sinks.is_storing() ? workspace::UnsafeNames::refuse : workspace::UnsafeNames::skip;
    const auto sink = sinks.begin();
    const auto result = workspace::scan(workspace, path, std::nullopt, realm.memory(), *sink, options);
    if (!result.problems.empty()) {
        auto error = result.problems.front().error;
        if (result.problem_count > 1)
            error.note(fmt::format("and {} more below {}", format_count(result.problem_count - 1),
                                   quoted(workspace.shown(path))));
        return {.state = {}, .error = shared(error)};
    }
    if (!result.entry) return {};
    const auto& entry = *result.entry;
    if (entry.kind == store::EntryKind::symlink)
        return {.state = {},
                .error = shared(Error{mlo::errors::leads_outside,
                                      quoted(workspace.shown(path)) + " became a symbolic link while it was read"})};
    PathState state;
    state.kind = entry.kind == store::EntryKind::directory ? ObjectKind::tree : ObjectKind::blob;
    state.id = entry.id;
    state.is_executable = entry.executable == store::Executable::yes;
    state.size_bytes = entry.size_bytes;
    state.files = state.kind == ObjectKind::tree ? result.files : 0;
    sinks.name(state, *sink, [&](const std::string& relpath) -> std::optional<PathState> {
        const auto target = file_behind(realm, workspace, path::join(path, relpath));
        if (!target) return std::nullopt;
        Observation seen;
        look_closely({.index = 0, .place = {&realm, *target}, .is_folder = false}, Threads::one, sinks, seen);
        if (seen.error) throw Error{*seen.error};
        return std::move(seen.state);
    });
    return {.state = std::move(state), .error = {}};
}

/// Where a link leads, if to a file. Folders are not looked at: one may be the folder that holds the link.
std::optional<std::string> Observer::State::file_behind(Realm& realm, workspace::Workspace& workspace,
                                                        const std::string& path) {
    auto target = realm.resolve(workspace, path);
    const auto stat = target ? workspace.stat(*target) : std::nullopt;
    if (!stat || stat->kind != FileKind::regular) return std::nullopt;
    return target;
}

/// What was written just now could change once more within the same tick of the file system's clock, and would have to
/// be read again each time.
void Observer::State::wait_until_settled(const FileStat& stat) {
    if (stat.kind != FileKind::regular || stat.size < worth_waiting_bytes) return;
    const auto now = runtime.clock.now();
    constexpr auto pause = 12ms;
    if (!workspace::is_settled(stat, now) && workspace::is_settled(stat, now + pause))
        runtime.clock.sleep(pause, runtime.stop);
}

Observer::Observer(workspace::Workspace& workspace, WithMd5 with_md5, store::LargeFiles large_files)
    : state_{std::make_unique<State>(workspace, with_md5, large_files)} {}

Observer::~Observer() = default;

std::vector<Observation> Observer::look(std::span<const std::string> paths) {
    LookingSinks sinks{state_->runtime, state_->dvc_names()};
    return state_->look(paths, sinks);
}

std::vector<Observation> Observer::store(std::span<const std::string> paths) {
    StoringSinks sinks{state_->store, state_->large_files, state_->runtime, state_->dvc_names()};
    auto found = state_->look(paths, sinks);
    sinks.commit();
    return found;
}

std::vector<DvcFile> Observer::dvc_files(const std::string& path, const PathState& folder) {
    workspace::StoredTrees trees{state_->store};
    return list_folder(*folder.id, trees, state_->names.value(),
                       [&](const std::string& relpath) -> std::optional<PathState> {
                           auto place = state_->place_of(path::join(path, relpath));
                           {
                               const Realm::Lease workspace{*place.realm, Threads::one};
                               if (!state_->file_behind(*place.realm, *workspace, place.path)) return std::nullopt;
                           }
                           const auto link = path::join(path, relpath);
                           auto seen = store(std::span{&link, 1});
                           if (seen.front().error) throw Error{*seen.front().error};
                           return std::move(seen.front().state);
                       })
        .files;
}

void Observer::save() {
    if (state_->names) state_->names->save(state_->cache_dir, state_->runtime);
    state_->inside.memory().save(state_->cache_dir, state_->runtime);
    auto& outside = state_->outside.memory();
    if (outside.has_learned()) outside.save(open_outside_dir(state_->cache_dir, Missing::make).get(), state_->runtime);
}

workspace::FileMemory& Observer::memory() noexcept { return state_->inside.memory(); }

}  // namespace mlo::pipeline
