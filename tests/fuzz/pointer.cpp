// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/util/error.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/pointer.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    try {
        const auto pointer = workspace::parse_pointer(text, "data", "input");
        MLO_ASSERT(pointer.name == "data");
        MLO_ASSERT(workspace::parse_pointer(workspace::format_pointer(pointer), "data", "written") == pointer);
    } catch (const Error& error) {
        const bool is_told = error.kind() == ErrorKind::config || error.kind() == ErrorKind::unsupported;
        if (!is_told || !error.place().starts_with("input")) throw;
    }
    return 0;
}
