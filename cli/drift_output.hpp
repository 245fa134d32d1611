// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>
#include <string>

#include "output.hpp"
#include "profiles.hpp"

/// How the answer of a comparison is shown.
namespace mlo::cli {

struct DriftAnswer {
    const drift::Report& report;
    const drift::Rules& rules;
    const NamedProfile& reference;
    const NamedProfile& current;
};

/// "drift in 2 of 5 columns, 1,000 rows against 1,000"
[[nodiscard]] std::string verdict_of(const drift::Report& report);
/// 0, 3 or 4.
[[nodiscard]] int exit_code_of(drift::Outcome outcome) noexcept;
[[nodiscard]] Paint paint_of(drift::Outcome outcome) noexcept;

enum class Shown : std::uint8_t { drifts, most, everything };

/// The verdict on one line, then the findings: all drifts, and of the others those with the greatest effects.
void show_drift(Output& out, const DriftAnswer& answer, Shown shown);
/// The table of findings alone; returns how many were left out.
std::size_t show_findings(Output& out, const drift::Report& report, Shown shown);
/// mlo/drift-v1.
void write_drift(Output& out, const DriftAnswer& answer);
/// Its members, for a document of several answers.
void write_drift_members(Output& out, json::Writer& json, const DriftAnswer& answer);
/// A page that needs nothing but itself, written whole or not at all.
void write_drift_page(Context& ctx, const std::string& file, const DriftAnswer& answer);

}  // namespace mlo::cli
