// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <algorithm>
#include <mlo/util/text.hpp>

namespace mlo::yaml {
namespace {

/// The length of the quoted scalar that `text` starts with; all of it if the quote is not closed.
std::size_t quoted_length(std::string_view text) noexcept {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'') return i + 1;
            ++i;
        }
    }
    return text.size();
}

std::size_t flow_length(std::string_view text) noexcept {
    std::size_t open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && --open == 0) return i + 1;
        if (c == '"' || c == '\'') i += quoted_length(text.substr(i)) - 1;
    }
    return text.size();
}

/// Up to a comment or the end, without spaces before it.
std::size_t plain_length(std::string_view text) noexcept {
    const auto comment = std::min(text.find(" #"), text.find("\t#"));
    const auto value = text.substr(0, comment);
    return value.find_last_not_of(" \t") + 1;
}

}  // namespace

Lines::Lines(std::string_view text) : text_{text} {
    for (std::size_t at = 0; at < text.size();) {
        starts_.push_back(at);
        const auto end = text.find('\n', at);
        if (end == std::string_view::npos) break;
        if (at == 0 && end > 0 && text[end - 1] == '\r') line_break_ = "\r\n";
        at = end + 1;
    }
}

std::size_t Lines::content_end(std::size_t line) const noexcept {
    auto end = start(line + 1);
    if (end > start(line) && text_[end - 1] == '\n') --end;
    if (end > start(line) && text_[end - 1] == '\r') --end;
    return end;
}

std::string_view Lines::line_at(std::size_t line) const noexcept {
    return text_.substr(start(line), content_end(line) - start(line));
}

std::string_view Lines::rest(std::size_t offset) const noexcept {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::size_t>(next - starts_.begin()) - 1;
    return text_.substr(offset, std::max(content_end(line), offset) - offset);
}

std::size_t Lines::offset(TextPlace place) const noexcept {
    auto offset = start(place.line - 1);
    for (auto column = place.column; column > 1 && offset < text_.size(); --column) {
        ++offset;
        while (offset < text_.size() && (static_cast<unsigned char>(text_[offset]) & 0xc0u) == 0x80u) ++offset;
    }
    return offset;
}

bool Lines::has_content(std::size_t line) const noexcept {
    const auto text = trim(line_at(line));
    return !text.empty() && text.front() != '#';
}

bool Lines::is_comment(std::size_t line) const noexcept { return trim(line_at(line)).starts_with('#'); }

bool Lines::is_document_marker(std::size_t line) const noexcept {
    const auto text = line_at(line);
    return text.starts_with("---") || text.starts_with("...");
}

std::size_t Lines::indent(std::size_t line) const noexcept {
    const auto text = line_at(line);
    return std::min(text.find_first_not_of(' '), text.size());
}

std::optional<std::size_t> Lines::after_colon(std::size_t offset) const noexcept {
    const auto text = rest(offset);
    if (text.empty()) return std::nullopt;
    std::size_t at = 0;
    if (text.front() == '"' || text.front() == '\'') {
        at = text.find_first_not_of(' ', quoted_length(text));
        return at < text.size() && text[at] == ':' ? std::optional{offset + at + 1} : std::nullopt;
    }
    for (; at < text.size(); ++at) {
        if (text[at] == ':' && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\t'))
            return offset + at + 1;
    }
    return std::nullopt;
}

bool Lines::starts_block_scalar(std::size_t offset) const noexcept {
    const auto value = trim(rest(offset));
    return value.starts_with('|') || value.starts_with('>');
}

std::size_t Lines::token_end(std::size_t offset) const noexcept {
    const auto text = rest(offset);
    const auto start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos || text[start] == '#') return offset;
    const auto value = text.substr(start);
    switch (value.front()) {
        case '"':
        case '\'':
            return offset + start + quoted_length(value);
        case '[':
        case '{':
            return offset + start + flow_length(value);
        case '&':  // an anchor or tag, and the value after it
        case '!':
            return offset + text.size();
        default:
            return offset + start + plain_length(value);
    }
}

}  // namespace mlo::yaml
