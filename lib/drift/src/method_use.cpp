// SPDX-License-Identifier: Apache-2.0
#include "method_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/drift/errors.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::drift {
namespace {

[[noreturn]] void need_values(const MethodRow& row, const profile::Column& column, Side side) {
    throw Error{errors::values_needed,
                fmt::format("{} needs all values of {}, and the {} is a profile that has a summary of them",
                            quoted(row.name), quoted(column.name), side == Side::reference ? "reference" : "table")}
        .hint("name the table instead, or choose a method that only counts: psi, jensenshannon, hellinger, kl_div");
}

/// Both columns in ascending order, as long as a method works on them.
struct Samples {
    std::vector<double> reference;
    std::vector<double> current;
};

[[nodiscard]] Samples samples_of(const MethodRow& row, const MethodColumns& columns, ValueSource* values) {
    auto reference = all_numbers(columns.reference, Side::reference, values);
    if (!reference) need_values(row, columns.reference, Side::reference);
    auto current = all_numbers(columns.current, Side::current, values);
    if (!current) need_values(row, columns.current, Side::current);
    return {std::move(*reference), std::move(*current)};
}

/// The counts that a method works on; null if it does not take such columns.
[[nodiscard]] const Counts* counts_for(const MethodRow& row, const MethodColumns& columns) noexcept {
    const bool is_numbers = columns.reference.numbers.has_value();
    if (row.takes == Takes::categories && is_numbers) return columns.discrete;
    return row.takes == Takes::numbers && !is_numbers ? nullptr : &columns.counts;
}

[[nodiscard]] std::string_view taken_by(const MethodRow& row) noexcept {
    return row.takes == Takes::numbers ? "numbers" : "columns of a few values that come again";
}

}  // namespace

bool says_no_answer(const Error& error) noexcept {
    namespace codes = stats::errors;
    const ErrorCode all[] = {codes::sample_too_small,    codes::not_finite,       codes::no_spread,
                             codes::too_large_for_exact, codes::sample_too_large, codes::out_of_domain};
    return std::ranges::any_of(all, [&](const ErrorCode& code) { return code.id == error.code().id; });
}

std::optional<std::vector<double>> all_numbers(const profile::Column& column, Side side, ValueSource* values) {
    const auto& numbers = *column.numbers;
    std::vector<double> all;
    if (numbers.values) {
        all.reserve(numbers.count());
        for (const auto& [value, times] : *numbers.values) all.insert(all.end(), times, value);
        return all;
    }
    if (numbers.quantiles.rank_error() == 0) {
        for (const auto& item : numbers.quantiles.items()) all.push_back(item.value);
        return all;
    }
    if (values == nullptr) return std::nullopt;
    auto read = values->numbers(side, column.name);
    if (!read) return std::nullopt;
    std::vector<double> scratch;
    (void)stats::SortedSample::sort(*read, scratch);
    return read;
}

void use_method(Finding& finding, const MethodColumns& columns, const Rules& rules, ValueSource* values,
                std::vector<std::string>& notes) {
    const auto& column = columns.reference;
    const auto method = rules.method_of(column.name, column.type);
    if (!method) return;
    const auto& row = row_of(*method);
    const auto* const counts = counts_for(row, columns);
    if (counts == nullptr) {
        const auto text = fmt::format("{} takes {}", row.name, taken_by(row));
        if (rules.column_methods.contains(column.name) || rules.type_methods.contains(column.type))
            throw Error{errors::method_misfit,
                        fmt::format("{}, and {} is not such a column", text, quoted(column.name))};
        notes.push_back(fmt::format("{}: {}: compared without it", quoted(column.name), text));
        return;
    }
    MethodInput input;
    input.reference_counts = counts->reference;
    input.current_counts = counts->current;
    input.seed = rules.seed;
    if (column.numbers) {
        input.reference_moments = &column.numbers->moments;
        input.current_moments = &columns.current.numbers->moments;
    }
    Samples samples;
    if (row.needs == Needs::values) {
        samples = samples_of(row, columns, values);
        input.reference = stats::SortedSample::of_sorted(samples.reference);
        input.current = stats::SortedSample::of_sorted(samples.current);
    }
    try {
        const double score = row.score(input);
        if (!std::isfinite(score)) throw Error{stats::errors::out_of_domain, "the score is not finite"};
        finding.score = {.method = *method, .value = score};
        finding.score->threshold = rules.given_threshold(column.name, column.type).value_or(row.threshold);
        if (row.noise_floor != nullptr) finding.score->noise_floor = row.noise_floor(input);
    } catch (const Error& e) {
        if (!says_no_answer(e)) throw;
        notes.push_back(
            fmt::format("{}: {} has no answer ({}): compared without it", quoted(column.name), row.name, e.message()));
        finding.score.reset();
        return;
    }
    if (row.kind == ScoreKind::p) {
        finding.test = Test::method;
        finding.p = finding.score->value;
    }
}

}  // namespace mlo::drift
