// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mlo/drift/checks.hpp>
#include <mlo/drift/errors.hpp>
#include <mlo/util/duration.hpp>
#include <mlo/util/text.hpp>

namespace mlo::drift {
namespace {

constexpr std::string_view schema_name = "mlo/drift-checks-v1";
constexpr std::size_t longest_name = 100;

/// Keys that `defaults` may have as well.
constexpr std::array<std::string_view, 8> rule_keys{"method", "threshold",  "alpha", "correction",
                                                    "share",  "least_rows", "types", "reading"};

[[noreturn]] void refuse(const Value& value, std::string_view message, std::string hint = {}) {
    auto error = Error{errors::checks_invalid, std::string{message}}.at(value.place());
    if (!hint.empty()) throw std::move(error).hint(std::move(hint));
    throw std::move(error);
}

/// The value of one of a few names.
template <class E, std::size_t N>
E one_of(const Value& value, const std::array<std::pair<std::string_view, E>, N>& choices) {
    const auto text = value.as_string();
    std::vector<std::string> names;
    for (const auto& [name, choice] : choices) {
        if (name == text) return choice;
        names.emplace_back(name);
    }
    refuse(value, fmt::format("{} takes {}, not {}", quoted(value.path()), fmt::join(names, ", "), quoted(text)));
}

double share_of(const Value& value) {
    const auto share = value.as_real();
    if (!(share >= 0 && share <= 1))
        refuse(value, fmt::format("{} takes a number from 0 to 1, not {}", quoted(value.path()), share));
    return share;
}

std::vector<std::string> texts_of(const Value& value) {
    if (value.is(ValueKind::string)) return {std::string{value.as_string()}};
    std::vector<std::string> texts;
    for (const auto& item : value.items()) texts.emplace_back(item.as_string());
    return texts;
}

std::chrono::nanoseconds duration_in(const Value& value) {
    if (!value.is(ValueKind::string)) value.fail_type("a duration: 90s, 5m, 2h, 1d");
    const auto duration = parse_duration(value.as_string());
    if (!duration)
        refuse(value, fmt::format("{} is no duration of at most 1,000 days", quoted(value.as_string())),
               "90s, 5m, 2h, 1d");
    return *duration;
}

Window window_of(const Value& value) {
    using Until = Window::Until;
    constexpr std::array<std::pair<std::string_view, Until>, 3> ends{
        {{"now", Until::now}, {"hour", Until::hour}, {"day", Until::day}}};
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units{
        {{"s", 1}, {"ms", 1'000}, {"us", 1'000'000}, {"ns", 1'000'000'000}}};
    value.allow_only({"column", "unit", "last", "until", "ago"});
    Window window;
    window.column = value.get("column").as_string();
    if (const auto unit = value.find("unit")) window.per_second = one_of(*unit, units);
    window.last = duration_in(value.get("last"));
    if (window.last.count() == 0) refuse(value.get("last"), "a window of no time has no rows");
    if (const auto until = value.find("until")) window.until = one_of(*until, ends);
    if (const auto ago = value.find("ago")) window.ago = duration_in(*ago);
    return window;
}

/// A name, a list of names, or a mapping with a window.
CheckedTable table_of(const Value& value) {
    CheckedTable table;
    auto names = value;
    if (value.is(ValueKind::mapping)) {
        value.allow_only({"data", "window"});
        names = value.get("data");
        if (const auto window = value.find("window")) table.window = window_of(*window);
    }
    table.names = texts_of(names);
    const bool is_named =
        !table.names.empty() && std::ranges::none_of(table.names, [](const std::string& name) { return name.empty(); });
    if (!is_named) refuse(names, fmt::format("{} names no table", quoted(value.path())));
    if (std::ranges::count(table.names, "-") != 0)
        refuse(names, "standard input is not there for a check that is run again and again");
    return table;
}

void read_reading(const Value& value, Reading& reading) {
    value.allow_only(
        {"format", "delimiter", "quote", "header", "encoding", "types", "table", "sample_rows", "union_by_name"});
    const auto take = [&](std::string_view key, std::string& into) {
        if (const auto member = value.find(key)) into = member->as_string();
    };
    take("format", reading.format);
    take("delimiter", reading.delimiter);
    take("quote", reading.quote);
    take("encoding", reading.encoding);
    take("types", reading.types_file);
    take("table", reading.sqlite_table);
    if (const auto header = value.find("header")) reading.header = header->as_boolean() ? "yes" : "no";
    if (const auto rows = value.find("sample_rows"))
        reading.sample_rows =
            rows->is(ValueKind::string) ? std::string{rows->as_string()} : fmt::format("{}", rows->as_unsigned());
    if (const auto joins = value.find("union_by_name")) reading.joins_by_name = joins->as_boolean();
}

/// Effects are shares; what else methods score may be larger.
enum class Scored : std::uint8_t { by_effect, by_method };

double threshold_of(const Value& value, Scored scored) {
    if (scored == Scored::by_effect) return share_of(value);
    const auto threshold = value.as_real();
    if (!(threshold >= 0 && std::isfinite(threshold)))
        refuse(value, fmt::format("{} takes a number from 0 on, not {}", quoted(value.path()), threshold));
    return threshold;
}

Method method_of(const Value& value) {
    if (const auto method = method_named(value.as_string())) return *method;
    std::vector<std::string> names;
    for (const auto& row : methods()) names.emplace_back(row.name);
    auto error = Error{errors::checks_invalid, fmt::format("there is no method {}", quoted(value.as_string()))}
                     .at(value.place())
                     .note(fmt::format("there are {}", fmt::join(names, ", ")));
    if (const auto near = closest_match(value.as_string(), names))
        error.note(fmt::format("the nearest is {}", quoted(*near)));
    throw std::move(error);
}

/// What holds for one type or column.
template <class Key, class Thresholds, class Methods>
void read_own(const Value& value, Key key, const Rules& rules, Thresholds& thresholds, Methods& own_methods) {
    value.allow_only({"method", "threshold"});
    const auto method = value.find("method");
    if (method) own_methods[key] = method_of(*method);
    if (const auto threshold = value.find("threshold"))
        thresholds[key] = threshold_of(*threshold, method || rules.method ? Scored::by_method : Scored::by_effect);
    else if (!method)
        refuse(value, fmt::format("{} says nothing: it takes a method, a threshold, or both", quoted(value.path())));
}

void read_rules(const Value& value, Rules& rules, Reading& reading) {
    constexpr std::array<std::pair<std::string_view, stats::Correction>, 4> corrections{
        {{"bh", stats::Correction::benjamini_hochberg},
         {"holm", stats::Correction::holm},
         {"bonferroni", stats::Correction::bonferroni},
         {"none", stats::Correction::none}}};
    constexpr std::array<std::pair<std::string_view, table::Type>, 4> types{{{"boolean", table::Type::boolean},
                                                                             {"integer", table::Type::integer},
                                                                             {"real", table::Type::real},
                                                                             {"text", table::Type::text}}};
    if (const auto method = value.find("method")) rules.method = method_of(*method);
    if (const auto threshold = value.find("threshold"))
        rules.threshold = threshold_of(*threshold, rules.method ? Scored::by_method : Scored::by_effect);
    if (const auto alpha = value.find("alpha")) {
        rules.alpha = share_of(*alpha);
        if (!(rules.alpha > 0 && rules.alpha < rules.power))
            refuse(*alpha, fmt::format("'alpha' must be more than 0 and less than {}", rules.power));
    }
    if (const auto correction = value.find("correction")) rules.correction = one_of(*correction, corrections);
    if (const auto share = value.find("share")) rules.share = share_of(*share);
    if (const auto least = value.find("least_rows")) {
        rules.least_values = least->as_unsigned();
        if (rules.least_values < 2) refuse(*least, "'least_rows' must be at least 2");
    }
    if (const auto own = value.find("types"))
        for (const auto& member : own->members())
            read_own(member.value, one_of(member.key, types), rules, rules.type_thresholds, rules.type_methods);
    if (const auto how = value.find("reading")) read_reading(*how, reading);
}

Check check_of(const Member& member, const Check& defaults) {
    auto check = defaults;
    check.name = member.name();
    check.place = member.key.place();
    const bool is_plain = std::ranges::all_of(check.name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte > 0x20 && byte != 0x7f && byte != ':');
    });
    if (check.name.empty() || check.name.size() > longest_name || !is_plain)
        refuse(member.key, fmt::format("{} cannot be the name of a check", quoted(check.name)),
               "use at most 100 bytes, without spaces and colons");
    const auto& value = member.value;
    std::vector<std::string_view> keys{"current", "reference", "columns", "only", "exclude", "report"};
    keys.insert(keys.end(), rule_keys.begin(), rule_keys.end());
    value.allow_only(keys);
    check.current = table_of(value.get("current"));
    check.reference = table_of(value.get("reference"));
    read_rules(value, check.rules, check.reading);
    if (const auto own = value.find("columns"))
        for (const auto& column : own->members())
            read_own(column.value, std::string{column.name()}, check.rules, check.rules.column_thresholds,
                     check.rules.column_methods);
    const auto names = [&](std::string_view key, auto& into) {
        if (const auto list = value.find(key))
            for (auto& name : texts_of(*list)) into.insert(std::move(name));
    };
    names("only", check.rules.only);
    names("exclude", check.rules.excluded);
    if (const auto page = value.find("report")) check.page = page->as_string();
    return check;
}

}  // namespace

