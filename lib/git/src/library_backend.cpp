// SPDX-License-Identifier: Apache-2.0
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mlo/util/path.hpp>
#include <mutex>
#include <unordered_set>

#include "backend.hpp"

namespace mlo::git {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using RepositoryHandle = std::unique_ptr<git_repository, Freed<git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Freed<git_object_free>>;
using CommitHandle = std::unique_ptr<git_commit, Freed<git_commit_free>>;
using TreeHandle = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using TreeEntryHandle = std::unique_ptr<git_tree_entry, Freed<git_tree_entry_free>>;
using BlobHandle = std::unique_ptr<git_blob, Freed<git_blob_free>>;
using OdbHandle = std::unique_ptr<git_odb, Freed<git_odb_free>>;
using IndexHandle = std::unique_ptr<git_index, Freed<git_index_free>>;
using ReferenceHandle = std::unique_ptr<git_reference, Freed<git_reference_free>>;
using ReferenceIteratorHandle = std::unique_ptr<git_reference_iterator, Freed<git_reference_iterator_free>>;
using DiffHandle = std::unique_ptr<git_diff, Freed<git_diff_free>>;
using PatchHandle = std::unique_ptr<git_patch, Freed<git_patch_free>>;
using ConfigHandle = std::unique_ptr<git_config, Freed<git_config_free>>;
using ConfigIteratorHandle = std::unique_ptr<git_config_iterator, Freed<git_config_iterator_free>>;

[[noreturn]] void refuse(Refused::Why why = Refused::Why::beyond_library) {
    const auto* error = git_error_last();
    throw Refused{error != nullptr && error->message != nullptr ? error->message : "unknown reason", why};
}

/// Calls `make(T** out)` and owns what it made; any failure but the `expected` ones refuses.
template <class Handle, class Make>
Handle obtain(Make make, std::initializer_list<int> expected = {}) {
    typename Handle::pointer raw = nullptr;
    const int status = make(&raw);
    if (status < 0 && std::find(expected.begin(), expected.end(), status) == expected.end()) refuse();
    return Handle{status < 0 ? nullptr : raw};
}

std::string to_hex(const git_oid* id) {
    std::string text(GIT_OID_HEXSZ, '\0');
    git_oid_fmt(text.data(), id);
    return text;
}

git_oid to_oid(const std::string& hex) {
    git_oid id;
    if (git_oid_fromstrn(&id, hex.data(), hex.size()) < 0) refuse();
    return id;
}

bool is_regular(git_filemode_t mode) { return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE; }

/// libgit2 1.5 says "not found" instead of GIT_EOWNER where no safe.directory is configured.
bool is_refused_owner(int status, const std::string& place) {
    struct stat found {};
    return status == GIT_EOWNER ||
           (status == GIT_ENOTFOUND && ::stat(place.c_str(), &found) == 0 && found.st_uid != ::geteuid());
}

/// libgit2 counts its users; the last one out frees its tables.
class Library {
public:
    Library() { git_libgit2_init(); }
    ~Library() { git_libgit2_shutdown(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

/// libgit2 would read HOME and XDG_CONFIG_HOME by itself; and it refuses extensions that change nothing of what is read
/// here. Both are settings of the whole library.
void configure_library(const Environment& environment) {
    const auto home = environment.find("HOME").value_or("");
    const auto config_home = environment.find("XDG_CONFIG_HOME").value_or(home.empty() ? "" : home + "/.config");
    const auto xdg = config_home.empty() ? std::string{} : path::join(config_home, "git");
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, home.c_str());
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, xdg.c_str());
    std::array<const char*, 3> extensions{"worktreeconfig", "partialclone", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size());
}

class LibraryBackend final : public Backend {
public:
    LibraryBackend(const Layout& layout, const Environment& environment) : layout_{layout} {
        static std::mutex mutex;
        const std::scoped_lock lock{mutex};
        configure_library(environment);
        git_repository* raw = nullptr;
        const auto& place = layout.has_work_tree() ? layout.work_tree : layout.git_dir;
        const int status = git_repository_open_ext(&raw, place.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
        if (status < 0)
            refuse(is_refused_owner(status, place) ? Refused::Why::other_owner : Refused::Why::beyond_library);
        repository_.reset(raw);
        odb_ = obtain<OdbHandle>([&](auto out) { return git_repository_odb(out, repository()); });
    }

    std::optional<std::string> resolve(const std::string& revision) override {
        const auto object =
            obtain<ObjectHandle>([&](auto out) { return git_revparse_single(out, repository(), revision.c_str()); },
                                 {GIT_ENOTFOUND, GIT_EAMBIGUOUS, GIT_EINVALIDSPEC, GIT_EPEEL});
        if (!object) return std::nullopt;
        const auto commit =
            obtain<ObjectHandle>([&](auto out) { return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT); },
                                 {GIT_ENOTFOUND, GIT_EAMBIGUOUS, GIT_EINVALIDSPEC, GIT_EPEEL});
        if (!commit) return std::nullopt;
        return to_hex(git_object_id(commit.get()));
    }

