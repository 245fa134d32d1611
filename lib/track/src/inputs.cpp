// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/inputs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mlo/workspace/targets.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t most_guessed_names = 10'000;

store::ObjectKind kind_of(const workspace::Entry& entry) {
    return entry.kind == store::EntryKind::directory ? store::ObjectKind::tree : store::ObjectKind::blob;
}

Input to_input(InputRole role, const workspace::Found& found) {
    return {.role = role, .path = found.path, .kind = kind_of(*found.entry), .id = found.entry->id};
}

/// What is beside the place where nothing is, and has nearly its name.
std::optional<std::string> similar_path(workspace::Workspace& workspace, std::string_view path) {
    const std::string folder{path::parent(path)};
    std::vector<std::string> names;
    try {
        for (const auto& entry : workspace.open_folder(folder)->list()) {
            if (names.size() == most_guessed_names) return std::nullopt;
            names.push_back(entry.name);
        }
    } catch (const Error&) {
        return std::nullopt;
    }
    const auto guess = closest_match(path::name(path), names);
    return guess ? std::optional{path::join(folder, *guess)} : std::nullopt;
}

std::string problem_sentence(const workspace::Found& found) {
    return fmt::format("{} could not be read: {}", quoted(found.path), found.problems.front().error.message());
}

}  // namespace

InputList read_inputs(workspace::Workspace& workspace, std::span<const std::string> declared,
                      WithPresent with_present) {
    InputList list;
    std::vector<std::string> paths{declared.begin(), declared.end()};
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    for (const auto& found : workspace::look_at(workspace, paths)) {
        if (!found.problems.empty()) throw Error{found.problems.front().error};
        if (!found.entry || found.entry->kind == store::EntryKind::symlink)
            throw missing_file(workspace, found, "the input ");
        list.inputs.push_back(to_input(InputRole::declared, found));
    }
    if (with_present == WithPresent::yes) {
        const auto targets = find_targets(workspace, {});
        for (const auto& broken : targets.broken)
            list.losses.push_back(fmt::format("the pointer of {} could not be read", quoted(broken.path)));
        std::vector<std::string> tracked;
        for (const auto& target : targets.targets)
            if (!std::binary_search(paths.begin(), paths.end(), target.path)) tracked.push_back(target.path);
        for (const auto& found : workspace::look_at(workspace, tracked)) {
            if (!found.problems.empty()) list.losses.push_back(problem_sentence(found));
            if (found.entry && found.entry->kind != store::EntryKind::symlink)
                list.inputs.push_back(to_input(InputRole::present, found));
        }
    }
    std::sort(list.inputs.begin(), list.inputs.end());
    return list;
}

Error missing_file(workspace::Workspace& workspace, const workspace::Found& found, std::string_view what) {
    const auto shown = quoted(workspace.shown(found.path));
    if (found.entry)
        return Error{errors::no_such_input, fmt::format("{}{} is a symbolic link", what, shown)}.hint(
            "name what it leads to");
    Error error{errors::no_such_input, fmt::format("{}{} is not there", what, shown)};
    const auto guess = similar_path(workspace, found.path);
    return std::move(error.hint(guess ? fmt::format("did you mean {}?", quoted(workspace.shown(*guess)))
                                      : "name a file or folder of this workspace, relative to the current folder"));
}

Output to_output(const std::string& path, const workspace::Entry& entry, IsModel is_model) {
    return {.path = path,
            .kind = kind_of(entry),
            .id = entry.id,
            .size_bytes = entry.size_bytes,
            .is_model = is_model == IsModel::yes};
}

std::vector<Output> store_artifacts(workspace::Workspace& workspace, std::span<const std::string> paths,
                                    store::LargeFiles large_files, IsModel is_model) {
    std::vector<Output> outputs;
    for (const auto& found : workspace::store_paths(workspace, paths, large_files)) {
        if (!found.problems.empty()) throw Error{found.problems.front().error};
        if (!found.entry || found.entry->kind == store::EntryKind::symlink) throw missing_file(workspace, found, "");
        outputs.push_back(to_output(found.path, *found.entry, is_model));
    }
    return outputs;
}

std::vector<std::string> changed_inputs(workspace::Workspace& workspace, std::span<const Input> before) {
    std::vector<std::string> paths;
    for (const auto& input : before) paths.push_back(input.path);
    const auto now = workspace::look_at(workspace, paths);
    std::vector<std::string> changed;
    for (std::size_t i = 0; i < now.size(); ++i)
        if (!now[i].entry || now[i].entry->id != before[i].id) changed.push_back(paths[i]);
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    return changed;
}

}  // namespace mlo::track
