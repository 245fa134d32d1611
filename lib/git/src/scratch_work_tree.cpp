// SPDX-License-Identifier: Apache-2.0
#include <mlo/git/errors.hpp>
#include <mlo/git/scratch_work_tree.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "git_program.hpp"

namespace mlo::git {
namespace {

std::string required_program(const Environment& environment) {
    if (auto program = environment.git_program()) return std::move(*program);
    throw Error{errors::cannot_read, "a work tree of its own needs the program 'git', which is not on PATH"}.hint(
        "install git");
}

}  // namespace

ScratchWorkTree::ScratchWorkTree(const Layout& repository, const Environment& environment, const std::string& folder,
                                 const std::string& commit)
    : environment_{environment}, program_{required_program(environment)} {
    GitProgram{repository, environment_, program_}.require({"worktree", "add", "--detach", "--quiet", folder, commit});
    auto found = discover(folder, environment_);
    MLO_ASSERT(found && found->has_work_tree());
    layout_ = std::move(*found);
}

void ScratchWorkTree::apply(std::string_view patch) {
    const auto result =
        GitProgram{layout_, environment_, program_}.run({"apply", "--whitespace=nowarn", "-"}, std::string{patch});
    if (result.exit_code == 0) return;
    Error error{errors::patch_failed, "the patch does not apply in " + quoted(layout_.work_tree)};
    for (const auto& line : split(result.error_output, '\n'))
        if (!line.empty() && error.notes().size() < 3) error.note(printable(line));
    throw Error{std::move(error)};
}

void forget_absent_work_trees(const Layout& repository, const Environment& environment) {
    GitProgram{repository, environment, required_program(environment)}.require({"worktree", "prune"});
}

}  // namespace mlo::git
