// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/drift/checks.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/yaml/parse.hpp>
#include <span>

/// Any text is checks, or an error of kind config that names a place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    try {
        const auto checks = drift::read_checks(yaml::parse(as_text(std::as_bytes(std::span{data, size})), "input"));
        MLO_ASSERT(!checks.empty());
        for (const auto& check : checks) {
            MLO_ASSERT(!check.name.empty() && !check.current.names.empty() && !check.reference.names.empty());
            if (!check.current.window) continue;
            const auto span = check.current.window->span(Timestamp{std::chrono::hours{500'000}});
            MLO_ASSERT(span.from_us <= span.until_us);
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        MLO_ASSERT(error.place().starts_with("input"));
    }
    return 0;
}