Window::Span Window::span(Timestamp now) const noexcept {
    using std::chrono::microseconds;
    auto end = std::chrono::floor<microseconds>(now);
    if (until == Until::hour) end = std::chrono::floor<std::chrono::hours>(end);
    if (until == Until::day) end = std::chrono::floor<std::chrono::days>(end);
    end -= std::chrono::duration_cast<microseconds>(ago);
    const auto start = end - std::chrono::duration_cast<microseconds>(last);
    return {start.time_since_epoch().count(), end.time_since_epoch().count()};
}

std::vector<Check> read_checks(const Document& document) {
    const auto root = document.root();
    root.allow_only({"schema", "defaults", "checks"});
    if (const auto schema = root.find("schema"); schema && schema->as_string() != schema_name)
        refuse(*schema, fmt::format("{} is no schema of a file of checks", quoted(schema->as_string())),
               fmt::format("schema: {}", schema_name));
    Check defaults;
    if (const auto rules = root.find("defaults")) {
        rules->allow_only(rule_keys);
        read_rules(*rules, defaults.rules, defaults.reading);
    }
    std::vector<Check> checks;
    for (const auto& member : root.get("checks").members()) checks.push_back(check_of(member, defaults));
    if (checks.empty()) refuse(root.get("checks"), "there is no check");
    return checks;
}

}  // namespace mlo::drift
