// SPDX-License-Identifier: Apache-2.0
#include "check_reports.hpp"

#include <fmt/format.h>

#include "ci_places.hpp"
#include "context.hpp"
#include "files.hpp"
#include "version.hpp"

namespace mlo::cli {
namespace {

/// GitHub shows no more of a comment or of a step's summary.
constexpr std::size_t most_markdown_bytes = 60'000;

report::CheckFinding finding_of(const drift::Finding& finding) {
    using Outcome = report::CheckFinding::Outcome;
    report::CheckFinding made;
    made.subject = finding.column;
    made.what = to_string(finding.aspect);
    made.outcome = finding.outcome == drift::Outcome::drift  ? Outcome::failed
                   : finding.outcome == drift::Outcome::none ? Outcome::passed
                                                             : Outcome::undecided;
    made.message = finding.detail;
    made.threshold = finding.threshold;
    if (finding.test != drift::Test::none) {
        made.effect = finding.effect;
        made.p = finding.adjusted_p;
    }
    return made;
}

}  // namespace

void declare_check_reports(Args& args, CheckReportOptions& o) {
    const auto file = [&](std::string_view name, std::string& into, std::string_view doc) {
        args.option(name, into, doc).value("FILE").completing(Completes::path);
    };
    file("--junit", o.junit, "write what was found as JUnit XML");
    file("--markdown", o.markdown, "write it as Markdown, for a comment or a summary");
    file("--sarif", o.sarif, "write it as SARIF 2.1.0, for code scanning");
    file("--prometheus", o.prometheus, "write it for the textfile collector of Prometheus' node_exporter");
}

report::CheckReport check_report(Context& ctx, std::string tool, std::string title) {
    report::CheckReport report;
    report.tool = std::move(tool);
    report.version = version_number;
    report.title = std::move(title);
    report.host = host_name();
    report.began_ms = now_ms(ctx);
    return report;
}

report::Check check_of(const drift::Report& report, std::string name, std::string summary) {
    using Outcome = report::Check::Outcome;
    report::Check check;
    check.name = std::move(name);
    check.summary = std::move(summary);
    check.outcome = report.outcome == drift::Outcome::drift  ? Outcome::failed
                    : report.outcome == drift::Outcome::none ? Outcome::passed
                                                             : Outcome::undecided;
    check.reference_rows = report.reference_rows;
    check.current_rows = report.current_rows;
    for (const auto& finding : report.findings) check.findings.push_back(finding_of(finding));
    return check;
}

report::Check broken_check(Context& ctx, const Error& error, std::string name) {
    report::Check check;
    check.name = std::move(name);
    check.outcome = report::Check::Outcome::broken;
    check.code = fmt::format("MLO-{}", error.code().id);
    check.message = error.message();
    check.summary = check.message;
    check.notes = error.notes();
    check.help = next_step(error);
    set_place(ctx, check, error.place());
    return check;
}

void set_place(Context& ctx, report::Check& check, std::string_view place) {
    if (place.empty()) return;
    auto [file, line, column] = ci_place(ctx, place, ctx.cwd());
    check.file = std::move(file);
    check.line = line;
    check.column = column;
}

std::int64_t now_ms(Context& ctx) {
    return std::chrono::floor<std::chrono::milliseconds>(ctx.runtime().clock.now()).time_since_epoch().count();
}

void write_check_reports(Context& ctx, const CheckReportOptions& o, report::CheckReport& report) {
    report.duration_ms = now_ms(ctx) - report.began_ms;
    const auto write = [&](const std::string& file, const std::function<void(const TextSink&)>& form) {
        if (!file.empty()) write_file(ctx, file, form);
    };
    write(o.junit, [&](const TextSink& sink) { write_junit(report, sink); });
    write(o.markdown, [&](const TextSink& sink) { sink(to_markdown(report, most_markdown_bytes)); });
    write(o.sarif, [&](const TextSink& sink) { write_sarif(report, sink); });
    write(o.prometheus, [&](const TextSink& sink) { write_prometheus(report, sink); });
}

}  // namespace mlo::cli
