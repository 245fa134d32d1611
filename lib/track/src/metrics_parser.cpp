// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mlo/track/limits.hpp>
#include <mlo/track/metrics_file.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::track {
namespace {

/// The last millisecond of the year 9999.
constexpr std::int64_t latest_time_ms = 253'402'300'799'999;
/// Every integer up to here is a double of its own.
constexpr double largest_exact = 9'007'199'254'740'992.0;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

struct Word {
    std::string_view text;
    double value;
};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
/// As JSON strings.
constexpr std::array quoted_words{Word{"NaN", nan}, Word{"Infinity", infinity}, Word{"-Infinity", -infinity}};
/// As Python's json and C's printf write them. The longer come first.
constexpr std::array bare_words{Word{"-Infinity", -infinity},
                                Word{"Infinity", infinity},
                                Word{"-inf", -infinity},
                                Word{"inf", infinity},
                                Word{"-nan", nan},
                                Word{"nan", nan},
                                Word{"NaN", nan}};

/// What is wrong with a line.
struct Bad {
    std::string reason;
};

/// Four hexadecimal digits.
bool read_hex(const char*& at, const char* end, std::uint32_t& unit) {
    if (end - at < 4) return false;
    const auto result = std::from_chars(at, at + 4, unit, 16);
    if (result.ptr != at + 4) return false;
    at += 4;
    return true;
}

void append_utf8(std::string& to, std::uint32_t code) {
    const auto tail = [&](unsigned shift) { to += static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80) {
        to += static_cast<char>(code);
    } else if (code < 0x800) {
        to += static_cast<char>(0xc0U | (code >> 6U));
        tail(0);
    } else if (code < 0x10000) {
        to += static_cast<char>(0xe0U | (code >> 12U));
        tail(6), tail(0);
    } else {
        to += static_cast<char>(0xf0U | (code >> 18U));
        tail(12), tail(6), tail(0);
    }
}

}  // namespace

/// One line, read from left to right. Throws Bad.
class MetricsParser::Line {
public:
    Line(MetricsParser& parser, std::string_view text, std::vector<ParsedPoint>& points)
        : parser_{parser},
          at_{text.data()},
          end_{text.data() + text.size()},
          number_{++parser.lines_},
          points_{points} {}

    void read(std::int64_t time_ms) {
        const auto first = points_.size();
        skip_blanks();
        if (at_ == end_) return;
        if (*at_++ != '{') throw Bad{"it does not begin with '{'"};
        skip_blanks();
        if (at_ < end_ && *at_ == '}')
            ++at_;
        else
            read_members();
        skip_blanks();
        if (at_ != end_) throw Bad{"something follows the '}'"};
        finish(first, time_ms);
    }

private:
    void read_members() {
        while (true) {
            skip_blanks();
            const auto key = read_key();
            skip_blanks();
            if (at_ == end_ || *at_++ != ':') throw Bad{"':' is missing after " + name_of(key)};
            skip_blanks();
            if (at_ == end_) throw Bad{"it is cut off"};
            read_value(key);
            skip_blanks();
            if (at_ == end_) throw Bad{"it is cut off"};
            const char next = *at_++;
            if (next == '}') return;
            if (next != ',') throw Bad{"',' or '}' is missing after the value of " + name_of(key)};
        }
    }

    void finish(std::size_t first, std::int64_t time_ms) {
        parser_.expected_.resize(points_.size() - first);
        for (std::size_t i = first; i < points_.size(); ++i) {
            auto& point = points_[i];
            auto& key = *parser_.keys_[point.key];
            point.point.time_ms = time_ms_.value_or(time_ms);
            point.point.step = step_ ? *step_ : parser_.next_step(key);
            if (!key.greatest_step || *key.greatest_step < point.point.step) key.greatest_step = point.point.step;
            parser_.expected_[i - first] = point.key;
        }
    }

    void skip_blanks() {
        while (at_ < end_ && is_blank(*at_)) ++at_;
    }

    [[nodiscard]] std::string name_of(std::uint32_t key) const {
        if (key == step_key) return "'step'";
        return key == time_key ? "'time'" : quoted(parser_.keys_[key]->name);
    }

