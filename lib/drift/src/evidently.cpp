// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/drift/errors.hpp>
#include <mlo/drift/evidently.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/histogram.hpp>
#include <mlo/util/text.hpp>

#include "method_use.hpp"
#include "require_known.hpp"

namespace mlo::drift {
namespace {

using profile::Column;
using table::Type;

constexpr std::size_t most_integer_categories = 10;
constexpr std::size_t most_number_categories = 5;
constexpr std::size_t most_single_bins = 20;
constexpr std::uint64_t most_reference_for_tests = 1000;

/// Why a column is not compared.
struct Refusal {
    std::string reason;
};

std::size_t distinct(const std::vector<double>& sorted) { return stats::SortedSample::of_sorted(sorted).distinct(); }

/// Whether pandas holds a column as integers: with holes they become floats.
bool is_integer_series(const Column& column) noexcept { return column.type == Type::integer && column.missing == 0; }

/// Both sides of a column, and how often each value comes.
struct Series {
    std::vector<double> reference;  ///< of numbers, ascending
    std::vector<double> current;
    std::vector<std::uint64_t> reference_counts;  ///< by value, in the order of the values
    std::vector<std::uint64_t> current_counts;
    std::uint64_t reference_size = 0;
    std::uint64_t current_size = 0;

    [[nodiscard]] std::size_t values() const noexcept { return reference_counts.size(); }
    void add(std::uint64_t in_reference, std::uint64_t in_current) {
        reference_counts.push_back(in_reference);
        current_counts.push_back(in_current);
        reference_size += in_reference;
        current_size += in_current;
    }
};

/// Calls `visit` with each value of either, and how often both have it.
template <class Visit>
void for_each_value(const std::vector<double>& a, const std::vector<double>& b, const Visit& visit) {
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const double value = j == b.size() || (i < a.size() && a[i] < b[j]) ? a[i] : b[j];
        const auto first_i = i;
        const auto first_j = j;
        while (i < a.size() && a[i] == value) ++i;
        while (j < b.size() && b[j] == value) ++j;
        visit(value, i - first_i, j - first_j);
    }
}

/// numpy.histogram_bin_edges(..., "sturges"): bins of integers are at least one wide.
stats::Edges sturges(double min, double max, std::uint64_t n, bool is_integer) {
    const double width = (max - min) / (std::log2(static_cast<double>(n)) + 1);
    if (is_integer && width > 0 && width < 1) return stats::Edges::equal(min, max, static_cast<std::size_t>(max - min));
    return stats::Edges::sturges(min, max, n);
}

/// Compares the columns of one name.
class Comparison {
public:
    Comparison(const Column& reference, const Column& current, const Rules& rules, ValueSource* values)
        : old_{reference}, new_{current}, rules_{rules}, values_{values} {}

    /// Throws Refusal.
    [[nodiscard]] EvidentlyColumn compare() {
        EvidentlyColumn made;
        made.name = new_.name;
        made.type = type();
        const bool is_text = new_.categories.has_value();
        if (old_.categories.has_value() != is_text) throw Refusal{"it has another type in the reference"};
        is_text ? read_texts() : read_numbers();
        if (series_.reference_size == 0 || series_.current_size == 0) throw Refusal{"there are no values on one side"};
        const auto asked = rules_.method_of(new_.name, new_.type);
        made.method = asked ? *asked : usual_method(made.type);
        const auto& row = row_of(made.method);
        if (asked) require_fit(row, made.type);
        made.threshold = rules_.given_threshold(new_.name, new_.type).value_or(row.threshold);
        if (const double score = score_of(row, made.type); !std::isnan(score)) made.score = score;
        made.has_drifted = made.score && is_beyond(row, *made.score, made.threshold);
        return made;
    }

private:
    /// evidently.core.datasets.infer_column_type of the current column.
    [[nodiscard]] EvidentlyType type() {
        switch (new_.type) {
            case Type::real:
                return EvidentlyType::number;
            case Type::integer:
                if (!is_integer_series(new_)) return EvidentlyType::number;
                series_.current = numbers(new_, Side::current);
                return distinct(series_.current) <= most_integer_categories ? EvidentlyType::category
                                                                            : EvidentlyType::number;
            case Type::boolean:
                if (new_.missing > 0) throw Refusal{"Evidently knows no booleans with missing values"};
                return EvidentlyType::category;
            case Type::text:
                new_texts_ = texts(new_, Side::current);
                // Here Evidently trains a classifier of texts.
                if (2 * new_texts_.size() > new_.categories->count())
                    throw Refusal{"it is a text to Evidently, most values being different, which is not reproduced"};
                return EvidentlyType::category;
            case Type::date:
            case Type::timestamp:
                break;
        }
        throw Refusal{"dates and times are not compared"};
    }

    [[noreturn]] static void need_values(const Column& column, Side side) {
        throw Error{
            errors::values_needed,
            fmt::format("Evidently's verdict needs all values of {}, and the {} is a profile that has a summary",
                        quoted(column.name), side == Side::reference ? "reference" : "table")}
            .hint("name the table instead of its profile");
    }
    [[nodiscard]] std::vector<double> numbers(const Column& column, Side side) const {
        auto all = all_numbers(column, side, values_);
        if (!all) need_values(column, side);
        return std::move(*all);
    }
    [[nodiscard]] Occurrences texts(const Column& column, Side side) const {
        const auto& known = column.categories->values;
        if (known.error() == 0) {
            Occurrences all;
            for (const auto& item : known.items()) all.emplace(item.name, item.count);
            return all;
        }
        auto read = values_ == nullptr ? std::nullopt : values_->texts(side, column.name);
        if (!read) need_values(column, side);
        return std::move(*read);
    }

