// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/drift/method.hpp>
#include <mlo/drift/values.hpp>
#include <mlo/profile/profile.hpp>
#include <mlo/stats/corrections.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Whether a table has changed since another one, by their profiles, and how sure that is. What holds:
/// lib/drift/README.md.
namespace mlo::drift {

/// What of a column is compared.
enum class Aspect : std::uint8_t {
    distribution,     ///< of the values that there are
    missing,          ///< the share of rows without a value, NaN included
    infinite,         ///< the share of infinities
    new_values,       ///< values that the reference has not, where all of its values are known
    vanished_values,  ///< values of the reference that are gone
    range,            ///< numbers outside of the reference's range
    type,             ///< another type than in the reference
    column            ///< a column that is gone, or new
};
/// "distribution"
[[nodiscard]] std::string_view to_string(Aspect aspect) noexcept;

enum class Outcome : std::uint8_t { none, drift, undecided };
/// "drift", "none", "undecided"
[[nodiscard]] std::string_view to_string(Outcome outcome) noexcept;

/// How p was found.
enum class Test : std::uint8_t { none, ks, chi_squared, permutation, fisher, order, method };
/// "kolmogorov-smirnov"
[[nodiscard]] std::string_view to_string(Test test) noexcept;

/// What a method that was asked for says of a distribution.
struct Score {
    Method method = Method::ks;
    double value = 0;
    double threshold = 0;
    std::optional<double> noise_floor = {};  ///< what the distance is on average where nothing has changed
};

/// One comparison. Effects are all on one scale: the Jensen-Shannon distance in base 2, from 0 (alike) to 1 (nothing in
/// common), so that columns of all types can be ranked.
struct Finding {
    std::string column;
    Aspect aspect = Aspect::distribution;
    Outcome outcome = Outcome::none;
    double effect = 0;
    double threshold = 0;
    double noise_floor = 0;            ///< what the effect is on average where nothing has changed
    std::optional<double> detectable;  ///< the effect that this many rows show with the power asked for
    Test test = Test::none;            ///< none: a fact that needs no test
    double p = 1;
    double adjusted_p = 1;  ///< for there being several comparisons
    std::uint64_t reference_values = 0;
    std::uint64_t current_values = 0;
    std::optional<Score> score = {};  ///< of distributions for which the rules name a method
    std::string detail;               ///< "'ZZ' 27.8 %, 'XX' 1.0 %"
};

struct Rules {
    /// What counts as drift: of columns with a method, its score; else the least effect. Nothing: the method's own, or
    /// default_threshold.
    std::optional<double> threshold = {};
    std::map<table::Type, double> type_thresholds = {};  ///< instead, for columns of a type in the reference
    std::map<std::string, double, std::less<>> column_thresholds = {};  ///< instead, whatever the type
    /// How distributions are compared; nothing: by effect and p. Columns that it does not take are compared without it.
    std::optional<Method> method = {};
    std::map<table::Type, Method> type_methods = {};  ///< instead, for columns of a type in the reference
    std::map<std::string, Method, std::less<>> column_methods = {};  ///< instead, whatever the type
    double alpha = 0.05;  ///< greatest share of false alarms among alarms; of any, where nothing has changed
    double power = 0.8;   ///< of which the detectable effect is stated
    stats::Correction correction = stats::Correction::benjamini_hochberg;
    std::uint64_t least_values = 30;               ///< on either side; with fewer nothing is decided
    std::set<std::string, std::less<>> only = {};  ///< columns; empty: all
    std::set<std::string, std::less<>> excluded = {};
    /// The table has drifted if at least this share of its compared columns has, and at least one.
    double share = 0;
    std::uint64_t seed = 0;  ///< of permutations

    static constexpr double default_threshold = 0.1;  ///< of effects

    [[nodiscard]] std::optional<Method> method_of(std::string_view column, table::Type type) const;
    /// The one that was given for the column, its type, or all.
    [[nodiscard]] std::optional<double> given_threshold(std::string_view column, table::Type type) const;
    /// Of effects. Where there is a method, given thresholds are those of its scores, and this is the default.
    [[nodiscard]] double threshold_of(std::string_view column, table::Type type) const;
};

struct Report {
    Outcome outcome = Outcome::none;
    std::uint64_t reference_rows = 0;
    std::uint64_t current_rows = 0;
    std::size_t columns = 0;         ///< that were compared
    std::size_t drifted = 0;         ///< of them
    std::vector<Finding> findings;   ///< drift first, then by falling effect
    std::vector<std::string> notes;  ///< what was not compared, and why
};

/// Compares the table behind `current` with that behind `reference`. Both are counted in the reference's bins and
/// categories; where `current` was not (profile::BuildOptions::frame), its counts are estimated, and p is found for
/// what is certain of them. A drift is an effect over the threshold whose adjusted p is below alpha. With a method, the
/// score of a distance takes the place of the effect, and one that is a p, adjusted, decides alone. `values` is asked
/// for what methods need and profiles do not have. Throws nothing_in_common, column_unknown, method_misfit,
/// values_needed.
[[nodiscard]] Report compare(const profile::Profile& reference, const profile::Profile& current, const Rules& rules,
                             ValueSource* values = nullptr);

}  // namespace mlo::drift