    /// A string, as it is where no escape is in it.
    std::string_view read_string() {
        const char* const begin = ++at_;
        while (at_ < end_ && *at_ != '"' && *at_ != '\\') ++at_;
        if (at_ < end_ && *at_ == '"') return {begin, static_cast<std::size_t>(at_++ - begin)};
        unescaped_.assign(begin, at_);
        while (at_ < end_ && *at_ != '"') {
            if (*at_ == '\\')
                read_escape();
            else
                unescaped_ += *at_++;
        }
        if (at_ == end_) throw Bad{"it is cut off"};
        ++at_;
        return unescaped_;
    }

    void read_escape() {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (++at_ == end_) throw Bad{"it is cut off"};
        const char name = *at_++;
        if (const auto place = names.find(name); place != names.npos) {
            unescaped_ += meanings[place];
            return;
        }
        std::uint32_t code = 0;
        if (name != 'u' || !read_hex(at_, end_, code)) throw Bad{"a string has an unknown escape"};
        constexpr std::uint32_t high = 0xd800;
        constexpr std::uint32_t low = 0xdc00;
        if (code >= high && code < low) {
            std::uint32_t second = 0;
            if (end_ - at_ < 2 || *at_ != '\\' || at_[1] != 'u' || !read_hex(at_ += 2, end_, second) || second < low ||
                second > 0xdfff)
                throw Bad{"a string has half a surrogate pair"};
            code = 0x10000 + ((code - high) << 10U) + (second - low);
        } else if (code >= low && code <= 0xdfff) {
            throw Bad{"a string has half a surrogate pair"};
        }
        append_utf8(unescaped_, code);
    }

    std::uint32_t read_key() {
        if (at_ == end_) throw Bad{"it is cut off"};
        if (*at_ != '"') throw Bad{"a key is not in double quotes"};
        // Most lines have the keys of the line before.
        if (position_ < parser_.expected_.size()) {
            const auto number = parser_.expected_[position_];
            const auto& name = parser_.keys_[number]->name;
            if (static_cast<std::size_t>(end_ - at_) > name.size() + 1 && at_[name.size() + 1] == '"' &&
                std::memcmp(at_ + 1, name.data(), name.size()) == 0) {
                at_ += name.size() + 2;
                return begin_metric(number);
            }
        }
        const auto name = read_string();
        if (name == "step") return step_key;
        if (name == "time") return time_key;
        return begin_metric(parser_.key_of(name));
    }

    std::uint32_t begin_metric(std::uint32_t number) {
        auto& key = *parser_.keys_[number];
        if (key.line == number_) throw Bad{quoted(key.name) + " is there twice"};
        key.line = number_;
        ++position_;
        return number;
    }

    void read_value(std::uint32_t key) {
        if (key == step_key) {
            if (step_) throw Bad{"'step' is there twice"};
            step_ = read_integer(key);
        } else if (key == time_key) {
            if (time_ms_) throw Bad{"'time' is there twice"};
            time_ms_ = read_time();
        } else {
            // Minus zero counts as zero.
            points_.push_back({key, {0, 0, read_number(key) + 0.0}});
        }
    }

    [[nodiscard]] bool at_number() const {
        return is_digit(*at_) || (*at_ == '-' && end_ - at_ > 1 && (is_digit(at_[1]) || at_[1] == '.')) || *at_ == '.';
    }

    double read_number(std::uint32_t key) {
        if (at_number()) return read_digits(key);
        if (*at_ == '"') {
            const auto text = read_string();
            for (const auto& word : quoted_words)
                if (text == word.text) return word.value;
            throw Bad{name_of(key) + " is no number, but a text"};
        }
        const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
        for (const auto& word : bare_words) {
            if (!rest.starts_with(word.text)) continue;
            at_ += word.text.size();
            return word.value;
        }
        throw Bad{name_of(key) + " is no number"};
    }

    double read_digits(std::uint32_t key) {
        double value = 0;
        const auto result = std::from_chars(at_, end_, value);
        if (result.ec == std::errc::result_out_of_range) {
            // Too near to zero is zero, as everywhere.
            value = std::strtod(std::string{at_, result.ptr}.c_str(), nullptr);
        } else if (result.ec != std::errc{}) {
            throw Bad{name_of(key) + " is no number"};
        }
        if (!std::isfinite(value)) throw Bad{name_of(key) + " is too large a number"};
        at_ = result.ptr;
        return value;
    }

