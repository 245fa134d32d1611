// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/record.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include <mlo/json/writer.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

namespace {

/// What a string is in canonical JSON (lib/json/README.md): bytes that are not UTF-8 too.
void append_text(std::string& out, std::string_view bytes) {
    if (is_valid_utf8(bytes)) {
        json::append_quoted(out, bytes);
    } else {
        out += R"({"$b":")" + base64_encode(as_bytes(bytes)) + R"("})";
    }
}

/// A member after the first of an object whose keys come in their order.
void append_member(std::string& out, std::string_view key, std::string_view bytes) {
    out.append(",\"").append(key).append("\":");
    append_text(out, bytes);
}

std::string_view text_of(bool truth) noexcept { return truth ? "true" : "false"; }

std::string_view text_of(OutputRole role) noexcept {
    switch (role) {
        case OutputRole::metric:
            return "metric";
        case OutputRole::plot:
            return "plot";
        default:
            return "data";
    }
}

/// One thing that results follow from: the key is made of their texts, and differences are told by them, so that the
/// two cannot disagree.
struct Part {
    Reason::Field field = Reason::Field::dependency;
    std::string_view group{};  ///< of parameters: the file
    std::string_view name{};
    std::string text{};                  ///< the element in the key's text
    std::optional<std::string> shown{};  ///< for people
    const PathState* state = nullptr;    ///< of dependencies

    [[nodiscard]] auto address() const noexcept { return std::tie(field, group, name); }
};

std::string shown_id(const PathState& state, const std::string& id) {
    if (state.kind == store::ObjectKind::tree) return id + " (folder)";
    return state.is_executable && state.id ? id + " (executable)" : id;
}

Part part_of(const DependencyRecord& dependency) {
    const auto& state = dependency.state;
    const bool is_file = state.kind == store::ObjectKind::blob;
    Part part{.field = Reason::Field::dependency, .name = dependency.path, .state = &state};
    auto& text = part.text;
    if (state.id) {
        text = is_file ? R"({"executable":)" + std::string{text_of(state.is_executable)} + ',' : "{";
        text += R"("id":")" + state.id->to_string() + '"';
        part.shown = shown_id(state, state.id->to_string());
    } else {
        text = R"({"id":null)";
        part.shown = state.md5.empty() ? "unknown" : shown_id(state, "md5:" + state.md5);
    }
    append_member(text, "kind", is_file ? "file" : "folder");
    if (!state.id) append_member(text, "md5", state.md5);
    append_member(text, "path", dependency.path);
    text += '}';
    return part;
}

Part part_of(const ParamsRecord& params, const Datum::Member& value) {
    Part part{.field = Reason::Field::param, .group = params.file, .name = value.name};
    part.shown = canonical(value.value);
    part.text = R"({"file":)";
    append_text(part.text, params.file);
    append_member(part.text, "key", value.name);
    part.text += R"(,"value":)" + *part.shown + '}';
    return part;
}

Part part_of(const EnvironmentRecord& environment) {
    Part part{.field = Reason::Field::environment, .name = environment.name};
    part.shown = environment.value;
    part.text = R"({"name":)";
    append_text(part.text, environment.name);
    if (environment.value) {
        append_member(part.text, "value", *environment.value);
    } else {
        part.text += R"(,"value":null)";
    }
    part.text += '}';
    return part;
}

Part part_of(const OutputRecord& output) {
    Part part{.field = Reason::Field::output, .name = output.path};
    part.shown = std::string{text_of(output.role)} + (output.is_cached ? "" : ", not cached") +
                 (output.is_persistent ? ", persistent" : "");
    part.text = R"({"cached":)";
    part.text += text_of(output.is_cached);
    append_member(part.text, "path", output.path);
    part.text += R"(,"persistent":)";
    part.text += text_of(output.is_persistent);
    append_member(part.text, "role", text_of(output.role));
    part.text += '}';
    return part;
}

/// In the order of field, group, name, text; none twice.
std::vector<Part> parts_of(const StageRecord& record) {
    std::vector<Part> parts;
    parts.reserve(record.deps.size() + record.environment.size() + record.outs.size() + record.params.size());
    for (const auto& dependency : record.deps) parts.push_back(part_of(dependency));
    for (const auto& params : record.params) {
        for (const auto& value : params.values) parts.push_back(part_of(params, value));
    }
    for (const auto& environment : record.environment) parts.push_back(part_of(environment));
    for (const auto& output : record.outs) parts.push_back(part_of(output));
    const auto before = [](const Part& a, const Part& b) {
        return a.address() != b.address() ? a.address() < b.address() : a.text < b.text;
    };
    const auto same = [](const Part& a, const Part& b) { return a.address() == b.address() && a.text == b.text; };
    std::sort(parts.begin(), parts.end(), before);
    parts.erase(std::unique(parts.begin(), parts.end(), same), parts.end());
    return parts;
}

void append_commands(std::string& out, const StageRecord& record) {
    out += record.command_form == CommandForm::text ? R"("command_form":"text","commands":[)"
                                                    : R"("command_form":"list","commands":[)";
    bool is_first = true;
    for (const auto& command : record.commands) {
        if (!std::exchange(is_first, false)) out += ',';
        append_text(out, command);
    }
    out += ']';
}

void append_parts(std::string& out, std::string_view key, const std::vector<Part>& parts, Reason::Field field) {
    out.append(",\"").append(key).append("\":[");
    bool is_first = true;
    for (const auto& part : parts) {
        if (part.field != field) continue;
        if (!std::exchange(is_first, false)) out += ',';
        out += part.text;
    }
    out += ']';
}