    std::optional<std::string> head() override {
        const auto reference = obtain<ReferenceHandle>([&](auto out) { return git_repository_head(out, repository()); },
                                                       {GIT_EUNBORNBRANCH});
        if (!reference) return std::nullopt;
        return peel(reference.get());
    }

    std::optional<std::string> branch() override {
        const auto head =
            obtain<ReferenceHandle>([&](auto out) { return git_reference_lookup(out, repository(), "HEAD"); });
        const char* target = git_reference_symbolic_target(head.get());
        constexpr std::string_view prefix = "refs/heads/";
        if (target == nullptr || !std::string_view{target}.starts_with(prefix)) return std::nullopt;
        return target + prefix.size();
    }

    Changes changes(const PatchLimits& limits) override {
        const auto commit = head();
        const auto tree = commit ? tree_of(*commit) : TreeHandle{};
        git_diff_options options = GIT_DIFF_OPTIONS_INIT;
        options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_SHOW_UNTRACKED_CONTENT |
                        GIT_DIFF_SHOW_BINARY;
        options.max_size = -1;
        options.id_abbrev = GIT_OID_HEXSZ;
        const auto diff = obtain<DiffHandle>(
            [&](auto out) { return git_diff_tree_to_workdir_with_index(out, repository(), tree.get(), &options); });
        Changes changes;
        std::uint64_t left_bytes = limits.total_bytes;
        for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
            const auto* delta = git_diff_get_delta(diff.get(), i);
            const std::string path = delta->new_file.path;
            changes.paths.push_back(path);
            const bool fits = is_patchable(*delta) && size_before(*delta) <= limits.file_bytes &&
                              delta->new_file.size <= limits.file_bytes;
            const auto patch = fits ? patch_of(diff.get(), i, left_bytes) : std::nullopt;
            if (!patch) {
                changes.left_out.push_back(path);
            } else if (delta->status == GIT_DELTA_UNTRACKED) {
                changes.new_files.push_back({path, *patch});
            } else {
                changes.patch += *patch;
            }
        }
        return changes;
    }

