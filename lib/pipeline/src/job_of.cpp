// SPDX-License-Identifier: Apache-2.0
#include "job_of.hpp"

#include <algorithm>
#include <cmath>

#include <mlo/util/path.hpp>

namespace mlo::pipeline {

namespace {

std::string value_of(const std::vector<std::string>& environment, std::string_view name) {
    for (const auto& variable : environment) {
        if (variable.size() > name.size() && variable.starts_with(name) && variable[name.size()] == '=') {
            return variable.substr(name.size() + 1);
        }
    }
    return {};
}

void set_shell(Job& job) {
    const auto shell = value_of(job.environment, "SHELL");
    job.shell = shell.starts_with('/') ? shell : "/bin/sh";
    const auto name = path::name(job.shell);
    // What a user has set up for himself is no part of a stage.
    if (name == "bash") job.shell_options = {"--noprofile", "--norc"};
    if (name == "zsh") job.shell_options = {"--no-rcs"};
}

}  // namespace

std::vector<std::string> without_outer_run(std::vector<std::string> variables) {
    std::erase_if(variables, [](const std::string& variable) {
        const auto name = std::string_view{variable}.substr(0, variable.find('='));
        return name == "MLO_RUN_ID" || name == "MLO_RUN_STORE" || name == "MLO_METRICS";
    });
    return variables;
}

Job job_of(const Stage& stage, const std::vector<std::string>& commands, const std::vector<std::string>& environment,
           const std::string& root) {
    Job job;
    job.commands = commands;
    job.environment = environment;
    job.directory = path::join(root, stage.wdir);
    set_shell(job);
    return job;
}

Job job_of(const Stage& stage, std::vector<std::string> environment, const std::string& root) {
    Job job;
    job.commands = stage.commands;
    job.environment = std::move(environment);
    job.directory = path::join(root, stage.wdir);
    set_shell(job);
    if (stage.extras) {
        job.timeout = stage.extras->timeout;
        job.needs = stage.extras->needs;
    }
    return job;
}

std::chrono::nanoseconds delay_before(const Retries& retries, std::uint32_t attempt, double drawn) {
    const auto longest = static_cast<double>(retries.longest.count());
    auto delay = static_cast<double>(retries.delay.count());
    for (std::uint32_t i = 2; i < attempt && delay < longest; ++i) delay *= retries.factor;
    delay = std::min(delay, longest) * (1 + retries.jitter * (2 * drawn - 1));
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::max(delay, 0.0))};
}

}  // namespace mlo::pipeline
