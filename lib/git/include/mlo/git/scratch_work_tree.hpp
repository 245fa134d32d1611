// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/git/layout.hpp>
#include <string>
#include <string_view>

namespace mlo::git {

/// A further work tree of a repository, with a detached HEAD: to run an older version without touching the user's
/// files. Made by the program git, which runs the filters (git-lfs) that the user's configuration names, as in any
/// checkout, but no hooks; submodules stay empty. It stays: whoever removes its folder calls forget_absent_work_trees.
/// Every call may throw unsafe_owner, git_failed.
class ScratchWorkTree {
public:
    /// Checks `commit` (hex, here) out at `folder`: absolute, where nothing is yet. Throws cannot_read without git.
    ScratchWorkTree(const Layout& repository, const Environment& environment, const std::string& folder,
                    const std::string& commit);

    [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
    /// Applies what Changes holds: all of it, or nothing. Throws patch_failed.
    void apply(std::string_view patch);

private:
    Layout layout_;
    Environment environment_;
    std::string program_;
};

/// Lets git forget the work trees whose folders are gone. Throws as ScratchWorkTree does.
void forget_absent_work_trees(const Layout& repository, const Environment& environment);

}  // namespace mlo::git
