// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/workspace.hpp>

#include <fmt/format.h>

#include <mlo/git/errors.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/safe_name.hpp>

namespace mlo::workspace {
namespace {

constexpr std::string_view own_folder = ".mlo";
/// Well below PATH_MAX (4096), and room for the longest name.
constexpr std::size_t longest_step = 3500;

bool has_folder(Dir& dir, std::string_view name) {
    const auto stat = dir.stat(name);
    return stat && stat->kind == FileKind::directory;
}

}  // namespace

std::optional<std::string> find_own_folder(Fs& fs, std::string_view cwd) {
    for (std::string folder{cwd};; folder = path::parent(folder)) {
        if (has_folder(*fs.open_root(folder), own_folder)) return folder;
        if (folder == "/") return std::nullopt;
    }
}

WorkspaceLayout find_workspace(Fs& fs, std::string_view cwd, const std::optional<git::Layout>& git,
                               std::string_view store_dir) {
    WorkspaceLayout layout;
    if (git) {
        if (!git->has_work_tree())
            throw Error{git::errors::no_work_tree, fmt::format("{} is in no git work tree", quoted(cwd))};
        layout.root = git->work_tree;
        layout.store_dir = path::join(git->common_dir, "mlo");
        layout.private_dir = path::join(git->git_dir, "mlo");
        layout.git = git;
    } else {
        const auto root = find_own_folder(fs, cwd);
        if (!root)
            throw Error{errors::no_workspace, fmt::format("{} is in no workspace", quoted(cwd))}.hint(
                "git init    (or, without git: mlo init --no-git)");
        layout.root = *root;
        layout.store_dir = layout.private_dir = path::join(*root, own_folder);
    }
    if (!store_dir.empty()) layout.store_dir = store_dir;
    return layout;
}

Workspace::Workspace(WorkspaceLayout layout, std::string cwd, git::Environment environment, const Runtime& runtime)
    : layout_{std::move(layout)},
      cwd_{std::move(cwd)},
      environment_{std::move(environment)},
      runtime_{runtime},
      root_{runtime_.fs.open_root(layout_.root)} {}

Workspace::~Workspace() = default;

std::unique_ptr<Dir> Workspace::open_folder(std::string_view path) { return open_below(*root_, path); }

std::optional<FileStat> Workspace::stat(std::string_view path) {
    if (path.empty()) return root_->stat_self();
    try {
        return open_folder(path::parent(path))->stat(path::name(path));
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::path_not_found.id) return std::nullopt;
        throw;
    }
}

store::ObjectStore& Workspace::store() {
    if (!store_) store_ = std::make_unique<store::ObjectStore>(make_folders(runtime_.fs, layout_.store_dir), runtime_);
    return *store_;
}

Dir* Workspace::private_dir() {
    if (!private_) {
        try {
            private_ = make_folders(runtime_.fs, layout_.private_dir);
        } catch (const Error& error) {
            runtime_.log.log(LogLevel::info, fmt::format("no private folder: {}", error.message()));
        }
    }
    return private_.get();
}

Dir* Workspace::stat_cache_dir() {
    auto* const own = private_dir();
    if (own == nullptr) return nullptr;
    if (!local_cache_) local_cache_ = local_cache_dir(*own);
    return *local_cache_ ? local_cache_->get() : own;
}

std::unique_ptr<Dir> Workspace::local_cache_dir(Dir& private_dir) {
    if (layout_.cache_dir.empty() || !private_dir.is_on_network()) return nullptr;
    try {
        // Each work tree has a private folder of its own; one that is made anew at its place is another folder.
        const auto itself = private_dir.stat_self();
        const auto identity = fmt::format("{}\n{}\n{}", itself.device, itself.inode, layout_.private_dir);
        const auto name = hash::sha256(as_bytes(identity)).hex().substr(0, 32);
        auto folder = make_folders(runtime_.fs, path::join(layout_.cache_dir, "work-trees/" + name));
        if (!folder->is_on_network()) return folder;
    } catch (const Error& error) {
        runtime_.log.log(LogLevel::info, fmt::format("no cache folder: {}", error.message()));
    }
    return nullptr;
}

git::Repository* Workspace::repository() {
    if (!repository_ && layout_.git) repository_ = std::make_unique<git::Repository>(*layout_.git, environment_);
    return repository_.get();
}

git::Repository& Workspace::required_repository() {
    if (auto* const found = repository()) return *found;
    throw Error{errors::revisions_need_git, "this workspace is not in a git repository, so it has no revisions"};
}

std::string Workspace::from_user(std::string_view typed) const {
    const auto absolute = path::absolute(typed, cwd_);
    auto path = path::below(absolute, layout_.root);
    if (typed.empty() || typed.find('\0') != typed.npos || !path)
        throw Error{errors::outside_workspace,
                    fmt::format("{} is outside the workspace {}", quoted(typed), quoted(layout_.root))};
    const auto first = std::string_view{*path}.substr(0, path->find('/'));
    if (first == ".git" || first == own_folder)
        throw Error{errors::outside_workspace,
                    fmt::format("{} belongs to {}, not to your data", quoted(typed), first == ".git" ? "git" : "mlo")};
    return std::move(*path);
}

std::string Workspace::shown(std::string_view path) const {
    return path::relative(path.empty() ? layout_.root : path::join(layout_.root, path), cwd_);
}

std::string Workspace::current_folder() const { return path::below(cwd_, layout_.root).value_or(std::string{}); }

std::unique_ptr<Dir> open_below(Dir& root, std::string_view path) {
    std::unique_ptr<Dir> dir;
    while (path.size() > longest_step) {
        const auto end = path.rfind('/', longest_step);
        MLO_ASSERT(end != path.npos && end > 0);
        dir = (dir ? *dir : root).open_dir(path.substr(0, end));
        path.remove_prefix(end + 1);
    }
    return (dir ? *dir : root).open_dir(path);
}

void remove_tree(Dir& dir, std::string_view name) {
    const auto found = dir.stat(name);
    if (!found) return;
    if (found->kind != FileKind::directory) return dir.remove(name);
    // By path from the top each time: a chain of open folders could exceed the limit of descriptors.
    std::vector<std::string> folders{std::string{name}};
    for (std::size_t at = 0; at < folders.size(); ++at) {
        const auto folder = open_below(dir, folders[at]);
        for (const auto& entry : folder->list()) {
            if (entry.kind == FileKind::directory)
                folders.push_back(path::join(folders[at], entry.name));
            else
                folder->remove(entry.name);
        }
    }
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
        open_below(dir, path::parent(*folder))->remove_dir(path::name(*folder));
}

std::unique_ptr<Dir> make_folders(Fs& fs, std::string_view absolute_path) {
    // From the deepest folder that is there: what lies above may be unreadable.
    std::string_view there = absolute_path;
    std::vector<std::string_view> missing;
    while (true) {
        try {
            auto dir = fs.open_root(there);
            for (; !missing.empty(); missing.pop_back()) {
                const std::string name{missing.back()};
                const bool is_new = dir->make_dir(name);
                try {
                    dir->sync();
                } catch (const Error&) {
                    // Left there, it would pass for a durable one next time.
                    if (is_new) dir->remove_dir(name);
                    throw;
                }
                dir = dir->open_dir(name);
            }
            return dir;
        } catch (const Error& error) {
            if (error.code().id != mlo::errors::path_not_found.id || there == "/" || there.empty()) throw;
            missing.push_back(path::name(there));
            there = path::parent(there);
        }
    }
}

}  // namespace mlo::workspace
