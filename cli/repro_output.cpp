// SPDX-License-Identifier: Apache-2.0
#include "repro_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/util/text.hpp>

#include "change_output.hpp"
#include "run_columns.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

using Answer = track::Verdict::Answer;

std::string_view name_of(Answer answer) {
    switch (answer) {
        case Answer::same:
            return "same";
        case Answer::different:
            return "different";
        case Answer::nothing_to_compare:
            break;
    }
    return "nothing to compare";
}

void write_summary(json::Writer& json, std::string_view key, const std::optional<track::MetricSummary>& summary) {
    if (!summary) return;
    json.key(key).begin_object();
    json.key("count").unsigned_integer(summary->count);
    json.key("last").real(summary->last.value);
    if (summary->min) json.key("min").real(summary->min->value);
    if (summary->max) json.key("max").real(summary->max->value);
    json.end_object();
}

void write_output(json::Writer& json, std::string_view key, const std::optional<track::Output>& output) {
    if (!output) return;
    json.key(key).begin_object();
    json.key("id").string(output->id.to_string());
    json.key("size").unsigned_integer(output->size_bytes);
    json.end_object();
}

std::string ending_of(const track::RunDocument& run) {
    if (run.signal) return fmt::format("signal {}", *run.signal);
    return run.exit_code ? fmt::format("exit code {}", *run.exit_code) : std::string{to_string(run.state)};
}

/// "+0.01 (1.1 %)", or what else is not the same.
std::string difference_of(const track::MetricVerdict& metric) {
    if (metric.is_same) return "same";
    if (!metric.before) return "new";
    if (!metric.after) return "missing";
    const auto before = metric.before->last.value;
    const auto after = metric.after->last.value;
    if (metric.before->count != metric.after->count)
        return fmt::format("{} points, now {}", metric.before->count, metric.after->count);
    if (before == after || (std::isnan(before) && std::isnan(after))) return "on the way";
    const auto difference = after - before;
    if (!std::isfinite(difference)) return "differs";
    auto text = fmt::format("{:+.6g}", difference);
    if (before != 0) text += fmt::format(" ({:.3g} %)", std::abs(difference / before) * 100);
    return text;
}

std::string value_of(const std::optional<track::MetricSummary>& summary) {
    return summary ? format_value(summary->last.value) : "-";
}

std::string difference_of(const track::OutputVerdict& output) {
    if (output.is_same) return "same";
    if (!output.before) return "new";
    return output.after ? "differs" : "missing";
}

std::string size_of(const std::optional<track::Output>& output) {
    return output ? format_bytes(output->size_bytes) : "-";
}

template <class Verdicts>
std::size_t same_in(const Verdicts& verdicts) {
    return static_cast<std::size_t>(
        std::count_if(verdicts.begin(), verdicts.end(), [](const auto& each) { return each.is_same; }));
}

std::string summary_of(const track::Verdict& verdict) {
    const auto count = [](std::size_t same, std::size_t all, const char* one, const char* many) {
        return same == all ? plural(all, one, many) : fmt::format("{} of {}", same, plural(all, one, many));
    };
    const auto metrics = count(same_in(verdict.metrics), verdict.metrics.size(), "metric", "metrics");
    const auto outputs = count(same_in(verdict.outputs), verdict.outputs.size(), "output", "outputs");
    switch (verdict.answer()) {
        case Answer::same:
            return fmt::format("reproduced: {} and {} are the same", metrics, outputs);
        case Answer::different:
            return fmt::format("not reproduced: {} and {} are the same", metrics, outputs);
        case Answer::nothing_to_compare:
            break;
    }
    return "nothing to compare: the run has neither metrics nor outputs";
}

}  // namespace

void write_repetition(Output& out, const Repeated& repeated) {
    const auto& verdict = repeated.verdict;
    out.document("mlo/repro-v1", [&](json::Writer& json) {
        json.key("run").string(repeated.original.id);
        json.key("repetition").string(repeated.repetition.id);
        json.key("answer").string(name_of(verdict.answer()));
        json.key("ended_alike").boolean(verdict.ended_alike);
        json.key("metrics").begin_array();
        for (const auto& metric : verdict.metrics) {
            json.begin_object();
            json.key("key").string(metric.key);
            json.key("same").boolean(metric.is_same);
            write_summary(json, "before", metric.before);
            write_summary(json, "after", metric.after);
            json.end_object();
        }
        json.end_array();
        json.key("outputs").begin_array();
        for (const auto& output : verdict.outputs) {
            json.begin_object();
            json::write_path(json, "path", output.path);
            json.key("same").boolean(output.is_same);
            write_output(json, "before", output.before);
            write_output(json, "after", output.after);
            json.end_object();
        }
        json.end_array();
        if (!repeated.folder.empty()) json::write_path(json, "folder", repeated.folder);
    });
}

void show_repetition(Output& out, const Repeated& repeated) {
    const auto& verdict = repeated.verdict;
    Table metrics{
        .columns = {{"METRIC"}, {"BEFORE", Table::Align::right}, {"NOW", Table::Align::right}, {"DIFFERENCE"}},
        .rows = {}};
    for (const auto& metric : verdict.metrics)
        metrics.rows.push_back(
            {printable(metric.key), value_of(metric.before), value_of(metric.after), difference_of(metric)});
    out.table(metrics);
    Table outputs{
        .columns = {{"OUTPUT"}, {"BEFORE", Table::Align::right}, {"NOW", Table::Align::right}, {"DIFFERENCE"}},
        .rows = {}};
    for (const auto& output : verdict.outputs)
        outputs.rows.push_back(
            {printable(output.path), size_of(output.before), size_of(output.after), difference_of(output)});
    out.table(outputs);
    if (!verdict.ended_alike)
        out.line("ended with {}, and not with {}", ending_of(repeated.repetition), ending_of(repeated.original));
    const auto answer = verdict.answer();
    out.line(out.painted(answer == Answer::same ? Paint::good : Paint::bad, summary_of(verdict)));
    if (answer == Answer::different)
        out.hint(fmt::format("mlo runs diff {} {}", short_id(repeated.original.id), short_id(repeated.repetition.id)));
}

}  // namespace mlo::cli
