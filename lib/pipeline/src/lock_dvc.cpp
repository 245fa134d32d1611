// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

#include "dvc_scalar.hpp"
#include "dvc_yaml.hpp"
#include "lock_format.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view default_params_file = "params.yaml";
/// A file of parameters by name only: DVC passes over it.
constexpr std::string_view environment_file = "mlo:environment";

/// What a text of a file of parameters was before it was read: YAML has keys that are numbers, and dates.
enum class Origin : std::uint8_t { text_only, yaml };

Origin origin_of(std::string_view file) {
    const auto ends = [&](std::string_view suffix) { return file.ends_with(suffix); };
    return ends(".json") || ends(".toml") || ends(".py") ? Origin::text_only : Origin::yaml;
}

/// As Python spells a float.
std::string real_token(double value) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
    std::array<char, 32> buffer{};
    const auto scientific =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view shortest{buffer.data(), static_cast<std::size_t>(scientific.ptr - buffer.data())};
    const auto e = shortest.find('e');
    std::int32_t exponent = 0;
    const auto* const digits = shortest.data() + e + (shortest[e + 1] == '+' ? 2 : 1);
    std::from_chars(digits, shortest.data() + shortest.size(), exponent);
    if (exponent < -4 || exponent >= 16) return std::string{shortest};
    std::array<char, 64> fixed{};
    const auto plain = std::to_chars(fixed.data(), fixed.data() + fixed.size(), value, std::chars_format::fixed);
    std::string text{fixed.data(), plain.ptr};
    if (text.find('.') == std::string::npos) text += ".0";
    return text;
}

YamlNode text_node(std::string_view stage, std::string_view text) {
    require_text(stage, text);
    return YamlNode::text(text);
}

/// A key of a YAML file: `1` was the number, as nobody puts it in quotes. Those that Python would spell in another way
/// stay texts: what is read from the lock must be what the file says.
YamlNode key_node(std::string_view stage, std::string_view name, Origin origin) {
    if (origin == Origin::yaml && resolves_to_other(name)) {
        const auto* const end = name.data() + name.size();
        std::int64_t number = 0;
        double real = 0;
        const bool is_integer =
            std::from_chars(name.data(), end, number).ec == std::errc{} && fmt::to_string(number) == name;
        const bool is_real = std::from_chars(name.data(), end, real).ec == std::errc{} && real_token(real) == name;
        if (is_integer || is_real || name == "true" || name == "false") return YamlNode::token(std::string{name});
    }
    return text_node(stage, name);
}

YamlNode datum_node(std::string_view stage, const Datum& datum, Origin origin) {
    if (const auto* const truth = std::get_if<bool>(&datum.content)) return YamlNode::token(*truth ? "true" : "false");
    if (const auto* const number = std::get_if<std::int64_t>(&datum.content))
        return YamlNode::token(fmt::to_string(*number));
    if (const auto* const large = std::get_if<std::uint64_t>(&datum.content))
        return YamlNode::token(fmt::to_string(*large));
    if (const auto* const real = std::get_if<double>(&datum.content)) return YamlNode::token(real_token(*real));
    if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        return origin == Origin::yaml && is_python_date(*text) ? YamlNode::token(*text) : text_node(stage, *text);
    }
    if (const auto* const list = std::get_if<Datum::List>(&datum.content)) {
        auto node = YamlNode::list();
        for (const auto& element : *list) node.add(datum_node(stage, element, origin));
        return node;
    }
    if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        auto node = YamlNode::mapping();
        for (const auto& member : *mapping) {
            node.add(key_node(stage, member.name, origin)).add(datum_node(stage, member.value, origin));
        }
        return node;
    }
    return YamlNode::token("");
}

YamlNode command_node(std::string_view stage, const StageRecord& record) {
    if (record.command_form == CommandForm::text) {
        MLO_ASSERT(record.commands.size() <= 1);
        return text_node(stage, record.commands.empty() ? "" : record.commands.front());
    }
    auto list = YamlNode::list();
    for (const auto& command : record.commands) list.add(text_node(stage, command));
    return list;
}

YamlNode path_node(std::string_view stage, std::string_view path, const PathState* state) {
    auto node = YamlNode::mapping();
    node.add("path", text_node(stage, path));
    if (state == nullptr || !state->is_dos2unix_md5) node.add("hash", YamlNode::text("md5"));
    if (state == nullptr) return node;
    if (!state->md5.empty()) node.add("md5", text_node(stage, state->md5));
    node.add("size", YamlNode::token(fmt::to_string(state->size_bytes)));
    if (state->kind == store::ObjectKind::tree) node.add("nfiles", YamlNode::token(fmt::to_string(state->files)));
    if (state->kind == store::ObjectKind::blob && state->is_executable) node.add("isexec", YamlNode::token("true"));
    return node;
}

YamlNode environment_node(std::string_view stage, const std::vector<EnvironmentRecord>& environment) {
    auto node = YamlNode::mapping();
    for (const auto& thing : environment) {
        node.add(text_node(stage, thing.name));
        if (!thing.value) {
            node.add(YamlNode::token(""));
        } else if (is_valid_utf8(*thing.value)) {
            node.add(YamlNode::text(*thing.value));
        } else {
            auto bytes = YamlNode::mapping();
            bytes.add("base64", YamlNode::text(base64_encode(as_bytes(*thing.value))));
            node.add(std::move(bytes));
        }
    }
    return node;
}

template <class Records, class Name>
auto sorted(const Records& records, Name&& name) {
    std::vector<const typename Records::value_type*> result;
    result.reserve(records.size());
    for (const auto& record : records) result.push_back(&record);
    std::stable_sort(result.begin(), result.end(), [&](const auto* a, const auto* b) { return name(*a) < name(*b); });
    return result;
}

