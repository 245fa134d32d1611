// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/profile/diff.hpp>
#include <mlo/util/text.hpp>
#include <set>
#include <unordered_map>

namespace mlo::profile {
namespace {

constexpr std::size_t most_named_values = 5;

/// Gathers what is shown differently.
class Changes {
public:
    void compare(std::string_view what, std::string before, std::string after) {
        if (before != after) list_.push_back({std::string{what}, std::move(before), std::move(after)});
    }
    [[nodiscard]] std::vector<Change> take() { return std::move(list_); }

private:
    std::vector<Change> list_;
};

void compare_numbers(Changes& changes, const Column& before, const Column& after) {
    changes.compare("minimum", shown_least(before), shown_least(after));
    changes.compare("median", shown(before, before.numbers->quantile(0.5)), shown(after, after.numbers->quantile(0.5)));
    changes.compare("mean", shown(before, before.numbers->moments.mean()), shown(after, after.numbers->moments.mean()));
    changes.compare("maximum", shown_greatest(before), shown_greatest(after));
    if (before.type != table::Type::integer && before.type != table::Type::real) return;
    const auto spread = [](const Column& column) {
        return fmt::format("{:.6g}", column.numbers->moments.standard_deviation(1));
    };
    changes.compare("standard deviation", spread(before), spread(after));
}

/// Values of `of` that `in` has not: certain only if `in` knows all of its own.
void name_missing(Changes& changes, std::string_view what, const Categories& of, const Categories& in, bool is_new) {
    if (in.values.error() != 0) return;
    std::set<std::string> known;
    for (auto& item : in.values.items()) known.insert(std::move(item.name));
    std::size_t named = 0;
    std::size_t left_out = 0;
    for (const auto& item : of.values.items()) {
        if (known.contains(item.name)) continue;
        if (named++ >= most_named_values) {
            ++left_out;
            continue;
        }
        auto text = fmt::format("{} ({})", quoted(item.name), shown_share(item.count, of.count()));
        changes.compare(what, is_new ? "" : text, is_new ? text : "");
    }
    if (left_out == 0) return;
    auto text = fmt::format("{} more", left_out);
    changes.compare(what, is_new ? "" : text, is_new ? text : "");
}

void compare_categories(Changes& changes, const Column& before, const Column& after) {
    name_missing(changes, "new value", *after.categories, *before.categories, true);
    name_missing(changes, "vanished value", *before.categories, *after.categories, false);
    const auto most_frequent = [](const Column& column) -> std::string {
        const auto items = column.categories->values.items();
        if (items.empty()) return {};
        return fmt::format("{} ({})", quoted(items[0].name), shown_share(items[0].count, column.categories->count()));
    };
    changes.compare("most frequent", most_frequent(before), most_frequent(after));
    if (!before.shapes || !after.shapes) return;
    const auto lengths = [](const Column& column) -> std::string {
        const auto count = column.categories->count();
        if (count == 0) return {};
        return fmt::format("{} to {}, mean {:.4g}", column.shapes->least_length, column.shapes->greatest_length,
                           static_cast<double>(column.shapes->total_length) / static_cast<double>(count));
    };
    changes.compare("length", lengths(before), lengths(after));
}

std::vector<Change> compare(const Profile& old, const Column& before, const Profile& recent, const Column& after) {
    Changes changes;
    const auto share = [&](std::string_view what, std::uint64_t Column::*part) {
        changes.compare(what, shown_share(before.*part, old.rows), shown_share(after.*part, recent.rows));
    };
    share("missing", &Column::missing);
    share("not a number", &Column::not_a_number);
    share("-infinity", &Column::minus_infinite);
    share("+infinity", &Column::plus_infinite);
    changes.compare("different values", format_count(before.distinct_values()), format_count(after.distinct_values()));
    if (before.numbers && after.numbers) compare_numbers(changes, before, after);
    if (before.categories && after.categories) compare_categories(changes, before, after);
    return changes.take();
}

}  // namespace

Difference diff(const Profile& before, const Profile& after) {
    Difference difference{.rows_before = before.rows, .rows_after = after.rows, .columns = {}};
    std::unordered_map<std::string_view, const Column*> old;
    for (const auto& column : before.columns) old.emplace(column.name, &column);
    for (const auto& column : after.columns) {
        const auto found = old.find(column.name);
        if (found == old.end()) {
            difference.columns.push_back(
                {column.name, ColumnChange::Kind::added, {{"type", "", std::string{to_string(column.type)}}}});
            continue;
        }
        const auto& earlier = *found->second;
        auto changes = compare(before, earlier, after, column);
        const bool is_retyped = earlier.type != column.type;
        if (is_retyped)
            changes.insert(changes.begin(),
                           {"type", std::string{to_string(earlier.type)}, std::string{to_string(column.type)}});
        if (!changes.empty())
            difference.columns.push_back({column.name,
                                          is_retyped ? ColumnChange::Kind::retyped : ColumnChange::Kind::changed,
                                          std::move(changes)});
        old.erase(found);
    }
    for (const auto& column : before.columns)
        if (old.contains(column.name))
            difference.columns.push_back(
                {column.name, ColumnChange::Kind::removed, {{"type", std::string{to_string(column.type)}, ""}}});
    return difference;
}

}  // namespace mlo::profile
