// SPDX-License-Identifier: Apache-2.0
#include "drift_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <set>

#include "context.hpp"
#include "profile_output.hpp"
#include "table_output.hpp"
#include "version.hpp"

namespace mlo::cli {
namespace {

constexpr std::size_t others_shown = 10;

[[nodiscard]] std::string shown_p(double p) { return p < 1e-4 ? "< 0.0001" : fmt::format("{:.4f}", p); }

[[nodiscard]] std::string shown_score(const drift::Score& score) {
    return drift::row_of(score.method).kind == drift::ScoreKind::p ? shown_p(score.value)
                                                                   : fmt::format("{:.3f}", score.value);
}

void write_side(json::Writer& json, std::string_view key, const NamedProfile& named) {
    json.key(key).begin_object();
    json::write_path(json, "name", named.shown);
    if (named.data) json.key("data").string(named.data->to_string());
    if (named.stored_as) json.key("profile").string(named.stored_as->to_string());
    json.key("rows").unsigned_integer(named.profile.rows).end_object();
}

void write_score(json::Writer& json, const drift::Score& score) {
    const auto& row = drift::row_of(score.method);
    json.key("method").string(row.name).key("score").real(score.value);
    json.key("score_kind").string(to_string(row.kind)).key("score_threshold").real(score.threshold);
    if (score.noise_floor) json.key("score_noise_floor").real(*score.noise_floor);
}

[[nodiscard]] std::string word_of(const drift::Finding& finding) {
    return finding.outcome == drift::Outcome::drift       ? "drift"
           : finding.outcome == drift::Outcome::undecided ? "few values"
                                                          : "-";
}

/// What was found of one column, and how its values spread in both tables.
[[nodiscard]] report::ColumnCard card_of(const DriftAnswer& answer, const std::string& name) {
    report::ColumnCard card;
    card.name = name;
    for (const auto& finding : answer.report.findings) {
        if (finding.column != name) continue;
        auto text = finding.outcome == drift::Outcome::drift ? std::string{"drift: "} : std::string{};
        text += finding.detail;
        if (finding.score)
            text += fmt::format("; {} {}", drift::row_of(finding.score->method).name, shown_score(*finding.score));
        if (finding.test != drift::Test::none)
            text += fmt::format("; effect {:.3f} (noise {:.3f}), p {}", finding.effect, finding.noise_floor,
                                shown_p(finding.adjusted_p));
        card.facts.push_back({std::string{to_string(finding.aspect)}, std::move(text)});
    }
    const auto* const old_column = answer.reference.profile.find(name);
    const auto* const new_column = answer.current.profile.find(name);
    if (old_column == nullptr || new_column == nullptr) return card;
    card.kind = to_string(old_column->type);
    if (old_column->numbers.has_value() == new_column->numbers.has_value())
        card.bars = bars_of(std::array{*old_column, *new_column});
    return card;
}

}  // namespace

std::string verdict_of(const drift::Report& report) {
    const auto rows =
        fmt::format("{} against {}", plural(report.current_rows, "row", "rows"), format_count(report.reference_rows));
    switch (report.outcome) {
        case drift::Outcome::drift:
            return fmt::format("drift in {} of {}, {}", format_count(report.drifted),
                               plural(report.columns, "column", "columns"), rows);
        case drift::Outcome::undecided:
            return fmt::format("not enough data to decide, {}", rows);
        case drift::Outcome::none:
            break;
    }
    return report.drifted == 0
               ? fmt::format("no drift in {}, {}", plural(report.columns, "column", "columns"), rows)
               : fmt::format("drift in {} of {}, fewer than --share asks for, {}", format_count(report.drifted),
                             plural(report.columns, "column", "columns"), rows);
}

int exit_code_of(drift::Outcome outcome) noexcept {
    return outcome == drift::Outcome::drift       ? exit_negative
           : outcome == drift::Outcome::undecided ? exit_undecided
                                                  : exit_ok;
}

Paint paint_of(drift::Outcome outcome) noexcept {
    return outcome == drift::Outcome::drift  ? Paint::bad
           : outcome == drift::Outcome::none ? Paint::good
                                             : Paint::changed;
}

std::size_t show_findings(Output& out, const drift::Report& report, Shown shown) {
    Table table;
    const bool has_scores =
        std::ranges::any_of(report.findings, [](const drift::Finding& finding) { return finding.score.has_value(); });
    table.columns = {{"Column", Table::Align::left}, {"What", Table::Align::left}, {"Verdict", Table::Align::left}};
    if (has_scores) {
        table.columns.push_back({"Method", Table::Align::left});
        table.columns.push_back({"Score", Table::Align::right});
        table.columns.push_back({"Threshold", Table::Align::right});
    }
    table.columns.insert(table.columns.end(), {{"Effect", Table::Align::right},
                                               {"Noise", Table::Align::right},
                                               {"Detectable", Table::Align::right},
                                               {"p, adjusted", Table::Align::right},
                                               {"", Table::Align::left}});
    const std::size_t others_wanted = shown == Shown::everything ? report.findings.size()
                                      : shown == Shown::most     ? others_shown
                                                                 : 0;
    std::size_t others = 0;
    for (const auto& finding : report.findings) {
        if (finding.outcome != drift::Outcome::drift && ++others > others_wanted) continue;
        const bool is_tested = finding.test != drift::Test::none;
        std::vector<std::string> cells{visible(finding.column), std::string{to_string(finding.aspect)},
                                       word_of(finding)};
        if (has_scores) {
            const auto& score = finding.score;
            cells.emplace_back(score ? drift::row_of(score->method).name : "");
            cells.push_back(score ? shown_score(*score) : "");
            cells.push_back(score ? fmt::format("{:g}", score->threshold) : "");
        }
        cells.insert(cells.end(), {is_tested ? fmt::format("{:.3f}", finding.effect) : "",
                                   is_tested ? fmt::format("{:.3f}", finding.noise_floor) : "",
                                   finding.detectable ? fmt::format("{:.3f}", *finding.detectable) : "",
                                   is_tested ? shown_p(finding.adjusted_p) : "", visible(finding.detail)});
        table.rows.push_back(std::move(cells));
    }
    out.table(table);
    return report.findings.size() - table.rows.size();
}

void show_drift(Output& out, const DriftAnswer& answer, Shown shown) {
    const auto& report = answer.report;
    out.line(out.painted(paint_of(report.outcome), verdict_of(report)));
    const auto left_out = show_findings(out, report, shown);
    out.flush();
    if (left_out > 0)
        out.message(fmt::format("{} without drift not shown: --all", plural(left_out, "comparison", "comparisons")));
    for (const auto& note : report.notes) out.message(note);
}

void write_drift(Output& out, const DriftAnswer& answer) {
    out.document("mlo/drift-v1", [&](json::Writer& json) { write_drift_members(out, json, answer); });
}

void write_drift_members(Output& out, json::Writer& json, const DriftAnswer& answer) {
    const auto& report = answer.report;
    json.key("verdict").string(to_string(report.outcome));
    json.key("columns").unsigned_integer(report.columns);
    json.key("drifted_columns").unsigned_integer(report.drifted);
    json.key("alpha").real(answer.rules.alpha).key("power").real(answer.rules.power);
    json.key("share").real(answer.rules.share);
    write_side(json, "reference", answer.reference);
    write_side(json, "current", answer.current);
    json.key("findings").begin_array();
    for (const auto& finding : report.findings) {
        json.begin_object().key("column").string(finding.column).key("what").string(to_string(finding.aspect));
        json.key("verdict").string(to_string(finding.outcome));
        json.key("effect").real(finding.effect).key("threshold").real(finding.threshold);
        json.key("noise_floor").real(finding.noise_floor);
        if (finding.detectable) json.key("detectable").real(*finding.detectable);
        if (finding.score) write_score(json, *finding.score);
        json.key("test").string(to_string(finding.test));
        if (finding.test != drift::Test::none) json.key("p").real(finding.p).key("adjusted_p").real(finding.adjusted_p);
        json.key("reference_values").unsigned_integer(finding.reference_values);
        json.key("current_values").unsigned_integer(finding.current_values);
        json.key("detail").string(finding.detail).end_object();
        out.drain();
    }
    json.end_array();
    json.key("notes").begin_array();
    for (const auto& note : report.notes) json.string(note);
    json.end_array();
}

void write_drift_page(Context& ctx, const std::string& file, const DriftAnswer& answer) {
    report::ColumnPage page{.title = verdict_of(answer.report),
                            .subtitle = fmt::format("{} against {}", answer.current.shown, answer.reference.shown),
                            .series = {"reference: " + answer.reference.shown, "current: " + answer.current.shown},
                            .columns = {},
                            .made_by = fmt::format("mlo {}", version_number)};
    std::set<std::string_view> seen;
    for (const auto& finding : answer.report.findings)
        if (seen.insert(finding.column).second) page.columns.push_back(card_of(answer, finding.column));
    write_page(ctx, file, page);
}

}  // namespace mlo::cli
