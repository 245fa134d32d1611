// SPDX-License-Identifier: Apache-2.0
#include "git_program.hpp"

#include <mlo/git/errors.hpp>
#include <mlo/util/text.hpp>

#include "backend.hpp"

namespace mlo::git {
namespace {

constexpr std::uint64_t listing_limit_bytes = 2u << 30;

/// The caller's variables without those that would lead git to another repository, make it write traces or run
/// programs; and those that keep it from asking, fetching and locking.
std::vector<std::string> child_environment(const Environment& environment) {
    std::vector<std::string> variables;
    for (const auto& variable : environment.variables()) {
        const bool is_git = variable.starts_with("GIT_");
        const bool is_kept = variable.starts_with("GIT_CONFIG") || variable.starts_with("GIT_CEILING_DIRECTORIES=") ||
                             variable.starts_with("GIT_DISCOVERY_ACROSS_FILESYSTEM=");
        if ((!is_git || is_kept) && !variable.starts_with("LC_ALL=")) variables.push_back(variable);
    }
    for (const char* variable : {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0",
                                 "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1"}) {
        variables.emplace_back(variable);
    }
    return variables;
}

}  // namespace

GitProgram::GitProgram(const Layout& layout, const Environment& environment, std::string program)
    : layout_{layout}, environment_{child_environment(environment)}, program_{std::move(program)} {}

GitProgram GitProgram::with(const std::vector<std::string>& variables) const {
    auto copy = *this;
    copy.environment_.insert(copy.environment_.end(), variables.begin(), variables.end());
    return copy;
}

ProcessResult GitProgram::run(const std::vector<std::string>& arguments, std::string input) const {
    ProcessRequest request;
    request.program = program_;
    request.arguments = {"--no-pager",          "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
                         "protocol.allow=never"};
    request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
    request.directory = layout_.has_work_tree() ? layout_.work_tree : layout_.git_dir;
    request.environment = environment_;
    request.input = std::move(input);
    request.output_limit_bytes = listing_limit_bytes;
    return run_process(request);
}

std::string GitProgram::require(const std::vector<std::string>& arguments, std::string input) const {
    auto result = run(arguments, std::move(input));
    if (result.exit_code != 0) fail(result);
    return std::move(result.output);
}

void GitProgram::fail(const ProcessResult& result) const {
    const auto& said = result.error_output;
    if (said.find("safe.directory") != std::string::npos) throw unsafe_owner(layout_);
    Error error{errors::git_failed, "git failed in " + quoted(layout_.git_dir)};
    for (const auto& line : split(said, '\n')) {
        if (!line.empty() && error.notes().size() < 3) error.note(printable(line));
    }
    throw Error{std::move(error)};
}

}  // namespace mlo::git
