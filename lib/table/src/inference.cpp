// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mlo/table/inference.hpp>
#include <mlo/util/text.hpp>

namespace mlo::table {
namespace {

constexpr std::string_view null_words[] = {"NA",   "N/A",  "n/a", "#N/A", "NULL", "null", "Null",
                                           "None", "none", "nil", "-",    "?",    "<NA>", "NaT"};
constexpr std::string_view date_format_names[] = {"%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y",
                                                  "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d"};
enum Separator : std::size_t { iso, year_slash, day_dot, day_slash, month_slash, day_dash };
constexpr std::int64_t largest_exact = (std::int64_t{1} << 53) - 1;
constexpr std::size_t shown_length = 40;

[[nodiscard]] bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] bool all_digits(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

[[nodiscard]] bool same_word(std::string_view text, std::string_view lower) noexcept {
    return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
           });
}

[[nodiscard]] std::optional<int> number(std::string_view text, std::size_t shortest, std::size_t longest) noexcept {
    if (text.size() < shortest || text.size() > longest || !all_digits(text)) return std::nullopt;
    int value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return value;
}

[[nodiscard]] bool is_day(std::string_view y, std::string_view m, std::string_view d) noexcept {
    const auto year = number(y, 4, 4);
    const auto month = number(m, 1, 2);
    const auto day = number(d, 1, 2);
    if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1) return false;
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
    return *day <= lengths[*month - 1] + (*month == 2 && is_leap ? 1 : 0);
}

struct Parts {
    std::string_view first;
    std::string_view second;
    std::string_view third;
    char separator = 0;
};

[[nodiscard]] std::optional<Parts> three_parts(std::string_view text) noexcept {
    if (text.size() < 8 || text.size() > 10) return std::nullopt;
    const auto first = text.find_first_of("-/.");
    if (first == text.npos) return std::nullopt;
    const auto second = text.find(text[first], first + 1);
    if (second == text.npos) return std::nullopt;
    return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1),
                 text[first]};
}

/// Which of date_format_names fit, as a set of bits.
[[nodiscard]] unsigned date_fits(std::string_view text) noexcept {
    if (text.size() == 8 && all_digits(text))
        return text >= "19000101" && text < "21000101" && is_day(text.substr(0, 4), text.substr(4, 2), text.substr(6))
                   ? 1U << 6
                   : 0;
    const auto parts = three_parts(text);
    if (!parts) return 0;
    const auto& [a, b, c, separator] = *parts;
    unsigned fits = 0;
    const auto set = [&](std::size_t format, bool is_so) { fits |= is_so ? 1U << format : 0U; };
    switch (separator) {
        case '-':
            set(iso, is_day(a, b, c));
            set(day_dash, is_day(c, b, a));
            break;
        case '/':
            set(year_slash, is_day(a, b, c));
            set(day_slash, is_day(c, b, a));
            set(month_slash, is_day(c, a, b));
            break;
        default:
            set(day_dot, is_day(c, b, a));
    }
    return fits;
}

/// 2024-01-02[ T]03:04[:05[.123456]] without an offset.
[[nodiscard]] bool is_timestamp(std::string_view text) noexcept {
    if (text.size() < 16 || text.size() > 29 || (text[10] != ' ' && text[10] != 'T')) return false;
    const auto day = text.substr(0, 10);
    if (day[4] != '-' || day[7] != '-' || !is_day(day.substr(0, 4), day.substr(5, 2), day.substr(8))) return false;
    if (text.ends_with('Z')) text.remove_suffix(1);
    const auto time = text.substr(11);
    const auto below = [](std::string_view digits, int limit) {
        const auto value = number(digits, 2, 2);
        return value && *value < limit;
    };
    if (time.size() < 5 || time[2] != ':' || !below(time.substr(0, 2), 24) || !below(time.substr(3, 2), 60))
        return false;
    if (time.size() == 5) return true;
    if (time.size() < 8 || time[5] != ':' || !below(time.substr(6, 2), 60)) return false;
    return time.size() == 8 || (time[8] == '.' && time.size() <= 15 && all_digits(time.substr(9)));
}

[[nodiscard]] bool is_real(std::string_view text) noexcept {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto bare = text.starts_with('-') ? text.substr(1) : text;
    if (same_word(bare, "nan") || same_word(bare, "inf") || same_word(bare, "infinity")) return true;
    if (bare.empty() || !(is_digit(bare[0]) || bare[0] == '.')) return false;
    double value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    return end.ptr == text.data() + text.size() && end.ec != std::errc::result_out_of_range;
}

