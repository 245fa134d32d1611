// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/git/layout.hpp>
#include <mlo/util/process.hpp>
#include <string>
#include <vector>

namespace mlo::git {

/// The program git in one folder of a repository: it asks nobody, fetches nothing, and runs neither hooks nor a file
/// system monitor.
class GitProgram {
public:
    /// `program` is absolute. Of `layout` only its folders are used; git runs in the work tree, if there is one.
    GitProgram(const Layout& layout, const Environment& environment, std::string program);

    /// The same with these variables (KEY=VALUE) besides.
    [[nodiscard]] GitProgram with(const std::vector<std::string>& variables) const;

    /// A non-zero exit is a value.
    [[nodiscard]] ProcessResult run(const std::vector<std::string>& arguments, std::string input = {}) const;
    /// Its output. Throws unsafe_owner, git_failed.
    std::string require(const std::vector<std::string>& arguments, std::string input = {}) const;
    /// Throws unsafe_owner or git_failed with what git said.
    [[noreturn]] void fail(const ProcessResult& result) const;

private:
    Layout layout_;
    std::vector<std::string> environment_;
    std::string program_;
};

}  // namespace mlo::git
