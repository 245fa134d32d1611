// SPDX-License-Identifier: Apache-2.0
#include "api.hpp"

#include <dlfcn.h>

namespace mlo::table {

bool find_functions(void* handle, Api& api, std::string& missing) {
    const auto find = [&](const char* name, auto& pointer) {
        pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(::dlsym(handle, name));
        if (pointer == nullptr && missing.empty()) missing = name;
    };
#define MLO_ENGINE_FIND(name) find("duckdb_" #name, api.name);
    MLO_ENGINE_FUNCTIONS(MLO_ENGINE_FIND)
#undef MLO_ENGINE_FIND
    return missing.empty();
}

}  // namespace mlo::table
