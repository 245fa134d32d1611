// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/targets.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/git/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/workspace.hpp>
#include <set>
#include <utility>

#include "related.hpp"

namespace mlo::workspace {
namespace {

std::string_view data_path(std::string_view pointer_path) noexcept {
    return pointer_path.substr(0, pointer_path.size() - pointer_suffix.size());
}

void sort_by_path(TargetList& list) {
    const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
    const auto same_path = [](const auto& a, const auto& b) { return a.path == b.path; };
    const auto tidy = [&](auto& items) {
        std::sort(items.begin(), items.end(), by_path);
        items.erase(std::unique(items.begin(), items.end(), same_path), items.end());
    };
    tidy(list.targets);
    tidy(list.broken);
}

/// Walks the workspace for pointer files.
class Finder {
public:
    Finder(Workspace& workspace, TargetList& list) : workspace_{workspace}, list_{list} {}

    void look_at(const std::string& path) {
        if (look_above(path)) return;
        const auto stat = workspace_.stat(path);
        if (!stat || stat->kind != FileKind::directory) return;
        IgnoreRules::Pointer rules;
        for (std::string_view rest = path, folder; folder.size() < path.size(); folder = rest) {
            rules = IgnoreRules::extend(rules, folder, *workspace_.open_folder(folder), ".gitignore");
            rest = std::string_view{path}.substr(0, path.find('/', folder.empty() ? 0 : folder.size() + 1));
        }
        walk(*workspace_.open_folder(path), path, std::move(rules));
    }

private:
    /// Reads the pointers of `path` and of the folders above it; true if there was one.
    bool look_above(std::string_view path) {
        bool found = false;
        for (; !path.empty(); path = path::parent(path)) {
            if (path::name(path).size() > pointer_name_limit) continue;
            const auto pointer_path = std::string{path} + std::string{pointer_suffix};
            const auto stat = workspace_.stat(pointer_path);
            if (!stat || stat->kind != FileKind::regular) continue;
            read(*workspace_.open_folder(path::parent(path)), pointer_path);
            found = true;
        }
        return found;
    }

    void walk(Dir& dir, const std::string& folder, IgnoreRules::Pointer rules) {
        workspace_.runtime().check_stop();
        const auto entries = dir.list();
        const bool is_other_repository = !folder.empty() && std::any_of(entries.begin(), entries.end(),
                                                                        [](const auto& e) { return e.name == ".git"; });
        if (is_other_repository) return;
        rules = IgnoreRules::extend(std::move(rules), folder, dir, ".gitignore");
        std::set<std::string_view> targets;
        for (const auto& entry : entries) {
            if (entry.kind != FileKind::regular || !is_pointer_name(entry.name)) continue;
            targets.insert(data_path(entry.name));
            read(dir, path::join(folder, entry.name));
        }
        for (const auto& entry : entries) {
            if (entry.kind != FileKind::directory || targets.contains(entry.name)) continue;
            if (entry.name == ".git" || entry.name == ".mlo") continue;
            const auto path = path::join(folder, entry.name);
            if (rules && rules->match(path, PathKind::folder).ignored()) continue;
            enter(dir, entry.name, path, rules);
        }
    }

    void enter(Dir& dir, const std::string& name, const std::string& path, const IgnoreRules::Pointer& rules) {
        std::unique_ptr<Dir> below;
        try {
            below = dir.open_dir(name);
        } catch (const Error& error) {
            // Gone meanwhile, or somebody else's folder: neither holds pointers of ours.
            if (error.code().id != mlo::errors::path_not_found.id &&
                error.code().id != mlo::errors::permission_denied.id)
                throw;
            workspace_.runtime().log.log(LogLevel::info, fmt::format("not searched: {}", error.message()));
            return;
        }
        walk(*below, path, rules);
    }

    void read(Dir& dir, const std::string& pointer_path) {
        std::string path{data_path(pointer_path)};
        try {
            auto pointer = read_pointer(dir, path::name(path), printable(workspace_.shown(pointer_path)));
            list_.targets.push_back({std::move(path), std::move(pointer)});
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id) throw;
            list_.broken.push_back({std::move(path), error});
        }
    }

    Workspace& workspace_;
    TargetList& list_;
};

Pointer pointer_of(const git::Blob& blob, std::string_view commit) {
    const auto place = fmt::format("{}:{}", commit.substr(0, 10), printable(blob.path));
    if (blob.state == git::BlobState::too_large)
        throw Error{errors::pointer_invalid, fmt::format("{} is larger than any pointer file", quoted(blob.path))}.at(
            place);
    if (blob.state == git::BlobState::missing)
        throw Error{git::errors::object_missing, fmt::format("{} is not in this partial clone", quoted(blob.path))}.at(
            place);
    return parse_pointer(blob.content, path::name(data_path(blob.path)), place);
}

}  // namespace

const Target* TargetList::around(std::string_view path) const {
    for (; !path.empty(); path = path::parent(path)) {
        const auto at = std::lower_bound(targets.begin(), targets.end(), path,
                                         [](const Target& target, std::string_view p) { return target.path < p; });
        if (at != targets.end() && at->path == path) return &*at;
    }
    return nullptr;
}

TargetList find_targets(Workspace& workspace, std::span<const std::string> paths) {
    TargetList list;
    Finder finder{workspace, list};
    if (paths.empty()) finder.look_at("");
    for (const auto& path : paths) finder.look_at(path);
    sort_by_path(list);
    return list;
}

TargetList find_targets_at(Workspace& workspace, std::string_view commit, std::span<const std::string> paths) {
    const auto blobs =
        workspace.required_repository().blobs_with_suffix(commit, "", pointer_suffix, pointer_size_limit);
    std::set<std::string_view> pointers;
    for (const auto& blob : blobs) pointers.insert(blob.path);
    const auto is_inside_target = [&](std::string_view path) {
        for (path = path::parent(path); !path.empty(); path = path::parent(path)) {
            if (pointers.contains(fmt::format("{}{}", path, pointer_suffix))) return true;
        }
        return false;
    };
    TargetList list;
    for (const auto& blob : blobs) {
        if (!is_pointer_name(path::name(blob.path)) || path::is_within(blob.path, ".mlo")) continue;
        std::string path{data_path(blob.path)};
        if (!is_wanted(path, paths) || is_inside_target(path)) continue;
        try {
            auto pointer = pointer_of(blob, commit);
            list.targets.push_back({std::move(path), std::move(pointer)});
        } catch (const Error& error) {
            list.broken.push_back({std::move(path), error});
        }
    }
    sort_by_path(list);
    return list;
}

void require_tracked(Workspace& workspace, const TargetList& list, std::span<const std::string> paths) {
    for (const auto& path : paths) {
        const auto is_related = [&](const auto& each) { return are_related(each.path, path); };
        if (std::any_of(list.targets.begin(), list.targets.end(), is_related) ||
            std::any_of(list.broken.begin(), list.broken.end(), is_related))
            continue;
        throw Error{errors::not_tracked, fmt::format("{} is not tracked by mlo", quoted(workspace.shown(path)))}.hint(
            fmt::format("mlo add {}", printable(workspace.shown(path))));
    }
}

}  // namespace mlo::workspace