    std::int64_t read_integer(std::uint32_t key) {
        std::int64_t value = 0;
        const auto result = std::from_chars(at_, end_, value);
        if (result.ec == std::errc{} &&
            (result.ptr == end_ || (*result.ptr != '.' && *result.ptr != 'e' && *result.ptr != 'E'))) {
            at_ = result.ptr;
            return value;
        }
        if (!at_number()) throw Bad{name_of(key) + " is no number"};
        const double number = read_digits(key);
        if (number != std::floor(number) || std::abs(number) > largest_exact)
            throw Bad{name_of(key) + " is no integer of 64 bits"};
        return static_cast<std::int64_t>(number);
    }

    std::int64_t read_time() {
        std::int64_t time = 0;
        if (*at_ == '"') {
            const auto moment = parse_rfc3339(read_string());
            if (!moment) throw Bad{"'time' is neither milliseconds since 1970 nor RFC 3339"};
            time = std::chrono::floor<std::chrono::milliseconds>(*moment).time_since_epoch().count();
        } else {
            if (!at_number()) throw Bad{"'time' is no number"};
            time = read_milliseconds();
        }
        if (time < 0 || time > latest_time_ms) throw Bad{"'time' is not between 1970 and 9999"};
        return time;
    }

    std::int64_t read_milliseconds() {
        std::int64_t value = 0;
        const auto result = std::from_chars(at_, end_, value);
        if (result.ec == std::errc{} &&
            (result.ptr == end_ || (*result.ptr != '.' && *result.ptr != 'e' && *result.ptr != 'E'))) {
            at_ = result.ptr;
            return value;
        }
        const double number = std::floor(read_digits(time_key));
        return std::abs(number) > largest_exact ? -1 : static_cast<std::int64_t>(number);
    }

    static constexpr auto step_key = std::numeric_limits<std::uint32_t>::max();
    static constexpr auto time_key = step_key - 1;

    MetricsParser& parser_;
    const char* at_;
    const char* end_;
    std::uint64_t number_;
    std::vector<ParsedPoint>& points_;
    std::size_t position_ = 0;  ///< metrics so far
    std::optional<std::int64_t> step_;
    std::optional<std::int64_t> time_ms_;
    std::string unescaped_;
};

MetricsParser::MetricsParser(GreatestStep greatest_step) : greatest_step_{std::move(greatest_step)} {}

void MetricsParser::parse(std::string_view lines, std::uint64_t& number, std::int64_t time_ms,
                          std::vector<ParsedPoint>& points, BadLines& bad) {
    while (!lines.empty()) {
        const auto size = std::min(lines.find('\n'), lines.size() - 1);
        const auto text = lines.substr(0, size);
        const auto before = points.size();
        try {
            if (size > max_line_bytes) throw Bad{"it is longer than " + format_bytes(max_line_bytes)};
            Line{*this, text, points}.read(time_ms);
        } catch (const Bad& what) {
            points.resize(before);
            ++bad.count;
            if (bad.first.size() < BadLines::most_kept) bad.first.push_back({number, what.reason});
        }
        ++number;
        lines.remove_prefix(size + 1);
    }
}

std::uint32_t MetricsParser::key_of(std::string_view name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    if (const auto problem = key_problem(name); !problem.empty())
        throw Bad{"the name " + quoted(name.substr(0, max_key_bytes)) +
                  " cannot be a metric's: " + std::string{problem}};
    if (keys_.size() == max_keys) throw Bad{"there are more than " + format_count(max_keys) + " metrics"};
    keys_.push_back(std::make_unique<Key>());
    keys_.back()->name = name;
    const auto number = static_cast<std::uint32_t>(keys_.size() - 1);
    numbers_.emplace(keys_.back()->name, number);
    return number;
}

std::int64_t MetricsParser::next_step(Key& key) const {
    if (!std::exchange(key.was_asked_for, true) && greatest_step_)
        if (const auto known = greatest_step_(key.name))
            key.greatest_step = std::max(*known, key.greatest_step.value_or(*known));
    if (!key.greatest_step) return 0;
    return *key.greatest_step == std::numeric_limits<std::int64_t>::max() ? *key.greatest_step : *key.greatest_step + 1;
}

}  // namespace mlo::track
