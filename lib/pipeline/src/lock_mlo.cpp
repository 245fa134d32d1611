// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/writer.hpp>

#include "lock_format.hpp"

namespace mlo::pipeline {

namespace {

void write_value(yaml::Writer& out, std::string_view stage, const Datum& datum);

void write_members(yaml::Writer& out, std::string_view stage, const Datum::Mapping& members) {
    std::vector<const Datum::Member*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members) sorted.push_back(&member);
    // A file whose keys were put in another order says the same: its lock must not change.
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    out.begin_mapping();
    for (const auto* const member : sorted) {
        require_text(stage, member->name);
        out.key(member->name);
        write_value(out, stage, member->value);
    }
    out.end_mapping();
}

void write_value(yaml::Writer& out, std::string_view stage, const Datum& datum) {
    if (const auto* const truth = std::get_if<bool>(&datum.content)) {
        out.boolean(*truth);
    } else if (const auto* const number = std::get_if<std::int64_t>(&datum.content)) {
        out.integer(*number);
    } else if (const auto* const large = std::get_if<std::uint64_t>(&datum.content)) {
        out.unsigned_integer(*large);
    } else if (const auto* const real = std::get_if<double>(&datum.content)) {
        out.real(*real);
    } else if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        require_text(stage, *text);
        out.string(*text);
    } else if (const auto* const list = std::get_if<Datum::List>(&datum.content)) {
        out.begin_list();
        for (const auto& element : *list) write_value(out, stage, element);
        out.end_list();
    } else if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        write_members(out, stage, *mapping);
    } else {
        out.null();
    }
}

void write_text(yaml::Writer& out, std::string_view stage, std::string_view key, std::string_view text) {
    require_text(stage, text);
    out.key(key).string(text);
}

void write_texts(yaml::Writer& out, std::string_view stage, std::string_view key,
                 const std::vector<std::string>& texts) {
    out.key(key).begin_list();
    for (const auto& text : texts) {
        require_text(stage, text);
        out.string(text);
    }
    out.end_list();
}

void write_command(yaml::Writer& out, std::string_view stage, const StageRecord& record) {
    if (record.command_form == CommandForm::list) return write_texts(out, stage, "commands", record.commands);
    MLO_ASSERT(record.commands.size() <= 1);
    if (record.commands.empty()) return;
    const auto& command = record.commands.front();
    if (command.find('\n') == std::string::npos) return write_text(out, stage, "command", command);
    write_texts(out, stage, "lines", split(command, '\n'));
}

void write_state(yaml::Writer& out, const PathState& state) {
    if (state.kind == store::ObjectKind::tree) out.key("kind").string("folder");
    if (state.id) out.key("id").string(state.id->to_string());
    if (state.is_executable && state.kind == store::ObjectKind::blob) out.key("executable").boolean(true);
    out.key("size").unsigned_integer(state.size_bytes);
    if (state.kind == store::ObjectKind::tree) out.key("files").unsigned_integer(state.files);
}

void write_params(yaml::Writer& out, std::string_view stage, const std::vector<ParamsRecord>& params) {
    if (params.empty()) return;
    out.key("params").begin_list();
    for (const auto& file : params) {
        out.begin_mapping();
        write_text(out, stage, "file", file.file);
        if (file.values.size() == 1 && file.values.front().name.empty()) {
            out.key("content");
            write_value(out, stage, file.values.front().value);
        } else {
            out.key("values");
            write_members(out, stage, file.values);
        }
        out.end_mapping();
    }
    out.end_list();
}

void write_environment(yaml::Writer& out, std::string_view stage, const std::vector<EnvironmentRecord>& environment) {
    if (environment.empty()) return;
    out.key("environment").begin_list();
    for (const auto& thing : environment) {
        out.begin_mapping();
        write_text(out, stage, "name", thing.name);
        if (!thing.value) {
            out.key("value").null();
        } else if (is_valid_utf8(*thing.value)) {
            out.key("value").string(*thing.value);
        } else {
            out.key("value_bytes").string(base64_encode(as_bytes(*thing.value)));
        }
        out.end_mapping();
    }
    out.end_list();
}

void write_outs(yaml::Writer& out, std::string_view stage, const std::vector<OutputRecord>& outs) {
    if (outs.empty()) return;
    out.key("outs").begin_list();
    for (const auto& output : outs) {
        out.begin_mapping();
        write_text(out, stage, "path", output.path);
        if (output.role != OutputRole::data)
            out.key("role").string(output.role == OutputRole::metric ? "metric" : "plot");
        if (!output.is_cached) out.key("cached").boolean(false);
        if (output.is_persistent) out.key("persistent").boolean(true);
        if (output.state) write_state(out, *output.state);
        out.end_mapping();
    }
    out.end_list();
}

std::string text_of(const Value& mapping, std::string_view key) { return std::string{mapping.get(key).as_string()}; }

bool truth_of(const Value& mapping, std::string_view key, bool otherwise) {
    const auto value = mapping.find(key);
    return value ? value->as_boolean() : otherwise;
}

std::uint64_t count_of(const Value& mapping, std::string_view key) {
    const auto value = mapping.find(key);
    return value ? value->as_unsigned() : 0;
}

std::vector<std::string> texts_of(const Value& list) {
    std::vector<std::string> texts;
    for (const auto& item : list.items()) texts.emplace_back(item.as_string());
    return texts;
}

