// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/json/parse.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/track/params_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t longest_file = std::size_t{16} << 20;

void write(json::Writer& json, const Value& value) {
    switch (value.kind()) {
        case ValueKind::null:
            json.null();
            break;
        case ValueKind::boolean:
            json.boolean(value.as_boolean());
            break;
        case ValueKind::integer:
            json.integer(value.as_integer());
            break;
        case ValueKind::unsigned_integer:
            json.unsigned_integer(value.as_unsigned());
            break;
        case ValueKind::real:
            json.real(value.as_real());
            break;
        case ValueKind::string:
            json.string(value.as_string());
            break;
        case ValueKind::list:
            json.begin_array();
            for (const auto& item : value.items()) write(json, item);
            json.end_array();
            break;
        case ValueKind::mapping:
            json.begin_object();
            for (const auto& member : value.members()) {
                json.key(member.name());
                write(json, member.value);
            }
            json.end_object();
            break;
    }
}

std::string text_of(const Value& value) {
    if (value.is(ValueKind::string)) return std::string{value.as_string()};
    std::string text;
    json::Writer json{text, json::Layout::compact};
    write(json, value);
    return text;
}

using Params = std::vector<std::pair<std::string, std::string>>;

void flatten(const Value& mapping, const std::string& before, Params& params) {
    for (const auto& member : mapping.members()) {
        auto name = before + std::string{member.name()};
        if (member.value.is(ValueKind::mapping) && member.value.size() > 0) {
            flatten(member.value, name + '.', params);
            continue;
        }
        if (const auto problem = key_problem(name); !problem.empty())
            throw Error{errors::params_invalid,
                        fmt::format("{} cannot be the name of a parameter: {}", quoted(name), problem)}
                .at(member.key.place());
        params.emplace_back(std::move(name), text_of(member.value));
    }
}

}  // namespace

Params flatten_params(const Value& root) {
    if (!root.is(ValueKind::mapping))
        throw Error{errors::params_invalid,
                    fmt::format("a file of parameters holds a mapping, not {}", name_of(root.kind()))}
            .at(root.place());
    Params params;
    flatten(root, "", params);
    return params;
}

Params read_params(Fs& fs, const std::string& path, const std::string& shown) {
    const auto file = fs.open_root(path::parent(path))->open(path::name(path));
    const auto size = file->stat().size;
    if (size > longest_file)
        throw Error{mlo::errors::too_large, fmt::format("{} is over {}", quoted(shown), format_bytes(longest_file))};
    std::string text(size, '\0');
    text.resize(file->read(std::as_writable_bytes(std::span{text}), 0));
    const auto document = path.ends_with(".json") ? json::parse(text, shown) : yaml::parse(text, shown);
    return flatten_params(document.root());
}

}  // namespace mlo::track
