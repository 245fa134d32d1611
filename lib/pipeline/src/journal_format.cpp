// SPDX-License-Identifier: Apache-2.0
#include "journal_format.hpp"

#include <algorithm>
#include <array>
#include <mlo/hash/digest.hpp>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::pipeline::journal {
namespace {

constexpr std::string_view any_header = "mlo/pipeline-journal-v";
constexpr std::size_t checksum_digits = 32;
constexpr DocumentLimits limits{std::uint64_t{1} << 30, 16'000'000, 100};

constexpr std::array<std::pair<std::string_view, OutputRole>, 3> roles{
    {{"data", OutputRole::data}, {"metric", OutputRole::metric}, {"plot", OutputRole::plot}}};
constexpr std::array<std::pair<std::string_view, CommandForm>, 2> forms{
    {{"text", CommandForm::text}, {"list", CommandForm::list}}};
constexpr std::array<std::pair<std::string_view, store::ObjectKind>, 2> kinds{
    {{"file", store::ObjectKind::blob}, {"folder", store::ObjectKind::tree}}};

template <class Names, class Meaning>
std::string_view name_of(const Names& names, Meaning meaning) {
    return std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.second == meaning; })->first;
}

template <class Names>
auto named(const Names& names, const Value& value) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [text = value.as_string()](const auto& each) { return each.first == text; });
    if (found == names.end()) value.fail_type("one of the names that belong here");
    return found->second;
}

void write_bytes(json::CanonicalWriter& out, std::string_view key, std::string_view bytes) {
    out.key(key).bytes(as_bytes(bytes));
}

std::string bytes_of(const Value& object, std::string_view key) { return json::canonical_bytes(object.get(key)); }

void write_state(json::CanonicalWriter& out, const PathState& state) {
    out.key("executable").boolean(state.is_executable);
    out.key("files").unsigned_integer(state.files);
    out.key("id");
    if (state.id)
        out.string(state.id->to_string());
    else
        out.null();
    out.key("kind").string(name_of(kinds, state.kind));
    out.key("md5").string(state.md5);
    out.key("md5_dos2unix").boolean(state.is_dos2unix_md5);
    out.key("size").unsigned_integer(state.size_bytes);
}

PathState read_state(const Value& object) {
    PathState state;
    state.is_executable = object.get("executable").as_boolean();
    state.files = object.get("files").as_unsigned();
    if (const auto id = object.get("id"); !id.is_null()) {
        state.id = store::ObjectId::parse(id.as_string());
        if (!state.id) id.fail_type("an id ('sha256:...')");
    }
    state.kind = named(kinds, object.get("kind"));
    state.md5 = object.get("md5").as_string();
    state.is_dos2unix_md5 = object.get("md5_dos2unix").as_boolean();
    state.size_bytes = object.get("size").as_unsigned();
    return state;
}

/// A value of parameters, as `write` in datum.hpp wrote it.
Datum read_datum(const Value& value) {
    if (value.kind() == ValueKind::list) {
        Datum::List list;
        for (const auto& item : value.items()) list.push_back(read_datum(item));
        return {std::move(list)};
    }
    if (value.kind() != ValueKind::mapping) return to_datum(value);
    if (value.size() == 1 && value.members().begin()->name() == "$f") return {json::canonical_real(value)};
    Datum::Mapping mapping;
    for (const auto& member : value.members())
        mapping.push_back({std::string{json::canonical_key(member)}, read_datum(member.value)});
    return {std::move(mapping)};
}

void write_params(json::CanonicalWriter& out, const std::vector<ParamsRecord>& params) {
    out.key("params").begin_array();
    for (const auto& file : params) {
        out.begin_object();
        write_bytes(out, "file", file.file);
        out.key("values").begin_array();
        for (const auto& each : file.values) {
            out.begin_array().string(each.name);
            write(out, each.value);
            out.end_array();
        }
        out.end_array().end_object();
    }
    out.end_array();
}

std::vector<ParamsRecord> read_params(const Value& list) {
    std::vector<ParamsRecord> params;
    for (const auto& item : list.items()) {
        ParamsRecord file;
        file.file = bytes_of(item, "file");
        for (const auto& pair : item.get("values").items()) {
            const auto both = pair.items();
            if (pair.size() != 2) pair.fail_type("a key and its value");
            auto each = both.begin();
            auto name = std::string{(*each).as_string()};
            ++each;
            file.values.push_back({std::move(name), read_datum(*each)});
        }
        params.push_back(std::move(file));
    }
    return params;
}

