// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/filter_sql.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "run_columns.hpp"
#include "run_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsOptions {
    std::string where;
    std::vector<std::string> columns;
    std::string sort;
    std::vector<std::string> experiments;
    std::uint32_t limit = 50;
    std::string after;
    bool shows_deleted = false;
};

void declare(Args& args, RunsOptions& o) {
    args.option("-w,--where", o.where, "only the runs for which this holds, as \"metrics.loss < 0.5\"").value("FILTER");
    args.option("-c,--columns", o.columns, "also these: metrics.NAME, params.NAME, tags.NAME, user, commit and others")
        .value("COLUMN[,...]");
    args.option("-s,--sort", o.sort, "by this column, metrics.loss or params.lr:desc [default: started:desc]")
        .value("COLUMN[:desc]");
    args.option("-e,--experiment", o.experiments, "only of this experiment").value("NAME");
    args.option("-n,--limit", o.limit, "at most so many [default: 50]").between(1, 100'000);
    args.option("--after", o.after, "the next page: what the one before says").value("PAGE");
    args.flag("--deleted", o.shows_deleted, "the runs that were removed");
}

std::vector<RunColumn> columns_of(const RunsOptions& o) {
    std::vector<RunColumn> columns;
    for (const char* name : {"id", "name", "status", "started", "duration"}) columns.push_back(parse_column(name));
    if (o.experiments.empty()) columns.push_back(parse_column("experiment"));
    std::vector<std::string> wanted;
    for (const auto& list : o.columns)
        for (auto& name : split(list, ',')) wanted.push_back(std::move(name));
    // What is sorted by, or compared with, is worth seeing.
    if (!o.sort.empty()) wanted.push_back(parse_sorting(o.sort).column);
    for (const auto& name : wanted) {
        auto column = parse_column(trim(name));
        const bool is_new = std::none_of(columns.begin(), columns.end(), [&](const RunColumn& each) {
            return each.kind == column.kind && each.key == column.key;
        });
        if (is_new) columns.push_back(std::move(column));
    }
    return columns;
}

track::ListRequest to_request(track::RunStore& runs, const RunsOptions& o, const std::vector<RunColumn>& columns) {
    track::ListRequest request;
    if (!o.sort.empty()) {
        const auto sorting = parse_sorting(o.sort);
        request.sort = sorting.key;
        request.order = sorting.order;
    }
    for (const auto& name : o.experiments) {
        const auto experiment = runs.find_experiment(name);
        if (!experiment) throw unknown_experiment(runs, name);
        request.experiments.push_back(experiment->id);
    }
    request.where = track::filter::to_sql(track::filter::parse(o.where));
    request.deleted = o.shows_deleted ? track::Deleted::only : track::Deleted::no;
    request.limit = o.limit;
    request.after = o.after;
    for (const auto& column : columns) request_column(column, request);
    return request;
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
    const auto page = list_runs(tracking.runs(), to_request(tracking.runs(), o, columns));
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
        const bool is_filtered = !o.where.empty() || !o.experiments.empty() || o.shows_deleted || !o.after.empty();
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
