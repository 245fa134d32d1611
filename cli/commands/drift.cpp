// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <mlo/drift/compare.hpp>
#include <mlo/drift/evidently.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "check_reports.hpp"
#include "command.hpp"
#include "context.hpp"
#include "drift_output.hpp"
#include "errors.hpp"
#include "evidently_output.hpp"
#include "profiles.hpp"
#include "table_values.hpp"

namespace mlo::cli {

namespace {

enum class Compat : std::uint8_t { none, evidently };
constexpr double evidently_share = 0.5;

struct DriftOptions {
    std::string reference;
    std::string columns;
    std::string excluded;
    std::string threshold;
    std::string method;
    Compat compat = Compat::none;
    std::optional<Fraction> alpha;
    std::optional<stats::Correction> correction;
    std::optional<Fraction> share;
    std::optional<std::uint64_t> least_rows;
    std::string page;
    CheckReportOptions reports;
    bool shows_all = false;
    TableOptions reading;
    std::vector<std::string> current;
};

void declare(Args& args, DriftOptions& o) {
    args.option("--reference", o.reference, "what to compare with: a profile, a table, or DATA@REV[:PATH]")
        .value("DATA")
        .completing(Completes::path)
        .required();
    args.option("--method", o.method,
                "how distributions are compared: ks, psi, wasserstein, chi2, ... (see the manual)")
        .value("NAME");
    args.option("--threshold", o.threshold,
                "least effect, or score of --method, that counts [default: 0.1, or its own]")
        .value("N");
    args.choice("--compat", o.compat, {Choice{"evidently", Compat::evidently}},
                "the methods, thresholds and --json of Evidently 0.7, its bugs included");
    args.option("--alpha", o.alpha, "how often there may be a false alarm [default: 0.05]");
    args.choice("--correction", o.correction,
                {Choice{"bh", std::optional{stats::Correction::benjamini_hochberg}},
                 {"holm", stats::Correction::holm},
                 {"bonferroni", stats::Correction::bonferroni},
                 {"none", stats::Correction::none}},
                "for there being several comparisons [default: bh, Benjamini-Hochberg]");
    args.option("--share", o.share, "share of the columns that must drift for the table to [default: one column]");
    args.option("--least-rows", o.least_rows, "with fewer values nothing is decided [default: 30]")
        .between(2, std::numeric_limits<std::int64_t>::max());
    args.option("--columns", o.columns, "compare only these, with commas between them").value("NAME,...");
    args.option("--exclude", o.excluded, "compare all but these, with commas between them").value("NAME,...");
    args.option("--report", o.page, "write a page with the distributions of both, one over the other")
        .value("FILE.html")
        .completing(Completes::path);
    declare_check_reports(args, o.reports);
    args.flag("-a,--all", o.shows_all, "show every comparison");
    declare_tables(args, o.reading, TableHelp::names);
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

[[nodiscard]] drift::Method method_in(const std::string& name) {
    if (const auto method = drift::method_named(name)) return *method;
    std::vector<std::string> known;
    for (const auto& row : drift::methods()) {
        known.emplace_back(row.name);
        if (!row.alias.empty()) known.emplace_back(row.alias);
    }
    auto error = Error{errors::bad_value, fmt::format("there is no method {}", quoted(name))};
    if (const auto near = closest_match(name, known)) error.note(fmt::format("the nearest is {}", quoted(*near)));
    std::string all;
    for (const auto& row : drift::methods()) all += fmt::format("{}{}", all.empty() ? "" : ", ", row.name);
    throw std::move(error.hint("one of " + all));
}

/// "0.1", "10%". Effects and p are at most 1; other distances are not.
[[nodiscard]] double threshold_in(const std::string& text, const std::optional<drift::Method>& method) {
    const bool is_share = text.ends_with('%');
    const std::string_view digits{text.data(), text.size() - (is_share ? 1 : 0)};
    double number = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (is_share) number /= 100;
    const bool has_end = !method || drift::row_of(*method).kind == drift::ScoreKind::p;
    if (error != std::errc{} || stop != digits.data() + digits.size() || !(number >= 0) || std::isinf(number) ||
        (has_end && number > 1))
        throw Error{errors::bad_value,
                    fmt::format("'--threshold' takes {}, or a percentage, not {}",
                                has_end ? "a number from 0 to 1" : "a number from 0 on", quoted(text))}
            .hint("mlo drift -h");
    return number;
}

[[nodiscard]] drift::Rules rules_of(const DriftOptions& o) {
    drift::Rules rules;
    if (o.alpha && !(o.alpha->value > 0 && o.alpha->value < rules.power))
        throw Error{errors::bad_value, fmt::format("--alpha must be more than 0 and less than {}", rules.power)};
    if (!o.method.empty()) rules.method = method_in(o.method);
    if (!o.threshold.empty()) rules.threshold = threshold_in(o.threshold, rules.method);
    if (o.alpha) rules.alpha = o.alpha->value;
    if (o.correction) rules.correction = *o.correction;
    rules.share = o.share ? o.share->value : o.compat == Compat::evidently ? evidently_share : 0;
    if (o.least_rows) rules.least_values = *o.least_rows;
    rules.only = names_in(o.columns);
    rules.excluded = names_in(o.excluded);
    return rules;
}

/// Evidently has no word for them.
void refuse_other_options(const DriftOptions& o) {
    const auto refuse = [](bool is_given, std::string_view name) {
        if (is_given)
            throw Error{errors::bad_value, fmt::format("{} has no meaning with --compat evidently", name)}.hint(
                "mlo drift -h");
    };
    refuse(o.alpha.has_value(), "--alpha");
    refuse(o.correction.has_value(), "--correction");
    refuse(o.least_rows.has_value(), "--least-rows");
    refuse(!o.page.empty(), "--report");
    refuse(!o.reports.junit.empty(), "--junit");
    refuse(!o.reports.markdown.empty(), "--markdown");
    refuse(!o.reports.sarif.empty(), "--sarif");
    refuse(!o.reports.prometheus.empty(), "--prometheus");
    refuse(o.shows_all, "--all");
}

int run_as_evidently(Context& ctx, const DriftOptions& o) {
    refuse_other_options(o);
    const auto rules = rules_of(o);
    const WantedProfile wanted[] = {{.names = {&o.reference, 1}}, {.names = o.current, .framed_by = 0}};
    auto read = read_profiles(ctx, wanted, o.reading);
    TableValues values{read.tables};
    const auto report = drift::compare_as_evidently(read.profiles[0].profile, read.profiles[1].profile, rules, &values);
    ctx.out().is_json() ? write_evidently(ctx.out(), report, rules) : show_evidently(ctx.out(), report, rules);
    return report.has_drifted ? exit_negative : report.columns.empty() ? exit_undecided : exit_ok;
}

drift::Outcome compare(Context& ctx, const DriftOptions& o, report::CheckReport& told) {
    const auto rules = rules_of(o);
    const WantedProfile wanted[] = {{.names = {&o.reference, 1}}, {.names = o.current, .framed_by = 0}};
    auto read = read_profiles(ctx, wanted, o.reading);
    const auto& reference = read.profiles[0];
    const auto& current = read.profiles[1];
    TableValues values{read.tables};
    const auto report = drift::compare(reference.profile, current.profile, rules, &values);
    const DriftAnswer answer{report, rules, reference, current};
    if (!o.page.empty()) write_drift_page(ctx, o.page, answer);
    auto& check = told.checks.emplace_back(check_of(report, answer.current.shown, verdict_of(report)));
    check.duration_ms = now_ms(ctx) - told.began_ms;
    if (o.current.size() == 1) set_place(ctx, check, o.current.front());
    if (ctx.out().is_json())
        write_drift(ctx.out(), answer);
    else
        show_drift(ctx.out(), answer, o.shows_all ? Shown::everything : Shown::most);
    return report.outcome;
}

int run(Context& ctx, const DriftOptions& o) {
    if (o.compat == Compat::evidently) return run_as_evidently(ctx, o);
    auto told = check_report(ctx, "mlo drift", o.current.front());
    try {
        const auto outcome = compare(ctx, o, told);
        write_check_reports(ctx, o.reports, told);
        ctx.out().flush();
        if (!o.page.empty()) ctx.out().message(fmt::format("wrote the page to {}", quoted(o.page)));
        return exit_code_of(outcome);
    } catch (const Error& error) {
        // Whoever only sees the files is to know that there was no verdict.
        if (told.checks.empty() && error.code().id != mlo::errors::interrupted.id) {
            told.checks.push_back(broken_check(ctx, error, o.current.front()));
            write_check_reports(ctx, o.reports, told);
        }
        throw;
    }
}

constexpr Example examples[] = {
    {"mlo drift today.csv --reference train@v1.2:train.csv", "against the data that a model was trained on"},
    {"mlo drift today.parquet --reference ref.profile --exclude id", "without reading the reference again"},
    {"mlo drift today.csv --reference ref.csv --method psi --threshold 0.2", "by the population stability index"}};
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
