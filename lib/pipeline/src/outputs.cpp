// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/outputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/git/ignore_file.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/sync/fetch.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/restore.hpp>
#include <set>
#include <utility>

namespace mlo::pipeline {
namespace {

const OutputRecord* find_record(std::span<const OutputRecord> records, std::string_view written) {
    const auto found =
        std::lower_bound(records.begin(), records.end(), written,
                         [](const OutputRecord& record, std::string_view path) { return record.path < path; });
    return found == records.end() || found->path != written ? nullptr : &*found;
}

bool is_stored(store::ObjectStore& store, const PathState& state) {
    return state.id && (state.kind == store::ObjectKind::blob ? store.contains(*state.id)
                                                              : sync::is_complete(store, {*state.id, state.kind}));
}

workspace::Fate fate_of(store::ObjectStore& store, const StageOutput& output, const Observation& seen,
                        const OutputRecord* known) {
    using workspace::Fate;
    if (!seen.state) return Fate::move_to_trash;
    const bool is_as_made =
        !output.is_cached && known != nullptr && known->state && same_content(*known->state, *seen.state);
    if (is_as_made) return Fate::remove;
    return is_stored(store, *seen.state) ? Fate::remove_stored : Fate::move_to_trash;
}

std::vector<const StageOutput*> outputs_in_workspace(const Stage& stage) {
    std::vector<const StageOutput*> outputs;
    for (const auto& output : stage.outs)
        if (output.at.reach == Reach::workspace) outputs.push_back(&output);
    return outputs;
}

workspace::Entry to_entry(const PathState& state) {
    workspace::Entry entry;
    entry.kind = state.kind == store::ObjectKind::tree ? store::EntryKind::directory : store::EntryKind::file;
    entry.executable = state.is_executable ? store::Executable::yes : store::Executable::no;
    entry.size_bytes = state.size_bytes;
    entry.id = *state.id;
    return entry;
}

/// An output that is a link out of the workspace can go; one whose folder is such a link is not ours.
void require_folder(Observer& observer, std::string_view path) {
    const std::string folder{path::parent(path)};
    if (folder.empty()) return;
    const auto seen = observer.look(std::span{&folder, 1});
    if (!seen.front().error) return;
    throw Error{*seen.front().error}.hint(
        fmt::format("replace the link by a folder, or name {} where it really is, with 'cache: false'", quoted(path)));
}

/// Names by the folder that they are in.
using ByFolder = std::map<std::string, std::vector<std::string>, std::less<>>;

ByFolder by_folder(const std::vector<std::string>& paths) {
    ByFolder names;
    for (const auto& path : paths) names[std::string{path::parent(path)}].emplace_back(path::name(path));
    return names;
}

}  // namespace

std::vector<workspace::Trashed> clear_outputs(workspace::Workspace& workspace, Observer& observer, const Stage& stage,
                                              const StageRecord* known) {
    const auto outputs = outputs_in_workspace(stage);
    std::vector<std::string> paths;
    for (const auto* output : outputs)
        if (!output->is_persistent) paths.push_back(output->at.path);
    const auto seen = observer.look(paths);
    std::vector<workspace::Clearing> clearings;
    for (const auto* output : outputs) {
        if (output->is_persistent) continue;
        if (seen[clearings.size()].error) require_folder(observer, output->at.path);
        const auto* const record = known == nullptr ? nullptr : find_record(known->outs, output->at.written);
        const auto fate = fate_of(workspace.store(), *output, seen[clearings.size()], record);
        clearings.push_back({output->at.path, fate});
    }
    auto trashed = workspace::clear(workspace, clearings, observer.memory());
    for (const auto* output : outputs) workspace::make_folders_below(workspace.root(), path::parent(output->at.path));
    return trashed;
}

std::optional<std::vector<workspace::Trashed>> restore_outputs(workspace::Workspace& workspace, Observer& observer,
                                                               const Stage& stage, std::span<const OutputRecord> outs) {
    std::vector<std::string> paths;
    for (const auto& output : stage.outs) paths.push_back(output.at.path);
    const auto seen = observer.look(paths);
    std::vector<workspace::Placement> placements;
    for (std::size_t at = 0; at < paths.size(); ++at) {
        const auto& output = stage.outs[at];
        const auto* const record = find_record(outs, output.at.written);
        if (record == nullptr || !record->state) return std::nullopt;
        if (seen[at].state && same_content(*seen[at].state, *record->state)) continue;
        if (output.at.reach != Reach::workspace || !is_stored(workspace.store(), *record->state)) return std::nullopt;
        placements.push_back({output.at.path, to_entry(*record->state)});
    }
    if (placements.empty()) return std::vector<workspace::Trashed>{};
    try {
        return workspace::restore(workspace, placements, observer.memory());
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::not_found) throw;
        workspace.runtime().log.log(LogLevel::warning, fmt::format("the outputs of stage {} cannot be restored: {}",
                                                                   quoted(stage.name), error.message()));
        return std::nullopt;
    }
}

std::vector<std::string> ignore_outputs(workspace::Workspace& workspace, std::span<const Stage* const> stages) {
    auto* const repository = workspace.repository();
    if (repository == nullptr) return {};
    std::vector<std::string> cached;
    std::vector<std::string> uncached;
    for (const auto* stage : stages)
        for (const auto* output : outputs_in_workspace(*stage))
            (output->is_cached ? cached : uncached).push_back(output->at.path);
    const auto ignored = repository->ignored(cached);
    const std::set<std::string_view> known{ignored.begin(), ignored.end()};
    std::erase_if(cached, [&](const std::string& path) { return known.contains(path); });

    std::set<std::string> changed;
    auto& random = workspace.runtime().random;
    const auto note = [&](std::string_view folder) { changed.insert(path::join(folder, ".gitignore")); };
    for (const auto& [folder, names] : by_folder(cached)) {
        workspace::make_folders_below(workspace.root(), folder);
        if (git::add_to_ignore_file(*workspace.open_folder(folder), names, random) > 0) note(folder);
    }
    for (const auto& [folder, names] : by_folder(uncached)) {
        const auto stat = workspace.stat(folder);
        if (!stat || stat->kind != FileKind::directory) continue;
        if (git::remove_from_ignore_file(*workspace.open_folder(folder), names, random) > 0) note(folder);
    }
    return {changed.begin(), changed.end()};
}

}  // namespace mlo::pipeline
