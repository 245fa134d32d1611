// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <mlo/drift/compare.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "profiles.hpp"
#include "table_output.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t others_shown = 10;

struct DriftOptions {
    std::string reference;
    std::string columns;
    std::string excluded;
    Fraction threshold{0.1};
    Fraction alpha{0.05};
    Fraction power{0.8};
    stats::Correction correction = stats::Correction::benjamini_hochberg;
    Fraction share;
    std::uint64_t least_rows = 30;
    std::uint64_t seed = 0;
    bool shows_all = false;
    TableOptions reading;
    std::vector<std::string> current;
};

void declare(Args& args, DriftOptions& o) {
    args.option("--reference", o.reference, "what to compare with: a profile, a table, or DATA@REV[:PATH]")
        .value("DATA")
        .completing(Completes::path)
        .required();
    args.option("--threshold", o.threshold, "the least effect that counts, from 0 to 1 [default: 0.1]");
    args.option("--alpha", o.alpha, "how often there may be a false alarm [default: 0.05]");
    args.option("--power", o.power, "of which the effect that would be found is told [default: 0.8]");
    args.choice("--correction", o.correction,
                {Choice{"bh", stats::Correction::benjamini_hochberg},
                 {"holm", stats::Correction::holm},
                 {"bonferroni", stats::Correction::bonferroni},
                 {"none", stats::Correction::none}},
                "for there being several comparisons [default: bh, Benjamini-Hochberg]");
    args.option("--share", o.share, "share of the columns that must drift for the table to [default: one column]");
    args.option("--least-rows", o.least_rows, "with fewer values nothing is decided [default: 30]")
        .between(2, std::numeric_limits<std::int64_t>::max());
    args.option("--columns", o.columns, "compare only these, with commas between them").value("NAME,...");
    args.option("--exclude", o.excluded, "compare all but these, with commas between them").value("NAME,...");
    args.option("--seed", o.seed, "decides permutations and samples [default: 0]");
    args.flag("-a,--all", o.shows_all, "show every comparison");
    declare_tables(args, o.reading);
    args.positional("current", o.current,
                    "files, folders or patterns that make up one table, a profile, -, or DATA@REV")
        .completing(Completes::path)
        .required();
}

[[nodiscard]] std::set<std::string, std::less<>> names_in(const std::string& text) {
    if (text.empty()) return {};
    const auto names = split(text, ',');
    return {names.begin(), names.end()};
}

[[nodiscard]] std::string shown_p(double p) { return p < 1e-4 ? "< 0.0001" : fmt::format("{:.4f}", p); }