void write_record(json::CanonicalWriter& out, const StageRecord& record) {
    out.begin_object().key("command_form").string(name_of(forms, record.command_form));
    out.key("commands").begin_array();
    for (const auto& command : record.commands) out.bytes(as_bytes(command));
    out.end_array().key("deps").begin_array();
    for (const auto& dep : record.deps) {
        out.begin_object();
        write_bytes(out, "path", dep.path);
        write_state(out, dep.state);
        out.end_object();
    }
    out.end_array().key("environment").begin_array();
    for (const auto& each : record.environment) {
        out.begin_object();
        write_bytes(out, "name", each.name);
        if (each.value) write_bytes(out, "value", *each.value);
        out.end_object();
    }
    out.end_array().key("outs").begin_array();
    for (const auto& output : record.outs) {
        out.begin_object().key("cached").boolean(output.is_cached);
        write_bytes(out, "path", output.path);
        out.key("persistent").boolean(output.is_persistent).key("role").string(name_of(roles, output.role));
        if (output.state) {
            out.key("state").begin_object();
            write_state(out, *output.state);
            out.end_object();
        }
        out.end_object();
    }
    out.end_array();
    write_params(out, record.params);
    write_bytes(out, "wdir", record.wdir);
    out.end_object();
}

StageRecord read_record(const Value& object) {
    StageRecord record;
    record.command_form = named(forms, object.get("command_form"));
    for (const auto& item : object.get("commands").items()) record.commands.push_back(json::canonical_bytes(item));
    for (const auto& item : object.get("deps").items())
        record.deps.push_back({bytes_of(item, "path"), read_state(item)});
    for (const auto& item : object.get("environment").items()) {
        EnvironmentRecord each{.name = bytes_of(item, "name")};
        if (const auto value = item.find("value")) each.value = json::canonical_bytes(*value);
        record.environment.push_back(std::move(each));
    }
    for (const auto& item : object.get("outs").items()) {
        OutputRecord output{.path = bytes_of(item, "path"),
                            .role = named(roles, item.get("role")),
                            .is_cached = item.get("cached").as_boolean(),
                            .is_persistent = item.get("persistent").as_boolean()};
        if (const auto state = item.find("state")) output.state = read_state(*state);
        record.outs.push_back(std::move(output));
    }
    record.params = read_params(object.get("params"));
    record.wdir = bytes_of(object, "wdir");
    return record;
}

std::string checksum_of(std::string_view json) { return hash::to_hex(hash::xxh3_128(as_bytes(json))); }

/// Whether this is a line that encode wrote.
bool take_line(std::string_view line, const std::function<void(JournalEntry)>& tell) {
    if (line.size() < checksum_digits + 1 || line[checksum_digits] != ' ') return false;
    const auto json = line.substr(checksum_digits + 1);
    if (checksum_of(json) != line.substr(0, checksum_digits)) return false;
    std::optional<JournalEntry> entry;
    try {
        entry.emplace(parse_entry(json));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal) throw;
        return false;
    }
    tell(std::move(*entry));
    return true;
}

}  // namespace

std::string to_json(const JournalEntry& entry) {
    json::CanonicalWriter out;
    out.begin_object();
    write_bytes(out, "document", entry.document);
    out.key("duration_ms").integer(entry.duration_ms);
    out.key("record");
    write_record(out, entry.record);
    out.key("reusable").boolean(entry.is_reusable);
    write_bytes(out, "run", entry.run);
    write_bytes(out, "stage", entry.stage);
    out.end_object();
    return out.take();
}

std::string encode(const JournalEntry& entry) {
    const auto json = to_json(entry);
    return checksum_of(json) + ' ' + json + '\n';
}

JournalEntry parse_entry(std::string_view json) {
    const auto document = json::parse(json, Journal::file_name, limits);
    const auto root = document.root();
    return {.document = bytes_of(root, "document"),
            .stage = bytes_of(root, "stage"),
            .run = bytes_of(root, "run"),
            .record = read_record(root.get("record")),
            .duration_ms = root.get("duration_ms").as_integer(),
            .is_reusable = root.get("reusable").as_boolean()};
}

Found read(std::string_view text, std::string_view name, const std::function<void(JournalEntry)>& tell) {
    Found found;
    for (bool is_first = true; !text.empty(); is_first = false) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            found.cut_off = text.size();
            break;
        }
        const auto line = text.substr(0, end + 1);
        text.remove_prefix(end + 1);
        if (is_first && line == header) continue;
        if (is_first && line.starts_with(any_header))
            throw Error{errors::journal_newer, quoted(name) + " was written by a newer version of mlo"}.hint(
                "let the newer version run once, or remove the file: the stages in it run again");
        if (take_line(line.substr(0, end), tell))
            found.whole_lines += line;
        else
            ++found.damaged;
    }
    return found;
}

}  // namespace mlo::pipeline::journal