    void read_numbers() {
        if (!old_.numbers || old_.type == Type::date || old_.type == Type::timestamp)
            throw Refusal{"it has another type in the reference"};
        series_.reference = numbers(old_, Side::reference);
        if (series_.current.empty()) series_.current = numbers(new_, Side::current);
        for_each_value(series_.reference, series_.current,
                       [&](double /*value*/, std::size_t in_old, std::size_t in_new) { series_.add(in_old, in_new); });
    }
    void read_texts() {
        const auto old_texts = texts(old_, Side::reference);
        if (new_texts_.empty()) new_texts_ = texts(new_, Side::current);
        std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> both;
        for (const auto& [text, times] : old_texts) both[text].first = times;
        for (const auto& [text, times] : new_texts_) both[text].second = times;
        for (const auto& [text, times] : both) series_.add(times.first, times.second);
    }

    /// evidently.legacy.calculations.stattests.registry._get_default_stattest
    [[nodiscard]] Method usual_method(EvidentlyType type) const {
        const bool is_few = type == EvidentlyType::category || series_.values() <= most_number_categories;
        if (series_.reference_size > most_reference_for_tests)
            return is_few ? Method::jensenshannon : Method::wasserstein;
        if (!is_few) return Method::ks;
        return series_.values() > 2 ? Method::chisquare : Method::z;
    }

    void require_fit(const MethodRow& row, EvidentlyType type) const {
        if (row.title.empty())
            throw Error{errors::method_misfit, fmt::format("Evidently has no method {}", quoted(row.name))};
        const auto other = type == EvidentlyType::number ? Takes::categories : Takes::numbers;
        if (row.takes == other)
            throw Error{errors::method_misfit,
                        fmt::format("Evidently's {} does not take {}, which is {} to it", row.name, quoted(new_.name),
                                    type == EvidentlyType::number ? "a number" : "a category")}
                .hint("--columns or --exclude leave such columns out");
    }

    /// What get_binned_data, and Hellinger's own way, count numbers in; nothing: by value.
    [[nodiscard]] std::optional<stats::Edges> edges_for(Method method) const {
        const bool is_integer = is_integer_series(old_) && is_integer_series(new_);
        const double min = std::min(series_.reference.front(), series_.current.front());
        const double max = std::max(series_.reference.back(), series_.current.back());
        if (method == Method::hellinger) return sturges(min, max, series_.values(), is_integer);
        if (distinct(series_.reference) <= most_single_bins) return std::nullopt;
        return sturges(min, max, series_.reference_size + series_.current_size, is_integer);
    }

    [[nodiscard]] double score_of(const MethodRow& row, EvidentlyType type) const {
        if (row.method == Method::fisher_exact && series_.reference_size != series_.current_size)
            throw Refusal{"Evidently's fisher_exact takes columns of one length alone"};
        MethodInput input;
        auto old_counts = series_.reference_counts;
        auto new_counts = series_.current_counts;
        if (new_.numbers) {
            input.reference = stats::SortedSample::of_sorted(series_.reference);
            input.current = stats::SortedSample::of_sorted(series_.current);
            input.reference_moments = &old_.numbers->moments;
            input.current_moments = &new_.numbers->moments;
            if (type == EvidentlyType::number && row.takes == Takes::both) {
                if (const auto edges = edges_for(row.method)) {
                    old_counts = stats::count(*input.reference, *edges).inside;
                    new_counts = stats::count(*input.current, *edges).inside;
                }
            }
        }
        input.reference_counts = old_counts;
        input.current_counts = new_counts;
        input.seed = rules_.seed;
        try {
            return (row.evidently != nullptr ? row.evidently : row.score)(input);
        } catch (const Error& e) {
            if (!says_no_answer(e) && e.code().id != stats::errors::counts_unequal.id) throw;
            throw Refusal{fmt::format("Evidently's {} has no answer: {}", row.name, e.message())};
        }
    }

    const Column& old_;
    const Column& new_;
    const Rules& rules_;
    ValueSource* values_;
    Series series_;
    Occurrences new_texts_;
};

}  // namespace

EvidentlyReport compare_as_evidently(const profile::Profile& reference, const profile::Profile& current,
                                     const Rules& rules, ValueSource* values) {
    require_known(reference, current, rules);
    EvidentlyReport report;
    report.reference_rows = reference.rows;
    report.current_rows = current.rows;
    std::size_t common = 0;
    for (const auto& column : current.columns) {
        if (!is_wanted(column.name, rules)) continue;
        const auto* const partner = reference.find(column.name);
        common += partner != nullptr ? 1u : 0u;
        try {
            if (partner == nullptr) throw Refusal{"the reference does not have it"};
            report.columns.push_back(Comparison{*partner, column, rules, values}.compare());
        } catch (const Refusal& refusal) {
            report.not_compared.push_back({column.name, refusal.reason});
        }
    }
    if (common == 0) throw Error{errors::nothing_in_common, "the two tables have no column in common"};
    std::ranges::stable_sort(report.columns, {}, &EvidentlyColumn::type);
    report.drifted = static_cast<std::size_t>(std::ranges::count_if(report.columns, &EvidentlyColumn::has_drifted));
    if (report.columns.empty()) return report;
    report.share = static_cast<double>(report.drifted) / static_cast<double>(report.columns.size());
    report.has_drifted = report.share >= rules.share;
    return report;
}

std::string_view to_string(EvidentlyType type) noexcept { return type == EvidentlyType::number ? "num" : "cat"; }

}  // namespace mlo::drift