void read_command(const Value& value, StageRecord& record) {
    const auto command = value.find("command");
    const auto lines = value.find("lines");
    const auto commands = value.find("commands");
    if ((command ? 1 : 0) + (lines ? 1 : 0) + (commands ? 1 : 0) > 1) {
        throw Error{errors::lock_invalid, "a stage has one of 'command', 'lines' and 'commands'"}
            .at(value.place())
            .hint("take the last good lock with 'git checkout -- FILE', or remove this stage's lines");
    }
    if (command) record.commands.emplace_back(command->as_string());
    if (lines) {
        std::string text;
        for (const auto& line : texts_of(*lines)) text += line + '\n';
        if (!text.empty()) text.pop_back();
        record.commands.push_back(std::move(text));
    }
    if (commands) {
        record.command_form = CommandForm::list;
        record.commands = texts_of(*commands);
    }
}

bool has_state(const Value& value) { return value.find("size") || value.find("id"); }

PathState read_state(const Value& value) {
    PathState state;
    if (const auto kind = value.find("kind")) {
        if (kind->as_string() != "folder") kind->fail_type("'folder'");
        state.kind = store::ObjectKind::tree;
    }
    if (const auto id = value.find("id")) {
        state.id = hash::Digest::parse(id->as_string());
        if (!state.id) id->fail_type("'sha256:' and 64 hexadecimal digits");
    }
    state.is_executable = truth_of(value, "executable", false);
    state.size_bytes = count_of(value, "size");
    state.files = count_of(value, "files");
    return state;
}

OutputRole read_role(const Value& value) {
    const auto role = value.find("role");
    if (!role) return OutputRole::data;
    if (role->as_string() == "metric") return OutputRole::metric;
    if (role->as_string() != "plot") role->fail_type("'metric' or 'plot'");
    return OutputRole::plot;
}

ParamsRecord read_params(const Value& value) {
    value.allow_only({"file", "values", "content"});
    ParamsRecord params{.file = text_of(value, "file")};
    if (const auto content = value.find("content")) {
        params.values.push_back({"", to_datum(*content)});
    } else {
        for (const auto& member : value.get("values").members()) {
            params.values.push_back({std::string{member.name()}, to_datum(member.value)});
        }
    }
    return params;
}

EnvironmentRecord read_environment(const Value& value) {
    value.allow_only({"name", "value", "value_bytes"});
    EnvironmentRecord environment{.name = text_of(value, "name")};
    if (const auto bytes = value.find("value_bytes")) {
        environment.value = base64_decode(bytes->as_string());
        if (!environment.value) bytes->fail_type("Base64");
    } else if (const auto text = value.get("value"); !text.is_null()) {
        environment.value = text.as_string();
    }
    return environment;
}

template <class Read>
void read_list(const Value& value, std::string_view key, Read&& read) {
    if (const auto list = value.find(key)) {
        for (const auto& item : list->items()) read(item);
    }
}

}  // namespace

void require_text(std::string_view stage, std::string_view bytes) {
    if (is_valid_utf8(bytes)) return;
    throw Error{errors::lock_not_text, fmt::format("stage {} has something that no lock can hold: {} is not UTF-8",
                                                   quoted(stage), quoted(bytes))}
        .hint("rename the file, or save the document as UTF-8");
}

std::string write_mlo_stage(std::string_view stage, const StageRecord& record) {
    std::string text;
    yaml::Writer out{text};
    require_text(stage, stage);
    out.begin_mapping().key("stages").begin_mapping().key(stage).begin_mapping();
    write_command(out, stage, record);
    if (!record.wdir.empty()) write_text(out, stage, "wdir", record.wdir);
    if (!record.deps.empty()) {
        out.key("deps").begin_list();
        for (const auto& dependency : record.deps) {
            out.begin_mapping();
            write_text(out, stage, "path", dependency.path);
            write_state(out, dependency.state);
            out.end_mapping();
        }
        out.end_list();
    }
    write_params(out, stage, record.params);
    write_environment(out, stage, record.environment);
    write_outs(out, stage, record.outs);
    out.end_mapping().end_mapping().end_mapping();
    return text.substr(text.find('\n') + 1);
}

StageRecord read_mlo_stage(const Value& value) {
    value.allow_only({"command", "lines", "commands", "wdir", "deps", "params", "environment", "outs"});
    StageRecord record;
    read_command(value, record);
    if (const auto wdir = value.find("wdir")) record.wdir = wdir->as_string();
    read_list(value, "deps", [&](const Value& item) {
        item.allow_only({"path", "kind", "id", "executable", "size", "files"});
        record.deps.push_back({text_of(item, "path"), read_state(item)});
    });
    read_list(value, "params", [&](const Value& item) { record.params.push_back(read_params(item)); });
    read_list(value, "environment", [&](const Value& item) { record.environment.push_back(read_environment(item)); });
    read_list(value, "outs", [&](const Value& item) {
        item.allow_only({"path", "role", "cached", "persistent", "kind", "id", "executable", "size", "files"});
        record.outs.push_back({.path = text_of(item, "path"),
                               .role = read_role(item),
                               .is_cached = truth_of(item, "cached", true),
                               .is_persistent = truth_of(item, "persistent", false),
                               .state = has_state(item) ? std::optional{read_state(item)} : std::nullopt});
    });
    return record;
}

}  // namespace mlo::pipeline
