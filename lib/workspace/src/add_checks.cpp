// SPDX-License-Identifier: Apache-2.0
#include "add_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::workspace {
namespace {

constexpr std::array<std::string_view, 4> git_names{".gitignore", ".gitattributes", ".gitmodules", ignore_file_name};

void check_name(const Workspace& workspace, const std::string& path) {
    const auto shown = workspace.shown(path);
    const auto name = path::name(path);
    if (path.empty())
        throw Error{errors::not_data, "the whole workspace cannot be tracked, only files and folders in it"};
    for (const auto& component : path::components(path)) {
        if (const auto reason = unsafe_name_reason(component); !reason.empty())
            throw Error{errors::forbidden_name,
                        fmt::format("{} cannot be tracked: {} {}", quoted(shown), quoted(component), reason)};
    }
    if (std::find(git_names.begin(), git_names.end(), name) != git_names.end())
        throw Error{errors::not_data, fmt::format("{} is no data: it belongs in git", quoted(shown))};
    if (name.size() > pointer_name_limit) {
        Error error{errors::name_too_long,
                    fmt::format("the name of {} is {} bytes long, and that of its pointer would exceed 255",
                                quoted(shown), name.size())};
        const auto folder = path::parent(path);
        throw folder.empty() ? error.hint("move it into a folder and track that")
                             : error.hint(fmt::format("mlo add {}", printable(workspace.shown(folder))));
    }
}

void check_kind(Workspace& workspace, const std::string& path) {
    const auto shown = workspace.shown(path);
    const auto stat = workspace.stat(path);
    if (!stat) {
        Error error{errors::no_data_at, fmt::format("there is nothing at {}", quoted(shown))};
        throw workspace.stat(pointer_name(path)) ? error.hint(fmt::format("mlo checkout {}", printable(shown))) : error;
    }
    if (stat->kind == FileKind::symlink)
        throw Error{errors::target_is_symlink, fmt::format("{} is a symbolic link", quoted(shown))};
    if (stat->kind == FileKind::other)
        throw Error{errors::unsupported_file, fmt::format("{} is neither a file nor a folder", quoted(shown))};
    if (stat->kind == FileKind::regular && is_pointer_name(path)) {
        const auto data = shown.substr(0, shown.size() - pointer_suffix.size());
        throw Error{errors::not_data, fmt::format("{} is a pointer file, not data", quoted(shown))}.hint(
            fmt::format("mlo add {}", printable(data)));
    }
}

/// Also other additions: `sorted` has a folder before what is in it.
void check_nesting(Workspace& workspace, std::span<const std::string> sorted, const std::string& path) {
    for (auto above = path::parent(path); !above.empty(); above = path::parent(above)) {
        if (std::binary_search(sorted.begin(), sorted.end(), above))
            throw Error{errors::inside_target,
                        fmt::format("{} lies in {}, which is to be tracked as a whole", quoted(workspace.shown(path)),
                                    quoted(workspace.shown(above)))};
        const auto name = path::name(above);
        if (name.size() > pointer_name_limit || !workspace.stat(pointer_name(above))) continue;
        throw Error{errors::inside_target, fmt::format("{} lies in {}, which is tracked as a whole",
                                                       quoted(workspace.shown(path)), quoted(workspace.shown(above)))}
            .hint(fmt::format("mlo add {}", printable(workspace.shown(above))));
    }
}

void check_tracked_by_git(Workspace& workspace, git::Repository& repository, std::span<const std::string> paths) {
    const auto tracked = repository.tracked(paths);
    if (tracked.empty()) return;
    const auto& first = tracked.front();
    if (first.kind == git::TrackedKind::submodule) {
        throw Error{errors::tracked_by_git, fmt::format("{} is a git submodule", quoted(workspace.shown(first.path)))}
            .hint("run mlo in the submodule: it is a workspace of its own");
    }
    const auto of =
        std::find_if(paths.begin(), paths.end(), [&](const auto& path) { return path::is_within(first.path, path); });
    const auto& path = of == paths.end() ? first.path : *of;
    Error error{errors::tracked_by_git,
                tracked.size() == 1
                    ? fmt::format("git tracks {} already", quoted(workspace.shown(first.path)))
                    : fmt::format("git tracks {} of the files to be added already", format_count(tracked.size()))};
    const std::size_t shown = std::min<std::size_t>(tracked.size(), 10);
    if (tracked.size() > 1) {
        for (std::size_t i = 0; i < shown; ++i) error.note(quoted(workspace.shown(tracked[i].path)));
    }
    throw error.hint(fmt::format("git rm -r --cached {}", printable(workspace.shown(path))));
}

void check_pointers_visible(Workspace& workspace, git::Repository& repository, std::span<const std::string> paths) {
    std::vector<std::string> pointers;
    for (const auto& path : paths) pointers.push_back(pointer_name(path));
    const auto tracked = repository.tracked(pointers);
    for (const auto& ignored : repository.ignored(pointers)) {
        const bool is_tracked =
            std::any_of(tracked.begin(), tracked.end(), [&](const auto& each) { return each.path == ignored; });
        if (is_tracked) continue;
        throw Error{errors::pointer_ignored,
                    fmt::format("git ignores {}, the pointer that would be written", quoted(workspace.shown(ignored)))}
            .hint(fmt::format("git check-ignore -v {}    (shows the rule to remove)",
                              printable(workspace.shown(ignored))));
    }
}

/// Before the pointers are written: afterwards is too late to find that git cannot be told to ignore the data.
void check_ignore_files(Workspace& workspace, std::span<const std::string> paths) {
    for (const auto& path : paths) {
        const auto ignore_file = path::join(path::parent(path), ".gitignore");
        const auto stat = workspace.stat(ignore_file);
        if (!stat || stat->kind == FileKind::regular) continue;
        throw Error{errors::unsupported_file, fmt::format("{} is no regular file, so git does not read it",
                                                          quoted(workspace.shown(ignore_file)))};
    }
}

}  // namespace

void check_additions(Workspace& workspace, std::span<const std::string> paths) {
    for (const auto& path : paths) {
        check_name(workspace, path);
        check_kind(workspace, path);
        check_nesting(workspace, paths, path);
    }
    if (auto* const repository = workspace.repository()) {
        check_tracked_by_git(workspace, *repository, paths);
        check_pointers_visible(workspace, *repository, paths);
        check_ignore_files(workspace, paths);
    }
}

}  // namespace mlo::workspace
