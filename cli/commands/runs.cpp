// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "run_columns.hpp"
#include "run_output.hpp"
#include "run_selection.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsOptions {
    RunSelection selection;
    std::vector<std::string> columns;
    std::uint32_t limit = 50;
    std::string after;
};

void declare(Args& args, RunsOptions& o) {
    declare_selection(args, o.selection);
    args.option("-c,--columns", o.columns, "also these: metrics.NAME, params.NAME, tags.NAME, user, commit and others")
        .value("COLUMN[,...]");
    args.option("-n,--limit", o.limit, "at most so many [default: 50]").between(1, 100'000);
    args.option("--after", o.after, "the next page: what the one before says").value("PAGE");
}

std::vector<RunColumn> columns_of(const RunsOptions& o) {
    std::vector<RunColumn> columns;
    for (const char* name : {"id", "name", "status", "started", "duration"}) columns.push_back(parse_column(name));
    if (o.selection.experiments.empty()) columns.push_back(parse_column("experiment"));
    std::vector<std::string> wanted;
    for (const auto& list : o.columns)
        for (auto& name : split(list, ',')) wanted.push_back(std::move(name));
    // What is sorted by, or compared with, is worth seeing.
    if (!o.selection.sort.empty()) wanted.push_back(parse_sorting(o.selection.sort).column);
    for (const auto& name : wanted) {
        auto column = parse_column(trim(name));
        const bool is_new = std::none_of(columns.begin(), columns.end(), [&](const RunColumn& each) {
            return each.kind == column.kind && each.key == column.key;
        });
        if (is_new) columns.push_back(std::move(column));
    }
    return columns;
}

/// What has the value that the list is sorted by comes first: if the first run has none, no run has.
void warn_of_idle_sorting(Output& out, track::RunStore& runs, const track::ListRequest& request, const RunsOptions& o,
                          const track::RunPage& page) {
    using By = track::SortKey::By;
    if (o.selection.sort.empty() || !o.after.empty() || page.runs.empty()) return;
    const auto& first = page.runs.front();
    const auto& key = request.sort.key;
    const auto warn = [&](std::string_view what, std::vector<std::string> track::RunKeys::*member) {
        out.warning(fmt::format("none of these runs has the {} {}", what, quoted(key)));
        const auto keys = keys_of_runs(runs, request);
        if (const auto guess = closest_match(key, keys.*member))
            out.message(fmt::format("did you mean {}?", quoted(*guess)));
    };
    const auto by = request.sort.by;
    const bool is_metric = by == By::metric_last || by == By::metric_min || by == By::metric_max;
    if (by == By::param && !first.params.contains(key)) warn("parameter", &track::RunKeys::params);
    if (by == By::tag && !first.tags.contains(key)) warn("tag", &track::RunKeys::tags);
    if (is_metric && !first.metrics.contains(key)) warn("metric", &track::RunKeys::metrics);
}

void show(Output& out, const std::vector<RunColumn>& columns, const track::RunPage& page) {
    Table table;
    for (const auto& column : columns) table.columns.push_back({column.title, align_of(column)});
    for (const auto& run : page.runs) {
        auto& row = table.rows.emplace_back();
        for (const auto& column : columns) row.push_back(cell_of(column, run, out));
    }
    out.table(table);
}

int run(Context& ctx, const RunsOptions& o) {
    auto& out = ctx.out();
    const auto columns = columns_of(o);
    Tracking tracking{ctx, db::Access::read};
    auto request = to_request(tracking.runs(), o.selection);
    request.limit = o.limit;
    request.after = o.after;
    for (const auto& column : columns) request_column(column, request);
    const auto page = list_runs(tracking.runs(), request);
    warn_of_idle_sorting(out, tracking.runs(), request, o, page);
    if (out.is_json()) {
        out.document("mlo/runs-v1", [&](json::Writer& json) {
            json.key("runs").begin_array();
            for (const auto& each : page.runs) write_listed_run(json, each);
            json.end_array();
            if (!page.next.empty()) json.key("next").string(page.next);
        });
        return exit_ok;
    }
    show(out, columns, page);
    if (page.runs.empty()) {
        const bool is_filtered = o.selection.is_filtered() || !o.after.empty();
        const bool has_deleted = !is_filtered && count_runs(tracking.runs(), {.deleted = track::Deleted::only}) > 0;
        out.message(is_filtered ? "no such runs" : has_deleted ? "no runs but deleted ones" : "no runs yet");
        if (!is_filtered) out.hint(has_deleted ? "mlo runs --deleted" : "mlo track -- CMD");
    }
    if (!page.next.empty()) {
        out.message(fmt::format("there are more than {}", page.runs.size()));
        out.hint(fmt::format("the same with --after {}", page.next));
    }
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo runs", "the latest"},
    {"mlo runs --where \"metrics.loss < 0.5 AND params.model = 'tree'\" --sort metrics.loss", "the best of some"}};

}  // namespace

extern const Command runs_command{.words = "runs",
                                  .group = Group::track,
                                  .summary = "list runs: filtered, sorted, with the metrics and parameters asked for",
                                  .bind = command_main<RunsOptions, declare, run>,
                                  .json_schema = "mlo/runs-v1",
                                  .examples = examples};

}  // namespace mlo::cli
