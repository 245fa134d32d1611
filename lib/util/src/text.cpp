// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mlo {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }

/// One character at the start of a text: its length, 0 if the bytes there are no valid UTF-8.
struct CodePoint {
    std::size_t length = 0;
    std::uint32_t value = 0;
};

CodePoint first_code_point(std::string_view text) noexcept {
    const auto lead = byte_at(text, 0);
    if (lead < 0x80) return {1, lead};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    std::uint32_t value = lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = byte_at(text, i);
        if ((next & 0xc0u) != 0x80u) return {};
        value = value << 6 | (next & 0x3fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (overlong || surrogate || value > 0x10ffff) return {};
    return {length, value};
}

/// Characters that steer the terminal or the order of the text rather than show something.
bool is_control(std::uint32_t value) noexcept {
    return value < 0x20 || (value >= 0x7f && value < 0xa0) ||                             // C0, DEL, C1
           value == 0x200e || value == 0x200f || (value >= 0x2028 && value <= 0x202e) ||  // separators, direction
           (value >= 0x2066 && value <= 0x2069) || value == 0xfeff;
}

void append_escaped(std::string& to, std::string_view bytes) {
    for (const char byte : bytes) {
        switch (byte) {
            case '\n':
                to += "\\n";
                break;
            case '\r':
                to += "\\r";
                break;
            case '\t':
                to += "\\t";
                break;
            case '\'':
                to += "\\'";
                break;
            case '\\':
                to += "\\\\";
                break;
            default:
                to += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto length = first_code_point(text).length;
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const auto [length, value] = first_code_point(text);
        const auto bytes = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0 || is_control(value) || value == '\'' || value == '\\')
            append_escaped(shown, bytes);
        else
            shown += bytes;
        text.remove_prefix(bytes.size());
    }
    return shown;
}

std::string quoted(std::string_view text) { return "'" + printable(text) + "'"; }

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto amount = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // What one decimal would round up to 1024 belongs to the next unit.
    for (; amount >= 1023.95 && unit + 1 < units.size(); ++unit) amount /= 1024;
    return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string format_count(std::uint64_t count) {
    auto digits = std::to_string(count);
    for (auto at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::string plural(std::uint64_t count, std::string_view singular, std::string_view plural_form) {
    return fmt::format("{} {}", format_count(count), count == 1 ? singular : plural_form);
}

namespace {

constexpr std::uint64_t largest_size = std::uint64_t{1} << 63;

char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// The bytes in one "K", "KiB" or "KB"; 1 for none and "B"; nothing for what is no unit.
std::optional<std::uint64_t> unit_size(std::string_view unit) {
    if (unit.empty() || unit == "B" || unit == "b") return 1;
    constexpr std::string_view prefixes = "kmgtpe";
    const auto power = prefixes.find(lower(unit[0]));
    if (power == prefixes.npos) return std::nullopt;
    std::string suffix{unit.substr(1)};
    std::transform(suffix.begin(), suffix.end(), suffix.begin(), lower);
    if (!suffix.empty() && suffix != "b" && suffix != "ib") return std::nullopt;
    const std::uint64_t base = suffix == "b" ? 1000 : 1024;
    auto size = base;
    for (std::size_t i = 0; i < power; ++i) size *= base;
    return size;
}

/// Cuts the digits off the start of `text`; nothing if there are none or their value is over the largest size.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
    std::uint64_t value = 0;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        const auto digit = static_cast<std::uint64_t>(text[count] - '0');
        if (value > (largest_size - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    text.remove_prefix(count);
    return count > 0 ? std::optional{value} : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    const auto whole = take_digits(text);
    if (!whole) return std::nullopt;
    std::uint64_t fraction = 0;
    std::uint64_t scale = 1;
    const bool has_fraction = text.starts_with('.');
    if (has_fraction) {
        text.remove_prefix(1);
        const auto before = text.size();
        const auto digits = take_digits(text);
        const auto places = before - text.size();
        // Nine places keep the exact arithmetic below within 64 bits.
        if (!digits || places > 9) return std::nullopt;
        fraction = *digits;
        for (std::size_t i = 0; i < places; ++i) scale *= 10;
    }
    if (text.size() > 1 && text.starts_with(' ')) text.remove_prefix(1);
    const auto unit = unit_size(text);
    if (!unit || (has_fraction && *unit == 1)) return std::nullopt;
    const auto part = fraction * (*unit / scale) + fraction * (*unit % scale) / scale;
    if (*whole > (largest_size - part) / *unit) return std::nullopt;
    return *whole * *unit + part;
}

namespace {

/// Beyond this many bytes nobody types by hand, and the quadratic table is not worth its time.
constexpr std::size_t longest_word = 256;

std::size_t alignment_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before_last(right.size() + 1);
    std::vector<std::size_t> last(right.size() + 1);
    std::vector<std::size_t> current(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = left[i - 1] == right[j - 1] ? 0 : 1;
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + replaced});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                current[j] = std::min(current[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(current);
    }
    return last[right.size()];
}

}  // namespace

std::optional<std::string> closest_match(std::string_view word, std::span<const std::string> candidates) {
    if (word.size() > longest_word) return std::nullopt;
    const auto limit = std::max<std::size_t>(1, word.size() / 3);
    auto nearest = limit + 1;
    const std::string* best = nullptr;
    for (const auto& candidate : candidates) {
        const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
        if (longer - shorter > limit) continue;
        const auto distance = alignment_distance(word, candidate);
        // A word of which no letter is left is not a misspelling, however short it is.
        if (distance > nearest || distance >= longer) continue;
        if (distance < nearest)
            best = &candidate;
        else if (best != nullptr && *best != candidate)
            best = nullptr;
        nearest = distance;
    }
    return best != nullptr ? std::optional{*best} : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    while (true) {
        const auto at = text.find(separator);
        pieces.emplace_back(text.substr(0, at));
        if (at == text.npos) return pieces;
        text.remove_prefix(at + 1);
    }
}

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto start = text.find_first_not_of(blanks);
    if (start == text.npos) return {};
    return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 3))) {
        const auto used = std::min<std::size_t>(bytes.size(), 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < used ? std::to_integer<std::uint32_t>(bytes[i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i) text += i <= used ? base64_alphabet[group >> (18 - 6 * i) & 0x3fu] : '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (; !text.empty(); text.remove_prefix(4)) {
        std::size_t letters = 4;
        if (text.size() == 4 && text[3] == '=') letters = text[2] == '=' ? 2 : 3;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto value = i < letters ? base64_alphabet.find(text[i]) : 0;
            if (value == base64_alphabet.npos) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(value);
        }
        const auto unused = (4 - letters) * 8;
        if ((group & ((1u << unused) - 1)) != 0) return std::nullopt;
        for (std::size_t i = 0; i + 1 < letters; ++i) bytes += static_cast<char>(group >> (16 - 8 * i) & 0xffu);
    }
    return bytes;
}

}  // namespace mlo