using Parts = std::vector<Part>::const_iterator;

/// The end of those that have the address of the first.
Parts end_of_address(Parts from, Parts end) {
    return std::find_if(from, end, [&](const Part& part) { return part.address() != from->address(); });
}

bool same_parts(Parts a, Parts a_end, Parts b, Parts b_end) {
    if (a_end - a != b_end - b) return false;
    if (a_end - a == 1 && a->state != nullptr) return same_content(*a->state, *b->state);
    return std::equal(a, a_end, b, [](const Part& x, const Part& y) { return x.text == y.text; });
}

std::optional<std::string> shown(Parts from, Parts end) {
    if (from == end || (end - from == 1 && !from->shown)) return std::nullopt;
    std::string text;
    for (auto part = from; part != end; ++part) {
        if (part != from) text += ", ";
        text += part->shown.value_or("not set");
    }
    return text;
}

/// By MD5, where that is what was compared.
std::optional<std::string> shown_like(const PathState& other, Parts from, Parts end) {
    if (end - from == 1 && !other.id && !from->state->md5.empty()) {
        return shown_id({.kind = from->state->kind}, "md5:" + from->state->md5);
    }
    return shown(from, end);
}

Reason reason_of(Parts a, Parts a_end, Parts b, Parts b_end) {
    const auto& part = a != a_end ? *a : *b;
    Reason reason{.field = part.field, .name = std::string{part.name}};
    if (part.field == Reason::Field::param) {
        reason.name = std::string{part.group};
        if (!part.name.empty()) reason.name += ':' + std::string{part.name};
    }
    const bool are_states = a != a_end && b != b_end && part.state != nullptr;
    reason.before = are_states ? shown_like(*b->state, a, a_end) : shown(a, a_end);
    reason.after = are_states ? shown_like(*a->state, b, b_end) : shown(b, b_end);
    return reason;
}

std::optional<std::string> shown_commands(const StageRecord& record) {
    if (record.commands.empty()) return std::nullopt;
    if (record.command_form == CommandForm::text && record.commands.size() == 1) return record.commands.front();
    std::string text;
    append_commands(text, record);
    return text.substr(text.find('['));
}

bool same_params(const std::vector<ParamsRecord>& a, const std::vector<ParamsRecord>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ParamsRecord& x, const ParamsRecord& y) {
        return x.file == y.file && std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                                              [](const Datum::Member& p, const Datum::Member& q) {
                                                  return p.name == q.name && p.value == q.value;
                                              });
    });
}

/// Surely no difference, found without making any text: what nearly every stage is found to be.
bool surely_same(const StageRecord& a, const StageRecord& b) {
    const auto same_dependency = [](const DependencyRecord& x, const DependencyRecord& y) {
        return x.path == y.path && same_content(x.state, y.state);
    };
    const auto same_output = [](const OutputRecord& x, const OutputRecord& y) {
        return x.path == y.path && x.role == y.role && x.is_cached == y.is_cached && x.is_persistent == y.is_persistent;
    };
    return a.command_form == b.command_form && a.commands == b.commands && a.wdir == b.wdir &&
           a.environment == b.environment &&
           std::equal(a.deps.begin(), a.deps.end(), b.deps.begin(), b.deps.end(), same_dependency) &&
           std::equal(a.outs.begin(), a.outs.end(), b.outs.begin(), b.outs.end(), same_output) &&
           same_params(a.params, b.params);
}

}  // namespace

bool same_content(const PathState& a, const PathState& b) noexcept {
    if (a.kind != b.kind) return false;
    if (!a.id || !b.id) return !a.md5.empty() && a.md5 == b.md5;
    return *a.id == *b.id && (a.kind == store::ObjectKind::tree || a.is_executable == b.is_executable);
}

std::string key_text(const StageRecord& record) {
    const auto parts = parts_of(record);
    std::string text = "{";
    append_commands(text, record);
    append_parts(text, "deps", parts, Reason::Field::dependency);
    append_parts(text, "environment", parts, Reason::Field::environment);
    append_parts(text, "outs", parts, Reason::Field::output);
    append_parts(text, "params", parts, Reason::Field::param);
    append_member(text, "schema", "mlo/stage-key-v1");
    append_member(text, "wdir", record.wdir);
    text += '}';
    return text;
}

hash::Digest key_of(const StageRecord& record) { return hash::sha256(as_bytes(key_text(record))); }

std::vector<Reason> differences(const StageRecord& before, const StageRecord& after) {
    std::vector<Reason> reasons;
    if (surely_same(before, after)) return reasons;
    if (before.command_form != after.command_form || before.commands != after.commands) {
        reasons.push_back({Reason::Field::command, "", shown_commands(before), shown_commands(after)});
    }
    if (before.wdir != after.wdir) reasons.push_back({Reason::Field::wdir, "", before.wdir, after.wdir});
    const auto old_parts = parts_of(before);
    const auto new_parts = parts_of(after);
    auto a = old_parts.begin();
    auto b = new_parts.begin();
    while (a != old_parts.end() || b != new_parts.end()) {
        const bool has_a = a != old_parts.end() && (b == new_parts.end() || a->address() <= b->address());
        const bool has_b = b != new_parts.end() && (a == old_parts.end() || b->address() <= a->address());
        const auto a_end = has_a ? end_of_address(a, old_parts.end()) : a;
        const auto b_end = has_b ? end_of_address(b, new_parts.end()) : b;
        if (!same_parts(a, a_end, b, b_end)) reasons.push_back(reason_of(a, a_end, b, b_end));
        a = a_end;
        b = b_end;
    }
    return reasons;
}

}  // namespace mlo::pipeline
