// SPDX-License-Identifier: Apache-2.0
#include <mlo/git/errors.hpp>
#include <mlo/git/local_settings.hpp>
#include <mlo/util/error.hpp>

#include "git_program.hpp"

namespace mlo::git {
namespace {

// By git-config(1): no such key, or section.
constexpr int exit_no_such_key = 1;

}  // namespace

LocalSettings::LocalSettings(const Layout& repository, const Environment& environment)
    : layout_{repository}, environment_{environment} {
    auto program = environment.git_program();
    if (!program)
        throw Error{errors::cannot_read, "git's settings are written by the program 'git', which is not on PATH"}.hint(
            "install git");
    program_ = std::move(*program);
}

std::optional<std::string> LocalSettings::find(const std::string& key) const {
    const GitProgram git{layout_, environment_, program_};
    auto result = git.run({"config", "--local", "--null", "--get", key});
    if (result.exit_code == exit_no_such_key) return std::nullopt;
    if (result.exit_code != 0) git.fail(result);
    if (result.output.ends_with('\0')) result.output.pop_back();
    return std::move(result.output);
}

void LocalSettings::set(const std::string& key, const std::string& value) {
    GitProgram{layout_, environment_, program_}.require({"config", "--local", "--replace-all", key, value});
}

bool LocalSettings::remove_section(const std::string& name) {
    const GitProgram git{layout_, environment_, program_};
    if (git.run({"config", "--local", "--get-regexp", "^" + name + "\\."}).exit_code == exit_no_such_key) return false;
    git.require({"config", "--local", "--remove-section", name});
    return true;
}

}  // namespace mlo::git
