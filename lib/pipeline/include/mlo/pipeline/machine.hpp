// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mlo/track/gpu.hpp>
#include <mlo/util/fs.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::pipeline {

/// GPUs, and how a process is told which of them to use.
struct GpuSet {
    std::vector<std::string> names{};      ///< as the variables take them: "0", "GPU-..."
    std::vector<std::string> variables{};  ///< of the environment, each to be set to names with "," between them
};

/// Those of so many GPUs that a value of CUDA_VISIBLE_DEVICES, or a variable like it, leaves; all if it is not set.
[[nodiscard]] std::vector<std::string> visible_gpus(std::uint64_t there, const std::optional<std::string>& devices);

/// The value of a variable of the caller's environment.
using GetVariable = std::function<std::optional<std::string>(std::string_view)>;
/// The GPUs that this process may use: NVIDIA's by their driver, whose library takes some tenths of a second to start,
/// else AMD's by the kernel.
[[nodiscard]] GpuSet find_gpus(Fs& fs, const GetVariable& variable, const std::string& root = "/",
                               const std::string& gpu_library = track::Gpus::usual_library);

/// What else of the machine this process may use, as pools of a Scheduler: "cpus" (its affinity, and the quota of its
/// cgroup, at least 1), "memory" in bytes (of the machine, or the limit of its cgroup). What cannot be found out is not
/// there.
[[nodiscard]] std::map<std::string, std::uint64_t> machine_resources(Fs& fs, const std::string& root = "/");

}  // namespace mlo::pipeline
