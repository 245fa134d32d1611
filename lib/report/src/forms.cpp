// SPDX-License-Identifier: Apache-2.0
#include "forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <mlo/report/ci_log.hpp>

#include "plain_text.hpp"

namespace mlo::report {
namespace {

constexpr std::size_t reserve_bytes = 256;
constexpr std::size_t most_cell_bytes = 400;

/// The start of it, if it is long.
std::string_view shortened(std::string_view text) {
    if (text.size() <= most_cell_bytes) return text;
    auto size = most_cell_bytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    return text.substr(0, size);
}

}  // namespace

std::string xml_escaped(std::string_view bytes) {
    std::string text;
    for (const char c : xml_characters(bytes)) {
        if (c == '&') {
            text += "&amp;";
        } else if (c == '<') {
            text += "&lt;";
        } else if (c == '>') {
            text += "&gt;";
        } else if (c == '"') {
            text += "&quot;";
        } else if (c == '\r' || c == '\n' || c == '\t') {
            text += fmt::format("&#{};", static_cast<int>(c));
        } else {
            text += c;
        }
    }
    return text;
}

std::string xml_body(std::string_view bytes) {
    std::string text;
    while (true) {
        const auto end = bytes.find_first_of("\n\t");
        text += xml_escaped(bytes.substr(0, end));
        if (end == bytes.npos) return text;
        text += bytes[end];
        bytes.remove_prefix(end + 1);
    }
}

std::string junit_seconds(std::int64_t milliseconds) {
    const auto positive = std::max<std::int64_t>(milliseconds, 0);
    return fmt::format("{}.{:03}", positive / 1000, positive % 1000);
}

std::string utc_time(std::int64_t milliseconds, char separator) {
    const std::time_t time = milliseconds / 1000;
    std::tm parts{};
    if (::gmtime_r(&time, &parts) == nullptr) return fmt::format("1970-01-01{}00:00:00", separator);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       separator, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string place_text(std::string_view file, std::uint32_t line, std::uint32_t column) {
    if (file.empty() || line == 0) return std::string{file};
    return fmt::format("{}:{}:{}", file, line, column);
}

std::string diagnostic_text(std::string_view message, std::string_view place, const std::vector<std::string>& notes,
                            std::string_view help) {
    std::string text{message};
    if (!place.empty()) text += fmt::format("\n  --> {}", place);
    for (const auto& note : notes) text += fmt::format("\n  = {}", note);
    if (!help.empty()) text += fmt::format("\n  help: {}", help);
    return text;
}

std::string inert(std::string_view bytes, Within within) {
    constexpr std::string_view markup = "\\`*_[]#|~$@";
    std::string text;
    for (const char c : plain_output(bytes)) {
        if (c == '&') {
            text += "&amp;";
        } else if (c == '<') {
            text += "&lt;";
        } else if (c == '>') {
            text += "&gt;";
        } else if (c == '\n' || c == '\t') {
            text += ' ';
        } else {
            if (within == Within::table && markup.find(c) != markup.npos) text += '\\';
            text += c;
        }
    }
    return text;
}

std::string short_cell(std::string_view text) {
    const auto shown = shortened(text);
    return inert(shown, Within::table) + (shown.size() < text.size() ? "..." : "");
}

std::string fenced(std::string_view text) {
    std::size_t longest = 0;
    std::size_t now = 0;
    for (const char c : text) {
        now = c == '`' ? now + 1 : 0;
        longest = std::max(longest, now);
    }
    const std::string fence(std::max<std::size_t>(longest + 1, 3), '`');
    return fmt::format("{}text\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

bool Room::add(std::string_view piece) {
    if (piece.size() + reserve_bytes > left_) return false;
    add_always(piece);
    return true;
}

void Room::add_always(std::string_view piece) {
    if (piece.size() > left_) return;
    left_ -= piece.size();
    text_ += piece;
}

std::string label(std::string_view bytes) {
    std::string text;
    for (const char c : xml_characters(bytes)) {
        if (c == '\\') {
            text += "\\\\";
        } else if (c == '"') {
            text += "\\\"";
        } else if (c == '\n') {
            text += "\\n";
        } else {
            text += c;
        }
    }
    return text;
}

std::string sample(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

std::string sample_seconds(std::int64_t milliseconds) { return sample(static_cast<double>(milliseconds) / 1000); }

}  // namespace mlo::report
