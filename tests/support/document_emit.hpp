// SPDX-License-Identifier: Apache-2.0
// Writes a parsed value again with either writer: for "what was read can be written and read again".
#pragma once

#include <array>
#include <cstdint>
#include <mlo/util/document.hpp>
#include <random>
#include <string>
#include <string_view>

namespace mlo::test {

/// `brackets` says what opens and closes lists and mappings, for which the writers have different words.
template <class Writer, class Brackets>
void emit(Writer& writer, const Value& value, const Brackets& brackets) {
    switch (value.kind()) {
        case ValueKind::null:
            writer.null();
            return;
        case ValueKind::boolean:
            writer.boolean(value.as_boolean());
            return;
        case ValueKind::integer:
            writer.integer(value.as_integer());
            return;
        case ValueKind::unsigned_integer:
            writer.unsigned_integer(value.as_unsigned());
            return;
        case ValueKind::real:
            writer.real(value.as_real());
            return;
        case ValueKind::string:
            writer.string(value.as_string());
            return;
        case ValueKind::list:
            brackets.begin_list(writer);
            for (const auto& item : value.items()) emit(writer, item, brackets);
            brackets.end_list(writer);
            return;
        case ValueKind::mapping:
            brackets.begin_mapping(writer);
            for (const auto& member : value.members()) {
                writer.key(member.name());
                emit(writer, member.value, brackets);
            }
            brackets.end_mapping(writer);
            return;
    }
}

struct JsonBrackets {
    void begin_list(auto& writer) const { writer.begin_array(); }
    void end_list(auto& writer) const { writer.end_array(); }
    void begin_mapping(auto& writer) const { writer.begin_object(); }
    void end_mapping(auto& writer) const { writer.end_object(); }
};

struct YamlBrackets {
    void begin_list(auto& writer) const { writer.begin_list(); }
    void end_list(auto& writer) const { writer.end_list(); }
    void begin_mapping(auto& writer) const { writer.begin_mapping(); }
    void end_mapping(auto& writer) const { writer.end_mapping(); }
};

/// Valid UTF-8 of what trips writers: quotes, spaces, indicators, controls, line breaks, characters of each length.
inline std::string random_text(std::mt19937_64& random) {
    static constexpr std::array<std::string_view, 48> pieces{
        "a", "yes", "null", "~",    "1",  "e3",       "0x",       ".",      "-",      "- ",         ": ",  ":",
        "#", " #",  " ",    "  ",   "\n", "\t",       "\r",       "\"",     "'",      "\\",         "{",   "}",
        "[", "]",   ",",    "&",    "*",  "!",        "|",        ">",      "%",      "@",          "`",   "?",
        "=", "<<",  "\x01", "\x7f", "é",  "\xc2\x85", "\xc2\xa0", "\u2028", "\ufeff", "\U0001f600", "---", "..."};
    std::string text;
    for (auto n = random() % 6; n > 0; --n) text += pieces[random() % pieces.size()];
    if (random() % 50 == 0) text += '\0';
    if (random() % 100 == 0) text += std::string(1500, 'k');
    return text;
}

template <class Writer, class Brackets>
void write_random(Writer& writer, std::mt19937_64& random, const Brackets& brackets, int depth = 0) {
    const auto choice = random() % (depth < 5 ? 10 : 8);
    if (choice == 0) writer.null();
    if (choice == 1) writer.boolean(random() % 2 == 0);
    if (choice == 2) writer.integer(static_cast<std::int64_t>(random()));
    if (choice == 3) writer.unsigned_integer(random());
    if (choice == 4) writer.real(static_cast<double>(random() % 1000) * 0.001);
    if (choice >= 5 && choice < 8) writer.string(random_text(random));
    if (choice == 8) {
        brackets.begin_list(writer);
        for (auto n = random() % 5; n > 0; --n) write_random(writer, random, brackets, depth + 1);
        brackets.end_list(writer);
    }
    if (choice == 9) {
        brackets.begin_mapping(writer);
        // The number keeps keys distinct.
        for (auto n = random() % 5; n > 0; --n) {
            writer.key(random_text(random) + std::to_string(n));
            write_random(writer, random, brackets, depth + 1);
        }
        brackets.end_mapping(writer);
    }
}

}  // namespace mlo::test
