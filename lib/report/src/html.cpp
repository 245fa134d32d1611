// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <fmt/format.h>

#include <mlo/hash/digest.hpp>
#include <mlo/util/text.hpp>
#include <span>

namespace mlo::report {

std::string as_text(std::string_view bytes) { return is_valid_utf8(bytes) ? std::string{bytes} : printable(bytes); }

std::string escape_html(std::string_view bytes) {
    std::string escaped;
    for (const char c : as_text(bytes)) {
        if (c == '&') {
            escaped += "&amp;";
        } else if (c == '<') {
            escaped += "&lt;";
        } else if (c == '>') {
            escaped += "&gt;";
        } else if (c == '"') {
            escaped += "&quot;";
        } else if (c == '\'') {
            escaped += "&#39;";
        } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
            escaped += c;
        }
    }
    return escaped;
}

std::string integrity(std::string_view text) {
    const auto digest = hash::sha256(std::as_bytes(std::span{text}));
    return fmt::format("'sha256-{}'", base64_encode(digest.bytes));
}

}  // namespace mlo::report
