// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "run_check.hpp"

namespace mlo::track {
namespace {

std::string text_of(const Value& object, std::string_view key) {
    const auto value = object.find(key);
    return value ? std::string{value->as_string()} : std::string{};
}

std::string bytes_of(const Value& object, std::string_view key) {
    const auto value = object.find(key);
    return value ? json::canonical_bytes(*value) : std::string{};
}

bool flag_of(const Value& object, std::string_view key) {
    const auto value = object.find(key);
    return value && value->as_boolean();
}

std::vector<std::string> list_of(const Value& object, std::string_view key) {
    std::vector<std::string> list;
    if (const auto value = object.find(key))
        for (const auto& item : value->items()) list.push_back(json::canonical_bytes(item));
    return list;
}

store::ObjectId id_of(const Value& value) {
    const auto id = store::ObjectId::parse(value.as_string());
    if (!id) value.fail_type("an id ('sha256:...')");
    return *id;
}

std::optional<store::ObjectId> find_id(const Value& object, std::string_view key) {
    const auto value = object.find(key);
    return value ? std::optional{id_of(*value)} : std::nullopt;
}

template <class Number>
std::optional<Number> find_number(const Value& object, std::string_view key) {
    const auto value = object.find(key);
    if (!value) return std::nullopt;
    const auto number = value->as_integer();
    if (!std::in_range<Number>(number)) value->fail_type("a smaller number");
    return static_cast<Number>(number);
}

template <class Read>
void read_map(const Value& object, std::string_view key, Read&& read) {
    if (const auto map = object.find(key))
        for (const auto& member : map->members()) read(std::string{json::canonical_key(member)}, member.value);
}

Point point_of(const Value& value) {
    const auto items = value.items();
    if (items.size() != 3) value.fail_type("a step, a time and a value");
    return {items[0].as_integer(), items[1].as_integer(), json::canonical_real(items[2])};
}

MetricSummary metric_of(const Value& value) {
    value.allow_only({"count", "last", "max", "min"});
    MetricSummary metric{
        .count = value.get("count").as_unsigned(), .last = point_of(value.get("last")), .min = {}, .max = {}};
    if (const auto min = value.find("min")) metric.min = point_of(*min);
    if (const auto max = value.find("max")) metric.max = point_of(*max);
    return metric;
}

Fact fact_of(const Value& value) {
    if (value.is(ValueKind::string)) return std::string{value.as_string()};
    if (value.is(ValueKind::integer)) return value.as_integer();
    return json::canonical_real(value);
}

store::ObjectKind kind_of(const Value& object) {
    const auto value = object.get("kind");
    if (value.as_string() == "tree") return store::ObjectKind::tree;
    if (value.as_string() != "blob") value.fail_type("'blob' or 'tree'");
    return store::ObjectKind::blob;
}

InputRole role_of(const Value& value) {
    for (const auto role : {InputRole::declared, InputRole::observed, InputRole::present})
        if (to_string(role) == value.as_string()) return role;
    value.fail_type("'declared', 'observed' or 'present'");
}

void read_source(const Value& root, Source& source) {
    const auto value = root.find("source");
    if (!value) return;
    value->allow_only({"branch", "changed", "commit", "diff", "dirty", "remote", "shallow"});
    source.branch = text_of(*value, "branch");
    source.changed = list_of(*value, "changed");
    source.commit = text_of(*value, "commit");
    source.diff = find_id(*value, "diff");
    if (const auto dirty = value->find("dirty")) source.is_dirty = dirty->as_boolean();
    source.remote = text_of(*value, "remote");
    source.is_shallow = flag_of(*value, "shallow");
}

void read_objects(const Value& root, RunDocument& run) {
    if (const auto inputs = root.find("inputs")) {
        for (const auto& item : inputs->items()) {
            item.allow_only({"id", "kind", "path", "role"});
            run.inputs.push_back({.role = role_of(item.get("role")),
                                  .path = json::canonical_bytes(item.get("path")),
                                  .kind = kind_of(item),
                                  .id = id_of(item.get("id"))});
        }
    }
    if (const auto outputs = root.find("outputs")) {
        for (const auto& item : outputs->items()) {
            item.allow_only({"id", "kind", "model", "path", "size"});
            run.outputs.push_back({.path = json::canonical_bytes(item.get("path")),
                                   .kind = kind_of(item),
                                   .id = id_of(item.get("id")),
                                   .size_bytes = item.get("size").as_unsigned(),
                                   .is_model = flag_of(item, "model")});
        }
    }
}

void read_circumstances(const Value& root, RunDocument& run) {
    read_source(root, run.source);
    run.command = list_of(root, "command");
    run.directory = bytes_of(root, "directory");
    if (const auto pairs = root.find("environment")) {
        for (const auto& pair : pairs->items()) {
            const auto items = pair.items();
            if (items.size() != 2) pair.fail_type("a name and a value");
            run.environment.emplace(json::canonical_bytes(items[0]), json::canonical_bytes(items[1]));
        }
    }
    read_map(root, "packages",
             [&](std::string name, const Value& value) { run.packages[std::move(name)] = id_of(value); });
    read_map(root, "host", [&](std::string name, const Value& value) { run.host[std::move(name)] = fact_of(value); });
    read_map(root, "hardware",
             [&](std::string name, const Value& value) { run.hardware[std::move(name)] = fact_of(value); });
    if (const auto seeds = root.find("seeds")) {
        for (const auto& seed : seeds->items()) {
            seed.allow_only({"name", "value"});
            run.seeds.push_back(
                {std::string{seed.get("name").as_string()}, std::string{seed.get("value").as_string()}});
        }
    }
    run.exit_code = find_number<std::int32_t>(root, "exit_code");
    run.signal = find_number<std::int32_t>(root, "signal");
    run.log = find_id(root, "log");
    run.losses = list_of(root, "losses");
}

ExperimentName experiment_of(const Value& value) {
    ExperimentName experiment{
        .id = -1, .name = std::string{value.get("name").as_string()}, .created_ms = value.get("created").as_integer()};
    const auto digits = value.get("id").as_string();
    const auto end = digits.data() + digits.size();
    if (const auto result = std::from_chars(digits.data(), end, experiment.id);
        result.ec != std::errc{} || result.ptr != end)
        value.get("id").fail_type("a decimal number");
    return experiment;
}

void check_schema(const Value& root, std::string_view schema) {
    if (root.get("schema").as_string() != schema) root.get("schema").fail_type(quoted(schema));
}

RunDocument run_of(const Value& root) {
    root.allow_only({"attempt",  "command", "directory", "end",      "environment", "exit_code", "experiment",
                     "hardware", "host",    "inputs",    "log",      "losses",      "metrics",   "name",
                     "note",     "outputs", "packages",  "revision", "params",      "parent",    "run",
                     "schema",   "seeds",   "series",    "session",  "signal",      "source",    "start",
                     "status",   "tags",    "user"});
    check_schema(root, "mlo/run-v1");
    RunDocument run;
    run.id = root.get("run").as_string();
    run.session = root.get("session").as_string();
    run.attempt = find_number<std::uint32_t>(root, "attempt").value_or(0);
    root.get("experiment").allow_only({"created", "id", "name"});
    run.experiment = experiment_of(root.get("experiment"));
    run.name = root.get("name").as_string();
    const auto status = root.get("status");
    if (const auto state = parse_run_state(status.as_string()))
        run.state = *state;
    else
        status.fail_type("a state of a run");
    run.started_ms = root.get("start").as_integer();
    run.ended_ms = find_number<std::int64_t>(root, "end");
    run.parent = text_of(root, "parent");
    run.user = text_of(root, "user");
    run.note = text_of(root, "note");
    if (const auto revision = root.find("revision")) run.revision = revision->as_unsigned();
    read_circumstances(root, run);
    read_map(root, "params", [&](std::string key, const Value& v) { run.params[std::move(key)] = v.as_string(); });
    read_map(root, "tags", [&](std::string key, const Value& v) { run.tags[std::move(key)] = v.as_string(); });
    read_map(root, "metrics", [&](std::string key, const Value& v) { run.metrics[std::move(key)] = metric_of(v); });
    read_objects(root, run);
    run.series = find_id(root, "series");
    return run;
}

/// Parses, and demands that writing the result gives the same text: so nothing in it was passed over.
template <class Read>
auto read_strictly(std::string_view text, std::string_view name, Read&& read) {
    constexpr std::uint32_t most_nodes = 8'000'000;
    constexpr std::uint8_t most_levels = 8;
    try {
        const auto document = json::parse(text, name, {max_document_bytes, most_nodes, most_levels});
        auto result = read(document.root());
        if (to_canonical_json(result) != text)
            throw Error{errors::run_invalid, fmt::format("{} is not in canonical form", quoted(name))};
        return result;
    } catch (const Error& error) {
        if (error.code().id == errors::run_invalid.id) throw;
        Error wrapped{errors::run_invalid, fmt::format("{} is no valid document: {}", quoted(name), error.message())};
        if (!error.place().empty()) wrapped.at(error.place());
        throw std::move(wrapped);
    }
}

}  // namespace

RunDocument parse_run(std::string_view text, std::string_view name) { return read_strictly(text, name, run_of); }

Amendment parse_amendment(std::string_view text, std::string_view name) {
    return read_strictly(text, name, [](const Value& root) {
        root.allow_only({"deleted", "name", "note", "revision", "schema", "tags"});
        check_schema(root, "mlo/run-amendment-v1");
        Amendment amendment;
        amendment.revision = root.get("revision").as_unsigned();
        if (const auto deleted = root.find("deleted")) amendment.deleted = deleted->as_boolean();
        if (root.find("name")) amendment.name = text_of(root, "name");
        if (root.find("note")) amendment.note = text_of(root, "note");
        read_map(root, "tags", [&](std::string key, const Value& value) {
            amendment.tags[std::move(key)] =
                value.is_null() ? std::nullopt : std::optional{std::string{value.as_string()}};
        });
        return amendment;
    });
}

ExperimentName parse_experiment(std::string_view text, std::string_view name) {
    return read_strictly(text, name, [](const Value& root) {
        root.allow_only({"created", "id", "name", "schema"});
        check_schema(root, "mlo/experiment-v1");
        return experiment_of(root);
    });
}

}  // namespace mlo::track
