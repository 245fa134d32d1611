// SPDX-License-Identifier: Apache-2.0
#include "quantities.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/duration.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {
namespace {

constexpr std::string_view duration_example = "write 250ms, 90s, 5m, 2h, 1d, or a number of seconds";

/// A number that came from anywhere, as a real.
std::optional<double> number_of(const Datum& datum) {
    if (const auto* const whole = std::get_if<std::int64_t>(&datum.content)) return static_cast<double>(*whole);
    if (const auto* const real = std::get_if<double>(&datum.content)) return *real;
    return std::nullopt;
}

/// True where a template stands that is not resolved: whatever it is, it is not wrong yet.
bool is_unknown(const Datum& datum, const Scope& scope) {
    const auto* const text = std::get_if<std::string>(&datum.content);
    return text != nullptr && scope.is_open(*text);
}

}  // namespace

void refuse_value(const Value& value, std::string_view name, std::string_view expected, const Datum& found,
                  std::string_view example) {
    throw Error{errors::value_invalid, fmt::format("{} takes {}, not {}", quoted(name), expected, canonical(found))}
        .at(value.place())
        .hint(std::string{example});
}

std::chrono::nanoseconds read_duration(const Value& value, std::string_view name, Scope& scope) {
    const auto datum = scope.any(value);
    if (is_unknown(datum, scope)) return {};
    if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        if (const auto duration = parse_duration(*text)) return *duration;
    } else if (const auto seconds = number_of(datum); seconds && *seconds >= 0 && *seconds <= longest_duration_s) {
        return duration_of(*seconds);
    }
    refuse_value(value, name, "a duration of at most 1,000 days", datum, duration_example);
}

std::uint64_t read_count(const Value& value, std::string_view name, std::uint64_t least, std::uint64_t most,
                         Scope& scope) {
    const auto datum = scope.any(value);
    if (is_unknown(datum, scope)) return least;
    const auto* const whole = std::get_if<std::int64_t>(&datum.content);
    if (whole != nullptr && *whole >= 0 && static_cast<std::uint64_t>(*whole) >= least &&
        static_cast<std::uint64_t>(*whole) <= most) {
        return static_cast<std::uint64_t>(*whole);
    }
    refuse_value(value, name, fmt::format("a whole number from {} to {}", least, most), datum,
                 fmt::format("{}: {}", name, std::max<std::uint64_t>(least, 2)));
}

double read_number(const Value& value, std::string_view name, double least, double most, Scope& scope) {
    const auto datum = scope.any(value);
    if (is_unknown(datum, scope)) return least;
    const auto number = number_of(datum);
    if (number && *number >= least && *number <= most) return *number;
    refuse_value(value, name, fmt::format("a number from {} to {}", least, most), datum,
                 fmt::format("{}: {}", name, least));
}

std::uint64_t read_size(const Value& value, std::string_view name, Scope& scope) {
    const auto datum = scope.any(value);
    if (is_unknown(datum, scope)) return 0;
    if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        if (const auto bytes = parse_bytes(*text)) return *bytes;
    } else if (const auto* const whole = std::get_if<std::int64_t>(&datum.content); whole != nullptr && *whole >= 0) {
        return static_cast<std::uint64_t>(*whole);
    }
    refuse_value(value, name, "a size", datum, fmt::format("{}: 4GiB", name));
}

}  // namespace mlo::pipeline
