// SPDX-License-Identifier: Apache-2.0
#include "run_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>

#include "change_output.hpp"
#include "run_columns.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

std::string time_text(std::int64_t time_ms) { return to_rfc3339(Timestamp{std::chrono::milliseconds{time_ms}}); }

/// Bytes that are no UTF-8 are rare where this is used, and shown as messages show them.
std::string as_utf8(const std::string& bytes) { return is_valid_utf8(bytes) ? bytes : printable(bytes); }

void write_text(json::Writer& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.key(key).string(text);
}
void write_id(json::Writer& json, std::string_view key, const std::optional<store::ObjectId>& id) {
    if (id) json.key(key).string(id->to_string());
}
void write_texts(json::Writer& json, std::string_view key, const std::map<std::string, std::string>& texts) {
    json.key(key).begin_object();
    for (const auto& [name, text] : texts) json.key(name).string(text);
    json.end_object();
}

void write_point(json::Writer& json, std::string_view key, const std::optional<track::Point>& point) {
    if (!point) return;
    json.key(key).begin_object();
    json.key("value").real(point->value);
    json.key("step").integer(point->step);
    json.key("time").string(time_text(point->time_ms));
    json.end_object();
}

void write_metrics(json::Writer& json, const std::map<std::string, track::MetricSummary>& metrics) {
    json.key("metrics").begin_object();
    for (const auto& [name, metric] : metrics) {
        json.key(name);
        write_metric(json, metric);
    }
    json.end_object();
}

std::string_view name_of(store::ObjectKind kind) { return kind == store::ObjectKind::tree ? "tree" : "blob"; }

void write_facts(json::Writer& json, std::string_view key, const track::Facts& facts) {
    json.key(key).begin_object();
    for (const auto& [name, fact] : facts) {
        json.key(name);
        write_fact(json, fact);
    }
    json.end_object();
}

void write_source(json::Writer& json, const track::Source& source) {
    json.key("source").begin_object();
    write_text(json, "commit", source.commit);
    write_text(json, "branch", source.branch);
    write_text(json, "remote", source.remote);
    if (source.is_dirty) json.key("dirty").boolean(*source.is_dirty);
    json.key("shallow").boolean(source.is_shallow);
    write_id(json, "diff", source.diff);
    json.key("changed").begin_array();
    for (const auto& each : source.changed) json.string(as_utf8(each));
    json.end_array();
    json.end_object();
}

void write_objects(json::Writer& json, const track::RunDocument& run) {
    json.key("inputs").begin_array();
    for (const auto& input : run.inputs) {
        json.begin_object();
        json.key("role").string(to_string(input.role));
        json::write_path(json, "path", input.path);
        json.key("kind").string(name_of(input.kind));
        json.key("id").string(input.id.to_string());
        json.end_object();
    }
    json.end_array();
    json.key("outputs").begin_array();
    for (const auto& output : run.outputs) {
        json.begin_object();
        json::write_path(json, "path", output.path);
        json.key("kind").string(name_of(output.kind));
        json.key("id").string(output.id.to_string());
        json.key("size").unsigned_integer(output.size_bytes);
        json.key("model").boolean(output.is_model);
        json.end_object();
    }
    json.end_array();
}

/// One part of what is shown of a run: a title and its lines, if there are any.
void show_lines(Output& out, std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out.line("");
    out.line(out.painted(Paint::bold, title));
    for (const auto& line : lines) out.line("  {}", line);
}

std::vector<std::string> text_lines(const std::map<std::string, std::string>& texts) {
    std::vector<std::string> lines;
    for (const auto& [name, text] : texts) lines.push_back(fmt::format("{} = {}", printable(name), printable(text)));
    return lines;
}

