// SPDX-License-Identifier: Apache-2.0
#include "dvc_yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dvc_scalar.hpp"

// The states and decisions of ruamel.yaml's emitter, under its names, so that both can be compared line by line: where
// it breaks lines follows from them, and from nothing simpler.
namespace mlo::pipeline {

namespace {

constexpr std::int32_t best_width = 80;
/// The name of a text's tag counts in the length of a key.
constexpr std::size_t longest_simple_key = 127 - std::string_view{"!!str"}.size();

enum class Place : std::uint8_t { root, sequence, simple_key, mapping };
enum class Style : std::uint8_t { plain, single_quoted, double_quoted };
enum class Whitespace : std::uint8_t { no, yes };
enum class Indention : std::uint8_t { no, yes };
enum class Needs : std::uint8_t { nothing, whitespace };
enum class Sequence : std::uint8_t { no, yes };

bool has_own_line_form(char32_t c) noexcept {
    return (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

bool is_escaped(char32_t c) noexcept {
    return c == U'"' || c == U'\\' || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xFEFF || !has_own_line_form(c);
}

std::u32string escape(char32_t c) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 14> letters{{{0x00, U'0'},
                                                                            {0x07, U'a'},
                                                                            {0x08, U'b'},
                                                                            {0x09, U't'},
                                                                            {0x0A, U'n'},
                                                                            {0x0B, U'v'},
                                                                            {0x0C, U'f'},
                                                                            {0x0D, U'r'},
                                                                            {0x1B, U'e'},
                                                                            {U'"', U'"'},
                                                                            {U'\\', U'\\'},
                                                                            {0x85, U'N'},
                                                                            {0x2028, U'L'},
                                                                            {0x2029, U'P'}}};
    for (const auto& [character, letter] : letters) {
        if (character == c) return {U'\\', letter};
    }
    const auto number = static_cast<std::uint32_t>(c);
    return code_points(number <= 0xFF     ? fmt::format("\\x{:02X}", number)
                       : number <= 0xFFFF ? fmt::format("\\u{:04X}", number)
                                          : fmt::format("\\U{:08X}", number));
}

/// The line break within double quotes: a backslash must tell readers that it is no space, except where it stands for
/// one.
bool needs_backslash(std::u32string_view text, std::size_t start, std::size_t end) {
    auto space = text.find(U' ', end);
    if (space == std::u32string_view::npos) return true;
    if (const auto newline = text.substr(0, space).find(U'\n', end); newline != std::u32string_view::npos)
        space = newline;
    if (space + 1 >= text.size() || (text[space] == U'\n' && text[space + 1] != U' ')) return true;
    const auto word = text.substr(end, space - end);
    const bool is_harmless = word.find_first_of(U"\"'") == std::u32string_view::npos && text[space + 1] != U' ' &&
                             text[space + 1] != U'\n' && text.substr(end - 1, 2) != U"  " && start != end;
    return !is_harmless;
}

class Emitter {
public:
    explicit Emitter(std::string& out) noexcept : out_{out} {}

    void document(const YamlNode& top) {
        expect_node(top, Place::root);
        write_indent();
    }

private:
    struct Level {
        std::optional<std::int32_t> indent;
        Sequence sequence;
    };

    void increase_indent(std::optional<std::int32_t> at_top, Sequence sequence) {
        indents_.push_back({indent_, sequence});
        indent_ = indent_ ? *indent_ + 2 : at_top;
    }
    void decrease_indent() {
        indent_ = indents_.back().indent;
        indents_.pop_back();
    }
    [[nodiscard]] bool is_sequence(std::size_t level_from_end) const noexcept {
        return indents_.size() >= level_from_end &&
               indents_[indents_.size() - level_from_end].sequence == Sequence::yes;
    }
    void allow_dash_after_dash() noexcept {
        if (is_sequence(1) && is_sequence(2)) indention_ = true;
    }

    void expect_node(const YamlNode& node, Place place) {
        using Kind = YamlNode::Kind;
        if (node.kind == Kind::list) {
            node.children.empty() ? expect_empty(U"[", U"]", Sequence::yes) : expect_block_sequence(node, place);
        } else if (node.kind == Kind::mapping) {
            node.children.empty() ? expect_empty(U"{", U"}", Sequence::no) : expect_block_mapping(node);
        } else {
            increase_indent(std::nullopt, Sequence::no);
            process_scalar(node, place);
            decrease_indent();
        }
    }

    void expect_empty(std::u32string_view open, std::u32string_view close, Sequence sequence) {
        std::int32_t fill = 0;
        if (indents_.size() >= 2 && is_sequence(1)) fill = indents_.back().indent.value_or(0) + 1 - column_;
        write_indicator(std::u32string(static_cast<std::size_t>(std::max(fill, 0)), U' ').append(open),
                        Needs::whitespace, Whitespace::yes);
        increase_indent(std::nullopt, sequence);
        if (sequence == Sequence::yes) allow_dash_after_dash();
        decrease_indent();
        write_indicator(close, Needs::nothing);
        write_line_break();
    }

    void expect_block_sequence(const YamlNode& node, Place place) {
        if (place == Place::mapping && !indention_) {
            indents_.push_back({indent_, Sequence::yes});  // the dashes stand below the key
        } else {
            increase_indent(0, Sequence::yes);
        }
        allow_dash_after_dash();
        for (const auto& child : node.children) {
            write_indent();
            write_indicator(U"-", Needs::whitespace, Whitespace::no, Indention::yes);
            expect_node(child, Place::sequence);
        }
        decrease_indent();
    }

    void expect_block_mapping(const YamlNode& node) {
        increase_indent(0, Sequence::no);
        for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
            write_indent();
            const auto& key = node.children[i];
            if (is_simple_key(key)) {
                expect_node(key, Place::simple_key);
                write_indicator(U":", Needs::nothing);
            } else {
                write_indicator(U"?", Needs::whitespace, Whitespace::no, Indention::yes);
                expect_node(key, Place::mapping);
                write_indent();
                write_indicator(U":", Needs::whitespace, Whitespace::no, Indention::yes);
            }
            expect_node(node.children[i + 1], Place::mapping);
        }
        decrease_indent();
    }

    static bool is_simple_key(const YamlNode& key) {
        const auto text = code_points(key.scalar);
        return text.size() <= longest_simple_key && !analyze_scalar(text).has_breaks;
    }

    static Style choose_scalar_style(const YamlNode& node, const ScalarAnalysis& analysis, Place place) {
        if (node.kind == YamlNode::Kind::token) return Style::plain;
        const bool is_key = place == Place::simple_key;
        const bool is_own = !resolves_to_other(node.scalar);
        if (is_own && !(is_key && (analysis.is_empty || analysis.has_breaks)) && analysis.allows_plain)
            return Style::plain;
        if (node.scalar.find_first_of("'\n") != std::string::npos) return Style::double_quoted;
        const bool is_single = analysis.allows_single && !(is_key && analysis.has_breaks);
        return is_single ? Style::single_quoted : Style::double_quoted;
    }

    void process_scalar(const YamlNode& node, Place place) {
        const auto text = code_points(node.scalar);
        const auto split = place != Place::simple_key;
        const auto style = choose_scalar_style(node, analyze_scalar(text), place);
        if (place == Place::sequence) write_indent();
        split_ = split;
        if (style == Style::plain) {
            write_plain(text);
        } else if (style == Style::single_quoted) {
            write_single_quoted(text);
        } else {
            write_double_quoted(text);
        }
    }

    void write(std::u32string_view data) {
        column_ += static_cast<std::int32_t>(data.size());
        append_utf8(out_, data);
    }

    void write_indicator(std::u32string_view indicator, Needs needs, Whitespace whitespace = Whitespace::no,
                         Indention indention = Indention::no) {
        if (!whitespace_ && needs == Needs::whitespace) write(U" ");
        write(indicator);
        whitespace_ = whitespace == Whitespace::yes;
        indention_ = indention_ && indention == Indention::yes;
    }

    void write_indent() {
        const auto indent = indent_.value_or(0);
        if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) write_line_break();
        if (column_ < indent) {
            whitespace_ = true;
            write(std::u32string(static_cast<std::size_t>(indent - column_), U' '));
        }
    }

