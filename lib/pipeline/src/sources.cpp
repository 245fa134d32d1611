// SPDX-License-Identifier: Apache-2.0
#include "sources.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/dvc/locks.hpp>
#include <mlo/pipeline/documents.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "dvc_aliases.hpp"
#include "dvc_shelf.hpp"
#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::uint64_t file_limit = std::uint64_t{16} << 20;

bool concerns(const TrackedData& data, std::string_view path) noexcept {
    return data.at.reach == Reach::workspace && (lies_within(path, data.at.path) || lies_within(data.at.path, path));
}

/// The stage that DVC takes such a file for.
Stage stage_of(const TrackedData& data) {
    Stage stage;
    stage.name = data.file;
    stage.outs.push_back({.at = data.at, .is_cached = data.is_cached, .remote = {}, .properties = {}});
    return stage;
}

bool is_as_told(const TrackedData& data, const PathState& state) noexcept {
    return data.state && same_content(*data.state, state);
}

/// Sizes and the like too, which DVC brings up to date whenever it stores.
bool is_told_whole(const TrackedData& data, const PathState& state) noexcept {
    return data.state && data.state->md5 == state.md5 && data.state->size_bytes == state.size_bytes &&
           data.state->files == state.files && data.state->is_executable == state.is_executable;
}

}  // namespace

std::optional<PathState> Sources::find(std::string_view path) const {
    const auto& tracked = parts_.pipeline.tracked;
    const auto found = std::find_if(tracked.begin(), tracked.end(), [&](const TrackedData& data) {
        return data.at.reach == Reach::workspace && data.at.path == path;
    });
    return found == tracked.end() ? std::nullopt : found->state;
}

bool Sources::bring(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    bool was_brought = false;
    for (const auto& data : parts_.pipeline.tracked) {
        if (!concerns(data, path)) continue;
        const auto seen = parts_.observer.look(std::span{&data.at.path, 1});
        if (seen.front().state || seen.front().error) continue;
        const auto source = stage_of(data);
        std::vector<OutputRecord> outs{{.path = data.at.written, .state = data.state}};
        parts_.stored.identify(outs);
        if (!parts_.stored.restore(source, outs)) {
            throw Error{errors::dependency_missing,
                        fmt::format("{}, which {} tracks, is neither in the work tree nor in DVC's cache",
                                    quoted(data.at.path), quoted(data.file))}
                .at(format_place(data.file, data.at.place))
                .hint(fmt::format("dvc pull {}", printable(data.file)));
        }
        was_brought = true;
    }
    return was_brought;
}

std::vector<TrackedData*> Sources::read_by(std::span<const std::uint32_t> stages) const {
    if (parts_.pipeline.tracked.empty()) return {};
    std::vector<std::string_view> paths;
    for (const auto index : stages) {
        const auto& stage = parts_.pipeline.stages[index];
        if (stage.is_frozen) continue;
        for (const auto& dep : stage.deps) paths.push_back(dep.path);
        for (const auto& params : stage.params) paths.push_back(params.file.path);
    }
    std::sort(paths.begin(), paths.end(), is_before);
    const auto has_within = [&](std::string_view path) {
        const auto first = std::lower_bound(paths.begin(), paths.end(), path, is_before);
        return first != paths.end() && lies_within(*first, path);
    };
    const auto has_around = [&](std::string_view path) {
        while (!path.empty()) {
            path = path::parent(path);
            if (std::binary_search(paths.begin(), paths.end(), path, is_before)) return true;
        }
        return false;
    };
    std::vector<TrackedData*> read;
    for (auto& data : parts_.pipeline.tracked) {
        const bool is_read =
            data.at.reach == Reach::workspace && (has_within(data.at.path) || has_around(data.at.path));
        if (is_read) read.push_back(&data);
    }
    return read;
}

std::vector<std::string> Sources::tell_dvc(std::span<const std::uint32_t> stages, const Dvc& dvc) {
    const auto read = read_by(stages);
    std::vector<std::string> paths;
    for (const auto* const data : read) paths.push_back(data->at.path);
    const auto seen = parts_.observer.look(paths);
    std::vector<TrackedData*> changed;
    std::vector<std::string> warnings;
    for (std::size_t i = 0; i < read.size(); ++i) {
        auto& data = *read[i];
        if (!seen[i].state) continue;
        const bool is_same = is_as_told(data, *seen[i].state);
        // What DVC before 3.0 has is elsewhere.
        const bool is_old = data.state && data.state->is_dos2unix_md5;
        if (is_same && (!data.is_cached || is_old || dvc.shelf.contains(seen[i].state->md5))) continue;
        if (!is_same && data.is_imported) {
            warnings.push_back(fmt::format("{} is not what {} has imported: 'dvc commit {}' would tell DVC of it",
                                           quoted(data.at.path), quoted(data.file), printable(data.file)));
            continue;
        }
        changed.push_back(&data);
    }
    if (!changed.empty()) store(changed, dvc, warnings);
    return warnings;
}

void Sources::store(const std::vector<TrackedData*>& changed, const Dvc& dvc, std::vector<std::string>& warnings) {
    auto& workspace = parts_.workspace;
    Observer storing{workspace, WithMd5::yes, store::LargeFiles::all_whole};
    std::vector<std::string> kept_paths;
    for (const auto* const data : changed)
        if (data->is_cached) kept_paths.push_back(data->at.path);
    const auto kept = storing.store(kept_paths);
    const auto not_told = [&](const TrackedData& data, std::string_view why) {
        warnings.push_back(fmt::format("{} does not tell of the present {}: {}; 'dvc commit {}' does it",
                                       quoted(data.file), quoted(data.at.path), why, printable(data.file)));
    };
    const dvc::RepoLock without_dvc{dvc.site, workspace.runtime()};
    std::vector<DvcAlias> aliases;
    std::vector<Stage> named;
    std::size_t next = 0;
    for (auto* const data : changed) {
        const auto seen = data->is_cached ? kept[next++] : parts_.observer.look(std::span{&data->at.path, 1}).front();
        if (!seen.state) {
            not_told(*data, seen.error ? seen.error->message() : "it is gone by now");
            continue;
        }
        if (data->is_cached && !dvc.shelf.put(data->at.path, *seen.state, storing)) {
            not_told(*data, "it changed while it was read");
            continue;
        }
        if (data->is_cached) {
            aliases.push_back({seen.state->md5, {*seen.state->id, seen.state->kind}});
            named.push_back(stage_of(*data));
        }
        if (!data->is_imported && !is_told_whole(*data, *seen.state) && !write_file(*data, *seen.state))
            not_told(*data, "the file is not laid out as DVC lays it out");
    }
    dvc.shelf.sync();
    DvcAliases{dvc.ledger, dvc.writer}.publish(std::move(aliases));
    std::vector<const Stage*> to_ignore;
    for (const auto& stage : named) to_ignore.push_back(&stage);
    static_cast<void>(ignore_outputs(workspace, to_ignore));
}

/// False if only DVC can write it.
bool Sources::write_file(TrackedData& data, const PathState& state) {
    const auto folder = parts_.workspace.open_folder(std::string{path::parent(data.file)});
    const std::string name{path::name(data.file)};
    const auto found = folder->stat(name);
    if (!found || found->kind != FileKind::regular) return false;
    const auto changed = with_state(read_file(*folder, name, file_limit), data.file, data.index, state);
    if (!changed) return false;
    write_file_atomically(*folder, name, *changed, found->mode, parts_.workspace.runtime().random);
    data.state = state;
    return true;
}

}  // namespace mlo::pipeline