std::vector<std::string> metric_lines(const std::map<std::string, track::MetricSummary>& metrics) {
    std::vector<std::string> lines;
    for (const auto& [name, metric] : metrics) {
        auto line =
            fmt::format("{} = {} at step {}", printable(name), format_value(metric.last.value), metric.last.step);
        if (metric.count > 1) {
            line += fmt::format(", {} points", format_count(metric.count));
            if (metric.min && metric.max)
                line += fmt::format(", {} to {}", format_value(metric.min->value), format_value(metric.max->value));
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<std::string> source_lines(const track::Source& source) {
    std::vector<std::string> lines;
    if (!source.commit.empty())
        lines.push_back(fmt::format("commit {}{}{}", printable(source.commit),
                                    source.branch.empty() ? "" : " on " + printable(source.branch),
                                    source.is_dirty.value_or(false) ? ", with uncommitted changes" : ""));
    if (!source.remote.empty()) lines.push_back("of " + printable(source.remote));
    if (source.diff) lines.push_back(fmt::format("changes: mlo cat {}", source.diff->to_string()));
    for (const auto& each : source.changed) lines.push_back(fmt::format("{} changed during the run", printable(each)));
    return lines;
}

std::string ending_text(const track::RunDocument& run) {
    if (run.signal) return fmt::format(", by signal {}", *run.signal);
    if (run.exit_code) return fmt::format(", exit code {}", *run.exit_code);
    return {};
}

}  // namespace

std::string command_text(const std::vector<std::string>& command) {
    std::string text;
    for (const auto& word : command) {
        // A path that starts with a dash is quoted to stand out; an option need not be.
        const auto rest = word.substr(std::min(word.find_first_not_of('-'), word.size()));
        text += (text.empty() ? "" : " ") + (!rest.empty() && shell_word(rest) == rest ? word : shell_word(word));
    }
    return text;
}

void write_metric(json::Writer& json, const track::MetricSummary& metric) {
    json.begin_object();
    json.key("count").unsigned_integer(metric.count);
    write_point(json, "last", metric.last);
    write_point(json, "min", metric.min);
    write_point(json, "max", metric.max);
    json.end_object();
}

void write_fact(json::Writer& json, const track::Fact& fact) {
    if (const auto* integer = std::get_if<std::int64_t>(&fact))
        json.integer(*integer);
    else if (const auto* real = std::get_if<double>(&fact))
        json.real(*real);
    else
        json.string(std::get<std::string>(fact));
}

void write_listed_run(json::Writer& json, const track::ListedRun& run) {
    json.begin_object();
    json.key("id").string(run.id);
    json.key("name").string(run.name);
    json.key("experiment").string(run.experiment);
    json.key("experiment_id").string(std::to_string(run.experiment_id));
    json.key("status").string(to_string(run.state));
    json.key("started").string(time_text(run.started_ms));
    if (run.ended_ms) json.key("ended").string(time_text(*run.ended_ms));
    write_text(json, "user", run.user);
    write_text(json, "parent", run.parent);
    write_text(json, "commit", run.commit);
    if (run.exit_code) json.key("exit_code").integer(*run.exit_code);
    json.key("deleted").boolean(run.is_deleted);
    write_metrics(json, run.metrics);
    write_texts(json, "params", run.params);
    write_texts(json, "tags", run.tags);
    json.end_object();
}

void write_run(json::Writer& json, const track::RunDocument& run, const track::RunStatus& status) {
    json.key("run").begin_object();
    json.key("id").string(run.id);
    json.key("name").string(run.name);
    json.key("experiment").string(run.experiment.name);
    json.key("experiment_id").string(std::to_string(run.experiment.id));
    json.key("status").string(to_string(run.state));
    json.key("started").string(time_text(run.started_ms));
    if (run.ended_ms) json.key("ended").string(time_text(*run.ended_ms));
    json.key("attempt").unsigned_integer(run.attempt);
    json.key("sealed").boolean(status.is_sealed);
    json.key("deleted").boolean(status.is_deleted);
    write_text(json, "parent", run.parent);
    write_text(json, "user", run.user);
    write_text(json, "note", run.note);
    if (run.exit_code) json.key("exit_code").integer(*run.exit_code);
    if (run.signal) json.key("signal").integer(*run.signal);
    write_source(json, run.source);
    json.key("command").begin_array();
    for (const auto& word : run.command) json.string(as_utf8(word));
    json.end_array();
    json::write_path(json, "directory", run.directory);
    std::map<std::string, std::string> environment;
    for (const auto& [name, value] : run.environment) environment[as_utf8(name)] = as_utf8(value);
    write_texts(json, "environment", environment);
    json.key("packages").begin_object();
    for (const auto& [kind, id] : run.packages) json.key(kind).string(id.to_string());
    json.end_object();
    write_facts(json, "host", run.host);
    write_facts(json, "hardware", run.hardware);
    json.key("seeds").begin_array();
    for (const auto& seed : run.seeds) {
        json.begin_object().key("name").string(as_utf8(seed.name)).key("value").string(as_utf8(seed.value));
        json.end_object();
    }
    json.end_array();
    write_texts(json, "params", run.params);
    write_texts(json, "tags", run.tags);
    write_metrics(json, run.metrics);
    write_objects(json, run);
    write_id(json, "log", run.log);
    write_id(json, "series", run.series);
    json.key("losses").begin_array();
    for (const auto& loss : run.losses) json.string(loss);
    json.end_array();
    json.end_object();
}

void show_run(Output& out, const track::RunDocument& run, const track::RunStatus& status) {
    out.line("{} {}", out.painted(Paint::bold, run.id), printable(run.name));
    const auto duration = run.ended_ms ? " after " + format_duration_ms(*run.ended_ms - run.started_ms) : "";
    out.line("  {}{}{}{}", out.painted(paint_of(run.state), to_string(run.state)), duration, ending_text(run),
             status.is_deleted ? ", deleted" : "");
    out.line("  started {}{}, experiment {}", format_moment_ms(run.started_ms, out),
             run.user.empty() ? "" : " by " + printable(run.user), printable(run.experiment.name));
    if (!run.parent.empty()) out.line("  part of run {}", short_id(run.parent));
    if (!run.command.empty()) out.line("  {}", command_text(run.command));
    if (!run.note.empty()) show_lines(out, "note", {printable(run.note)});
    show_lines(out, "code", source_lines(run.source));
    show_lines(out, "parameters", text_lines(run.params));
    show_lines(out, "metrics", metric_lines(run.metrics));
    show_lines(out, "tags", text_lines(run.tags));
    std::vector<std::string> inputs;
    for (const auto& input : run.inputs)
        inputs.push_back(
            fmt::format("{} {} ({})", input.id.hex().substr(0, 12), printable(input.path), to_string(input.role)));
    show_lines(out, "inputs", inputs);
    std::vector<std::string> outputs;
    for (const auto& output : run.outputs)
        outputs.push_back(fmt::format("{} {} ({}{})", output.id.hex().substr(0, 12), printable(output.path),
                                      output.is_model ? "model, " : "", format_bytes(output.size_bytes)));
    show_lines(out, "outputs", outputs);
    std::vector<std::string> more;
    for (const auto& [kind, id] : run.packages)
        more.push_back(fmt::format("packages ({}): mlo cat {}", kind, id.to_string()));
    if (run.log) more.push_back(fmt::format("what it printed: mlo cat {}", run.log->to_string()));
    show_lines(out, "more", more);
    show_lines(out, "not recorded", run.losses);
}

Error unknown_experiment(track::RunStore& runs, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& each : runs.experiments()) names.push_back(each.name);
    Error error{track::errors::experiment_not_found, fmt::format("there is no experiment {}", quoted(name))};
    if (const auto guess = closest_match(name, names)) error.hint(fmt::format("did you mean {}?", quoted(*guess)));
    return error;
}

}  // namespace mlo::cli
