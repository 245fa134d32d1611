// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/profile/errors.hpp>
#include <mlo/profile/profile.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>

namespace mlo::profile {
namespace {

bool is_whole(table::Type type) noexcept { return type != table::Type::real; }
bool is_number(table::Type type) noexcept { return type == table::Type::integer || type == table::Type::real; }

/// The columns of `other` in the order of `into`'s.
std::vector<const Column*> partners(const Profile& into, const Profile& other) {
    if (into.detail != other.detail || into.seed != other.seed)
        throw Error{errors::profiles_differ, "the profiles were made with different details or seeds"};
    std::unordered_map<std::string_view, const Column*> by_name;
    for (const auto& column : other.columns) by_name.emplace(column.name, &column);
    if (into.columns.size() != other.columns.size())
        throw Error{errors::profiles_differ,
                    fmt::format("one profile has {}, the other {}", plural(into.columns.size(), "column", "columns"),
                                other.columns.size())};
    std::vector<const Column*> result;
    for (const auto& column : into.columns) {
        const auto found = by_name.find(column.name);
        if (found == by_name.end())
            throw Error{errors::profiles_differ, fmt::format("one profile has no column {}", quoted(column.name))};
        const auto type = found->second->type;
        if (type != column.type && !(is_number(type) && is_number(column.type)))
            throw Error{errors::profiles_differ,
                        fmt::format("column {} is {} in one profile and {} in the other", quoted(column.name),
                                    to_string(column.type), to_string(type))};
        result.push_back(found->second);
    }
    return result;
}

void merge_frames(Numbers& into, const Numbers& other) {
    auto& frame = into.frame;
    if (!other.frame.edges) return;
    if (!frame.edges) {
        frame = other.frame;
    } else if (*frame.edges == *other.frame.edges) {
        frame.counts.merge(other.frame.counts);
        frame.is_exact = frame.is_exact && other.frame.is_exact;
    } else {
        frame.counts.merge(estimate(other, *frame.edges));
        frame.is_exact = frame.is_exact && other.rank_error() == 0;
    }
}

void merge_numbers(Numbers& into, const Numbers& other, bool whole, std::size_t most_values) {
    merge_frames(into, other);
    if (other.count() > 0) {
        const bool was_empty = into.count() == 0;
        into.least = !whole ? 0 : was_empty ? other.least : std::min(into.least, other.least);
        into.greatest = !whole ? 0 : was_empty ? other.greatest : std::max(into.greatest, other.greatest);
    }
    into.moments.merge(other.moments);
    into.quantiles.merge(other.quantiles);
    into.sample.merge(other.sample);
    into.zeros += other.zeros;
    into.negatives += other.negatives;
    if (into.values && other.values)
        for (const auto& [value, times] : *other.values) (*into.values)[value] += times;
    if (into.values && (!other.values || into.values->size() > most_values)) into.values.reset();
}

void merge_frames(Categories& into, const Categories& other) {
    auto& frame = into.frame;
    std::unordered_map<std::string_view, std::uint64_t> theirs;
    for (const auto& item : other.frame.categories) theirs.emplace(item.name, item.count);
    const bool same = frame.categories.size() == theirs.size() &&
                      std::ranges::all_of(frame.categories, [&](const auto& own) { return theirs.contains(own.name); });
    if (!same) {
        // What is no category there may still be known by its count.
        theirs.clear();
        for (const auto& item : other.values.items()) theirs.emplace(item.name, item.count);
        frame.is_exact = frame.is_exact && other.values.error() == 0;
    } else {
        frame.is_exact = frame.is_exact && other.frame.is_exact;
    }
    auto rest = other.count();
    for (auto& own : frame.categories) {
        const auto found = theirs.find(own.name);
        if (found == theirs.end()) continue;
        own.count += found->second;
        rest -= found->second;
    }
    frame.rest += rest;
}

void merge_shapes(Shapes& into, const Shapes& other, bool was_empty, bool brings_any) {
    if (brings_any) {
        into.least_length = was_empty ? other.least_length : std::min(into.least_length, other.least_length);
        into.greatest_length = std::max(into.greatest_length, other.greatest_length);
    }
    into.empty += other.empty;
    into.blank += other.blank;
    into.total_length += other.total_length;
    into.patterns.merge(other.patterns);
}

void merge_column(Column& into, const Column& other, std::size_t most_values) {
    if (other.type == table::Type::real) into.type = into.type == table::Type::integer ? table::Type::real : into.type;
    into.missing += other.missing;
    into.not_a_number += other.not_a_number;
    into.minus_infinite += other.minus_infinite;
    into.plus_infinite += other.plus_infinite;
    into.distinct.merge(other.distinct);
    if (into.numbers) merge_numbers(*into.numbers, *other.numbers, is_whole(into.type), most_values);
    if (!into.categories) return;
    if (into.shapes)
        merge_shapes(*into.shapes, *other.shapes, into.categories->count() == 0, other.categories->count() > 0);
    merge_frames(*into.categories, *other.categories);
    into.categories->values.merge(other.categories->values);
}

}  // namespace

void merge(Profile& into, const Profile& other) {
    const auto theirs = partners(into, other);
    // A profile may be merged with itself, and what fails in the middle must not leave a half.
    auto result = into;
    for (std::size_t i = 0; i < result.columns.size(); ++i)
        merge_column(result.columns[i], *theirs[i], result.detail.frequent);
    result.rows += other.rows;
    into = std::move(result);
}

}  // namespace mlo::profile
