// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/report/check_report.hpp>
#include <vector>

#include "check_case.hpp"
#include "forms.hpp"

namespace mlo::report {
namespace {

using Outcome = CheckCase::Outcome;

struct Counts {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;

    void add(const std::vector<CheckCase>& cases) {
        tests += cases.size();
        for (const auto& one : cases) {
            failures += one.outcome == Outcome::failed ? 1U : 0U;
            errors += one.outcome == Outcome::broken ? 1U : 0U;
            skipped += one.outcome == Outcome::undecided ? 1U : 0U;
        }
    }
    [[nodiscard]] std::string attributes(std::int64_t duration_ms) const {
        return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")", tests, failures, errors,
                           skipped, junit_seconds(duration_ms));
    }
};

/// Readers take no empty names.
std::string name_text(std::string_view name) { return name.empty() ? "-" : xml_escaped(name); }

std::string_view type_of(const CheckCase& one) {
    if (one.finding != nullptr) return one.finding->what;
    return one.outcome == Outcome::broken ? std::string_view{one.check->code} : "check";
}

void write_case(const CheckCase& one, const TextSink& sink) {
    const auto& check = *one.check;
    auto text = fmt::format(R"(    <testcase name="{}" classname="{}" time="{}")", name_text(name_of(one)),
                            name_text(check.name), junit_seconds(one.finding == nullptr ? check.duration_ms : 0));
    if (!check.file.empty()) text += fmt::format(R"( file="{}")", xml_escaped(check.file));
    if (!check.file.empty() && check.line > 0) text += fmt::format(R"( line="{}")", check.line);
    const auto message = message_of(one);
    switch (one.outcome) {
        case Outcome::passed:
        case Outcome::tolerated:
            text += fmt::format(">\n      <system-out>{}{}</system-out>\n", xml_body(message),
                                one.outcome == Outcome::tolerated ? "\nit failed, the check as a whole did not" : "");
            break;
        case Outcome::undecided:
            text += fmt::format(">\n      <skipped message=\"{}\"/>\n", xml_escaped(message));
            break;
        case Outcome::failed:
            text += fmt::format(">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n", xml_escaped(message),
                                name_text(type_of(one)), xml_body(details_of(one)));
            break;
        case Outcome::broken:
            text += fmt::format(">\n      <error message=\"{}\" type=\"{}\">{}</error>\n", xml_escaped(message),
                                name_text(type_of(one)), xml_body(details_of(one)));
            break;
    }
    sink(text + "    </testcase>\n");
}

}  // namespace

void write_junit(const CheckReport& report, const TextSink& sink) {
    std::vector<std::vector<CheckCase>> cases;
    Counts all;
    for (const auto& check : report.checks) all.add(cases.emplace_back(cases_of(check)));
    sink("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    sink(fmt::format("<testsuites name=\"{}\" {}>\n", name_text(report.tool), all.attributes(report.duration_ms)));
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& check = report.checks[i];
        Counts counts;
        counts.add(cases[i]);
        sink(fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\" hostname=\"{}\">\n", name_text(check.name),
                         counts.attributes(check.duration_ms), utc_time(report.began_ms), name_text(report.host)));
        for (const auto& one : cases[i]) write_case(one, sink);
        if (!check.summary.empty()) sink(fmt::format("    <system-out>{}</system-out>\n", xml_body(check.summary)));
        sink("  </testsuite>\n");
    }
    sink("</testsuites>\n");
}

}  // namespace mlo::report
