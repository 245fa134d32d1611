// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/json/canonical.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

#include "run_check.hpp"

namespace mlo::track {
namespace {

using json::CanonicalWriter;

void write_id(CanonicalWriter& w, const store::ObjectId& id) { w.string(id.to_string()); }

void write_text(CanonicalWriter& w, std::string_view key, const std::string& text) {
    if (!text.empty()) w.key(key).string(text);
}

void write_bytes(CanonicalWriter& w, std::string_view key, const std::string& text) {
    if (!text.empty()) w.key(key).bytes(as_bytes(text));
}

void write_id(CanonicalWriter& w, std::string_view key, const std::optional<store::ObjectId>& id) {
    if (id) write_id(w.key(key), *id);
}

void write_flag(CanonicalWriter& w, std::string_view key, bool flag) {
    if (flag) w.key(key).boolean(true);
}

template <class Number>
void write_integer(CanonicalWriter& w, std::string_view key, const std::optional<Number>& number) {
    if (number) w.key(key).integer(*number);
}

void write_list(CanonicalWriter& w, std::string_view key, const std::vector<std::string>& list) {
    if (list.empty()) return;
    w.key(key).begin_array();
    for (const auto& text : list) w.bytes(as_bytes(text));
    w.end_array();
}

/// An object for a map, unless it is empty.
template <class Map, class WriteValue>
void write_map(CanonicalWriter& w, std::string_view key, const Map& map, WriteValue&& write_value) {
    if (map.empty()) return;
    w.key(key).begin_object();
    for (const auto& [name, value] : map) write_value(w.key(name), value);
    w.end_object();
}

void write_point(CanonicalWriter& w, std::string_view key, const Point& point) {
    w.key(key).begin_array().integer(point.step).integer(point.time_ms).real(point.value).end_array();
}

void write_metric(CanonicalWriter& w, const MetricSummary& metric) {
    w.begin_object().key("count").unsigned_integer(metric.count);
    write_point(w, "last", metric.last);
    if (metric.min) write_point(w, "min", *metric.min);
    if (metric.max) write_point(w, "max", *metric.max);
    w.end_object();
}

void write_fact(CanonicalWriter& w, const Fact& fact) {
    if (const auto* integer = std::get_if<std::int64_t>(&fact))
        w.integer(*integer);
    else if (const auto* real = std::get_if<double>(&fact))
        w.real(*real);
    else
        w.string(std::get<std::string>(fact));
}

void write_source(CanonicalWriter& w, const Source& source) {
    if (source == Source{}) return;
    w.key("source").begin_object();
    write_text(w, "branch", source.branch);
    write_list(w, "changed", source.changed);
    write_text(w, "commit", source.commit);
    write_id(w, "diff", source.diff);
    if (source.is_dirty) w.key("dirty").boolean(*source.is_dirty);
    write_text(w, "remote", source.remote);
    write_flag(w, "shallow", source.is_shallow);
    w.end_object();
}

void write_kind(CanonicalWriter& w, store::ObjectKind kind) {
    w.key("kind").string(kind == store::ObjectKind::tree ? "tree" : "blob");
}

void write_objects(CanonicalWriter& w, const RunDocument& run) {
    if (!run.inputs.empty()) {
        w.key("inputs").begin_array();
        for (const auto& input : run.inputs) {
            w.begin_object();
            write_id(w.key("id"), input.id);
            write_kind(w, input.kind);
            w.key("path").bytes(as_bytes(input.path)).key("role").string(to_string(input.role)).end_object();
        }
        w.end_array();
    }
    if (run.outputs.empty()) return;
    w.key("outputs").begin_array();
    for (const auto& output : run.outputs) {
        w.begin_object();
        write_id(w.key("id"), output.id);
        write_kind(w, output.kind);
        write_flag(w, "model", output.is_model);
        w.key("path").bytes(as_bytes(output.path)).key("size").unsigned_integer(output.size_bytes).end_object();
    }
    w.end_array();
}

void write_circumstances(CanonicalWriter& w, const RunDocument& run) {
    write_source(w, run.source);
    write_list(w, "command", run.command);
    write_bytes(w, "directory", run.directory);
    const auto bytes = [](CanonicalWriter& to, const std::string& value) { to.bytes(as_bytes(value)); };
    if (!run.environment.empty()) {  // a list of pairs, as names of variables need not be UTF-8 either
        w.key("environment").begin_array();
        for (const auto& [name, value] : run.environment) {
            w.begin_array();
            bytes(w, name);
            bytes(w, value);
            w.end_array();
        }
        w.end_array();
    }
    write_map(w, "packages", run.packages, [](CanonicalWriter& to, const store::ObjectId& id) { write_id(to, id); });
    write_map(w, "host", run.host, write_fact);
    write_map(w, "hardware", run.hardware, write_fact);
    if (!run.seeds.empty()) {
        w.key("seeds").begin_array();
        for (const auto& seed : run.seeds)
            w.begin_object().key("name").string(seed.name).key("value").string(seed.value).end_object();
        w.end_array();
    }
    write_integer(w, "exit_code", run.exit_code);
    write_integer(w, "signal", run.signal);
    write_id(w, "log", run.log);
    write_list(w, "losses", run.losses);
}

void write_experiment(CanonicalWriter& w, const ExperimentName& experiment) {
    w.key("created").integer(experiment.created_ms);
    w.key("id").string(fmt::to_string(experiment.id)).key("name").string(experiment.name);
}

}  // namespace

std::string to_canonical_json(const RunDocument& run) {
    check_run(run);
    CanonicalWriter w;
    w.begin_object().key("schema").string("mlo/run-v1");
    w.key("run").string(run.id).key("session").string(run.session).key("attempt").unsigned_integer(run.attempt);
    w.key("experiment").begin_object();
    write_experiment(w, run.experiment);
    w.end_object().key("name").string(run.name).key("status").string(to_string(run.state));
    w.key("start").integer(run.started_ms);
    write_integer(w, "end", run.ended_ms);
    write_text(w, "parent", run.parent);
    write_text(w, "user", run.user);
    write_text(w, "note", run.note);
    if (run.revision > 0) w.key("revision").unsigned_integer(run.revision);
    write_circumstances(w, run);

    const auto text = [](CanonicalWriter& to, const std::string& value) { to.string(value); };
    write_map(w, "params", run.params, text);
    write_map(w, "tags", run.tags, text);
    write_map(w, "metrics", run.metrics, write_metric);
    write_objects(w, run);
    write_id(w, "series", run.series);
    auto json = w.end_object().take();
    if (json.size() > max_document_bytes)
        throw Error{errors::run_too_large,
                    fmt::format("the document of run {} would have {}", quoted(run.id), format_bytes(json.size()))}
            .note(fmt::format("at most {} are kept", format_bytes(max_document_bytes)));
    return json;
}

std::string to_canonical_json(const Amendment& amendment) {
    check_amendment(amendment, "amendment");
    CanonicalWriter w;
    w.begin_object().key("schema").string("mlo/run-amendment-v1");
    w.key("revision").unsigned_integer(amendment.revision);
    if (amendment.deleted) w.key("deleted").boolean(*amendment.deleted);
    if (amendment.name) w.key("name").string(*amendment.name);
    if (amendment.note) w.key("note").string(*amendment.note);
    write_map(w, "tags", amendment.tags, [](CanonicalWriter& to, const std::optional<std::string>& value) {
        value ? to.string(*value) : to.null();
    });
    return w.end_object().take();
}

std::string to_canonical_json(const ExperimentName& experiment) {
    check_experiment(experiment, "experiment");
    CanonicalWriter w;
    w.begin_object().key("schema").string("mlo/experiment-v1");
    write_experiment(w, experiment);
    return w.end_object().take();
}

}  // namespace mlo::track