YamlNode params_node(std::string_view stage, const StageRecord& record) {
    const auto order = [](const ParamsRecord& params) {
        return std::pair{params.file != default_params_file, std::string_view{params.file}};
    };
    auto node = YamlNode::mapping();
    for (const auto* const params : sorted(record.params, order)) {
        auto values = YamlNode::mapping();
        const auto origin = origin_of(params->file);
        for (const auto* const value : sorted(params->values, [](const auto& v) { return std::string_view{v.name}; })) {
            values.add(value->name, datum_node(stage, value->value, origin));
        }
        node.add(text_node(stage, params->file)).add(std::move(values));
    }
    if (!record.environment.empty()) node.add(environment_file, environment_node(stage, record.environment));
    return node;
}

std::string below_stages(std::string_view name, YamlNode value) {
    auto stages = YamlNode::mapping();
    stages.add(name, std::move(value));
    auto top = YamlNode::mapping();
    top.add("stages", std::move(stages));
    const auto text = dvc_yaml(top);
    return text.substr(text.find('\n') + 1);
}

void read_environment(const Value& value, StageRecord& record) {
    for (const auto& member : value.members()) {
        EnvironmentRecord thing{.name = std::string{member.name()}};
        if (member.value.is(ValueKind::mapping)) {
            const auto text = member.value.get("base64");
            thing.value = base64_decode(text.as_string());
            if (!thing.value) text.fail_type("Base64");
        } else if (!member.value.is_null()) {
            thing.value = member.value.as_string();
        }
        record.environment.push_back(std::move(thing));
    }
}

/// A stage without any has no list, or, by hand, null.
std::vector<Value> items_of(const Value& value, std::string_view key) {
    const auto list = value.find(key);
    return list && !list->is_null() ? list->items() : std::vector<Value>{};
}

}  // namespace

std::string write_dvc_stage(std::string_view stage, const StageRecord& given) {
    require_text(stage, stage);
    const auto record = as_locked(Dialect::dvc, given);
    const auto path_of = [](const auto& entry) { return std::string_view{entry.path}; };
    auto node = YamlNode::mapping();
    node.add("cmd", command_node(stage, record));
    if (!record.deps.empty()) {
        auto deps = YamlNode::list();
        for (const auto* const entry : sorted(record.deps, path_of))
            deps.add(path_node(stage, entry->path, &entry->state));
        node.add("deps", std::move(deps));
    }
    if (auto params = params_node(stage, record); !params.children.empty()) node.add("params", std::move(params));
    if (!record.outs.empty()) {
        auto outs = YamlNode::list();
        for (const auto* const entry : sorted(record.outs, path_of)) {
            outs.add(path_node(stage, entry->path, entry->state ? &*entry->state : nullptr));
        }
        node.add("outs", std::move(outs));
    }
    return below_stages(stage, std::move(node));
}

std::string write_dvc_document(const Datum& top) { return dvc_yaml(datum_node("", top, Origin::text_only)); }

PathState read_dvc_state(const Value& value) {
    PathState state;
    if (const auto md5 = value.find("md5"); md5 && md5->is(ValueKind::string)) {
        state.md5 = md5->as_string();
        state.is_dos2unix_md5 = !value.find("hash");
    }
    if (state.md5.ends_with(".dir") || value.find("nfiles") || value.find("files"))
        state.kind = store::ObjectKind::tree;
    if (const auto size = value.find("size"); size && !size->is_null()) state.size_bytes = size->as_unsigned();
    if (const auto files = value.find("nfiles"); files && !files->is_null()) state.files = files->as_unsigned();
    if (const auto is_executable = value.find("isexec")) state.is_executable = is_executable->as_boolean();
    return state;
}

StageRecord read_dvc_stage(const Value& value) {
    StageRecord record;
    const auto command = value.get("cmd");
    if (command.is(ValueKind::list)) {
        record.command_form = CommandForm::list;
        for (const auto& item : command.items()) record.commands.emplace_back(item.as_string());
    } else {
        record.commands.emplace_back(command.as_string());
    }
    for (const auto& item : items_of(value, "deps")) {
        record.deps.push_back({std::string{item.get("path").as_string()}, read_dvc_state(item)});
    }
    if (const auto params = value.find("params"); params && !params->is_null()) {
        for (const auto& file : params->members()) {
            if (file.name() == environment_file) {
                read_environment(file.value, record);
                continue;
            }
            ParamsRecord read{.file = std::string{file.name()}};
            for (const auto& member : file.value.members()) {
                read.values.push_back({std::string{member.name()}, to_datum(member.value)});
            }
            record.params.push_back(std::move(read));
        }
    }
    for (const auto& item : items_of(value, "outs")) {
        const auto state = read_dvc_state(item);
        const bool is_made = !state.md5.empty() || item.find("size");
        record.outs.push_back({.path = std::string{item.get("path").as_string()},
                               .state = is_made ? std::optional{state} : std::nullopt});
    }
    return as_locked(Dialect::dvc, std::move(record));
}

StageRecord as_locked(Dialect dialect, StageRecord record) {
    if (dialect == Dialect::mlo) return record;
    record.wdir.clear();
    for (auto& output : record.outs) output = {.path = std::move(output.path), .state = std::move(output.state)};
    for (auto& params : record.params) {
        while (params.values.size() == 1 && params.values.front().name.empty()) {
            auto* const members = std::get_if<Datum::Mapping>(&params.values.front().value.content);
            if (members == nullptr) break;
            auto values = std::move(*members);
            params.values = std::move(values);
        }
        std::sort(params.values.begin(), params.values.end(),
                  [](const Datum::Member& a, const Datum::Member& b) { return a.name < b.name; });
    }
    return record;
}

}  // namespace mlo::pipeline
