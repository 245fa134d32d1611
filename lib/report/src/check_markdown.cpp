// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/report/check_report.hpp>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/text.hpp>
#include <vector>

#include "check_case.hpp"
#include "forms.hpp"
#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = Check::Outcome;

/// The worst first.
constexpr std::array worst_first{Outcome::broken, Outcome::failed, Outcome::undecided, Outcome::passed};

std::vector<const Check*> ordered(const CheckReport& report) {
    std::vector<const Check*> checks;
    for (const auto outcome : worst_first) {
        for (const auto& check : report.checks)
            if (check.outcome == outcome) checks.push_back(&check);
    }
    return checks;
}

std::string heading_of(const CheckReport& report) {
    auto text = plural(report.checks.size(), "check", "checks");
    std::string_view before = ": ";
    for (const auto outcome : worst_first) {
        const auto count = report.count(outcome);
        if (count == 0) continue;
        text += fmt::format("{}{} {}", before, format_count(count), to_string(outcome));
        before = ", ";
    }
    return fmt::format("### {}: {}\n", short_cell(report.title.empty() ? report.tool : report.title), text);
}

template <typename T>
std::string word_of(T outcome) {
    const auto is_bad = outcome == T::failed || to_string(outcome) == "broken";
    return is_bad ? fmt::format("**{}**", to_string(outcome)) : std::string{to_string(outcome)};
}

std::string row_of(const Check& check) {
    const auto& said = check.outcome == Outcome::broken ? check.message : check.summary;
    return fmt::format("| {} | {} | {} | {} |\n", short_cell(check.name), word_of(check.outcome),
                       check.duration_ms > 0 ? duration(check.duration_ms) : "", short_cell(said));
}

void add_checks(const std::vector<const Check*>& checks, Room& room) {
    if (checks.empty() || !room.add("\n| check | result | time | summary |\n| --- | --- | ---: | --- |\n")) return;
    std::size_t rows = 0;
    while (rows < checks.size() && room.add(row_of(*checks[rows]))) ++rows;
    if (rows < checks.size()) room.add_always(fmt::format("\nand {} more\n", format_count(checks.size() - rows)));
}

std::string row_of(const CheckFinding& finding) {
    const auto shown = [](const std::optional<double>& value) { return value ? short_number(*value) : std::string{}; };
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", short_cell(finding.subject), short_cell(finding.what),
                       word_of(finding.outcome), shown(finding.effect),
                       finding.effect ? short_number(finding.threshold) : "", shown(finding.p),
                       short_cell(finding.message));
}

std::string head_of(const Check& check) {
    auto text = fmt::format("\n#### {}\n\n", short_cell(check.name));
    if (check.outcome != Outcome::broken) return text;
    const auto place = place_text(check.file, check.line, check.column);
    return text + fenced(plain_output(diagnostic_text(check.message, place, check.notes, check.help)));
}

/// Those that did not pass, the failed ones first.
std::vector<const CheckFinding*> shown_findings(const Check& check) {
    std::vector<const CheckFinding*> findings;
    for (const auto outcome : {CheckFinding::Outcome::failed, CheckFinding::Outcome::undecided}) {
        for (const auto& finding : check.findings)
            if (finding.outcome == outcome) findings.push_back(&finding);
    }
    return findings;
}

/// How many findings had no room.
std::size_t add_findings(const Check& check, Room& room) {
    const auto findings = shown_findings(check);
    if (findings.empty() && check.outcome != Outcome::broken) return 0;
    auto head = head_of(check);
    if (!findings.empty())
        head +=
            "| column | what | result | effect | threshold | p | found |\n| --- | --- | --- | ---: | ---: | ---: | --- "
            "|\n";
    if (!room.add(head)) return std::max<std::size_t>(findings.size(), 1);
    std::size_t rows = 0;
    while (rows < findings.size() && room.add(row_of(*findings[rows]))) ++rows;
    const auto passed = check.findings.size() - findings.size();
    if (rows == findings.size() && rows > 0 && passed > 0)
        room.add(fmt::format("\n{} passed\n", plural(passed, "comparison", "comparisons")));
    return findings.size() - rows;
}

}  // namespace

std::string to_markdown(const CheckReport& report, std::size_t limit_bytes) {
    Room room{limit_bytes};
    room.add(heading_of(report));
    const auto checks = ordered(report);
    add_checks(checks, room);
    std::size_t left_out = 0;
    for (const auto* const check : checks)
        if (check->outcome != Outcome::passed) left_out += add_findings(*check, room);
    if (left_out > 0) room.add_always(fmt::format("\nand {} more\n", plural(left_out, "finding", "findings")));
    return room.take();
}

}  // namespace mlo::report
