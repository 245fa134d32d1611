// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <fmt/format.h>

#include <mlo/hash/digest.hpp>
#include <mlo/util/text.hpp>

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

std::string page_head(std::string_view title, std::string_view style, std::span<const std::string_view> scripts) {
    std::string policy = "default-src 'none'; ";
    if (!scripts.empty()) {
        policy += "script-src";
        for (const auto script : scripts) policy += ' ' + integrity(script);
        policy += "; ";
    }
    policy += fmt::format("style-src {}; base-uri 'none'; form-action 'none'", integrity(style));
    return fmt::format(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{}</title>
<style>{}</style>
</head>
<body>
)",
                       policy, escape_html(title), style);
}

}  // namespace mlo::report
