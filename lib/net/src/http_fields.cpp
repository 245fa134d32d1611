// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/http_fields.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace mlo::net {
namespace {

/// All of `text`, which has to be digits alone.
std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

/// The number of a name in a list of names of three letters, from 1; 0 if it is not there.
unsigned place_in(std::string_view names, std::string_view name) {
    const auto at = name.size() == 3 ? names.find(name) : names.npos;
    return at == names.npos || at % 3 != 0 ? 0 : static_cast<unsigned>(at / 3 + 1);
}

}  // namespace

std::optional<Timestamp> parse_http_date(std::string_view text) {
    using namespace std::chrono;
    constexpr std::string_view form = "Sat, 21 Nov 2026 21:57:38 GMT";
    if (text.size() != form.size() || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
    if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) { return to_number(text.substr(at, digits)); };
    const auto d = number(5, 2);
    const auto y = number(12, 4);
    const auto hour = number(17, 2);
    const auto minute = number(20, 2);
    const auto second = number(23, 2);
    const auto m = place_in("JanFebMarAprMayJunJulAugSepOctNovDec", text.substr(8, 3));
    if (!d || !y || !hour || !minute || !second) return std::nullopt;
    const year_month_day date{year{static_cast<int>(*y)}, month{m}, day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    // Nanoseconds since 1970 in 64 bits hold no year after 2261.
    if (*y < 1970 || *y > 2261) return std::nullopt;
    return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second};
}

std::optional<std::uint64_t> content_length(const Headers& headers) {
    return to_number(find_header(headers, "Content-Length").value_or(""));
}

std::optional<std::chrono::seconds> retry_after(const Headers& headers, Timestamp now) {
    using std::chrono::seconds;
    constexpr std::uint64_t most_seconds = 366 * 24 * 60 * 60;
    const auto value = find_header(headers, "Retry-After").value_or("");
    if (const auto number = to_number(value)) return seconds{std::min(*number, most_seconds)};
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds{0}, seconds{most_seconds});
}

std::optional<ContentRange> content_range(const Headers& headers) {
    constexpr std::string_view unit = "bytes ";
    auto text = find_header(headers, "Content-Range").value_or("");
    if (!text.starts_with(unit)) return std::nullopt;
    text.remove_prefix(unit.size());
    const auto dash = text.find('-');
    const auto slash = text.find('/');
    if (dash == text.npos || slash == text.npos || slash < dash) return std::nullopt;
    const auto first = to_number(text.substr(0, dash));
    const auto last = to_number(text.substr(dash + 1, slash - dash - 1));
    const auto whole = to_number(text.substr(slash + 1));
    if (!first || !last || *last < *first || (!whole && text.substr(slash + 1) != "*")) return std::nullopt;
    if (whole && *last >= *whole) return std::nullopt;
    return ContentRange{.first = *first, .last = *last, .whole = whole};
}

}  // namespace mlo::net
