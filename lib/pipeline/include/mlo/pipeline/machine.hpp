// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/track/gpu.hpp>
#include <mlo/util/fs.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::pipeline {

/// Whether to ask for GPUs: that starts the library of their driver, which takes some tenths of a second.
enum class AskForGpus : std::uint8_t { no, yes };

/// How many of so many GPUs a value of CUDA_VISIBLE_DEVICES leaves.
[[nodiscard]] std::uint64_t visible_gpus(std::uint64_t there, std::string_view devices);

/// What of the machine this process may use, as pools of a Scheduler: "cpus" (its affinity, and the quota of its
/// cgroup, at least 1), "memory" in bytes (of the machine, or the limit of its cgroup), "gpus". What cannot be found
/// out is not there. `visible_devices` is the value of CUDA_VISIBLE_DEVICES, if it is set: only those of them count.
[[nodiscard]] std::map<std::string, std::uint64_t> machine_resources(
    Fs& fs, AskForGpus ask_for_gpus, const std::optional<std::string>& visible_devices, const std::string& root = "/",
    const std::string& gpu_library = track::Gpus::usual_library);

}  // namespace mlo::pipeline