/// Digits in threes with commas between them, and a decimal point or none.
[[nodiscard]] bool is_grouped(std::string_view text) noexcept {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    if (point != text.npos && !all_digits(text.substr(point + 1))) return false;
    const auto groups = split(whole, ',');
    if (groups.size() < 2 || groups[0].empty() || groups[0].size() > 3) return false;
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (!all_digits(groups[i]) || (i > 0 && groups[i].size() != 3)) return false;
    return true;
}

[[nodiscard]] std::string shown(std::string_view text) {
    if (text.size() <= shown_length) return quoted(text);
    auto end = shown_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return quoted(text.substr(0, end)) + " ...";
}

}  // namespace

std::string_view to_string(Type type) noexcept {
    constexpr std::string_view names[] = {"boolean", "integer", "real", "text", "date", "timestamp"};
    return names[static_cast<std::size_t>(type)];
}

void Evidence::Tally::miss(std::string_view text, std::uint64_t row) {
    if (row >= first_misfit) return;
    first_misfit = row;
    misfit = text.substr(0, shown_length + 8);
}

void Evidence::Tally::merge(const Tally& other) {
    count += other.count;
    if (other.first_misfit < first_misfit) {
        first_misfit = other.first_misfit;
        misfit = other.misfit;
    }
}

void Evidence::add_number(std::string_view text, std::uint64_t row) {
    const auto digits = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
    if (!all_digits(digits)) {
        integers_.miss(text, row);
        is_real(text) ? reals_.fit() : reals_.miss(text, row);
        return;
    }
    integers_.fit();
    reals_.fit();
    if (digits.size() > 1 && digits[0] == '0') ++leading_zeros_;
    std::int64_t value = 0;
    const auto from = text.starts_with('+') ? text.substr(1) : text;
    if (std::from_chars(from.data(), from.data() + from.size(), value).ec != std::errc{}) {
        ++beyond_64_bits_;
    } else if (value > largest_exact || value < -largest_exact) {
        ++beyond_doubles_;
    }
}

void Evidence::add(std::string_view text, std::uint64_t row) {
    ++texts_;
    if (text.size() <= 4 && std::find(std::begin(null_words), std::end(null_words), text) != std::end(null_words)) {
        if (const auto known = null_words_.find(text); known != null_words_.end())
            ++known->second;
        else
            null_words_.emplace(text, 1);
        return;
    }
    const char first = text.empty() ? '\0' : text[0];
    if (is_digit(first) || first == '-' || first == '+' || first == '.' || same_word(text, "nan") ||
        same_word(text, "inf") || same_word(text, "infinity")) {
        add_number(text, row);
    } else {
        integers_.miss(text, row);
        reals_.miss(text, row);
    }
    const bool is_boolean = same_word(text, "true") || same_word(text, "false");
    is_boolean ? booleans_.fit() : booleans_.miss(text, row);
    is_digit(first) && is_timestamp(text) ? timestamps_.fit() : timestamps_.miss(text, row);
    const auto fits = is_digit(first) ? date_fits(text) : 0;
    for (std::size_t i = 0; i < date_formats; ++i) (fits >> i & 1) != 0 ? dates_[i].fit() : dates_[i].miss(text, row);
    if (text.find(',') != text.npos && is_grouped(text))
        grouped_.fit();
    else if (!is_real(text))
        grouped_.miss(text, row);
}

void Evidence::merge(const Evidence& other) {
    nulls_ += other.nulls_;
    texts_ += other.texts_;
    leading_zeros_ += other.leading_zeros_;
    beyond_64_bits_ += other.beyond_64_bits_;
    beyond_doubles_ += other.beyond_doubles_;
    for (const auto& [word, count] : other.null_words_) null_words_[word] += count;
    booleans_.merge(other.booleans_);
    integers_.merge(other.integers_);
    reals_.merge(other.reals_);
    grouped_.merge(other.grouped_);
    for (std::size_t i = 0; i < date_formats; ++i) dates_[i].merge(other.dates_[i]);
    timestamps_.merge(other.timestamps_);
}

