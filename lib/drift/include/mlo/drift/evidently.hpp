// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>

/// The verdict that Evidently 0.7.23 gives (its DataDriftPreset over frames that pandas 2 has read), bugs included, for
/// those who move from it.
namespace mlo::drift {

enum class EvidentlyType : std::uint8_t { number, category };
/// "num", "cat"
[[nodiscard]] std::string_view to_string(EvidentlyType type) noexcept;

struct EvidentlyColumn {
    std::string name;
    EvidentlyType type = EvidentlyType::number;
    Method method = Method::ks;
    std::optional<double> score;  ///< nothing: NaN
    double threshold = 0;
    bool has_drifted = false;
};

struct EvidentlyReport {
    bool has_drifted = false;
    std::uint64_t reference_rows = 0;
    std::uint64_t current_rows = 0;
    std::vector<EvidentlyColumn> columns;  ///< numbers first
    std::size_t drifted = 0;               ///< of them
    double share = 0;                      ///< of them, that has drifted
    struct NotCompared {
        std::string column;
        std::string reason;
    };
    std::vector<NotCompared> not_compared;
};

/// Of the rules, those count that Evidently has: methods, thresholds, columns and Rules::share. Where Evidently ends
/// with an error for one column, that one is not compared. Throws nothing_in_common, column_unknown, method_misfit,
/// values_needed.
[[nodiscard]] EvidentlyReport compare_as_evidently(const profile::Profile& reference, const profile::Profile& current,
                                                   const Rules& rules, ValueSource* values = nullptr);

}  // namespace mlo::drift
