// SPDX-License-Identifier: Apache-2.0
#include "plot_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mlo/track/errors.hpp>
#include <mlo/track/filter_sql.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/ignore.hpp>
#include <set>

#include "context.hpp"
#include "errors.hpp"
#include "run_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view machine_metrics = "system/";

track::ListedRun to_listed(track::RunDocument&& run) {
    track::ListedRun listed;
    listed.id = std::move(run.id);
    listed.name = std::move(run.name);
    listed.experiment = std::move(run.experiment.name);
    listed.experiment_id = run.experiment.id;
    listed.state = run.state;
    listed.started_ms = run.started_ms;
    listed.ended_ms = run.ended_ms;
    listed.user = std::move(run.user);
    listed.parent = std::move(run.parent);
    listed.commit = std::move(run.source.commit);
    listed.exit_code = run.exit_code;
    listed.attempt = run.attempt;
    listed.metrics = std::move(run.metrics);
    listed.params = std::move(run.params);
    listed.tags = std::move(run.tags);
    return listed;
}

std::vector<track::ListedRun> list_selected(Context& ctx, Tracking& tracking, const PlotSelection& selection,
                                            const std::vector<RunColumn>& columns, std::uint32_t default_limit) {
    track::ListRequest request;
    for (const auto& name : selection.experiments) {
        const auto experiment = tracking.runs().find_experiment(name);
        if (!experiment) throw unknown_experiment(tracking.runs(), name);
        request.experiments.push_back(experiment->id);
    }
    request.where = track::filter::to_sql(track::filter::parse(selection.where));
    request.limit = selection.limit.value_or(default_limit);
    for (const auto& column : columns) request_column(column, request);
    auto page = list_runs(tracking.runs(), request);
    if (page.runs.empty()) {
        if (!selection.where.empty() || !selection.experiments.empty())
            throw Error{track::errors::run_not_found, "there are no such runs"}.hint("mlo runs");
        throw Error{track::errors::run_not_found, "there are no runs yet"}.hint("mlo track -- CMD");
    }
    if (!page.next.empty() && !selection.limit) {
        ctx.out().message(fmt::format("the latest {} of {} runs are drawn: --limit N draws more",
                                      format_count(page.runs.size()),
                                      format_count(count_runs(tracking.runs(), request))));
    }
    return std::move(page.runs);
}

}  // namespace

std::vector<track::ListedRun> select_runs(Context& ctx, Tracking& tracking, const PlotSelection& selection,
                                          const std::vector<RunColumn>& columns, std::uint32_t default_limit) {
    if (selection.runs.empty()) return list_selected(ctx, tracking, selection, columns, default_limit);
    if (selection.is_list())
        throw Error{errors::conflicting_options,
                    "runs are named, or chosen with --where, --experiment and --limit: not both"};
    std::vector<track::ListedRun> runs;
    std::set<std::string> ids;
    for (const auto& name : selection.runs) {
        const auto id = tracking.resolve(name);
        if (ids.insert(id).second) runs.push_back(to_listed(tracking.runs().get(id)));
    }
    return runs;
}

std::vector<PlottedMetric> select_metrics(Context& ctx, Tracking& tracking, std::vector<track::ListedRun>& runs,
                                          const std::vector<std::string>& wanted) {
    std::set<std::string> names;
    for (auto& run : runs) {
        run.metrics = tracking.runs().get(run.id).metrics;
        for (const auto& [name, summary] : run.metrics) names.insert(name);
    }
    std::vector<PlottedMetric> metrics;
    const auto add = [&](const std::string& name) {
        const bool is_new = std::ranges::none_of(metrics, [&](const auto& metric) { return metric.name == name; });
        if (is_new) metrics.push_back({name, {}});
    };
    for (const auto& pattern : wanted) {
        const auto before = metrics.size();
        if (names.contains(pattern)) {
            add(pattern);
            continue;
        }
        bool has_matched = false;
        for (const auto& name : names) {
            if (!workspace::glob_matches(pattern, name)) continue;
            has_matched = true;
            add(name);
        }
        if (has_matched || metrics.size() != before) continue;
        const std::vector<std::string> candidates{names.begin(), names.end()};
        const auto guess = closest_match(pattern, candidates);
        Error error{errors::bad_value, runs.size() == 1
                                           ? fmt::format("the run has no metric {}", quoted(pattern))
                                           : fmt::format("none of these runs has a metric {}", quoted(pattern))};
        if (guess) error.hint(fmt::format("did you mean {}?", quoted(*guess)));
        throw error;
    }
    if (!wanted.empty()) return metrics;
    const auto is_machine = [](const std::string& name) { return name.starts_with(machine_metrics); };
    const auto machine = std::ranges::count_if(names, is_machine);
    const bool has_others = static_cast<std::size_t>(machine) < names.size();
    for (const auto& name : names)
        if (!has_others || !is_machine(name)) add(name);
    if (has_others && machine > 0)
        ctx.out().message(fmt::format("{} of the machine left out: -m 'system/*' draws {}",
                                      plural(static_cast<std::uint64_t>(machine), "metric", "metrics"),
                                      machine == 1 ? "it" : "them"));
    return metrics;
}