std::string Evidence::fit_note(std::uint64_t values, std::string_view format) const {
    std::string note;
    for (const auto& [word, count] : null_words_)
        note += fmt::format("{}{} {}", note.empty() ? "; read as missing: " : ", ", format_count(count), quoted(word));
    return fmt::format("{}{}{}{}",
                       values == 1 ? "the one value fits" : fmt::format("all {} values fit", format_count(values)),
                       format.empty() ? "" : " ", format, note);
}

std::string Evidence::nearly(std::string_view what, const Tally& tally, std::uint64_t first_number) const {
    std::uint64_t values = texts_;
    for (const auto& [word, count] : null_words_) values -= count;
    return fmt::format("{} of {} values {}; the first other one is {} in row {}", format_count(tally.count),
                       format_count(values), what, shown(tally.misfit),
                       format_count(tally.first_misfit + first_number));
}

Inferred Evidence::decide_text(std::uint64_t first_number) const {
    Inferred result;
    struct Candidate {
        std::string what;
        const Tally* tally;
    };
    std::vector<Candidate> candidates{{"a boolean", &booleans_},
                                      {"are integers", &integers_},
                                      {"are numbers", &reals_},
                                      {"are timestamps", &timestamps_}};
    std::string date_mix;
    std::uint64_t day_forms = 0;
    for (std::size_t i = 0; i < date_formats; ++i) {
        candidates.push_back({fmt::format("fit the date format {}", date_format_names[i]), &dates_[i]});
        if (dates_[i].count == 0) continue;
        date_mix += fmt::format("{}{} fits {}", day_forms++ == 0 ? "" : ", ", date_format_names[i],
                                format_count(dates_[i].count));
    }
    const auto best = std::max_element(candidates.begin(), candidates.end(),
                                       [](const auto& a, const auto& b) { return a.tally->count < b.tally->count; });
    if (grouped_.count > 0 && grouped_.first_misfit == UINT64_MAX) {
        result.evidence =
            "numbers with separators of thousands, which are read as such only where a file of types says so";
    } else if (day_forms > 1 && best >= candidates.begin() + 4) {
        result.evidence = fmt::format("dates of several formats: {}", date_mix);
    } else if (best->tally->count * 2 > texts_) {
        result.evidence = nearly(best->what, *best->tally, first_number);
    } else {
        result.evidence = fmt::format("{} with other text than numbers, dates and truth values",
                                      texts_ == 1 ? "1 value" : format_count(texts_) + " values");
    }
    return result;
}

Inferred Evidence::decide(std::uint64_t first_number) const {
    Inferred result;
    std::uint64_t values = texts_;
    for (const auto& [word, count] : null_words_) values -= count;
    if (texts_ == 0) {
        result.evidence = "no values";
        return result;
    }
    if (values == 0) {
        result.evidence = "nothing but words for missing values";
        return result;
    }
    const auto take = [&](Type type, std::string format = {}) {
        result.form.type = type;
        result.form.format = std::move(format);
        result.form.is_wide = type == Type::integer && beyond_doubles_ > 0;
        for (const auto& [word, count] : null_words_) result.form.nulls.push_back(word);
        result.evidence = fit_note(values, result.form.format);
        return result;
    };
    if (booleans_.count == values) return take(Type::boolean);
    if (integers_.count == values) {
        if (leading_zeros_ > 0) {
            result.evidence =
                fmt::format("integers, of which {} would lose leading zeros", format_count(leading_zeros_));
            return result;
        }
        if (beyond_64_bits_ > 0) {
            result.evidence = fmt::format("integers, of which {} do not fit 64 bits", format_count(beyond_64_bits_));
            return result;
        }
        take(Type::integer);
        if (dates_.back().count == values)
            result.evidence += fmt::format("; the date format {} too", date_format_names[date_formats - 1]);
        return result;
    }
    if (reals_.count == values) return take(Type::real);
    if (timestamps_.count == values) return take(Type::timestamp);
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i + 1 < date_formats; ++i)
        if (dates_[i].count == values) fitting.push_back(i);
    if (fitting.size() == 1)
        return take(Type::date, fitting[0] == iso ? std::string{} : std::string{date_format_names[fitting[0]]});
    if (fitting.size() > 1) {
        result.evidence = fmt::format("dates that fit both {} and {}: a file of types can say which",
                                      date_format_names[fitting[0]], date_format_names[fitting[1]]);
        return result;
    }
    return decide_text(first_number);
}

}  // namespace mlo::table
