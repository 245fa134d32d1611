// SPDX-License-Identifier: Apache-2.0
#include "aws_words.hpp"

namespace mlo::net {

std::optional<std::vector<std::string>> split_words(std::string_view text) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = text[i];
        const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (quote == 0 && is_blank) {
            in_word = false;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        const auto next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == '\\' && (quote == 0 || (quote == '"' && (next == '"' || next == '\\')))) {
            if (++i == text.size()) return std::nullopt;
            words.back() += text[i];
        } else {
            words.back() += c;
        }
    }
    if (quote != 0) return std::nullopt;
    return words;
}

}  // namespace mlo::net