void read_curves(Context& ctx, Tracking& tracking, const std::vector<track::ListedRun>& runs,
                 std::vector<PlottedMetric>& metrics, std::uint32_t stretches) {
    std::map<std::string, std::size_t, std::less<>> numbers;
    for (std::size_t i = 0; i < metrics.size(); ++i) numbers.emplace(metrics[i].name, i);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        ctx.runtime().check_stop();
        const auto& run = runs[i];
        std::map<std::string, report::CurveSampler, std::less<>> samplers;
        for (const auto& [name, summary] : run.metrics)
            if (numbers.contains(name)) samplers.emplace(name, report::CurveSampler{summary.count, stretches});
        if (samplers.empty()) continue;
        try {
            tracking.archive().read_points(
                run.id, [&](std::string_view key) { return samplers.contains(key); },
                [&](std::string_view key, std::span<const track::Point> points) {
                    auto& sampler = samplers.find(key)->second;
                    for (const auto& point : points) sampler.add({point.step, point.time_ms, point.value});
                });
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::not_found) throw;
            ctx.out().warning(
                fmt::format("the points of run {} are not in this clone: {}", short_id(run.id), error.message()));
            continue;
        }
        for (auto& [name, sampler] : samplers) {
            auto curve = sampler.take();
            if (curve.total > 0) metrics[numbers.find(name)->second].curves.push_back({i, std::move(curve)});
        }
    }
}

std::optional<double> number_of(const RunColumn& column, const track::ListedRun& run) {
    using Kind = RunColumn::Kind;
    const auto parse = [](const std::string& text) -> std::optional<double> {
        const auto trimmed = trim(text);
        double value = 0;
        const auto result = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
        if (result.ec != std::errc{} || result.ptr != trimmed.data() + trimmed.size()) return std::nullopt;
        return value;
    };
    const auto text_of = [&](const std::map<std::string, std::string>& texts) -> std::optional<double> {
        const auto found = texts.find(column.key);
        return found == texts.end() ? std::nullopt : parse(found->second);
    };
    switch (column.kind) {
        case Kind::param:
            return text_of(run.params);
        case Kind::tag:
            return text_of(run.tags);
        case Kind::started:
            return static_cast<double>(run.started_ms) / 1000;
        case Kind::ended:
            return run.ended_ms ? std::optional{static_cast<double>(*run.ended_ms) / 1000} : std::nullopt;
        case Kind::duration:
            return run.ended_ms ? std::optional{static_cast<double>(*run.ended_ms - run.started_ms) / 1000}
                                : std::nullopt;
        case Kind::exit_code:
            return run.exit_code ? std::optional<double>{*run.exit_code} : std::nullopt;
        default:
            break;
    }
    if (column.kind < Kind::metric || column.kind > Kind::metric_count) return std::nullopt;
    const auto found = run.metrics.find(column.key);
    if (found == run.metrics.end()) return std::nullopt;
    const auto& metric = found->second;
    if (column.kind == Kind::metric) return metric.last.value;
    if (column.kind == Kind::metric_count) return static_cast<double>(metric.count);
    const auto& point = column.kind == Kind::metric_min ? metric.min : metric.max;
    return point ? std::optional{point->value} : std::nullopt;
}

}  // namespace mlo::cli
