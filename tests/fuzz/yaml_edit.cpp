// SPDX-License-Identifier: Apache-2.0
// Input: a line with a dotted key, a line with a value, then the text to edit.
#include <cstdint>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/edit.hpp>
#include <mlo/yaml/parse.hpp>

namespace {

using namespace mlo;

std::optional<Value> find(const Value& root, std::span<const std::string> path) {
    std::optional<Value> value = root;
    for (const auto& name : path) {
        if (!value->is(ValueKind::mapping)) return std::nullopt;
        value = value->find(name);
        if (!value) return std::nullopt;
    }
    return value;
}

void edit(std::string_view text, const std::vector<std::string>& path, const std::string& value) {
    const auto set = yaml::set_key(text, "input", path, value);
    const auto document = yaml::parse(set, "set");
    MLO_ASSERT(find(document.root(), path).value().as_string() == value);
    MLO_ASSERT(yaml::set_key(set, "set again", path, value) == set);
    const auto removed = yaml::remove_key(set, "input", path);
    MLO_ASSERT(!find(yaml::parse(removed, "removed").root(), path));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto take_line = [&text] {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        return std::string{line};
    };
    const auto path = split(take_line(), '.');
    const auto value = take_line();
    if (path.empty() || path.size() > 8) return 0;
    for (const auto& name : path) {
        if (!is_valid_utf8(name)) return 0;
    }
    if (!is_valid_utf8(value)) return 0;
    try {
        edit(text, path, value);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || !error.place().starts_with("input")) throw;
    }
    return 0;
}
