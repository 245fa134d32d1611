// SPDX-License-Identifier: Apache-2.0
#include "settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include <mlo/dvc/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";

std::string_view skip_blanks(std::string_view text) noexcept {
    const auto start = text.find_first_not_of(blanks);
    return start == text.npos ? std::string_view{} : text.substr(start);
}

std::string_view trim_end(std::string_view text) noexcept {
    return text.substr(0, text.find_last_not_of(blanks) + 1);  // npos + 1 is 0
}

/// Whether nothing follows but a comment.
bool is_rest(std::string_view text) noexcept {
    const auto rest = skip_blanks(text);
    return rest.empty() || rest.front() == '#';
}

bool is_quote(char c) noexcept { return c == '"' || c == '\''; }

std::string_view unquoted(std::string_view text) noexcept {
    if (text.size() >= 2 && is_quote(text.front()) && text.front() == text.back())
        return text.substr(1, text.size() - 2);
    return text;
}

std::string lower(std::string_view text) {
    std::string folded{text};
    for (auto& c : folded)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
}

struct Header {
    std::size_t opened = 0;
    std::size_t closed = 0;
    std::string_view name;
};

/// The brackets that close a section's header, if `text` is nothing else but them and a comment: their number.
std::size_t closing_brackets(std::string_view text) noexcept {
    std::size_t count = 0;
    for (auto rest = skip_blanks(text); !rest.empty() && rest.front() == ']'; rest = skip_blanks(rest.substr(1))) {
        ++count;
        if (is_rest(rest.substr(1))) return count;
    }
    return 0;
}

std::optional<Header> read_header(std::string_view line) {
    Header header;
    auto rest = skip_blanks(line);
    while (!rest.empty() && rest.front() == '[') {
        ++header.opened;
        rest = skip_blanks(rest.substr(1));
    }
    if (header.opened == 0 || rest.empty()) return std::nullopt;
    const bool in_quotes = is_quote(rest.front());
    for (std::size_t end = in_quotes ? 2 : 1; end < rest.size(); ++end) {
        if (in_quotes && rest[end - 1] != rest.front()) continue;
        if (rest[end] != ']' && blanks.find(rest[end]) == blanks.npos) continue;
        header.closed = closing_brackets(rest.substr(end));
        if (header.closed == 0) continue;
        header.name = unquoted(trim_end(rest.substr(0, end)));
        return header;
    }
    return std::nullopt;
}

struct KeyAndRest {
    std::string_view key;
    std::string_view rest;
};

std::optional<KeyAndRest> read_key(std::string_view line) {
    const auto text = skip_blanks(line);
    if (text.empty() || text.front() == '=') return std::nullopt;
    if (!is_quote(text.front())) {
        const auto equal = text.find('=');
        if (equal == text.npos) return std::nullopt;
        return KeyAndRest{trim_end(text.substr(0, equal)), skip_blanks(text.substr(equal + 1))};
    }
    for (auto end = text.find(text.front(), 1); end != text.npos; end = text.find(text.front(), end + 1)) {
        const auto rest = skip_blanks(text.substr(end + 1));
        if (!rest.empty() && rest.front() == '=')
            return KeyAndRest{unquoted(text.substr(0, end + 1)), skip_blanks(rest.substr(1))};
    }
    return std::nullopt;
}

/// A value at the start of `text`, and what follows it: a comma, a comment or nothing.
struct Item {
    std::string_view value;
    std::string_view rest;
};

std::optional<Item> read_item(std::string_view text) {
    if (!is_quote(text.front())) {
        const auto end = std::min(text.find_first_of(",#"), text.size());
        return Item{trim_end(text.substr(0, end)), text.substr(end)};
    }
    for (auto end = text.find(text.front(), 1); end != text.npos; end = text.find(text.front(), end + 1)) {
        const auto rest = skip_blanks(text.substr(end + 1));
        if (rest.empty() || rest.front() == ',' || rest.front() == '#')
            return Item{unquoted(text.substr(0, end + 1)), rest};
    }
    return std::nullopt;
}