    std::vector<Blob> blobs_with_suffix(const std::string& commit, const std::string& folder, std::string_view suffix,
                                        std::uint64_t limit_bytes) override {
        struct Pending {
            git_oid id;
            std::string path;
        };
        std::vector<Pending> pending;
        const auto root = tree_of(commit);
        if (folder.empty()) {
            pending.push_back({*git_tree_id(root.get()), ""});
        } else {
            const auto entry = entry_of(root.get(), folder);
            if (!entry || git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE) return {};
            pending.push_back({*git_tree_entry_id(entry.get()), folder});
        }
        std::vector<Blob> blobs;
        while (!pending.empty()) {
            const auto [id, folder_path] = std::move(pending.back());
            pending.pop_back();
            const auto tree =
                obtain<TreeHandle>([&, id = &id](auto out) { return git_tree_lookup(out, repository(), id); });
            for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
                const auto* entry = git_tree_entry_byindex(tree.get(), i);
                const std::string_view name{git_tree_entry_name(entry)};
                if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
                    pending.push_back({*git_tree_entry_id(entry), path::join(folder_path, name)});
                } else if (name.ends_with(suffix) && is_regular(git_tree_entry_filemode(entry))) {
                    blobs.push_back(read(git_tree_entry_id(entry), path::join(folder_path, name), limit_bytes));
                }
            }
        }
        return blobs;
    }

    std::optional<Blob> blob(const std::string& commit, const std::string& path, std::uint64_t limit_bytes) override {
        const auto entry = entry_of(tree_of(commit).get(), path);
        if (!entry || !is_regular(git_tree_entry_filemode(entry.get()))) return std::nullopt;
        return read(git_tree_entry_id(entry.get()), path, limit_bytes);
    }

    std::vector<TrackedPath> tracked(std::span<const std::string> paths) override {
        const auto index = obtain<IndexHandle>([&](auto out) { return git_repository_index(out, repository()); });
        std::vector<TrackedPath> found;
        const auto add = [&](const git_index_entry* entry) {
            const auto kind = entry->mode == GIT_FILEMODE_COMMIT ? TrackedKind::submodule
                              : entry->mode == GIT_FILEMODE_LINK ? TrackedKind::symlink
                                                                 : TrackedKind::file;
            found.push_back({entry->path, kind});
        };
        for (const auto& path : paths) {
            for (auto above = path::parent(path); !above.empty(); above = path::parent(above)) {
                const auto* entry = git_index_get_bypath(index.get(), std::string{above}.c_str(), 0);
                if (entry != nullptr && entry->mode == GIT_FILEMODE_COMMIT) add(entry);
            }
            for (int stage = 0; stage <= 3 && !path.empty(); ++stage) {  // stages 1 to 3: an unresolved merge
                if (const auto* entry = git_index_get_bypath(index.get(), path.c_str(), stage)) add(entry);
            }
            const auto prefix = path.empty() ? std::string{} : path + "/";
            std::size_t at = 0;
            if (!prefix.empty() && git_index_find_prefix(&at, index.get(), prefix.c_str()) < 0) continue;
            for (; at < git_index_entrycount(index.get()); ++at) {
                const auto* entry = git_index_get_byindex(index.get(), at);
                if (!std::string_view{entry->path}.starts_with(prefix)) break;
                add(entry);
            }
        }
        return found;
    }

    std::vector<std::string> ignored(std::span<const std::string> paths) override {
        std::vector<std::string> found;
        for (const auto& path : paths) {
            int is_ignored = 0;
            if (git_ignore_path_is_ignored(&is_ignored, repository(), path.c_str()) < 0) refuse();
            if (is_ignored != 0) found.push_back(path);
        }
        return found;
    }

    std::vector<Reference> references() override {
        const auto iterator =
            obtain<ReferenceIteratorHandle>([&](auto out) { return git_reference_iterator_new(out, repository()); });
        std::vector<Reference> found;
        while (const auto reference = obtain<ReferenceHandle>(
                   [&](auto out) { return git_reference_next(out, iterator.get()); }, {GIT_ITEROVER})) {
            if (auto commit = try_peel(reference.get())) {
                found.push_back({git_reference_name(reference.get()), std::move(*commit)});
            }
        }
        if (git_repository_head_detached(repository()) == 1) {
            if (auto commit = head()) found.push_back({"HEAD", std::move(*commit)});
        }
        return found;
    }

    History history(std::span<const std::string> commits) override {
        const auto ends = shallow_commits(layout_);
        const std::unordered_set<std::string> shallow{ends.begin(), ends.end()};
        History history;
        std::unordered_set<std::string> seen{commits.begin(), commits.end()};
        std::vector<std::string> pending{seen.begin(), seen.end()};
        while (!pending.empty()) {
            auto id = std::move(pending.back());
            pending.pop_back();
            if (shallow.contains(id)) {
                history.complete = false;
            } else {
                const auto commit = lookup(id);
                for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
                    auto parent = to_hex(git_commit_parent_id(commit.get(), i));
                    if (seen.insert(parent).second) pending.push_back(std::move(parent));
                }
            }
            history.commits.push_back(std::move(id));
        }
        return history;
    }

    Divergence divergence(const std::string& left, const std::string& right) override {
        const auto left_id = to_oid(left);
        const auto right_id = to_oid(right);
        std::size_t ahead = 0;
        std::size_t behind = 0;
        if (git_graph_ahead_behind(&ahead, &behind, repository(), &left_id, &right_id) < 0) refuse();
        return {ahead, behind};
    }

    std::string patch_between(const CodeState&, const CodeState&, const std::string&) override {
        throw Refused{"libgit2 would write into the repository to apply a patch"};
    }

    std::optional<std::string> setting(const std::string& key) override {
        const auto config =
            obtain<ConfigHandle>([&](auto out) { return git_repository_config_snapshot(out, repository()); });
        const char* value = nullptr;
        const int status = git_config_get_string(&value, config.get(), key.c_str());
        if (status == GIT_ENOTFOUND) return std::nullopt;
        if (status < 0) refuse();
        return value;
    }

