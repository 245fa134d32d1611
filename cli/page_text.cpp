// SPDX-License-Identifier: Apache-2.0
#include "page_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/text.hpp>

namespace mlo::cli {

namespace {

constexpr std::size_t body_indent = 4;

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

class Renderer {
public:
    Renderer(std::size_t width, const std::function<std::string(Paint, std::string_view)>& highlight)
        : width_{width}, highlight_{highlight} {}

    void line(std::string_view source) {
        if (text_.empty() && words_.empty()) {
            text_ = fmt::format("{}\n", source);
            return;
        }
        if (source == "```" || trim(source) == "```") {
            end_paragraph();
            is_literal_ = !is_literal_;
            return;
        }
        const auto tabs = source.find_first_not_of('\t');
        const auto depth = tabs == source.npos ? 0 : tabs;
        if (is_literal_) return literal(source);
        if (source.starts_with(';')) return;
        if (source.starts_with('#')) return heading(source);
        if (trim(source).empty()) {
            end_paragraph();
            blank();
            return;
        }
        auto text = source.substr(depth);
        const bool is_item = text.starts_with("- ") || text.starts_with(". ");
        // A line that is indented otherwise than the one before it starts anew: a definition below its term.
        if (is_item || depth != depth_) end_paragraph();
        depth_ = depth;
        if (is_item) {
            hanging_ = 2;
            words_.emplace_back("-");
            text.remove_prefix(2);
        }
        const bool breaks = text.ends_with(" ++");
        if (breaks) text.remove_suffix(3);
        add_words(inline_text(text));
        if (breaks) end_paragraph();
    }

    std::string finish() {
        end_paragraph();
        text_.erase(text_.find_last_not_of('\n') + 1);
        return text_ + '\n';
    }

private:
    void blank() {
        if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
    }

    void heading(std::string_view source) {
        end_paragraph();
        blank();
        const auto level = source.find_first_not_of('#');
        const auto title = trim(source.substr(level));
        text_ += std::string(level > 1 ? 2 : 0, ' ') + highlight_(Paint::bold, title) + '\n';
        depth_ = 0;
        is_after_heading_ = true;
    }

    void literal(std::string_view source) {
        const auto depth = std::min(source.find_first_not_of('\t'), source.size());
        text_ += std::string(body_indent * (depth + 1) + 2, ' ');
        text_ += source.substr(depth);
        text_ += '\n';
    }

    /// Resolves escapes, bold and underline.
    std::string inline_text(std::string_view source) {
        std::string plain;
        std::string* target = &plain;
        std::string bold;
        bool is_underlined = false;
        for (std::size_t at = 0; at < source.size(); ++at) {
            const char c = source[at];
            const char before = at > 0 ? source[at - 1] : ' ';
            const char after = at + 1 < source.size() ? source[at + 1] : ' ';
            if (c == '\\' && at + 1 < source.size()) {
                *target += source[++at];
            } else if (c == '*') {
                if (target == &bold) {
                    plain += highlight_(Paint::bold, bold);
                    bold.clear();
                    target = &plain;
                } else {
                    target = &bold;
                }
            } else if (c == '_' && (is_underlined ? !is_word_char(after) : !is_word_char(before))) {
                is_underlined = !is_underlined;
            } else {
                *target += c;
            }
        }
        return plain + bold;
    }

    void add_words(const std::string& text) {
        for (auto& word : split(text, ' ')) {
            if (!word.empty()) words_.push_back(std::move(word));
        }
    }

    void end_paragraph() {
        if (is_after_heading_ && !words_.empty()) {
            // scdoc wants an empty line after a heading; on paper there is none.
            while (text_.ends_with("\n\n")) text_.pop_back();
            is_after_heading_ = false;
        }
        const auto indent = body_indent * (depth_ + 1);
        std::size_t column = 0;
        for (const auto& word : words_) {
            const auto size = display_width(word);
            if (column > 0 && column + 1 + size > width_) {
                text_ += '\n';
                text_ += std::string(indent + hanging_, ' ');
                column = indent + hanging_;
            } else if (column == 0) {
                text_ += std::string(indent, ' ');
                column = indent;
            } else {
                text_ += ' ';
                ++column;
            }
            text_ += word;
            column += size;
        }
        if (!words_.empty()) text_ += '\n';
        words_.clear();
        hanging_ = 0;
    }

    const std::size_t width_;
    const std::function<std::string(Paint, std::string_view)>& highlight_;
    std::string text_;
    std::vector<std::string> words_;
    std::size_t depth_ = 0;
    std::size_t hanging_ = 0;
    bool is_literal_ = false;
    bool is_after_heading_ = false;
};

}  // namespace

std::string page_text(std::string_view source, std::size_t width,
                      const std::function<std::string(Paint, std::string_view)>& highlight) {
    Renderer renderer{width, highlight};
    auto lines = split(source, '\n');
    for (const auto& line : lines) renderer.line(line);
    return renderer.finish();
}

}  // namespace mlo::cli
