// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/report/check_report.hpp>
#include <string>
#include <string_view>

/// Reports of checks, and their forms as text.
namespace mlo::report {

template <typename Write>
std::string written(const Write& write, const CheckReport& report) {
    std::string text;
    write(report, [&](std::string_view piece) { text += piece; });
    return text;
}

inline const auto junit_of = [](const CheckReport& report) {
    return written([](const CheckReport& r, const TextSink& sink) { write_junit(r, sink); }, report);
};

inline CheckFinding finding_of(std::string subject, CheckFinding::Outcome outcome) {
    CheckFinding finding;
    finding.subject = std::move(subject);
    finding.what = "distribution";
    finding.outcome = outcome;
    finding.message = "median 0.698, was 0.498";
    finding.effect = 0.25;
    finding.threshold = 0.1;
    finding.p = 0.003;
    return finding;
}

inline Check check_of(std::string name, Check::Outcome outcome) {
    Check check;
    check.name = std::move(name);
    check.outcome = outcome;
    check.summary = "1,000 rows against 2,000";
    check.reference_rows = 2'000;
    check.current_rows = 1'000;
    return check;
}

/// A check of each outcome, each with findings as such a one has.
inline CheckReport report_of_all_outcomes() {
    CheckReport report;
    report.tool = "mlo drift";
    report.version = "1.2.3";
    report.title = "drift.yaml";
    report.host = "here";
    report.began_ms = 1'704'110'400'123;
    report.duration_ms = 2'005;
    report.checks.push_back(check_of("sales", Check::Outcome::passed));
    report.checks.back().findings = {finding_of("day", CheckFinding::Outcome::passed),
                                     finding_of("shop", CheckFinding::Outcome::failed)};
    report.checks.push_back(check_of("prices", Check::Outcome::failed));
    auto& failed = report.checks.back();
    failed.file = "data/prices of today.csv";
    failed.duration_ms = 1'500;
    failed.notes = {"'id' was not compared"};
    failed.findings = {finding_of("day", CheckFinding::Outcome::passed),
                       finding_of("size", CheckFinding::Outcome::undecided),
                       finding_of("price", CheckFinding::Outcome::failed)};
    failed.findings[1].effect = {};
    failed.findings[1].p = {};
    failed.findings[1].what = "missing";
    failed.findings[1].message = "12 values are too few";
    report.checks.push_back(check_of("few", Check::Outcome::undecided));
    report.checks.push_back(check_of("gone", Check::Outcome::broken));
    auto& broken = report.checks.back();
    broken.summary.clear();
    broken.code = "MLO-K003";
    broken.message = "'gone.csv' is not there";
    broken.notes = {"in 'drift.yaml'"};
    broken.help = "mlo pull gone.csv";
    broken.file = "drift.yaml";
    broken.line = 4;
    broken.column = 7;
    return report;
}

/// Names that no form can have as they are.
inline CheckReport hostile_report() {
    const std::string name = "a\x01\xff<\"&'\n\t\r\xef\xbf\xbe|`{0}[x](javascript:y)\\\xf0\x9f\x98\x80\x1b[31m";
    CheckReport report;
    report.tool = name;
    report.version = name;
    report.title = name;
    report.host = name;
    report.checks.push_back(check_of(name, Check::Outcome::failed));
    report.checks.back().file = name;
    report.checks.back().summary = name;
    report.checks.back().findings = {finding_of(name, CheckFinding::Outcome::failed)};
    report.checks.back().findings[0].what = name;
    report.checks.back().findings[0].message = name;
    report.checks.push_back(report.checks[0]);
    report.checks.push_back(check_of(name, Check::Outcome::broken));
    report.checks.back().code = name;
    report.checks.back().message = name;
    report.checks.back().notes = {name};
    report.checks.back().help = name;
    return report;
}

}  // namespace mlo::report
