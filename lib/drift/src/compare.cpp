// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mlo/drift/compare.hpp>
#include <mlo/drift/errors.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>

#include "method_use.hpp"
#include "require_known.hpp"
#include "tests.hpp"

namespace mlo::drift {
namespace {

using profile::Column;
using profile::shown_share;

constexpr std::size_t most_named_values = 3;
constexpr std::size_t most_discrete = 40;  ///< different numbers that are compared one by one

bool is_number(table::Type type) noexcept { return type == table::Type::integer || type == table::Type::real; }
bool is_time(table::Type type) noexcept { return type == table::Type::date || type == table::Type::timestamp; }

std::uint64_t values_of(const Column& column) noexcept {
    return column.numbers ? column.numbers->count() : column.categories->count();
}

/// Compares the columns of one name.
class Pair {
public:
    Pair(const Column& reference, const Column& current, const Rules& rules, ValueSource* values, Report& report,
         std::size_t& silent)
        : old_{reference},
          new_{current},
          old_rows_{report.reference_rows},
          new_rows_{report.current_rows},
          rules_{rules},
          values_{values},
          report_{report},
          silent_{silent} {}

    void compare() {
        proportions(Aspect::missing, old_.missing + old_.not_a_number, new_.missing + new_.not_a_number);
        proportions(Aspect::infinite, old_.minus_infinite + old_.plus_infinite,
                    new_.minus_infinite + new_.plus_infinite);
        // Where there is no value, there is no type either.
        if (values_of(old_) == 0 || values_of(new_) == 0) {
            if (values_of(old_) + values_of(new_) > 0 && new_rows_ > 0 && old_rows_ > 0)
                note("there are no values on one side: see 'missing'");
            return;
        }
        const bool fits = old_.type == new_.type || (is_number(old_.type) && is_number(new_.type));
        if (!fits) {
            report_.findings.push_back(
                {.column = old_.name,
                 .aspect = Aspect::type,
                 .outcome = Outcome::drift,
                 .effect = 1,
                 .threshold = rules_.threshold_of(old_.name, old_.type),
                 .detectable = {},
                 .reference_values = values_of(old_),
                 .current_values = values_of(new_),
                 .detail = fmt::format("{}, was {}", to_string(new_.type), to_string(old_.type))});
            return;
        }
        if (is_time(old_.type)) {
            note("dates and times are not compared: they go on");
            return;
        }
        old_.numbers ? numbers() : texts();
    }

private:
    void note(std::string_view text) { report_.notes.push_back(fmt::format("{}: {}", quoted(old_.name), text)); }

    [[nodiscard]] Finding finding(Aspect aspect) const {
        Finding made;
        made.column = old_.name;
        made.aspect = aspect;
        made.threshold = rules_.threshold_of(old_.name, old_.type);
        return made;
    }

    void proportions(Aspect aspect, std::uint64_t old_count, std::uint64_t new_count) {
        if (old_rows_ == 0 || new_rows_ == 0) return;
        if (old_count + new_count == 0) {
            ++silent_;
            return;
        }
        const Counts counts{{old_count, old_rows_ - old_count}, {new_count, new_rows_ - new_count}};
        auto made = finding(aspect);
        measure(made, counts, rules_);
        test_proportions(made, counts);
        made.detail = fmt::format("{}, was {}", shown_share(new_count, new_rows_), shown_share(old_count, old_rows_));
        report_.findings.push_back(std::move(made));
    }

    [[nodiscard]] Counts counts_of_numbers() const {
        const auto& frame = old_.numbers->frame;
        Counts counts;
        counts.reference = frame.counts.with_outside();
        if (new_.numbers->frame.edges == frame.edges) {
            counts.current = new_.numbers->frame.counts.with_outside();
            counts.uncertainty = new_.numbers->frame.is_exact ? 0 : new_.numbers->rank_error();
        } else {
            counts.current = profile::estimate(*new_.numbers, *frame.edges).with_outside();
            counts.uncertainty = new_.numbers->rank_error();
        }
        if (!frame.is_exact) counts.uncertainty += old_.numbers->rank_error();
        return counts;
    }

    /// All values of a column that has few of them, in order; nothing if some are not known.
    [[nodiscard]] static std::optional<std::vector<double>> all_values(const profile::Numbers& numbers) {
        if (numbers.quantiles.rank_error() != 0) return std::nullopt;
        std::vector<double> values;
        for (const auto& item : numbers.quantiles.items()) values.push_back(item.value);
        return values;
    }

