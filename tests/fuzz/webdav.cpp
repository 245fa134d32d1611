// SPDX-License-Identifier: Apache-2.0
#include <webdav.hpp>

#include <cstdint>
#include <mlo/net/errors.hpp>
#include <mlo/remote/errors.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        for (const auto& member :
             mlo::remote::parse_multistatus({reinterpret_cast<const char*>(data), size}, "input")) {
            MLO_ASSERT(!member.name.empty() && member.name.find('/') == std::string::npos);
        }
    } catch (const mlo::Error& error) {
        if (&error.code() != &mlo::net::errors::bad_xml && &error.code() != &mlo::remote::errors::bad_answer) throw;
    }
    return 0;
}
