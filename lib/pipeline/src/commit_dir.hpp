// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mlo/git/repository.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::pipeline {

/// The regular files of a commit.
class CommitFiles {
public:
    /// `repository` must outlive the object.
    CommitFiles(git::Repository& repository, std::string commit);

    [[nodiscard]] bool is_file(std::string_view path) const;
    [[nodiscard]] bool is_folder(std::string_view path) const;
    /// The content of a file. Throws path_not_found, too_large, what git throws.
    [[nodiscard]] std::string read(std::string_view path);
    /// Sorted.
    [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }
    [[nodiscard]] const std::string& commit() const noexcept { return commit_; }

private:
    git::Repository& repository_;
    std::string commit_;
    std::vector<std::string> paths_;
};

/// The root of a commit as a folder that can only be read; symbolic links and submodules are not there. `files` must
/// outlive it.
[[nodiscard]] std::unique_ptr<Dir> open_commit(CommitFiles& files);

}  // namespace mlo::pipeline
