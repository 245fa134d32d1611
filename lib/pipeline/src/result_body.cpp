// SPDX-License-Identifier: Apache-2.0
#include "result_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {
namespace {

constexpr std::string_view schema = "mlo/stage-result-v1";
constexpr std::string_view file_kind = "file";
constexpr std::string_view folder_kind = "folder";

std::string_view name_of(OutputRole role) noexcept {
    return role == OutputRole::metric ? "metric" : role == OutputRole::plot ? "plot" : "data";
}

void write_output(json::CanonicalWriter& w, const OutputRecord& out) {
    MLO_ASSERT(out.state && out.state->id);
    const auto& state = *out.state;
    w.begin_object();
    if (!out.is_cached) w.key("cached").boolean(false);
    if (state.is_executable) w.key("executable").boolean(true);
    if (state.kind == store::ObjectKind::tree) w.key("files").unsigned_integer(state.files);
    w.key("id").string(state.id->to_string());
    w.key("kind").string(state.kind == store::ObjectKind::tree ? folder_kind : file_kind);
    if (!state.md5.empty()) w.key("md5").string(state.md5);
    w.key("path").bytes(as_bytes(out.path));
    if (out.is_persistent) w.key("persistent").boolean(true);
    if (out.role != OutputRole::data) w.key("role").string(name_of(out.role));
    w.key("size").unsigned_integer(state.size_bytes).end_object();
}

/// By path, each once.
bool is_sorted(const std::vector<OutputRecord>& outs) noexcept {
    return std::adjacent_find(outs.begin(), outs.end(), [](const OutputRecord& a, const OutputRecord& b) {
               return a.path >= b.path;
           }) == outs.end();
}

bool flag_of(const Value& object, std::string_view key, bool otherwise) {
    const auto value = object.find(key);
    return value ? value->as_boolean() : otherwise;
}

OutputRecord read_output(const Value& value) {
    value.allow_only({"cached", "executable", "files", "id", "kind", "md5", "path", "persistent", "role", "size"});
    PathState state;
    const auto id = store::ObjectId::parse(value.get("id").as_string());
    if (!id) value.get("id").fail_type("an id ('sha256:...')");
    state.id = id;
    const auto kind = value.get("kind").as_string();
    if (kind != folder_kind && kind != file_kind) value.get("kind").fail_type("'file' or 'folder'");
    state.kind = kind == folder_kind ? store::ObjectKind::tree : store::ObjectKind::blob;
    state.is_executable = flag_of(value, "executable", false);
    if (const auto files = value.find("files")) state.files = files->as_unsigned();
    state.size_bytes = value.get("size").as_unsigned();
    if (const auto md5 = value.find("md5")) state.md5 = md5->as_string();

    OutputRecord out;
    out.path = json::canonical_bytes(value.get("path"));
    out.is_cached = flag_of(value, "cached", true);
    out.is_persistent = flag_of(value, "persistent", false);
    for (const auto role : {OutputRole::metric, OutputRole::plot})
        if (const auto text = value.find("role"); text && text->as_string() == name_of(role)) out.role = role;
    out.state = std::move(state);
    return out;
}

StageResult read_result(const Value& root) {
    root.allow_only({"duration_ms", "outs", "run", "schema"});
    if (root.get("schema").as_string() != schema) root.get("schema").fail_type(fmt::format("'{}'", schema));
    StageResult result;
    result.duration_ms = root.get("duration_ms").as_integer();
    result.run = root.get("run").as_string();
    for (const auto& out : root.get("outs").items()) result.outs.push_back(read_output(out));
    return result;
}

}  // namespace

std::string to_canonical_json(const StageResult& result) {
    MLO_ASSERT(is_sorted(result.outs));
    json::CanonicalWriter w;
    w.begin_object().key("duration_ms").integer(result.duration_ms).key("outs").begin_array();
    for (const auto& out : result.outs) write_output(w, out);
    w.end_array().key("run").string(result.run).key("schema").string(schema).end_object();
    return w.take();
}

StageResult parse_result(std::string_view text, std::string_view name) {
    try {
        const auto document = json::parse(text, name);
        auto result = read_result(document.root());
        if (!is_sorted(result.outs))
            throw Error{errors::result_invalid, "its outputs are not sorted by path, each once"};
        // So nothing in it was passed over.
        if (to_canonical_json(result) != text) throw Error{errors::result_invalid, "it is not in canonical form"};
        return result;
    } catch (const Error& error) {
        throw Error{errors::result_invalid,
                    fmt::format("event {} has no valid result: {}", quoted(name), error.message())};
    }
}

bool fits(const ledger::NewEvent& event) noexcept {
    // ["blob","sha256:<64 hex>"], and what an event has besides.
    constexpr std::size_t bytes_of_id = 84;
    constexpr std::size_t bytes_of_rest = 4096;
    return event.body.size() <= ledger::max_body_bytes &&
           event.ids.size() * bytes_of_id + bytes_of_rest <= ledger::max_event_bytes;
}

}  // namespace mlo::pipeline