    void write_line_break(char32_t c = U'\n') {
        write({&c, 1});
        whitespace_ = indention_ = true;
        column_ = 0;
    }

    void write_breaks(std::u32string_view breaks) {
        if (breaks.front() == U'\n') write_line_break();
        for (const auto c : breaks) write_line_break(c);
        write_indent();
    }

    void write_plain(std::u32string_view text) {
        if (text.empty()) return;
        if (!whitespace_) write(U" ");
        whitespace_ = indention_ = false;
        std::size_t start = 0;
        bool is_in_spaces = false;
        for (std::size_t end = 0; end <= text.size(); ++end) {
            const bool is_space = end < text.size() && text[end] == U' ';
            if (is_in_spaces && !is_space) {
                if (start + 1 == end && column_ >= best_width && split_) {
                    write_indent();
                    whitespace_ = indention_ = false;
                } else {
                    write(text.substr(start, end - start));
                }
                start = end;
            } else if (!is_in_spaces && (is_space || end == text.size())) {
                const auto word = text.substr(start, end - start);
                const bool is_too_long = static_cast<std::int32_t>(word.size()) + column_ > best_width;
                if (is_too_long && indent_ && column_ > *indent_) write_indent();
                write(word);
                start = end;
            }
            is_in_spaces = is_space;
        }
    }

