// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/git/layout.hpp>

namespace mlo::git {

/// complete: `content` is the whole blob. too_large, missing (partial clone): `content` is empty.
enum class BlobState { complete, too_large, missing };

struct Blob {
    std::string path;  ///< bytes, relative to the root of the tree
    std::string id;    ///< git's id of it, hex
    std::string content;
    BlobState state = BlobState::complete;
};

enum class TrackedKind { file, symlink, submodule };

struct TrackedPath {
    std::string path;
    TrackedKind kind = TrackedKind::file;
};

struct History {
    std::vector<std::string> commits;  ///< hex ids, each once, in no particular order
    bool complete = true;  ///< false: some ends are not the repository's first commits but those of a shallow clone
};

struct Reference {
    std::string name;    ///< "refs/heads/main", or "HEAD" when it names no branch
    std::string commit;  ///< hex id, tags peeled
};

/// How much of a work tree's changes a patch may hold.
struct PatchLimits {
    std::uint64_t total_bytes;  ///< of all patches
    std::uint64_t file_bytes;   ///< of a file, before or after
};

/// A file that git does not know, as a patch.
struct NewFile {
    std::string path;
    std::string patch;
};

/// What a work tree holds beyond HEAD: staged, unstaged, and new files that no rule ignores. The patches are what
/// `git apply` takes in a work tree at HEAD, together or not; binary files too.
struct Changes {
    std::vector<std::string> paths;  ///< that differ, sorted; a nested repository ends in '/'
    /// Of these, what is in no patch: over a limit, a submodule, an unresolved merge.
    std::vector<std::string> left_out;
    std::string patch;               ///< of the files that git knows
    std::vector<NewFile> new_files;  ///< sorted
};

/// A commit, and what was changed beyond it, as Repository::changes has patches.
struct CodeState {
    std::string commit;  ///< hex; empty: nothing
    std::string patch;   ///< may be empty
};

/// How far two commits are from each other.
struct Divergence {
    std::uint64_t left_only = 0;  ///< commits that the left one has and the right one lacks
    std::uint64_t right_only = 0;
    friend bool operator==(const Divergence&, const Divergence&) = default;
};

/// What is unusual about a repository, for `mlo doctor`.
struct Shape {
    bool bare = false;
    bool shallow = false;
    bool partial = false;
    bool sparse = false;
    bool linked_work_tree = false;
    std::string object_format = "sha1";
};

class Backend;

/// A git repository, read only. Answers come from libgit2, opened at the first question, and from the git program where
/// libgit2 refuses. Neither runs anything that the repository's configuration names, nor uses the network. Replacement
/// refs are not applied. Not thread-safe.
///
/// Commits are hex ids as resolve() returns them; paths are relative to the root of the work tree. Every call may throw
/// unsafe_owner, cannot_read, broken_repository, git_failed.
class Repository {
public:
    Repository(Layout layout, Environment environment);
    ~Repository();
    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;

    [[nodiscard]] const Layout& layout() const noexcept { return layout_; }

    /// The commit that a user's text names: "HEAD~2", "v1.0", a branch, an id or the start of one. The text is never
    /// taken for an option. Throws bad_revision, revision_not_found.
    [[nodiscard]] std::string resolve(std::string_view revision);
    /// The commit that is checked out; nothing before the first commit.
    [[nodiscard]] std::optional<std::string> head();
    /// The branch that is checked out ("main"), also before its first commit; nothing if HEAD is detached.
    [[nodiscard]] std::optional<std::string> branch();
    /// The work tree compared with HEAD. Reads what git's index does not answer for; no filter program is run, so that
    /// files of git-lfs count as changed. Nothing without a work tree.
    [[nodiscard]] Changes changes(const PatchLimits& limits);
    /// The regular files of `commit` below `folder` ("" = all) whose name ends in `suffix`, sorted by path. Blobs over
    /// `limit_bytes` are listed without content.
    [[nodiscard]] std::vector<Blob> blobs_with_suffix(std::string_view commit, std::string_view folder,
                                                      std::string_view suffix, std::uint64_t limit_bytes);
    /// The regular file at `path` in `commit`; nothing if there is none. Throws object_missing, too_large.
    [[nodiscard]] std::optional<std::string> blob(std::string_view commit, std::string_view path,
                                                  std::uint64_t limit_bytes);
    /// What the index holds at, below, or (a submodule) above any of `paths`, sorted. Empty without a work tree.
    [[nodiscard]] std::vector<TrackedPath> tracked(std::span<const std::string> paths);
    /// Those of `paths` that ignore rules exclude, whether or not git tracks them. A folder's path ends in '/'.
    [[nodiscard]] std::vector<std::string> ignored(std::span<const std::string> paths);
    /// Everything that names a commit: branches, tags, remote branches, the stash, HEAD.
    [[nodiscard]] std::vector<Reference> references();
    /// All commits reachable from `commits`.
    [[nodiscard]] History history(std::span<const std::string> commits);
    /// Nothing if one is no commit that is here, or if the clone is shallow, so that nobody can tell.
    [[nodiscard]] std::optional<Divergence> divergence(std::string_view left, std::string_view right);
    /// What leads from one state to the other, as one patch without renames; binary files too. git, which must be
    /// there, writes what it makes of the patches into the existing, empty folder `scratch` and nowhere else. Throws
    /// revision_not_found for a commit that is not here, git_failed for a patch that does not fit its commit.
    [[nodiscard]] std::string patch_between(const CodeState& before, const CodeState& after,
                                            const std::string& scratch);
    /// The effective value of a git setting ("user.email"), from all of git's own layers.
    [[nodiscard]] std::optional<std::string> setting(std::string_view key);
    [[nodiscard]] Shape shape();

private:
    template <class Question>
    auto ask(Question question);
    Backend& program(const std::string& refusal);

    Layout layout_;
    Environment environment_;
    std::unique_ptr<Backend> library_;
    std::unique_ptr<Backend> program_;
    std::string refusal_;  ///< why libgit2 could not open the repository; it is not asked again
    bool other_owner_ = false;
};

/// The version of libgit2 in use: "1.5.1".
[[nodiscard]] std::string library_version();

}  // namespace mlo::git
