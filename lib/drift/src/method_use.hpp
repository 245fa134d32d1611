// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>
#include <mlo/drift/values.hpp>

#include "tests.hpp"

namespace mlo::drift {

/// The finite numbers of a column in ascending order, from its profile if that knows all of them, else from `values`,
/// which may be null; nothing if neither does.
[[nodiscard]] std::optional<std::vector<double>> all_numbers(const profile::Column& column, Side side,
                                                             ValueSource* values);

/// Whether an error says that a method has no answer for these values, rather than that something went wrong.
[[nodiscard]] bool says_no_answer(const Error& error) noexcept;

/// What is compared of a column, counted as the default verdict does.
struct MethodColumns {
    const profile::Column& reference;
    const profile::Column& current;
    const Counts& counts;
    const Counts* discrete = nullptr;  ///< by value, of numbers that are few and come again
};

/// Scores the finding of a distribution with the method that the rules name for it, if any. Where that has no answer, a
/// note says so. Throws method_misfit, values_needed.
void use_method(Finding& finding, const MethodColumns& columns, const Rules& rules, ValueSource* values,
                std::vector<std::string>& notes);

}  // namespace mlo::drift
