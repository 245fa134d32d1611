// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {
class Dir;
class Random;
}  // namespace mlo

namespace mlo::workspace {

class IgnoreRules;

/// Which tracked paths this worktree holds (`mlo checkout --sparse`), as git's sparse checkout does it for git's files.
///
/// Patterns are those of .gitignore, relative to the root of the workspace, but say what is *in*: a file is in if the
/// last pattern that matches it has no `!`; if none does, its folder decides, and so on upwards. A path that is left
/// out and absent is not "deleted" for status and diff, and `add` takes its entry from the version before; if it is
/// there all the same it counts as any other file. Thread-safe once made.
class SparseSet {
public:
    /// Everything is in.
    SparseSet() = default;
    /// Throws bad_sparse_pattern for one that is empty or holds a newline or NUL.
    explicit SparseSet(std::vector<std::string> patterns);

    /// True if no patterns are set: includes() is true of every path.
    [[nodiscard]] bool everything() const noexcept { return patterns_.empty(); }
    /// Whether the file or link at `path` (relative to the root of the workspace) is in.
    [[nodiscard]] bool includes(std::string_view path) const;
    /// Whether the folder at `path` is in, be it empty. (A folder that is not still exists for what is in below it.)
    [[nodiscard]] bool includes_folder(std::string_view path) const;
    [[nodiscard]] const std::vector<std::string>& patterns() const noexcept { return patterns_; }

    /// What is recorded in the worktree's private folder of mlo (null: there is none); everything, if nothing is.
    /// Throws sparse_file_invalid.
    [[nodiscard]] static SparseSet load(Dir* private_dir);
    /// Records the patterns durably, or removes the record if everything is in.
    void save(Dir& private_dir, Random& random) const;

private:
    std::vector<std::string> patterns_;
    std::shared_ptr<const IgnoreRules> rules_;
};

}  // namespace mlo::workspace
