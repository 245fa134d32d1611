// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/toml/parse.hpp>
#include <mlo/util/errors.hpp>

namespace {

std::size_t count(const mlo::Value& value) {
    std::size_t values = 1;
    if (value.is(mlo::ValueKind::list)) {
        for (const auto& item : value.items()) values += count(item);
    } else if (value.is(mlo::ValueKind::mapping)) {
        for (const auto& member : value.members()) values += 1 + count(member.value);
    }
    return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    const DocumentLimits limits{.size_bytes = 1u << 20, .nodes = 10'000, .depth = 100};
    try {
        const auto document = toml::parse(text, "input", limits);
        MLO_ASSERT(document.root().is(ValueKind::mapping));
        MLO_ASSERT(count(document.root()) <= limits.nodes);
        // A comment and a line break at the end change nothing.
        MLO_ASSERT(same_content(toml::parse(text + "\n# end", "input", limits).root(), document.root()));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || !error.place().starts_with("input")) throw;
    }
    return 0;
}
