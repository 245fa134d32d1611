// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/inputs.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mlo/workspace/targets.hpp>

namespace mlo::track {
namespace {

store::ObjectKind kind_of(const workspace::Entry& entry) {
    return entry.kind == store::EntryKind::directory ? store::ObjectKind::tree : store::ObjectKind::blob;
}

Input to_input(InputRole role, const workspace::Found& found) {
    return {.role = role, .path = found.path, .kind = kind_of(*found.entry), .id = found.entry->id};
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
        if (!found.entry)
            throw Error{errors::no_such_input,
                        fmt::format("there is no input {}", quoted(workspace.shown(found.path)))};
        if (found.entry->kind == store::EntryKind::symlink)
            throw Error{errors::no_such_input,
                        fmt::format("the input {} is a symbolic link", quoted(workspace.shown(found.path)))}
                .hint("name what it leads to");
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

Output to_output(const std::string& path, const workspace::Entry& entry) {
    return {.path = path, .kind = kind_of(entry), .id = entry.id, .size_bytes = entry.size_bytes};
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
