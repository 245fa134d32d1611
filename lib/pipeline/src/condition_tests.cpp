// SPDX-License-Identifier: Apache-2.0
#include "condition_tests.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlo/util/text.hpp>

namespace mlo::pipeline {

namespace {

std::optional<long double> number(const Datum& datum) {
    if (const auto* integer = std::get_if<std::int64_t>(&datum.content)) return static_cast<long double>(*integer);
    if (const auto* large = std::get_if<std::uint64_t>(&datum.content)) return static_cast<long double>(*large);
    if (const auto* real = std::get_if<double>(&datum.content)) return static_cast<long double>(*real);
    return {};
}

/// As people compare: 1 is 1.0.
bool same(const Datum& a, const Datum& b) {
    const auto x = number(a);
    const auto y = number(b);
    return x && y ? *x == *y : a == b;
}

/// Whether `c` is in the set behind a '[' in `pattern`; nothing if that does not end. Moves behind its ']'.
std::optional<bool> is_in_set(std::string_view& pattern, char c) {
    auto rest = pattern;
    const bool is_negated = rest.starts_with('!') || rest.starts_with('^');
    if (is_negated) rest.remove_prefix(1);
    bool is_in = false;
    for (bool is_first = true; !rest.empty(); is_first = false) {
        if (rest.front() == ']' && !is_first) {
            pattern = rest.substr(1);
            return is_in != is_negated;
        }
        const bool is_range = rest.size() > 2 && rest[1] == '-' && rest[2] != ']';
        is_in = is_in || (is_range ? rest[0] <= c && c <= rest[2] : rest[0] == c);
        rest.remove_prefix(is_range ? 3 : 1);
    }
    return {};
}

/// As a shell matches words: `*` stands for any text, slashes too.
bool fits(std::string_view pattern, std::string_view text) {
    std::string_view pattern_behind_star;
    std::string_view text_at_star;
    bool has_star = false;
    while (true) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            pattern_behind_star = pattern;
            text_at_star = text;
            has_star = true;
            continue;
        }
        if (text.empty() && pattern.empty()) return true;
        auto rest = pattern;
        bool is_same = false;
        if (!rest.empty() && !text.empty()) {
            const char wanted = rest.front();
            rest.remove_prefix(1);
            auto behind_set = rest;
            const auto in_set = wanted == '[' ? is_in_set(behind_set, text.front()) : std::nullopt;
            if (in_set) rest = behind_set;
            is_same = in_set ? *in_set : wanted == '?' || wanted == text.front();
        }
        if (is_same) {
            pattern = rest;
            text.remove_prefix(1);
            continue;
        }
        if (!has_star || text_at_star.empty()) return false;
        text_at_star.remove_prefix(1);
        text = text_at_star;
        pattern = pattern_behind_star;
    }
}

bool matches(const Datum& pattern, const std::string& text) {
    const auto* const shell_pattern = std::get_if<std::string>(&pattern.content);
    return shell_pattern != nullptr && fits(*shell_pattern, text);
}

template <typename Test>
bool any_of(const Datum& value, const Test& test) {
    const auto* const list = std::get_if<Datum::List>(&value.content);
    return list != nullptr ? std::any_of(list->begin(), list->end(), test) : test(value);
}

bool compares(Comparison comparison, long double actual, long double wanted) {
    switch (comparison) {
        case Comparison::at_least:
            return actual >= wanted;
        case Comparison::at_most:
            return actual <= wanted;
        case Comparison::above:
            return actual > wanted;
        default:
            return actual < wanted;
    }
}

std::string_view words(Comparison comparison) {
    switch (comparison) {
        case Comparison::equal:
            return "not";
        case Comparison::unequal:
            return "which is excluded:";
        case Comparison::one_of:
            return "not one of";
        case Comparison::at_least:
            return "less than";
        case Comparison::at_most:
            return "more than";
        case Comparison::above:
            return "not above";
        case Comparison::below:
            return "not below";
        case Comparison::matches:
            return "which does not match";
    }
    return "not";
}

}  // namespace

bool holds(const Condition& condition, const Datum* actual) {
    const auto& value = condition.value;
    switch (condition.comparison) {
        case Comparison::equal:
            return actual != nullptr && same(*actual, value);
        case Comparison::unequal:
            return actual == nullptr || !same(*actual, value);
        case Comparison::one_of:
            return actual != nullptr && any_of(value, [&](const Datum& each) { return same(*actual, each); });
        case Comparison::matches: {
            const auto* const text = actual == nullptr ? nullptr : std::get_if<std::string>(&actual->content);
            return text != nullptr && any_of(value, [&](const Datum& each) { return matches(each, *text); });
        }
        default:
            break;
    }
    const auto left = actual == nullptr ? std::nullopt : number(*actual);
    const auto right = number(value);
    return left && right && compares(condition.comparison, *left, *right);
}

bool holds(const Condition& condition, const std::string& branch) {
    const bool fits =
        !branch.empty() && any_of(condition.value, [&](const Datum& each) { return matches(each, branch); });
    return condition.comparison == Comparison::unequal ? !fits : fits;
}

std::string describe_failure(const Condition& condition, const Datum* actual) {
    return fmt::format("{}:{} is {}, {} {}", printable(condition.file.written), printable(condition.key),
                       actual == nullptr ? "not there" : printable(canonical(*actual)), words(condition.comparison),
                       printable(canonical(condition.value)));
}

std::string describe_failure(const Condition& condition, const std::string& branch) {
    return fmt::format("the branch is {}, {} {}", branch.empty() ? "none" : quoted(branch), words(condition.comparison),
                       printable(canonical(condition.value)));
}

}  // namespace mlo::pipeline
