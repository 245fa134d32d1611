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

enum class Shown : std::uint8_t { most, everything };

/// The verdict on one line, then the findings: all drifts, and of the others those with the greatest effects.
void show_drift(Output& out, const DriftAnswer& answer, Shown shown);
/// mlo/drift-v1.
void write_drift(Output& out, const DriftAnswer& answer);
/// A page that needs nothing but itself, written whole or not at all.
void write_drift_page(Context& ctx, const std::string& file, const DriftAnswer& answer);

}  // namespace mlo::cli