    /// Of numbers that are few and come again: how often each does. Where ties are the rule, ranks tell less.
    [[nodiscard]] std::optional<Counts> counts_of_values() const {
        if (!old_.numbers->values || !new_.numbers->values) return std::nullopt;
        std::map<double, std::pair<std::uint64_t, std::uint64_t>> both;
        for (const auto& [value, times] : *old_.numbers->values) both[value].first = times;
        for (const auto& [value, times] : *new_.numbers->values) both[value].second = times;
        if (both.size() > most_discrete || both.size() * 5 > values_of(old_) + values_of(new_)) return std::nullopt;
        Counts counts;
        for (const auto& [value, pair] : both) {
            counts.reference.push_back(pair.first);
            counts.current.push_back(pair.second);
        }
        return counts;
    }

    void numbers() {
        const auto counts = counts_of_numbers();
        auto made = finding(Aspect::distribution);
        measure(made, counts, rules_);
        const auto old_values = all_values(*old_.numbers);
        const auto new_values = all_values(*new_.numbers);
        const auto discrete = counts_of_values();
        if (discrete)
            test_categories(made, *discrete, rules_);
        else if (old_values && new_values)
            test_samples(made, stats::SortedSample::of_sorted(*old_values),
                         stats::SortedSample::of_sorted(*new_values));
        else
            test_order(made, counts);
        use_method(made, {old_, new_, counts, discrete ? &*discrete : nullptr}, rules_, values_, report_.notes);
        made.detail = fmt::format("median {}, was {}", profile::shown(new_, new_.numbers->quantile(0.5)),
                                  profile::shown(old_, old_.numbers->quantile(0.5)));
        report_.findings.push_back(std::move(made));
        range(counts);
        if (old_.type == table::Type::integer && looks_like_id())
            note("looks like an identifier, whose values go on: leave it out with --exclude");
    }

    /// Whole numbers of which each comes once.
    [[nodiscard]] bool looks_like_id() const {
        constexpr std::uint64_t enough = 100;
        const auto count = values_of(old_);
        const double error = old_.knows_all_values() ? 0 : 3 * old_.distinct.relative_error();
        return count >= enough &&
               static_cast<double>(old_.distinct_values()) >= static_cast<double>(count) * (1 - error);
    }

    void range(const Counts& counts) {
        const auto below = counts.current.front();
        const auto above = counts.current.back();
        if (counts.uncertainty != 0) return;
        if (below + above == 0) {
            ++silent_;
            return;
        }
        auto made = finding(Aspect::range);
        const auto n = counts.reference_total();
        const auto m = counts.current_total();
        measure(made, {{0, n}, {below + above, m - below - above}}, rules_);
        made.test = Test::order;
        // Both ends were looked at.
        made.p = std::min(1.0, 2 * std::min(all_of_extremes(below, n, m), all_of_extremes(above, n, m)));
        made.detail = fmt::format("{} outside of {} .. {}: {} .. {}", shown_share(below + above, m), shown_least(old_),
                                  shown_greatest(old_), shown_least(new_), shown_greatest(new_));
        report_.findings.push_back(std::move(made));
    }

    void texts() {
        const auto& old_values = old_.categories->values;
        // What is said of free text by its values is that they differ.
        const bool is_free = old_.shapes && 2 * old_.distinct_values() > old_.categories->count();
        if (!is_free) {
            categories(counts_of_categories(), old_values, new_.categories->values);
            return;
        }
        const auto& old_patterns = old_.shapes->patterns;
        const auto& new_patterns = new_.shapes->patterns;
        if (old_patterns.error() != 0 || new_patterns.error() != 0) {
            note("texts that hardly come twice, without a pattern, are not compared");
            return;
        }
        note("hardly a text comes twice: their patterns are compared");
        categories(counts_of(old_patterns, new_patterns), old_patterns, new_patterns);
    }

    /// Over all things that either side knows; what is not named is the rest.
    [[nodiscard]] static Counts counts_of(const stats::FrequentSketch& old_sketch,
                                          const stats::FrequentSketch& new_sketch) {
        std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> both;
        std::uint64_t old_rest = old_sketch.count();
        std::uint64_t new_rest = new_sketch.count();
        for (const auto& item : old_sketch.items()) {
            both[item.name].first = item.count;
            old_rest -= item.count;
        }
        for (const auto& item : new_sketch.items()) {
            both[item.name].second = item.count;
            new_rest -= item.count;
        }
        Counts counts;
        for (const auto& [name, pair] : both) {
            counts.reference.push_back(pair.first);
            counts.current.push_back(pair.second);
        }
        counts.reference.push_back(old_rest);
        counts.current.push_back(new_rest);
        return counts;
    }