[[nodiscard]] std::string verdict_of(const drift::Report& report) {
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

void show(Output& out, const drift::Report& report, bool shows_all) {
    using drift::Outcome;
    const auto paint = report.outcome == Outcome::drift  ? Paint::bad
                       : report.outcome == Outcome::none ? Paint::good
                                                         : Paint::changed;
    out.line(out.painted(paint, verdict_of(report)));
    Table table;
    table.columns = {{"Column", Table::Align::left},       {"What", Table::Align::left},
                     {"Verdict", Table::Align::left},      {"Effect", Table::Align::right},
                     {"Noise", Table::Align::right},       {"Detectable", Table::Align::right},
                     {"p, adjusted", Table::Align::right}, {"", Table::Align::left}};
    std::size_t others = 0;
    std::size_t left_out = 0;
    for (const auto& finding : report.findings) {
        if (finding.outcome != Outcome::drift && ++others > others_shown && !shows_all) {
            ++left_out;
            continue;
        }
        const bool is_tested = finding.test != drift::Test::none;
        const auto word = finding.outcome == Outcome::drift       ? "drift"
                          : finding.outcome == Outcome::undecided ? "few values"
                                                                  : "-";
        table.rows.push_back({visible(finding.column), std::string{to_string(finding.aspect)}, word,
                              is_tested ? fmt::format("{:.3f}", finding.effect) : "",
                              is_tested ? fmt::format("{:.3f}", finding.noise_floor) : "",
                              finding.detectable ? fmt::format("{:.3f}", *finding.detectable) : "",
                              is_tested ? shown_p(finding.adjusted_p) : "", visible(finding.detail)});
    }
    out.table(table);
    out.flush();
    if (left_out > 0)
        out.message(fmt::format("{} without drift not shown: --all", plural(left_out, "comparison", "comparisons")));
    for (const auto& note : report.notes) out.message(note);
}

void write_side(json::Writer& json, std::string_view key, const NamedProfile& named) {
    json.key(key).begin_object();
    json::write_path(json, "name", named.shown);
    if (named.data) json.key("data").string(named.data->to_string());
    if (named.stored_as) json.key("profile").string(named.stored_as->to_string());
    json.key("rows").unsigned_integer(named.profile.rows).end_object();
}

void write(Output& out, const drift::Report& report, const DriftOptions& o, const NamedProfile& reference,
           const NamedProfile& current) {
    out.document("mlo/drift-v1", [&](json::Writer& json) {
        json.key("verdict").string(to_string(report.outcome));
        json.key("columns").unsigned_integer(report.columns);
        json.key("drifted_columns").unsigned_integer(report.drifted);
        json.key("alpha").real(o.alpha.value).key("power").real(o.power.value).key("share").real(o.share.value);
        write_side(json, "reference", reference);
        write_side(json, "current", current);
        json.key("findings").begin_array();
        for (const auto& finding : report.findings) {
            json.begin_object().key("column").string(finding.column).key("what").string(to_string(finding.aspect));
            json.key("verdict").string(to_string(finding.outcome));
            json.key("effect").real(finding.effect).key("threshold").real(finding.threshold);
            json.key("noise_floor").real(finding.noise_floor);
            if (finding.detectable) json.key("detectable").real(*finding.detectable);
            json.key("test").string(to_string(finding.test));
            if (finding.test != drift::Test::none)
                json.key("p").real(finding.p).key("adjusted_p").real(finding.adjusted_p);
            json.key("reference_values").unsigned_integer(finding.reference_values);
            json.key("current_values").unsigned_integer(finding.current_values);
            json.key("detail").string(finding.detail).end_object();
            out.drain();
        }
        json.end_array();
        json.key("notes").begin_array();
        for (const auto& note : report.notes) json.string(note);
        json.end_array();
    });
}

int run(Context& ctx, const DriftOptions& o) {
    if (!(o.alpha.value > 0 && o.alpha.value < o.power.value && o.power.value < 1))
        throw Error{errors::bad_value, "--alpha must be more than 0 and less than --power, and that less than 1"};
    drift::Rules rules;
    rules.threshold = o.threshold.value;
    rules.alpha = o.alpha.value;
    rules.power = o.power.value;
    rules.correction = o.correction;
    rules.share = o.share.value;
    rules.least_values = o.least_rows;
    rules.only = names_in(o.columns);
    rules.excluded = names_in(o.excluded);
    rules.seed = o.seed;
    const auto reference = profile_of(ctx, {&o.reference, 1}, o.reading, {.seed = o.seed});
    const auto current =
        profile_of(ctx, o.current, o.reading, {.frame = &reference.profile, .seed = reference.profile.seed});
    const auto report = drift::compare(reference.profile, current.profile, rules);
    if (ctx.out().is_json())
        write(ctx.out(), report, o, reference, current);
    else
        show(ctx.out(), report, o.shows_all);
    ctx.out().flush();
    return report.outcome == drift::Outcome::drift       ? exit_negative
           : report.outcome == drift::Outcome::undecided ? exit_undecided
                                                         : exit_ok;
}

constexpr Example examples[] = {
    {"mlo drift today.csv --reference train@v1.2:train.csv", "against the data that a model was trained on"},
    {"mlo drift today.parquet --reference ref.profile", "against a profile, without reading the reference again"},
    {"mlo drift today.csv --reference ref.profile --exclude id,day --json", "for a program"}};
constexpr ExitMeaning exits[] = {{exit_negative, "the table has drifted"},
                                 {exit_undecided, "there are too few rows to decide"}};

}  // namespace

extern const Command drift_command{
    .words = "drift",
    .group = Group::quality,
    .summary = "tell whether a table has changed since a reference, and how sure that is",
    .bind = command_main<DriftOptions, declare, run>,
    .json_schema = "mlo/drift-v1",
    .examples = examples,
    .exits = exits};

}  // namespace mlo::cli
