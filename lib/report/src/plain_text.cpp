// SPDX-License-Identifier: Apache-2.0
#include "plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/report/ci_log.hpp>
#include <mlo/util/text.hpp>

namespace mlo::report {
namespace {

constexpr char escape = '\x1b';

std::size_t length_of(unsigned char lead) noexcept {
    if (lead < 0x80) return 1;
    if (lead >= 0xf0) return 4;
    return lead >= 0xe0 ? 3 : 2;
}

bool is_xml_character(std::uint32_t code) noexcept {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code != 0xfffe && code != 0xffff;
}

/// What begins at an escape character: ECMA-48 control sequences, command strings (titles, links), others.
std::size_t length_of_sequence(std::string_view text) noexcept {
    if (text.size() < 2) return text.size();
    std::size_t at = 2;
    if (text[1] == '[') {
        while (at < text.size() && text[at] >= 0x20 && text[at] < 0x40) ++at;
        const bool is_ended = at < text.size() && text[at] >= 0x40 && text[at] < 0x7f;
        return is_ended ? at + 1 : at;
    }
    if (std::string_view{"]PX^_"}.find(text[1]) == std::string_view::npos) {
        at = 1;
        while (at < text.size() && text[at] >= 0x20 && text[at] < 0x30) ++at;
        const bool is_ended = at < text.size() && text[at] >= 0x30 && text[at] < 0x7f;
        return is_ended ? at + 1 : at;
    }
    while (at < text.size() && text[at] != '\a' && text[at] != '\n' && text[at] != escape) ++at;
    if (at < text.size() && text[at] == '\a') return at + 1;
    return text.substr(at).starts_with("\x1b\\") ? at + 2 : at;
}

void append_line(std::string& plain, std::string_view line) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (const auto last = line.rfind('\r'); last != line.npos) line.remove_prefix(last + 1);
    while (!line.empty()) {
        if (line.front() == escape) {
            line.remove_prefix(length_of_sequence(line));
            continue;
        }
        const auto character = first_character(line);
        const bool is_control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
        if (!character.is_valid) {
            plain += replacement_character;
        } else if (!is_control || character.code == '\t') {
            plain += line.substr(0, character.size_bytes);
        }
        line.remove_prefix(character.size_bytes);
    }
}

}  // namespace

Character first_character(std::string_view text) noexcept {
    constexpr Character none{.code = 0xfffd, .size_bytes = 1, .is_valid = false};
    const auto lead = static_cast<unsigned char>(text.front());
    const auto length = length_of(lead);
    if (length > text.size() || !is_valid_utf8(text.substr(0, length))) return none;
    if (length == 1) return {.code = lead, .size_bytes = 1, .is_valid = true};
    std::uint32_t code = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
    return {.code = code, .size_bytes = length, .is_valid = true};
}

std::string xml_characters(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const auto character = first_character(bytes);
        if (character.is_valid && is_xml_character(character.code)) {
            text += bytes.substr(0, character.size_bytes);
        } else {
            text += replacement_character;
        }
        bytes.remove_prefix(character.size_bytes);
    }
    return text;
}

std::string duration(std::int64_t milliseconds) {
    if (milliseconds < 60'000) return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
    const auto seconds = (milliseconds + 500) / 1000;
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

std::string plain_output(std::string_view bytes) {
    std::string plain;
    while (true) {
        const auto end = bytes.find('\n');
        append_line(plain, bytes.substr(0, end));
        if (end == bytes.npos) return plain;
        plain += '\n';
        bytes.remove_prefix(end + 1);
    }
}

}  // namespace mlo::report