private:
    git_repository* repository() const noexcept { return repository_.get(); }

    static bool is_patchable(const git_diff_delta& delta) {
        const auto is_file = [](std::uint16_t mode) {
            return mode == GIT_FILEMODE_UNREADABLE || mode == GIT_FILEMODE_LINK ||
                   is_regular(static_cast<git_filemode_t>(mode));
        };
        const bool is_whole = delta.status != GIT_DELTA_CONFLICTED && delta.status != GIT_DELTA_UNREADABLE;
        return is_whole && is_file(delta.old_file.mode) && is_file(delta.new_file.mode) &&
               !std::string_view{delta.new_file.path}.ends_with('/');
    }

    std::uint64_t size_before(const git_diff_delta& delta) {
        std::size_t size = 0;
        git_object_t type = GIT_OBJECT_INVALID;
        if (delta.old_file.mode == GIT_FILEMODE_UNREADABLE) return 0;
        if (git_odb_read_header(&size, &type, odb_.get(), &delta.old_file.id) < 0) refuse();
        return size;
    }

    /// Nothing if it does not fit.
    static std::optional<std::string> patch_of(git_diff* diff, std::size_t index, std::uint64_t& left_bytes) {
        const auto patch = obtain<PatchHandle>([&](auto out) { return git_patch_from_diff(out, diff, index); });
        if (!patch) return "";  // only its times differ
        git_buf buffer = GIT_BUF_INIT;
        if (git_patch_to_buf(&buffer, patch.get()) < 0) refuse();
        std::optional<std::string> text;
        if (buffer.size <= left_bytes) {
            left_bytes -= buffer.size;
            text.emplace(buffer.ptr, buffer.size);
        }
        git_buf_dispose(&buffer);
        return text;
    }

    CommitHandle lookup(const std::string& hex) {
        const auto id = to_oid(hex);
        return obtain<CommitHandle>([&](auto out) { return git_commit_lookup(out, repository(), &id); });
    }

    TreeHandle tree_of(const std::string& commit) {
        const auto handle = lookup(commit);
        return obtain<TreeHandle>([&](auto out) { return git_commit_tree(out, handle.get()); });
    }

    static TreeEntryHandle entry_of(git_tree* tree, const std::string& path) {
        return obtain<TreeEntryHandle>([&](auto out) { return git_tree_entry_bypath(out, tree, path.c_str()); },
                                       {GIT_ENOTFOUND});
    }

    Blob read(const git_oid* id, std::string path, std::uint64_t limit_bytes) {
        Blob blob{.path = std::move(path), .id = to_hex(id), .content = {}, .state = BlobState::complete};
        std::size_t size = 0;
        git_object_t type = GIT_OBJECT_INVALID;
        const int status = git_odb_read_header(&size, &type, odb_.get(), id);
        if (status == GIT_ENOTFOUND) {
            blob.state = BlobState::missing;
        } else if (status < 0) {
            refuse();
        } else if (size > limit_bytes) {
            blob.state = BlobState::too_large;
        } else {
            const auto handle = obtain<BlobHandle>([&](auto out) { return git_blob_lookup(out, repository(), id); });
            blob.content.assign(static_cast<const char*>(git_blob_rawcontent(handle.get())),
                                static_cast<std::size_t>(git_blob_rawsize(handle.get())));
        }
        return blob;
    }

    static std::optional<std::string> try_peel(git_reference* reference) {
        git_object* raw = nullptr;
        if (git_reference_peel(&raw, reference, GIT_OBJECT_COMMIT) < 0) return std::nullopt;  // a tagged tree, say
        const ObjectHandle commit{raw};
        return to_hex(git_object_id(commit.get()));
    }

    static std::string peel(git_reference* reference) {
        auto commit = try_peel(reference);
        if (!commit) refuse();
        return std::move(*commit);
    }

    Library library_;
    Layout layout_;
    RepositoryHandle repository_;
    OdbHandle odb_;
};

}  // namespace

std::unique_ptr<Backend> open_library(const Layout& layout, const Environment& environment) {
    return std::make_unique<LibraryBackend>(layout, environment);
}

std::optional<std::string> own_setting(const std::string& config_file, const char* key) {
    const Library library;
    git_config* raw = nullptr;
    if (git_config_open_ondisk(&raw, config_file.c_str()) < 0) return std::nullopt;
    const ConfigHandle config{raw};
    git_buf value = GIT_BUF_INIT;
    if (git_config_get_string_buf(&value, config.get(), key) < 0) return std::nullopt;
    std::string text{value.ptr, value.size};
    git_buf_dispose(&value);
    return text;
}

bool has_promisor(const Layout& layout) {
    const Library library;
    git_config* raw = nullptr;
    if (git_config_open_ondisk(&raw, path::join(layout.common_dir, "config").c_str()) < 0) return false;
    const ConfigHandle config{raw};
    git_config_iterator* raw_iterator = nullptr;
    const char* pattern = "^(remote\\..*\\.promisor|extensions\\.partialclone)$";
    if (git_config_iterator_glob_new(&raw_iterator, config.get(), pattern) < 0) return false;
    const ConfigIteratorHandle iterator{raw_iterator};
    git_config_entry* entry = nullptr;
    return git_config_next(&entry, iterator.get()) == 0;
}

std::string library_version() {
    int major = 0;
    int minor = 0;
    int patch = 0;
    git_libgit2_version(&major, &minor, &patch);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace mlo::git
