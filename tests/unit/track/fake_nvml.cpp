// SPDX-License-Identifier: Apache-2.0
// A shared library with the functions of NVIDIA's NVML that mlo asks for, after NVIDIA's reference of NVML.
#include "fake_nvml.hpp"

#include <cstring>

#define FAKE extern "C" __attribute__((visibility("default")))

extern "C" {
__attribute__((visibility("default"))) FakeNvml fake_nvml_state;
}

namespace {

using Device = FakeNvml::Gpu*;
constexpr int invalid_argument = 2;
constexpr int not_found = 6;
constexpr int insufficient_size = 7;

struct ProcessInfo {
    unsigned int pid;
    unsigned long long usedGpuMemory;
    unsigned int gpuInstanceId, computeInstanceId;
};
struct Sample {
    unsigned int pid;
    unsigned long long timeStamp;
    unsigned int smUtil, memUtil, encUtil, decUtil;
};

int copy(const char* text, char* into, unsigned int size) {
    if (std::strlen(text) >= size) return insufficient_size;
    std::memcpy(into, text, std::strlen(text) + 1);
    return 0;
}

}  // namespace

FAKE int nvmlInit_v2() {
    if (fake_nvml_state.init_code == 0) ++fake_nvml_state.starts;
    return fake_nvml_state.init_code;
}
FAKE int nvmlShutdown() {
    --fake_nvml_state.starts;
    return 0;
}
FAKE const char* nvmlErrorString(int code) { return code == 18 ? "Driver/library version mismatch" : "?"; }
FAKE int nvmlSystemGetDriverVersion(char* into, unsigned int size) { return copy("550.54.15", into, size); }
FAKE int nvmlDeviceGetCount_v2(unsigned int* count) {
    *count = fake_nvml_state.gpu_count;
    return 0;
}
FAKE int nvmlDeviceGetHandleByIndex_v2(unsigned int number, Device* device) {
    if (number >= fake_nvml_state.gpu_count) return invalid_argument;
    *device = &fake_nvml_state.gpus[number];
    return 0;
}
FAKE int nvmlDeviceGetName(Device device, char* into, unsigned int size) { return copy(device->name, into, size); }
FAKE int nvmlDeviceGetMemoryInfo(Device device, unsigned long long* total_free_used) {
    if (fake_nvml_state.use_code != 0) return fake_nvml_state.use_code;
    total_free_used[0] = device->total_bytes;
    total_free_used[1] = device->total_bytes - device->used_bytes;
    total_free_used[2] = device->used_bytes;
    return 0;
}
FAKE int nvmlDeviceGetUtilizationRates(Device device, unsigned int* gpu_memory) {
    if (fake_nvml_state.use_code != 0) return fake_nvml_state.use_code;
    gpu_memory[0] = device->percent;
    gpu_memory[1] = 99;
    return 0;
}
FAKE int nvmlDeviceGetComputeRunningProcesses_v3(Device device, unsigned int* count, ProcessInfo* infos) {
    if (fake_nvml_state.use_code != 0) return fake_nvml_state.use_code;
    const bool fits = *count >= device->process_count;
    *count = device->process_count;
    if (!fits) return insufficient_size;
    for (unsigned int i = 0; i < device->process_count; ++i)
        infos[i] = {device->processes[i].pid, device->processes[i].memory_bytes, ~0u, ~0u};
    return 0;
}
FAKE int nvmlDeviceGetProcessUtilization(Device device, Sample* samples, unsigned int* count,
                                         unsigned long long seen_until) {
    if (fake_nvml_state.use_code != 0) return fake_nvml_state.use_code;
    if (device->time_us <= seen_until) return not_found;
    const bool fits = *count >= device->process_count;
    *count = device->process_count;
    if (!fits) return insufficient_size;
    for (unsigned int i = 0; i < device->process_count; ++i)
        samples[i] = {device->processes[i].pid, device->time_us, device->processes[i].percent, 0, 0, 0};
    return 0;
}
