// SPDX-License-Identifier: Apache-2.0
#include "check_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/report/text_chart.hpp>

#include "forms.hpp"

namespace mlo::report {
namespace {

using Outcome = CheckCase::Outcome;

Outcome outcome_of(const Check& check, const CheckFinding& finding) {
    if (finding.outcome == CheckFinding::Outcome::passed) return Outcome::passed;
    if (finding.outcome == CheckFinding::Outcome::undecided) return Outcome::undecided;
    return check.outcome == Check::Outcome::failed ? Outcome::failed : Outcome::tolerated;
}

Outcome outcome_of(const Check& check) {
    switch (check.outcome) {
        case Check::Outcome::passed:
            return Outcome::passed;
        case Check::Outcome::failed:
            return Outcome::failed;
        case Check::Outcome::undecided:
            return Outcome::undecided;
        case Check::Outcome::broken:
            break;
    }
    return Outcome::broken;
}

/// "effect 0.42, threshold 0.1, p 0.003"
std::string numbers_of(const CheckFinding& finding) {
    std::string text;
    if (finding.effect)
        text = fmt::format("effect {}, threshold {}", short_number(*finding.effect), short_number(finding.threshold));
    if (finding.p) text += fmt::format("{}p {}", text.empty() ? "" : ", ", short_number(*finding.p));
    return text;
}

}  // namespace

std::vector<CheckCase> cases_of(const Check& check) {
    const auto whole = outcome_of(check);
    if (whole == Outcome::broken) return {{&check, nullptr, whole}};
    std::vector<CheckCase> cases;
    cases.reserve(check.findings.size() + 1);
    for (const auto& finding : check.findings) cases.push_back({&check, &finding, outcome_of(check, finding)});
    const bool is_said =
        std::any_of(cases.begin(), cases.end(), [&](const CheckCase& one) { return one.outcome == whole; });
    const bool is_passed = whole == Outcome::passed && !cases.empty();
    if (!is_said && !is_passed) cases.push_back({&check, nullptr, whole});
    return cases;
}

std::string name_of(const CheckCase& one) {
    if (one.finding == nullptr) return one.check->name;
    const auto& [subject, what] = std::tie(one.finding->subject, one.finding->what);
    if (subject.empty() || what.empty()) return subject + what;
    return fmt::format("{}: {}", subject, what);
}

std::string message_of(const CheckCase& one) {
    if (one.finding == nullptr) {
        const auto& text = one.outcome == Outcome::broken ? one.check->message : one.check->summary;
        return text.empty() ? std::string{to_string(one.check->outcome)} : text;
    }
    const auto numbers = numbers_of(*one.finding);
    if (one.finding->message.empty()) return numbers.empty() ? std::string{to_string(one.finding->outcome)} : numbers;
    return numbers.empty() ? one.finding->message : fmt::format("{} ({})", one.finding->message, numbers);
}

std::string details_of(const CheckCase& one) {
    const auto& check = *one.check;
    const auto place = place_text(check.file, check.line, check.column);
    if (one.outcome == Outcome::broken) return diagnostic_text(message_of(one), place, check.notes, check.help);
    std::vector<std::string> notes;
    if (one.finding != nullptr && !check.summary.empty()) notes.push_back(check.summary);
    notes.insert(notes.end(), check.notes.begin(), check.notes.end());
    return diagnostic_text(message_of(one), place, notes, check.help);
}

std::string_view to_string(Check::Outcome outcome) noexcept {
    switch (outcome) {
        case Check::Outcome::passed:
            return "passed";
        case Check::Outcome::failed:
            return "failed";
        case Check::Outcome::undecided:
            return "undecided";
        case Check::Outcome::broken:
            break;
    }
    return "broken";
}

std::string_view to_string(CheckFinding::Outcome outcome) noexcept {
    switch (outcome) {
        case CheckFinding::Outcome::passed:
            return "passed";
        case CheckFinding::Outcome::failed:
            return "failed";
        case CheckFinding::Outcome::undecided:
            break;
    }
    return "undecided";
}

std::size_t CheckReport::count(Check::Outcome outcome) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(), [&](const Check& check) { return check.outcome == outcome; }));
}

}  // namespace mlo::report
