// SPDX-License-Identifier: Apache-2.0
#include "nvml.hpp"

#include <dlfcn.h>

namespace mlo::track::nvml {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

}  // namespace

Library load(const std::string& file_name) {
    Library found;
    void* const library = ::dlopen(file_name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return found;
    const bool is_whole = find(library, "nvmlInit_v2", found.init) && find(library, "nvmlShutdown", found.shutdown) &&
                          find(library, "nvmlErrorString", found.error_text) &&
                          find(library, "nvmlDeviceGetCount_v2", found.device_count) &&
                          find(library, "nvmlDeviceGetHandleByIndex_v2", found.device) &&
                          find(library, "nvmlDeviceGetName", found.device_name);
    if (!is_whole) {
        ::dlclose(library);
        return {};
    }
    // From here on it stays open: it may have threads of its own.
    find(library, "nvmlSystemGetDriverVersion", found.driver_version);
    find(library, "nvmlDeviceGetMemoryInfo", found.memory);
    find(library, "nvmlDeviceGetUtilizationRates", found.utilization);
    // The second and the third version have one form.
    if (!find(library, "nvmlDeviceGetComputeRunningProcesses_v3", found.compute_processes))
        find(library, "nvmlDeviceGetComputeRunningProcesses_v2", found.compute_processes);
    find(library, "nvmlDeviceGetProcessUtilization", found.process_utilization);
    return found;
}

}  // namespace mlo::track::nvml