    [[nodiscard]] Counts counts_of_categories() const {
        const auto& old_values = old_.categories->values;
        const auto& new_values = new_.categories->values;
        if (old_values.error() == 0 && new_values.error() == 0) return counts_of(old_values, new_values);
        const auto& old_frame = old_.categories->frame;
        const auto& new_frame = new_.categories->frame;
        const bool is_same = std::ranges::equal(old_frame.categories, new_frame.categories, {},
                                                &stats::FrequentSketch::Item::name, &stats::FrequentSketch::Item::name);
        std::unordered_map<std::string_view, std::uint64_t> found;
        const auto others = is_same ? new_frame.categories : new_values.items();
        for (const auto& item : others) found.emplace(item.name, item.count);
        // Categories are those that were frequent in the reference, some by chance. Which of them count is decided by
        // both tables together, well above of what had to be in the reference: else chance would look like drift.
        const double all = static_cast<double>(old_.categories->count() + new_.categories->count());
        const double least = 4 * profile::least_category_share(*old_.categories) * all;
        Counts counts;
        auto old_rest = old_.categories->count();
        auto new_rest = new_.categories->count();
        for (const auto& item : old_frame.categories) {
            const auto place = found.find(item.name);
            const auto count = place == found.end() ? 0 : place->second;
            if (static_cast<double>(item.count + count) < least) continue;
            counts.reference.push_back(item.count);
            counts.current.push_back(count);
            old_rest -= item.count;
            new_rest -= count;
        }
        counts.reference.push_back(old_rest);
        counts.current.push_back(new_rest);
        return counts;
    }

    void categories(const Counts& counts, const stats::FrequentSketch& old_values,
                    const stats::FrequentSketch& new_values) {
        auto made = finding(Aspect::distribution);
        measure(made, counts, rules_);
        test_categories(made, counts, rules_);
        use_method(made, {old_, new_, counts}, rules_, values_, report_.notes);
        const auto most_frequent = [](const stats::FrequentSketch& sketch) {
            const auto items = sketch.items();
            return items.empty()
                       ? std::string{"none"}
                       : fmt::format("{} {}", quoted(items[0].name), shown_share(items[0].count, sketch.count()));
        };
        made.detail = fmt::format("most frequent {}, was {}", most_frequent(new_values), most_frequent(old_values));
        report_.findings.push_back(std::move(made));
        came_and_went(Aspect::new_values, new_values, old_values);
        came_and_went(Aspect::vanished_values, old_values, new_values);
    }

    /// Values of `of` that `in`, which knows all of its own, has not.
    void came_and_went(Aspect aspect, const stats::FrequentSketch& of, const stats::FrequentSketch& in) {
        if (in.error() != 0) return;
        const auto known = in.items();
        std::set<std::string_view> names;
        for (const auto& item : known) names.insert(item.name);
        const auto items = of.items();
        std::uint64_t rows = 0;
        std::uint64_t most = 0;
        std::size_t named = 0;
        std::string detail;
        for (const auto& item : items) {
            if (names.contains(item.name)) continue;
            rows += item.count;
            most = std::max(most, item.count);
            if (named++ < most_named_values)
                detail += fmt::format("{}{} {}", named == 1 ? "" : ", ", quoted(item.name),
                                      shown_share(item.count, of.count()));
        }
        if (rows == 0) {
            ++silent_;
            return;
        }
        if (named > most_named_values) detail += fmt::format(", {} more", named - most_named_values);
        auto made = finding(aspect);
        const Counts with{{rows, of.count() - rows}, {0, in.count()}};
        measure(made, aspect == Aspect::new_values ? Counts{with.current, with.reference} : with, rules_);
        made.test = Test::order;
        // Any of the values could have been the one that is on one side alone.
        made.p =
            std::min(1.0, static_cast<double>(names.size() + named) * all_of_extremes(most, in.count(), of.count()));
        made.detail = std::move(detail);
        report_.findings.push_back(std::move(made));
    }

