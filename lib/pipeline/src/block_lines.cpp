// SPDX-License-Identifier: Apache-2.0
#include "block_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <mlo/util/document_builder.hpp>

#include "lock_format.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::size_t longest_key = 1000;
constexpr std::size_t deepest = 60;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_visible(char c) noexcept { return c >= ' ' && c <= '~'; }

/// What a YAML reader takes for something else than a text.
bool is_word(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 9> words{"null", "Null",  "NULL",  "true", "True",
                                                    "TRUE", "false", "False", "FALSE"};
    return std::find(words.begin(), words.end(), text) != words.end();
}

struct Line {
    std::size_t indent = 0;
    std::string_view text;
};

/// Throws nothing of its own: what it does not know sets `failed`, and ends everything.
class PlainParser {
public:
    PlainParser(std::vector<Line> lines, const std::string& file)
        : lines_{std::move(lines)}, builder_{file, lock_limits} {}

    std::optional<Document> parse() {
        if (lines_.empty()) return std::nullopt;
        node(lines_.front().indent, 0);
        if (failed_ || at_ != lines_.size()) return std::nullopt;
        return builder_.finish();
    }

private:
    [[nodiscard]] TextPlace place() const noexcept { return {static_cast<std::uint32_t>(at_) + 1, 1}; }
    void fail() noexcept { failed_ = true; }
    [[nodiscard]] bool is_at(std::size_t indent) const noexcept {
        return !failed_ && at_ < lines_.size() && lines_[at_].indent == indent;
    }
    /// After a value the next line cannot be further in: then it would belong to that value.
    void end_value(std::size_t indent) noexcept {
        at_ += 1;
        if (at_ < lines_.size() && lines_[at_].indent > indent) fail();
    }

    void node(std::size_t indent, std::size_t depth) {
        if (depth > deepest) return fail();
        lines_[at_].text.starts_with("- ") ? list(indent, depth) : mapping(indent, depth);
    }

    void list(std::size_t indent, std::size_t depth) {
        builder_.begin_list(place());
        while (is_at(indent) && lines_[at_].text.starts_with("- ")) {
            auto& line = lines_[at_];
            line.text.remove_prefix(2);
            if (line.text.starts_with(' ') || line.text.starts_with("- ")) return fail();
            if (key_size(line.text) > 0) {
                line.indent = indent + 2;
                mapping(indent + 2, depth + 1);
            } else {
                scalar(line.text);
                end_value(indent);
            }
        }
        if (!failed_) builder_.end();
    }

    void mapping(std::size_t indent, std::size_t depth) {
        builder_.begin_mapping(place());
        while (is_at(indent) && !lines_[at_].text.starts_with("- ")) {
            const auto text = lines_[at_].text;
            const auto size = key_size(text);
            if (size == 0) return fail();
            builder_.key(place(), text.substr(0, size));
            const auto rest = text.substr(size + 1);
            if (!rest.empty()) {
                scalar(rest.substr(1));
                end_value(indent);
            } else {
                value_below(indent, depth);
            }
            if (failed_) return;
        }
        if (at_ < lines_.size() && lines_[at_].indent > indent) return fail();
        builder_.end();
    }

    void value_below(std::size_t indent, std::size_t depth) {
        at_ += 1;
        const bool has_more = at_ < lines_.size();
        const bool is_list_below_key = has_more && lines_[at_].indent == indent && lines_[at_].text.starts_with("- ");
        if (has_more && (lines_[at_].indent > indent || is_list_below_key)) {
            const auto below = lines_[at_].indent;
            if (!lines_[at_].text.starts_with("- ") && key_size(lines_[at_].text) == 0) return fail();
            node(below, depth + 1);
        } else {
            builder_.null({static_cast<std::uint32_t>(at_), 1});
        }
    }

    /// The length of the name before a colon; 0 if the line does not start with a plain one.
    static std::size_t key_size(std::string_view text) noexcept {
        if (text.empty() ||
            !(is_letter(text.front()) || is_digit(text.front()) || text.front() == '_' || text.front() == '/'))
            return 0;
        for (std::size_t i = 0; i < std::min(text.size(), longest_key); ++i) {
            const char c = text[i];
            if (c == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) {
                return text[i - 1] == ' ' || is_word(text.substr(0, i)) ? 0 : i;
            }
            const bool is_known =
                is_letter(c) || is_digit(c) || std::string_view{"_-./@+=%~: "}.find(c) != std::string_view::npos;
            if (!is_known) return 0;
        }
        return 0;
    }

    void scalar(std::string_view text) {
        if (failed_ || text.empty() || text.front() == ' ' || text.back() == ' ') return fail();
        if (!std::all_of(text.begin(), text.end(), is_visible)) return fail();
        const char first = text.front();
        if (text == "[]" || text == "{}") {
            first == '[' ? builder_.begin_list(place()) : builder_.begin_mapping(place());
            builder_.end();
        } else if (first == '\'' || first == '"') {
            quoted(text);
        } else if (is_digit(first) || (first == '-' && text.size() > 1 && is_digit(text[1]))) {
            number(text);
        } else if (text == "true" || text == "false") {
            builder_.boolean(place(), first == 't');
        } else if ((is_letter(first) || first == '/' || first == '_' || first == '$' || first == '(') &&
                   !is_word(text)) {
            plain(text);
        } else {
            fail();
        }
    }

    void quoted(std::string_view text) {
        const auto inside = text.size() < 2 ? std::string_view{} : text.substr(1, text.size() - 2);
        const bool is_simple = text.size() >= 2 && text.back() == text.front() &&
                               inside.find(text.front()) == std::string_view::npos &&
                               (text.front() == '\'' || inside.find('\\') == std::string_view::npos);
        if (!is_simple) return fail();
        builder_.string(place(), inside);
    }

    void plain(std::string_view text) {
        if (text.back() == ':' || text.find(": ") != std::string_view::npos ||
            text.find(" #") != std::string_view::npos)
            return fail();
        builder_.string(place(), text);
    }

    void number(std::string_view text) {
        if (text.find_first_not_of("0123456789.eE+-_xXoObB") != std::string_view::npos && is_digit(text.front()) &&
            text.find_first_of("xXoObB") != 1) {
            return plain(text);  // an id, a name
        }
        const auto digits = text.substr(text.front() == '-' ? 1 : 0);
        const auto point = digits.find('.');
        const auto whole = digits.substr(0, point);
        const auto is_number = [](std::string_view part) {
            return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
        };
        if (digits.size() > 15 || !is_number(whole) || (whole.size() > 1 && whole.front() == '0')) return fail();
        const auto* const end = text.data() + text.size();
        if (point == std::string_view::npos) {
            std::int64_t value = 0;
            if (std::from_chars(text.data(), end, value).ptr != end) return fail();
            builder_.integer(place(), value);
        } else {
            double value = 0;
            if (!is_number(digits.substr(point + 1)) || std::from_chars(text.data(), end, value).ptr != end)
                return fail();
            builder_.real(place(), value);
        }
    }

    std::vector<Line> lines_;
    DocumentBuilder builder_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace

std::optional<Document> parse_plain_lines(std::string_view text, const std::string& file) {
    std::vector<Line> lines;
    lines.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        const auto indent = line.find_first_not_of(' ');
        if (indent == std::string_view::npos || line[indent] == '#') return std::nullopt;
        lines.push_back({indent, line.substr(indent)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return PlainParser{std::move(lines), file}.parse();
}

}  // namespace mlo::pipeline
