// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/drift/history.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>
#include <set>

#include "command.hpp"
#include "context.hpp"
#include "drift_history.hpp"
#include "drift_output.hpp"
#include "errors.hpp"
#include "table_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t widest_trend = 60;

struct DriftHistoryOptions {
    std::string file;
    std::string column;
    std::uint64_t limit = 20;
    std::string check;
};

void declare(Args& args, DriftHistoryOptions& o) {
    args.option("-f,--file", o.file, "the file of checks, for those of one file [default: all]")
        .value("FILE")
        .completing(Completes::path);
    args.option("--column", o.column, "what was found of this column, and how its effect went").value("NAME");
    args.option("-n,--limit", o.limit, "show the last N, 0 for all [default: 20]").between(0, 1'000'000);
    args.positional("check", o.check, "a check [default: all]");
}

[[nodiscard]] std::string_view word_of(const drift::KeptResult& result) {
    return !result.outcome                                ? "failed"
           : *result.outcome == drift::Outcome::drift     ? "drift"
           : *result.outcome == drift::Outcome::undecided ? "few rows"
                                                          : "-";
}

/// The distribution of a column, or what else has drifted in it.
[[nodiscard]] const drift::KeptFinding* finding_of(const drift::KeptResult& result, std::string_view column) {
    const drift::KeptFinding* found = nullptr;
    for (const auto& finding : result.findings) {
        if (finding.column != column) continue;
        const bool is_distribution = finding.what == to_string(drift::Aspect::distribution);
        if (is_distribution || found == nullptr) found = &finding;
        if (is_distribution) break;
    }
    return found;
}

[[nodiscard]] std::string shown_finding(const drift::KeptFinding& finding) {
    return fmt::format("{} {} {:.3f}", visible(finding.column), finding.what, finding.effect);
}

/// What is worth a line of a result.
[[nodiscard]] std::string detail_of(const drift::KeptResult& result) {
    constexpr std::size_t most = 3;
    if (!result.outcome) return visible(result.error);
    std::vector<std::string> shown;
    std::size_t drifts = 0;
    for (const auto& finding : result.findings) {
        if (finding.outcome != drift::Outcome::drift) continue;
        if (++drifts <= most) shown.push_back(shown_finding(finding));
    }
    if (drifts > most) shown.push_back(fmt::format("{} more", drifts - most));
    if (drifts == 0 && !result.findings.empty())
        shown.push_back("greatest effect: " +
                        shown_finding(*std::ranges::max_element(result.findings, {}, &drift::KeptFinding::effect)));
    return fmt::format("{}", fmt::join(shown, ", "));
}

void write(Output& out, std::span<const drift::KeptResult> results) {
    out.document("mlo/drift-history-v1", [&](json::Writer& json) {
        json.key("results").begin_array();
        for (const auto& result : results) {
            json.begin_object().key("file").string(result.document).key("check").string(result.check);
            json.key("time").string(to_rfc3339(result.time));
            json.key("verdict").string(result.outcome ? to_string(*result.outcome) : "failed");
            if (!result.outcome) json.key("error").string(result.error);
            json.key("reference_rows").unsigned_integer(result.reference_rows);
            json.key("current_rows").unsigned_integer(result.current_rows);
            json.key("columns").unsigned_integer(result.columns);
            json.key("drifted_columns").unsigned_integer(result.drifted);
            if (result.window) {
                json.key("window").begin_object().key("from").string(time_of_us(result.window->from_us));
                json.key("until").string(time_of_us(result.window->until_us)).end_object();
            }
            if (result.reference_data) json.key("reference_data").string(result.reference_data->to_string());
            if (result.current_data) json.key("current_data").string(result.current_data->to_string());
            json.key("findings").begin_array();
            for (const auto& finding : result.findings) {
                json.begin_object().key("column").string(finding.column).key("what").string(finding.what);
                json.key("verdict").string(to_string(finding.outcome)).key("effect").real(finding.effect);
                json.key("threshold").real(finding.threshold);
                if (finding.adjusted_p) json.key("adjusted_p").real(*finding.adjusted_p);
                json.end_object();
            }
            json.end_array().end_object();
            out.drain();
        }
        json.end_array();
    });
}

