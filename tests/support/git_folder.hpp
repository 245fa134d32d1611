// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <mlo/git/repository.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {

/// Whether git is on the PATH.
enum class Program { present, absent };

/// A folder to make git repositories in, with a home of its own. Every commit has the same author and date.
class GitFolder : public TemporaryFolder {
public:
    using TemporaryFolder::open;

    GitFolder() {
        write("home/.gitconfig",
              "[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n"
              "[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n");
    }

    /// What a user's process has, with or without git on its PATH.
    [[nodiscard]] git::Environment environment(Program program = Program::present) const {
        const char* path = std::getenv("PATH");
        return git::Environment{
            {"HOME=" + this->path("home"), "GIT_CEILING_DIRECTORIES=" + this->path(),
             "PATH=" + std::string{program == Program::present && path != nullptr ? path : "/nonexistent"}}};
    }

    /// Runs git in `folder` and returns what it printed, less the line end.
    std::string git(std::string_view folder, std::vector<std::string> arguments) const {
        ProcessRequest request;
        request.program = environment().git_program().value();
        request.arguments = std::move(arguments);
        request.directory = path(folder);
        request.environment = environment().variables();
        request.environment.emplace_back("GIT_AUTHOR_DATE=2026-01-01T00:00:00Z");
        request.environment.emplace_back("GIT_COMMITTER_DATE=2026-01-01T00:00:00Z");
        const auto result = run_process(request);
        if (result.exit_code != 0) throw std::runtime_error{"git failed: " + result.error_output};
        return std::string{trim(result.output)};
    }

    void commit(std::string_view folder, std::string_view message) const {
        git(folder, {"add", "--all"});
        git(folder, {"commit", "--quiet", "--allow-empty", "-m", std::string{message}});
    }

    /// Three commits: pointers change in each, v1 (an annotated tag) is the first.
    void make_origin(std::string_view folder, std::vector<std::string> init_options = {}) const {
        std::filesystem::create_directories(path(folder));
        init_options.insert(init_options.begin(), {"init", "--quiet"});
        git(folder, std::move(init_options));
        const std::string root{folder};
        write(root + "/data.mlo", "one");
        write(root + "/sub/model.mlo", "model");
        write(root + "/sub/deep/x y.mlo", "deep");
        write(root + "/sub-2/other.mlo", "other");
        write(root + "/README", "hello");
        write(root + "/.gitignore", "/ignored\n*.tmp\nfolder/\n");
        std::filesystem::create_symlink("data.mlo", path(root + "/link.mlo"));
        commit(folder, "one");
        git(folder, {"tag", "-a", "-m", "first", "v1"});
        write(root + "/data.mlo", "two");
        commit(folder, "two");
        write(root + "/data.mlo", "three");
        commit(folder, "three");
    }

    [[nodiscard]] git::Repository open(std::string_view folder, Program program = Program::present) const {
        return git::Repository{git::discover(path(folder), environment()).value(), environment(program)};
    }
};

}  // namespace mlo::test