/// Nothing for what ConfigObj calls a parse error.
std::optional<FileSetting> read_value(std::string_view text) {
    FileSetting setting;
    if (text.starts_with(',')) {
        setting.is_list = true;
        return is_rest(text.substr(1)) ? std::optional{setting} : std::nullopt;
    }
    if (is_rest(text)) {
        setting.values.emplace_back();
        return setting;
    }
    while (!is_rest(text)) {
        if (text.front() == ',') return std::nullopt;
        const auto item = read_item(text);
        if (!item) return std::nullopt;
        setting.values.emplace_back(item->value);
        if (!item->rest.starts_with(',')) break;
        setting.is_list = true;
        text = skip_blanks(item->rest.substr(1));
    }
    return setting;
}

class Parser {
public:
    Parser(std::string_view text, std::string_view file) : lines_{split(text, '\n')}, file_{file} {}

    FileSettings parse() {
        for (at_ = 0; at_ < lines_.size(); ++at_) {
            const auto text = trim(lines_[at_]);
            if (text.empty() || text.starts_with('#')) continue;
            const std::string_view line = lines_[at_];
            if (const auto header = read_header(line))
                enter(*header);
            else
                read_setting(trim_end(line));
        }
        return std::move(settings_);
    }

private:
    [[noreturn]] void fail(std::string_view problem) const {
        throw Error{errors::config_broken, std::string{problem}}
            .at(fmt::format("{}:{}", file_, at_ + 1))
            .hint("correct the line: 'dvc config --list' refuses it too");
    }

    void enter(const Header& header) {
        if (header.opened != header.closed) fail("a section's brackets do not match");
        if (header.opened > depth_ + 1) fail("a section lies deeper than the one that it is in");
        depth_ = header.opened;
        if (depth_ > 1) return;
        if (std::find(sections_.begin(), sections_.end(), header.name) != sections_.end())
            fail(fmt::format("the section {} is there twice", quoted(header.name)));
        sections_.emplace_back(header.name);
        section_ = lower(header.name);
        keys_.clear();
        // Of two that differ in case alone DVC keeps the second.
        std::erase_if(settings_, [&](const auto& entry) { return entry.first.starts_with(section_ + "."); });
    }

    void read_setting(std::string_view line) {
        const auto found = read_key(line);
        if (!found) fail(fmt::format("{} is neither a section nor 'key = value'", quoted(line)));
        const auto start = at_;
        const bool is_triple = found->rest.starts_with("'''") || found->rest.starts_with("\"\"\"");
        auto value = is_triple ? read_triple(found->rest) : read_value(found->rest);
        if (!value) fail(fmt::format("the value of {} cannot be understood", quoted(found->key)));
        value->line = start + 1;
        if (depth_ != 1) return;
        if (std::find(keys_.begin(), keys_.end(), found->key) != keys_.end())
            fail(fmt::format("the key {} is there twice", quoted(found->key)));
        keys_.emplace_back(found->key);
        settings_[section_ + "." + lower(found->key)] = std::move(*value);
    }

    /// A value in triple quotes, which may go on for lines.
    std::optional<FileSetting> read_triple(std::string_view text) {
        const std::string quotes{text.substr(0, 3)};
        std::string value;
        text.remove_prefix(3);
        while (true) {
            const auto end = text.find(quotes);
            if (end != text.npos) {
                if (!is_rest(text.substr(end + 3))) return std::nullopt;
                value += text.substr(0, end);
                return FileSetting{{std::move(value)}, false, 0};
            }
            value.append(text).append("\n");
            if (++at_ == lines_.size()) fail("the value in triple quotes has no end");
            text = lines_[at_];
        }
    }

    std::vector<std::string> lines_;
    std::string_view file_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::string section_;
    std::vector<std::string> sections_;  ///< as they are spelt
    std::vector<std::string> keys_;      ///< of this section, as they are spelt
    FileSettings settings_;
};

}  // namespace

FileSettings parse_settings(std::string_view text, std::string_view file) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return Parser{text, file}.parse();
}

}  // namespace mlo::dvc
