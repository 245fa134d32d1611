// SPDX-License-Identifier: Apache-2.0
#include "aws_ini.hpp"

#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>

#include "ascii.hpp"

namespace mlo::net {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_comment(std::string_view text) { return text.starts_with('#') || text.starts_with(';'); }

class Reader {
public:
    explicit Reader(std::string_view file) : file_{file} {}

    void read_line(std::string_view line) {
        ++line_number_;
        const auto text = trim(line);
        if (text.empty() || is_comment(text)) return;
        const auto indent = static_cast<std::size_t>(text.data() - line.data());
        if (option_ != nullptr && indent > indent_) {
            continue_option(text);
            return;
        }
        indent_ = indent;
        option_ = nullptr;
        if (text.starts_with('['))
            start_section(text);
        else
            start_option(text);
    }

    IniFile take() { return std::move(sections_); }

private:
    void start_section(std::string_view text) {
        const auto end = text.find(']');
        if (end == text.npos) fail("a section lacks its ']'");
        const auto rest = trim(text.substr(end + 1));
        if (!rest.empty() && !is_comment(rest)) fail("after a section's ']' only a comment may follow");
        const auto name = trim(text.substr(1, end - 1));
        if (name.empty()) fail("a section has no name");
        section_ = &sections_.try_emplace(std::string{name}, IniSection{place()}).first->second;
    }

    void start_option(std::string_view text) {
        if (section_ == nullptr) fail("a setting stands before the first '[section]'");
        option_ = &set(section_->options, text, "=:");
    }

    void continue_option(std::string_view text) {
        if (option_->value.empty())
            set(option_->nested, text, "=");
        else
            option_->value.append("\n").append(text);
    }

    IniOption& set(std::map<std::string, IniOption, std::less<>>& options, std::string_view text,
                   std::string_view delimiters) {
        const auto delimiter = text.find_first_of(delimiters);
        if (delimiter == text.npos) fail("a line is neither '[section]' nor 'key = value'");
        auto key = lower(trim(text.substr(0, delimiter)));
        if (key.empty()) fail("a setting has no name");
        auto& option = options[std::move(key)];
        option = {std::string{trim(text.substr(delimiter + 1))}, place()};
        return option;
    }

    [[nodiscard]] std::string place() const { return file_ + ":" + std::to_string(line_number_); }
    [[noreturn]] void fail(std::string message) const {
        throw Error{errors::aws_bad_file, std::move(message)}.at(place()).hint(
            "correct the line; a value that goes on in the next line is indented there");
    }

    std::string file_;
    IniFile sections_;
    IniSection* section_ = nullptr;
    IniOption* option_ = nullptr;
    std::size_t indent_ = 0;  ///< of the last section or key
    std::size_t line_number_ = 0;
};

}  // namespace

IniFile parse_ini(std::string_view text, std::string_view file) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    Reader reader{file};
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        reader.read_line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return reader.take();
}

}  // namespace mlo::net
