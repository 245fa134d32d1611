// SPDX-License-Identifier: Apache-2.0
#include "run_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mlo/util/text.hpp>

#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

using Kind = RunColumn::Kind;
using By = track::SortKey::By;

struct PlainColumn {
    std::string_view name;
    Kind kind;
};
constexpr std::array plain_columns{PlainColumn{"id", Kind::id},
                                   PlainColumn{"name", Kind::name},
                                   PlainColumn{"status", Kind::status},
                                   PlainColumn{"experiment", Kind::experiment},
                                   PlainColumn{"started", Kind::started},
                                   PlainColumn{"ended", Kind::ended},
                                   PlainColumn{"duration", Kind::duration},
                                   PlainColumn{"user", Kind::user},
                                   PlainColumn{"parent", Kind::parent},
                                   PlainColumn{"commit", Kind::commit},
                                   PlainColumn{"exit_code", Kind::exit_code}};

/// What follows one of the words and a dot.
std::optional<std::string> after_entity(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (text.size() > word.size() + 1 && text.starts_with(word) && text[word.size()] == '.')
            return std::string{text.substr(word.size() + 1)};
    return std::nullopt;
}

RunColumn metric_column(std::string key, std::string_view title) {
    for (const auto& [suffix, kind] :
         {std::pair{std::string_view{".min"}, Kind::metric_min}, std::pair{std::string_view{".max"}, Kind::metric_max},
          std::pair{std::string_view{".count"}, Kind::metric_count},
          std::pair{std::string_view{".last"}, Kind::metric}}) {
        if (key.size() > suffix.size() && key.ends_with(suffix))
            return {kind, key.substr(0, key.size() - suffix.size()), std::string{title}};
    }
    return {Kind::metric, std::move(key), std::string{title}};
}

const track::MetricSummary* find_metric(const track::ListedRun& run, const std::string& key) {
    const auto found = run.metrics.find(key);
    return found == run.metrics.end() ? nullptr : &found->second;
}

std::string find_text(const std::map<std::string, std::string>& texts, const std::string& key) {
    const auto found = texts.find(key);
    return found == texts.end() ? "" : printable(found->second);
}

std::string metric_cell(const RunColumn& column, const track::ListedRun& run) {
    const auto* const metric = find_metric(run, column.key);
    if (metric == nullptr) return "";
    if (column.kind == Kind::metric_count) return fmt::format("{}", metric->count);
    if (column.kind == Kind::metric) return format_value(metric->last.value);
    const auto& point = column.kind == Kind::metric_min ? metric->min : metric->max;
    return point ? format_value(point->value) : "nan";
}

}  // namespace

RunColumn parse_column(std::string_view text) {
    if (auto key = after_entity(text, {"metrics", "metric"})) return metric_column(*std::move(key), text);
    if (auto key = after_entity(text, {"params", "param"})) return {Kind::param, *std::move(key), std::string{text}};
    if (auto key = after_entity(text, {"tags", "tag"})) return {Kind::tag, *std::move(key), std::string{text}};
    std::vector<std::string> names;
    for (const auto& each : plain_columns) {
        if (each.name == text) return {each.kind, "", std::string{text}};
        names.emplace_back(each.name);
    }
    Error error{errors::bad_value, fmt::format("there is no column {}", quoted(text))};
    const auto guess = closest_match(text, names);
    throw std::move(
        error.hint(guess ? fmt::format("did you mean '{}'?", *guess)
                         : "write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, "
                           "ended, duration, user, parent, commit or exit_code"));
}

RunSorting parse_sorting(std::string_view text) {
    RunSorting sorting;
    auto name = text;
    for (const auto& [suffix, order] : {std::pair{std::string_view{":desc"}, track::SortOrder::descending},
                                        std::pair{std::string_view{":asc"}, track::SortOrder::ascending}}) {
        if (!text.ends_with(suffix)) continue;
        name = text.substr(0, text.size() - suffix.size());
        sorting.order = order;
    }
    sorting.column = name;
    auto column = parse_column(name);
    switch (column.kind) {
        case Kind::started:
            sorting.key.by = By::start;
            break;
        case Kind::ended:
            sorting.key.by = By::end;
            break;
        case Kind::duration:
            sorting.key.by = By::duration;
            break;
        case Kind::name:
            sorting.key.by = By::name;
            break;
        case Kind::status:
            sorting.key.by = By::state;
            break;
        case Kind::user:
            sorting.key.by = By::user;
            break;
        case Kind::metric:
            sorting.key.by = By::metric_last;
            break;
        case Kind::metric_min:
            sorting.key.by = By::metric_min;
            break;
        case Kind::metric_max:
            sorting.key.by = By::metric_max;
            break;
        case Kind::param:
            sorting.key.by = By::param;
            break;
        case Kind::tag:
            sorting.key.by = By::tag;
            break;
        default:
            throw Error{errors::bad_value, fmt::format("runs are not sorted by {}", quoted(name))}.hint(
                "sort by a metric, a parameter, a tag, started, ended, duration, name, status or user");
    }
    sorting.key.key = std::move(column.key);
    return sorting;
}

void request_column(const RunColumn& column, track::ListRequest& request) {
    if (column.kind == Kind::param) request.params.push_back(column.key);
    if (column.kind == Kind::tag) request.tags.push_back(column.key);
    if (column.kind >= Kind::metric && column.kind <= Kind::metric_count) request.metrics.push_back(column.key);
}

std::string cell_of(const RunColumn& column, const track::ListedRun& run, const Output& out) {
    switch (column.kind) {
        case Kind::id:
            return short_id(run.id);
        case Kind::name:
            return printable(run.name);
        case Kind::status:
            return out.painted(paint_of(run.state), to_string(run.state));
        case Kind::experiment:
            return printable(run.experiment);
        case Kind::started:
            return format_moment_ms(run.started_ms, out);
        case Kind::ended:
            return run.ended_ms ? format_moment_ms(*run.ended_ms, out) : "";
        case Kind::duration:
            return run.ended_ms ? format_duration_ms(*run.ended_ms - run.started_ms) : "";
        case Kind::user:
            return printable(run.user);
        case Kind::parent:
            return short_id(run.parent);
        case Kind::commit:
            return printable(run.commit.substr(0, 10));
        case Kind::exit_code:
            return run.exit_code ? fmt::format("{}", *run.exit_code) : "";
        case Kind::param:
            return find_text(run.params, column.key);
        case Kind::tag:
            return find_text(run.tags, column.key);
        default:
            return metric_cell(column, run);
    }
}

Table::Align align_of(const RunColumn& column) noexcept {
    const bool is_number = (column.kind >= Kind::metric && column.kind <= Kind::metric_count) ||
                           column.kind == Kind::duration || column.kind == Kind::exit_code;
    return is_number ? Table::Align::right : Table::Align::left;
}

std::string format_value(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return fmt::format("{:.6g}", value);
}

}  // namespace mlo::cli
