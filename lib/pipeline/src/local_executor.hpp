// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/pipeline/executor.hpp>

#include "local_job.hpp"

namespace mlo::pipeline {

/// local_executor, where the kernel tells of ends and where it does not.
[[nodiscard]] std::unique_ptr<Executor> make_local_executor(const Runtime& runtime, EndSignals end_signals,
                                                            std::string guard = {});

}  // namespace mlo::pipeline
