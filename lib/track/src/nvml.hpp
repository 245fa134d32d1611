// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// What of NVIDIA's NVML is used here, as its reference states it: libnvidia-ml.so.1 comes with the driver.
namespace mlo::track::nvml {

using Device = struct nvmlDevice_st*;
using Code = int;
constexpr Code success = 0;
constexpr Code not_found = 6;
constexpr Code insufficient_size = 7;
constexpr Code driver_not_loaded = 9;
/// Instead of a number of bytes.
constexpr unsigned long long not_available = ~0ULL;

struct Memory {
    unsigned long long total, free, used;
};
struct Utilization {
    unsigned int gpu, memory;
};
struct ProcessInfo {
    unsigned int pid;
    unsigned long long used_memory;
    unsigned int gpu_instance, compute_instance;
};
struct ProcessSample {
    unsigned int pid;
    unsigned long long time_us;
    unsigned int gpu, memory, encoder, decoder;
};

/// The functions of the library; those behind `device_name` may be null.
struct Library {
    Code (*init)() = nullptr;
    Code (*shutdown)() = nullptr;
    const char* (*error_text)(Code) = nullptr;
    Code (*device_count)(unsigned int*) = nullptr;
    Code (*device)(unsigned int, Device*) = nullptr;
    Code (*device_name)(Device, char*, unsigned int) = nullptr;
    Code (*driver_version)(char*, unsigned int) = nullptr;
    Code (*memory)(Device, Memory*) = nullptr;
    Code (*utilization)(Device, Utilization*) = nullptr;
    Code (*compute_processes)(Device, unsigned int*, ProcessInfo*) = nullptr;
    Code (*process_utilization)(Device, ProcessSample*, unsigned int*, unsigned long long) = nullptr;
};

/// Loads it; `init` is null if it is not there, or is something else.
[[nodiscard]] Library load(const std::string& file_name);

}  // namespace mlo::track::nvml
