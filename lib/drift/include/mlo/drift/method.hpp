// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/sample.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// Ways to compare a column that a user can ask for by name: each is one row of a table, with one function.
namespace mlo::drift {

enum class Method : std::uint8_t {
    ks,
    cramer_von_mises,
    anderson,
    mannw,
    t_test,
    es,
    empirical_mmd,
    chisquare,
    z,
    fisher_exact,
    g_test,
    total_variation,
    wasserstein,
    energy,
    jensenshannon,
    kl_div,
    psi,
    hellinger,
    l_infinity
};

/// Columns that a method is for. Numbers that are few and come again are categories as well.
enum class Takes : std::uint8_t { numbers, categories, both };
/// What has to be known of both columns: all values, moments, or counts by bin or category, which a profile has.
enum class Needs : std::uint8_t { values, moments, counts };
enum class ScoreKind : std::uint8_t { p, distance };
/// "p", "distance"
[[nodiscard]] std::string_view to_string(ScoreKind kind) noexcept;

/// Both columns. What the method does not need may be empty.
struct MethodInput {
    std::optional<stats::SortedSample> reference;
    std::optional<stats::SortedSample> current;
    const stats::Moments* reference_moments = nullptr;
    const stats::Moments* current_moments = nullptr;
    std::span<const std::uint64_t> reference_counts;
    std::span<const std::uint64_t> current_counts;
    std::uint64_t seed = 0;
};

/// Throws what the functions of stats do where a method has no answer: no_spread, sample_too_small, ...
using MethodFunction = double (*)(const MethodInput& input);

struct MethodRow {
    Method method;
    std::string_view name;   ///< as Evidently's users know it, where it has it
    std::string_view alias;  ///< another name for it, as SciPy's users know it; may be empty
    Takes takes;
    Needs needs;
    ScoreKind kind;
    double threshold;  ///< Evidently's, where it has the method
    MethodFunction score;
    MethodFunction noise_floor;  ///< what a distance is on average where nothing has changed; null: not known
    std::string_view title;      ///< Evidently's name of it in answers; empty: it has no such method
    MethodFunction evidently;    ///< its way, all values at hand; null: it is `score`
    /// Whether Evidently calls a score that is equal to the threshold drift.
    enum class AtThreshold : std::uint8_t { drift, none } at_threshold;
};

/// All of them, in the order of Method.
[[nodiscard]] std::span<const MethodRow> methods() noexcept;
[[nodiscard]] const MethodRow& row_of(Method method) noexcept;
/// By its name or its alias, exactly as written.
[[nodiscard]] std::optional<Method> method_named(std::string_view name) noexcept;
/// Whether a score says drift: a p below the threshold, a distance above it.
[[nodiscard]] bool is_beyond(const MethodRow& row, double score, double threshold) noexcept;

}  // namespace mlo::drift