    void write_single_quoted(std::u32string_view text) {
        write_indicator(U"'", Needs::whitespace);
        enum class In : std::uint8_t { word, spaces, breaks } in = In::word;
        std::size_t start = 0;
        for (std::size_t end = 0; end <= text.size(); ++end) {
            const bool is_end = end == text.size();
            const auto c = is_end ? U'\0' : text[end];
            const bool is_space = !is_end && c == U' ';
            const bool is_break = !is_end && is_line_break(c);
            if (in == In::spaces && !is_space) {
                if (start + 1 == end && column_ > best_width && split_ && start != 0 && !is_end) {
                    write_indent();
                } else {
                    write(text.substr(start, end - start));
                }
                start = end;
            } else if (in == In::breaks && !is_break) {
                write_breaks(text.substr(start, end - start));
                start = end;
            } else if (in == In::word && (is_end || is_space || is_break || c == U'\'') && start < end) {
                write(text.substr(start, end - start));
                start = end;
            }
            if (!is_end && c == U'\'') {
                write(U"''");
                start = end + 1;
            }
            in = is_space ? In::spaces : is_break ? In::breaks : In::word;
        }
        write_indicator(U"'", Needs::nothing);
    }

    void write_double_quoted(std::u32string_view text) {
        write_indicator(U"\"", Needs::whitespace);
        std::size_t start = 0;
        for (std::size_t end = 0; end <= text.size(); ++end) {
            const bool is_end = end == text.size();
            if (is_end || is_escaped(text[end])) {
                if (start < end) write(text.substr(start, end - start));
                start = is_end ? end : end + 1;
                if (!is_end) write(escape(text[end]));
            }
            const bool may_break = end > 0 && end + 1 < text.size() && (text[end] == U' ' || start >= end);
            const auto pending = static_cast<std::int32_t>(end) - static_cast<std::int32_t>(start);
            if (may_break && column_ + pending > best_width && split_) {
                break_double_quoted(text, start, end);
            }
        }
        write_indicator(U"\"", Needs::nothing);
    }

    void break_double_quoted(std::u32string_view text, std::size_t& start, std::size_t end) {
        const bool has_backslash = needs_backslash(text, start, end);
        if (start < end) {
            write(text.substr(start, end - start));
            start = end;
        }
        if (has_backslash) write(U"\\");
        write_indent();
        whitespace_ = indention_ = false;
        if (text[start] != U' ') return;
        if (has_backslash) {
            write(U"\\");
        } else {
            start += 1;
        }
    }

    std::string& out_;
    std::vector<Level> indents_;
    std::optional<std::int32_t> indent_;
    std::int32_t column_ = 0;
    bool whitespace_ = true;
    bool indention_ = true;
    bool split_ = true;
};

}  // namespace

std::string dvc_yaml(const YamlNode& top) {
    std::string out;
    Emitter{out}.document(top);
    return out;
}

}  // namespace mlo::pipeline