    const Column& old_;
    const Column& new_;
    std::uint64_t old_rows_;
    std::uint64_t new_rows_;
    const Rules& rules_;
    ValueSource* values_;
    Report& report_;
    std::size_t& silent_;  ///< comparisons that had nothing to tell: they count as such
};

void add_column_finding(Report& report, const Column& column, Outcome outcome, std::string detail, const Rules& rules) {
    report.findings.push_back({.column = column.name,
                               .aspect = Aspect::column,
                               .outcome = outcome,
                               .effect = outcome == Outcome::drift ? 1.0 : 0.0,
                               .threshold = rules.threshold_of(column.name, column.type),
                               .detectable = {},
                               .detail = std::move(detail)});
}

/// Whether a comparison that was tested says drift.
bool says_drift(const Finding& finding, const Rules& rules) {
    const bool is_sure = finding.adjusted_p < rules.alpha;
    if (!finding.score) return finding.effect >= finding.threshold && is_sure;
    const auto& row = row_of(finding.score->method);
    if (row.kind == ScoreKind::p) return is_beyond(row, finding.adjusted_p, finding.score->threshold);
    return is_beyond(row, finding.score->value, finding.score->threshold) && is_sure;
}

void decide(Report& report, const Rules& rules, std::size_t silent) {
    std::vector<double> p;
    for (const auto& finding : report.findings)
        if (finding.test != Test::none) p.push_back(finding.p);
    p.insert(p.end(), silent, 1.0);
    const auto adjusted = stats::adjusted(p, rules.correction);
    std::size_t next = 0;
    std::set<std::string_view> drifted;
    std::size_t decided = 0;
    for (auto& finding : report.findings) {
        if (finding.test != Test::none) {
            finding.adjusted_p = adjusted[next++];
            const bool is_enough = std::min(finding.reference_values, finding.current_values) >= rules.least_values;
            finding.outcome = !is_enough                   ? Outcome::undecided
                              : says_drift(finding, rules) ? Outcome::drift
                                                           : Outcome::none;
        }
        decided += finding.outcome != Outcome::undecided && finding.aspect == Aspect::distribution ? 1 : 0;
        if (finding.outcome == Outcome::drift) drifted.insert(finding.column);
    }
    report.drifted = drifted.size();
    const auto share =
        static_cast<double>(report.drifted) / static_cast<double>(std::max<std::size_t>(report.columns, 1));
    const bool is_enough = std::min(report.reference_rows, report.current_rows) >= rules.least_values;
    const bool has_distributions = std::ranges::any_of(
        report.findings, [](const Finding& finding) { return finding.aspect == Aspect::distribution; });
    if (report.drifted > 0 && share >= rules.share)
        report.outcome = Outcome::drift;
    else
        report.outcome = !is_enough || (has_distributions && decided == 0) ? Outcome::undecided : Outcome::none;
    std::ranges::stable_sort(report.findings, [](const Finding& left, const Finding& right) {
        const bool left_drifts = left.outcome == Outcome::drift;
        const bool right_drifts = right.outcome == Outcome::drift;
        return left_drifts != right_drifts ? left_drifts : left.effect > right.effect;
    });
}

}  // namespace

Report compare(const profile::Profile& reference, const profile::Profile& current, const Rules& rules,
               ValueSource* values) {
    require_known(reference, current, rules);
    Report report;
    report.reference_rows = reference.rows;
    report.current_rows = current.rows;
    std::unordered_map<std::string_view, const Column*> by_name;
    for (const auto& column : current.columns) by_name.emplace(column.name, &column);
    std::size_t common = 0;
    std::size_t silent = 0;
    for (const auto& column : reference.columns) {
        const auto found = by_name.find(column.name);
        const Column* const partner = found == by_name.end() ? nullptr : found->second;
        if (partner != nullptr) by_name.erase(found);
        if (!is_wanted(column.name, rules)) continue;
        ++report.columns;
        if (partner == nullptr) {
            add_column_finding(report, column, Outcome::drift, "gone", rules);
            continue;
        }
        ++common;
        Pair{column, *partner, rules, values, report, silent}.compare();
    }
    if (common == 0) throw Error{errors::nothing_in_common, "the two tables have no column in common"};
    for (const auto& column : current.columns)
        if (by_name.contains(column.name) && is_wanted(column.name, rules))
            add_column_finding(report, column, Outcome::none, "new", rules);
    decide(report, rules, silent);
    return report;
}

}  // namespace mlo::drift
