// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/report/check_report.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::report {

/// What is reported one by one: a finding, or a check as a whole where none of its findings says what became of it.
struct CheckCase {
    enum class Outcome : std::uint8_t {
        passed,
        tolerated,  ///< the finding failed, the check did not
        undecided,
        failed,
        broken
    };
    const Check* check;
    const CheckFinding* finding;  ///< null: the check
    Outcome outcome;
};

[[nodiscard]] std::vector<CheckCase> cases_of(const Check& check);
/// "price: distribution"; the name of the check
[[nodiscard]] std::string name_of(const CheckCase& one);
/// On what was found, in words and numbers.
[[nodiscard]] std::string message_of(const CheckCase& one);
/// All that is known of it, on several lines.
[[nodiscard]] std::string details_of(const CheckCase& one);

/// "passed", "failed", "undecided", "broken"
[[nodiscard]] std::string_view to_string(Check::Outcome outcome) noexcept;
[[nodiscard]] std::string_view to_string(CheckFinding::Outcome outcome) noexcept;

}  // namespace mlo::report
