// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::git {

/// The caller's environment, as far as git is concerned. GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE are not honoured:
/// the repository is the one around the current folder, also inside a hook.
class Environment {
public:
    /// `variables` is the process's environment as KEY=VALUE.
    explicit Environment(std::vector<std::string> variables = {}) : variables_{std::move(variables)} {}

    [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& variables() const noexcept { return variables_; }
    /// The absolute path of the git program on PATH, if there is one.
    [[nodiscard]] std::optional<std::string> git_program() const;

private:
    std::vector<std::string> variables_;
};

/// Where a repository's parts are; absolute paths. In a linked work tree or a submodule, `git_dir` is outside the tree.
struct Layout {
    std::string work_tree;   ///< root of the work tree; empty in a bare repository or inside a git folder
    std::string git_dir;     ///< this work tree's own: HEAD, index
    std::string common_dir;  ///< shared by all work trees: config, objects, refs, and the store of mlo

    [[nodiscard]] bool has_work_tree() const noexcept { return !work_tree.empty(); }
};

/// The repository around the absolute folder `start`, found as git finds it (upwards, to the edge of the file system
/// or GIT_CEILING_DIRECTORIES); nothing if there is none. Reads a handful of names and starts nothing. Throws
/// broken_repository for a `.git` file that leads nowhere.
[[nodiscard]] std::optional<Layout> discover(std::string_view start, const Environment& environment);

}  // namespace mlo::git
