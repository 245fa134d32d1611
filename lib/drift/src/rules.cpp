// SPDX-License-Identifier: Apache-2.0
#include "require_known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/drift/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::drift {
namespace {

/// What is said of a column, else of its type, else of all.
template <class T>
std::optional<T> most_special(std::string_view column, table::Type type,
                              const std::map<std::string, T, std::less<>>& of_columns,
                              const std::map<table::Type, T>& of_types, const std::optional<T>& of_all) {
    if (const auto own = of_columns.find(column); own != of_columns.end()) return own->second;
    const auto of_type = of_types.find(type);
    return of_type != of_types.end() ? std::optional{of_type->second} : of_all;
}

}  // namespace

std::optional<Method> Rules::method_of(std::string_view column, table::Type type) const {
    return most_special(column, type, column_methods, type_methods, method);
}

std::optional<double> Rules::given_threshold(std::string_view column, table::Type type) const {
    return most_special(column, type, column_thresholds, type_thresholds, threshold);
}

double Rules::threshold_of(std::string_view column, table::Type type) const {
    if (method_of(column, type)) return default_threshold;
    return given_threshold(column, type).value_or(default_threshold);
}

bool is_wanted(const std::string& name, const Rules& rules) {
    return (rules.only.empty() || rules.only.contains(name)) && !rules.excluded.contains(name);
}

void require_known(const profile::Profile& reference, const profile::Profile& current, const Rules& rules) {
    const auto require = [&](const std::string& name) {
        if (reference.find(name) != nullptr || current.find(name) != nullptr) return;
        std::vector<std::string> known;
        for (const auto& column : reference.columns) known.push_back(column.name);
        auto error = Error{errors::column_unknown, fmt::format("neither table has a column {}", quoted(name))};
        if (const auto near = closest_match(name, known)) error.note(fmt::format("the nearest is {}", quoted(*near)));
        throw std::move(error);
    };
    std::ranges::for_each(rules.only, require);
    std::ranges::for_each(rules.excluded, require);
    for (const auto& [name, threshold] : rules.column_thresholds) require(name);
    for (const auto& [name, method] : rules.column_methods) require(name);
}

std::string_view to_string(Aspect aspect) noexcept {
    switch (aspect) {
        case Aspect::distribution:
            return "distribution";
        case Aspect::missing:
            return "missing";
        case Aspect::infinite:
            return "infinite";
        case Aspect::new_values:
            return "new values";
        case Aspect::vanished_values:
            return "vanished values";
        case Aspect::range:
            return "range";
        case Aspect::type:
            return "type";
        case Aspect::column:
            break;
    }
    return "column";
}

std::string_view to_string(Outcome outcome) noexcept {
    return outcome == Outcome::drift ? "drift" : outcome == Outcome::none ? "none" : "undecided";
}

std::string_view to_string(Test test) noexcept {
    switch (test) {
        case Test::ks:
            return "kolmogorov-smirnov";
        case Test::chi_squared:
            return "chi-squared";
        case Test::permutation:
            return "chi-squared by permutation";
        case Test::fisher:
            return "fisher";
        case Test::order:
            return "order";
        case Test::method:
            return "method";
        case Test::none:
            break;
    }
    return "none";
}

}  // namespace mlo::drift
