// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <mlo/pipeline/executor.hpp>
#include <mlo/pipeline/pipeline.hpp>

namespace mlo::pipeline {

/// Without what tells a command of the run that mlo itself was called in.
[[nodiscard]] std::vector<std::string> without_outer_run(std::vector<std::string> variables);
/// The job of a stage, but for its number.
[[nodiscard]] Job job_of(const Stage& stage, std::vector<std::string> environment, const std::string& root);
/// `commands` in its wdir: hooks.
[[nodiscard]] Job job_of(const Stage& stage, const std::vector<std::string>& commands,
                         const std::vector<std::string>& environment, const std::string& root);
/// How long to wait before attempt number `attempt` (the second is 2). `drawn` is in [0, 1).
[[nodiscard]] std::chrono::nanoseconds delay_before(const Retries& retries, std::uint32_t attempt, double drawn);

}  // namespace mlo::pipeline
