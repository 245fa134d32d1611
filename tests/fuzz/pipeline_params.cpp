// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/pipeline/params.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

namespace {

using mlo::pipeline::Datum;

/// Every name on the way down finds what it names.
void check(const Datum& top, const Datum& datum, const std::string& path) {
    const auto go_on = [&](const std::string& name, const Datum& value) {
        if (name.empty() || name.find_first_of(".[]") != std::string::npos) return;
        const auto key = path.empty() ? name : path + '.' + name;
        MLO_ASSERT(mlo::pipeline::find_key(top, key) == &value);
        check(top, value, key);
    };
    if (const auto* const list = std::get_if<Datum::List>(&datum.content)) {
        for (std::size_t i = 0; i < list->size(); ++i) go_on(std::to_string(i), (*list)[i]);
    } else if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        for (const auto& member : *mapping) go_on(member.name, member.value);
    } else if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        MLO_ASSERT(mlo::is_valid_utf8(*text));
    }
}

}  // namespace

// The first byte tells the format.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    if (size == 0) return 0;
    constexpr const char* files[] = {"input.py", "input.json", "input.toml", "input.yaml"};
    const std::string text{data + 1, data + size};
    const DocumentLimits limits{.size_bytes = 1u << 20, .nodes = 10'000, .depth = 100};
    try {
        const auto top = pipeline::read_params(text, files[data[0] % 4], limits);
        MLO_ASSERT(std::holds_alternative<Datum::Mapping>(top.content));
        check(top, top, {});
        MLO_ASSERT(pipeline::canonical(top) ==
                   pipeline::canonical(pipeline::read_params(text, files[data[0] % 4], limits)));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || !error.place().starts_with("input")) throw;
    }
    return 0;
}
