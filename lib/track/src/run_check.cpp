// SPDX-License-Identifier: Apache-2.0
#include "run_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

/// 18 digits, or the one of the experiment that always exists.
constexpr std::int64_t max_experiment_id = 999'999'999'999'999'999;
constexpr auto max_number = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// Turns what a check of one text says into what it means for the document.
template <class Check>
void demand(std::string_view document, Check&& check) {
    try {
        check();
    } catch (const Error& error) {
        throw Error{errors::run_invalid, fmt::format("{}: {}", quoted(document), error.message())};
    }
}

void require(bool holds, std::string_view document, std::string_view what) {
    if (!holds) throw Error{errors::run_invalid, fmt::format("{}: {}", quoted(document), what)};
}

void check_metric(const RunDocument& run, const std::string& key, const MetricSummary& metric) {
    demand(run.id, [&] { check_key(key, "metric"); });
    require(metric.count > 0 && metric.count <= max_number, run.id, "an impossible count of points");
    require(metric.min.has_value() == metric.max.has_value(), run.id, "a metric with half of its extremes");
    const auto last = metric.last.value;
    require(metric.min || std::isnan(last), run.id, "a metric without extremes");
    if (!metric.min || !metric.max) return;
    const auto [low, high] = std::pair{metric.min->value, metric.max->value};
    require(low <= high && (std::isnan(last) || (low <= last && last <= high)), run.id,
            "a metric whose extremes contradict each other");
    require(*metric.min <= metric.last && *metric.max <= metric.last, run.id, "a metric whose last point is not last");
}

void check_texts(const RunDocument& run) {
    const auto text = [&](std::string_view value, std::uint64_t limit, std::string_view what) {
        demand(run.id, [&] { check_text(value, limit, what, {}); });
    };
    demand(run.id, [&] { check_run_name(run.name); });
    text(run.user, max_tag_bytes, "user");
    text(run.note, max_note_bytes, "note");
    text(run.source.commit, max_key_bytes, "commit");
    text(run.source.branch, max_tag_bytes, "branch");
    text(run.source.remote, max_tag_bytes, "remote");
    for (const auto& change : run.source.changed) text(change, max_tag_bytes, "change");
    for (const auto& loss : run.losses) text(loss, max_note_bytes, "loss");
    for (const auto& [name, id] : run.packages) text(name, max_key_bytes, "name of packages");
    for (const auto* facts : {&run.host, &run.hardware}) {
        for (const auto& [name, fact] : *facts) {
            text(name, max_key_bytes, "name of a fact");
            if (const auto* value = std::get_if<std::string>(&fact)) text(*value, max_tag_bytes, "fact");
        }
    }
    for (const auto& seed : run.seeds) {
        text(seed.name, max_key_bytes, "name of a seed");
        text(seed.value, max_tag_bytes, "seed");
    }
}

}  // namespace

void check_experiment(const ExperimentName& experiment, std::string_view name) {
    demand(name, [&] { check_experiment_name(experiment.name); });
    require(experiment.id >= 0 && experiment.id <= max_experiment_id, name, "an impossible id of an experiment");
    require((experiment.id == 0) == (experiment.name == "Default"), name, "experiment 0, and no other, is 'Default'");
}

void check_run(const RunDocument& run) {
    require(is_run_id(run.id), run.id, "no id of a run");
    require(is_run_id(run.session), run.id, "no id of a session");
    require(run.parent.empty() || is_run_id(run.parent), run.id, "no id of a parent");
    require(run.parent != run.id, run.id, "a run that is its own parent");
    require(run.attempt >= 1, run.id, "no attempt");
    require(run.revision <= max_number, run.id, "an impossible revision");
    require(!run.ended_ms || *run.ended_ms >= run.started_ms, run.id, "an end before the start");
    require(run.ended_ms.has_value() != is_open(run.state), run.id, "a state that contradicts its end");
    check_experiment(run.experiment, run.id);
    check_texts(run);

    for (const auto size : {run.metrics.size(), run.params.size(), run.tags.size()})
        require(size <= max_keys, run.id, "too many metrics, parameters or tags");
    for (const auto size : {run.inputs.size(), run.outputs.size()})
        require(size <= max_objects, run.id, "too many inputs or outputs");
    for (const auto& [key, metric] : run.metrics) check_metric(run, key, metric);
    for (const auto& [key, value] : run.params)
        demand(run.id, [&, &key = key, &value = value] {
            check_key(key, "parameter");
            check_text(value, max_param_bytes, "parameter", key);
        });
    for (const auto& [key, value] : run.tags)
        demand(run.id, [&, &key = key, &value = value] {
            check_key(key, "tag");
            check_text(value, max_tag_bytes, "tag", key);
        });
    for (const auto& output : run.outputs) require(output.size_bytes <= max_number, run.id, "an impossible size");
    const auto ascends = [](const auto& list) {
        return std::ranges::adjacent_find(list, [](const auto& a, const auto& b) { return !(a < b); }) == list.end();
    };
    require(ascends(run.inputs), run.id, "inputs out of order or twice");
    require(ascends(run.outputs), run.id, "outputs out of order or twice");
}

void check_amendment(const Amendment& amendment, std::string_view name) {
    require(amendment.revision >= 1 && amendment.revision <= max_number, name, "an impossible revision");
    require(amendment.tags.size() <= max_keys, name, "too many tags");
    demand(name, [&] {
        if (amendment.name) check_run_name(*amendment.name);
        if (amendment.note) check_text(*amendment.note, max_note_bytes, "note", {});
        for (const auto& [key, value] : amendment.tags) {
            check_key(key, "tag");
            if (value) check_text(*value, max_tag_bytes, "tag", key);
        }
    });
}

}  // namespace mlo::track
