// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "document_reader.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::uint64_t settings_limit = std::uint64_t{1} << 20;

/// What `key = value` of the section [parsing] may be.
struct Choice {
    std::string_view key;
    std::string_view first;
    std::string_view second;
};
constexpr Choice bool_choice{"bool", "store_true", "boolean_optional"};
constexpr Choice list_choice{"list", "nargs", "append"};

std::string_view unquoted(std::string_view text) noexcept {
    const bool is_quoted =
        text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// True for the second choice.
bool chosen(const Choice& choice, std::string_view value, std::string_view file, std::size_t line) {
    if (value == choice.first || value == choice.second) return value == choice.second;
    throw Error{errors::value_invalid,
                fmt::format("'parsing.{}' is {} or {}, not {}", choice.key, choice.first, choice.second, quoted(value))}
        .at(fmt::format("{}:{}", file, line))
        .hint(fmt::format("dvc config parsing.{} {}", choice.key, choice.first));
}

void read_settings(std::string_view text, std::string_view file, CommandStyle& style) {
    bool is_parsing = false;
    std::size_t number = 0;
    for (const auto& whole : split(text, '\n')) {
        ++number;
        const auto line = trim(whole);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        if (line.starts_with('[')) {
            is_parsing = line == "[parsing]";
            continue;
        }
        const auto equal = line.find('=');
        if (!is_parsing || equal == line.npos) continue;
        const auto key = trim(line.substr(0, equal));
        const auto value = unquoted(trim(line.substr(equal + 1)));
        if (key == bool_choice.key) {
            style.bools =
                chosen(bool_choice, value, file, number) ? BoolOptions::boolean_optional : BoolOptions::store_true;
        } else if (key == list_choice.key) {
            style.lists = chosen(list_choice, value, file, number) ? ListOptions::append : ListOptions::nargs;
        }
    }
}

}  // namespace

const CommandStyle& LoadState::command_style(Dialect dialect) {
    if (style_) return *style_;
    style_.emplace();
    if (dialect == Dialect::dvc) {
        for (const std::string_view file : {".dvc/config", ".dvc/config.local"}) {
            if (const auto text = files.read(file, settings_limit)) read_settings(*text, file, *style_);
        }
    }
    return *style_;
}

}  // namespace mlo::pipeline