void show(Output& out, std::span<const drift::KeptResult> results) {
    Table table;
    table.columns = {{"Time", Table::Align::left},     {"Check", Table::Align::left}, {"Verdict", Table::Align::left},
                     {"Drifted", Table::Align::right}, {"Rows", Table::Align::right}, {"", Table::Align::left}};
    for (const auto& result : results)
        table.rows.push_back({to_rfc3339(result.time), visible(result.check), std::string{word_of(result)},
                              result.outcome ? fmt::format("{}/{}", result.drifted, result.columns) : "",
                              result.outcome ? format_count(result.current_rows) : "", detail_of(result)});
    out.table(table);
}

void show_column(Output& out, std::span<const drift::KeptResult> results, const std::string& column) {
    Table table;
    table.columns = {{"Time", Table::Align::left},         {"Check", Table::Align::left},
                     {"What", Table::Align::left},         {"Effect", Table::Align::right},
                     {"p, adjusted", Table::Align::right}, {"", Table::Align::left}};
    std::vector<double> effects;
    std::set<std::pair<std::string_view, std::string_view>> checks;
    for (const auto& result : results) {
        const auto* const finding = finding_of(result, column);
        if (finding == nullptr) continue;
        checks.emplace(result.document, result.check);
        effects.push_back(finding->effect);
        table.rows.push_back({to_rfc3339(result.time), visible(result.check), finding->what,
                              fmt::format("{:.3f}", finding->effect),
                              finding->adjusted_p ? fmt::format("{:.4f}", *finding->adjusted_p) : "",
                              finding->outcome == drift::Outcome::drift ? "drift" : ""});
    }
    out.table(table);
    if (effects.size() > widest_trend) effects.erase(effects.begin(), effects.end() - widest_trend);
    if (effects.size() > 1 && checks.size() == 1)
        out.line("trend, from 0 to {:.3f}: {}", std::ranges::max(effects), report::block_bars(effects));
}

int run(Context& ctx, const DriftHistoryOptions& o) {
    auto& workspace = ctx.workspace();
    std::vector<drift::KeptResult> results;
    try {
        ledger::Ledger ledger{workspace.layout().store_dir, possible_access(ctx), workspace.runtime()};
        results = drift::History{ledger}.all();
    } catch (const Error& error) {
        // Nothing was ever kept.
        if (error.kind() != ErrorKind::not_found) throw;
    }
    const auto file = o.file.empty() ? std::string{} : find_checks(ctx, o.file).history_name;
    std::erase_if(results, [&](const drift::KeptResult& result) {
        return (!o.check.empty() && result.check != o.check) || (!file.empty() && result.document != file) ||
               (!o.column.empty() && finding_of(result, o.column) == nullptr);
    });
    auto shown = std::span{results};
    if (o.limit != 0 && shown.size() > o.limit) shown = shown.last(o.limit);
    if (ctx.out().is_json())
        write(ctx.out(), shown);
    else if (o.column.empty())
        show(ctx.out(), shown);
    else
        show_column(ctx.out(), shown, o.column);
    ctx.out().flush();
    if (results.empty())
        ctx.out().message(o.check.empty() && o.column.empty() ? "no check was run yet: mlo drift run"
                                                              : "nothing is kept of that: mlo drift history");
    return exit_ok;
}

constexpr Example examples[] = {{"mlo drift history", "what the last checks have found"},
                                {"mlo drift history orders --column price", "how one column went"}};

}  // namespace

extern const Command drift_history_command{.words = "drift history",
                                           .group = Group::quality,
                                           .summary = "show what checks have found so far",
                                           .bind = command_main<DriftHistoryOptions, declare, run>,
                                           .json_schema = "mlo/drift-history-v1",
                                           .examples = examples};

}  // namespace mlo::cli
