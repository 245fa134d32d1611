// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>
#include <optional>
#include <utility>

namespace mlo::remote {
namespace {

constexpr std::string_view after_scheme = "://";
constexpr std::string_view harmless[] = {"endpoint", "region", "style"};

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_scheme(std::string_view text) noexcept {
    return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (auto& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return result;
}

/// True if what follows the scheme of `rest` ("user:word@host/path") holds a password, also one with a slash in it.
bool holds_password(std::string_view rest) noexcept {
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (const auto at = authority.rfind('@'); at != authority.npos)
        return authority.substr(0, at).find(':') != authority.npos;
    const auto colon = authority.rfind(':');
    if (colon == authority.npos || rest.find('@') == rest.npos || authority.ends_with(']')) return false;
    const auto port = authority.substr(colon + 1);
    return !std::all_of(port.begin(), port.end(), is_digit);
}

/// Where the colon of [user@]host:path stands; an IPv6 address is in brackets.
std::size_t scp_colon(std::string_view text) noexcept {
    const auto before_path = text.substr(0, text.find('/'));
    const auto bracket = before_path.find(']');
    const auto host = before_path.find_first_of(":[");
    const bool is_bracketed = host != text.npos && before_path[host] == '[' && bracket != text.npos;
    return before_path.find(':', is_bracketed ? bracket : 0);
}

/// Behind a password in 'user:word@host:path', which is how some write it: the first host then is the user. Nothing if
/// it does not look like that.
std::optional<std::size_t> scp_secret_end(std::string_view text) noexcept {
    if (text.empty() || text.front() == '/' || text.front() == '.') return std::nullopt;
    const auto colon = scp_colon(text);
    if (colon == text.npos) return std::nullopt;
    const auto at = text.rfind('@', text.rfind(':'));
    if (at == text.npos || at < colon) return std::nullopt;
    return at + 1;
}

std::optional<unsigned> hex_digit(char c) noexcept {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

Error bad_url(std::string_view shown, std::string_view why) {
    return Error{errors::bad_url, fmt::format("the URL {} {}", quoted(shown), why)};
}

Error secret_in_url(std::string_view shown) {
    return Error{errors::secret_in_url, fmt::format("a password in the URL of {}", quoted(shown))}.hint(
        "leave out what stands before '@'; never commit a password");
}

Url parse_scp(std::string_view text, std::size_t colon, std::string_view shown) {
    if (scp_secret_end(text)) throw secret_in_url(shown);
    const auto host = text.substr(0, colon);
    const auto path = text.substr(colon + 1);
    if (host.empty() || path.empty())
        throw bad_url(shown, "is neither a path nor a URL")
            .hint(fmt::format("./{} for a folder of that name", printable(shown)));
    if (host.size() == 1)
        throw bad_url(shown, "looks like a path on a drive of Windows")
            .hint(fmt::format("ssh://{}/path for the host, ./{} for a folder of that name", printable(host),
                              printable(shown)));
    return {
        .scheme = "ssh", .authority = std::string{host}, .path = std::string{path}, .is_path = false, .is_scp = true};
}

}  // namespace

std::string without_secrets(std::string_view text) {
    const auto colon = text.find(after_scheme);
    if (colon == text.npos || !is_scheme(text.substr(0, colon))) {
        const auto secret = scp_secret_end(text);
        return std::string{text.substr(secret ? *secret : 0)};
    }
    const auto start = colon + after_scheme.size();
    auto rest = text.substr(start);
    const bool has_password = holds_password(rest);
    const auto end = has_password ? rest.npos : rest.find_first_of("/?#");
    const bool keeps_user = !has_password && lower(text.substr(0, colon)) == "ssh";
    if (const auto at = rest.substr(0, end).rfind('@'); at != rest.npos && !keeps_user) rest.remove_prefix(at + 1);
    const auto question = rest.find('?');
    auto shown = std::string{text.substr(0, start)} + std::string{rest.substr(0, question)};
    if (question == rest.npos) return shown;
    // Of the query only what says where the data goes: whoever approves a URL must see that.
    char separator = '?';
    for (const auto& pair : split(rest.substr(question + 1), '&')) {
        const auto name = std::string_view{pair}.substr(0, pair.find('='));
        if (std::find(std::begin(harmless), std::end(harmless), name) == std::end(harmless)) continue;
        if (pair.find('@') != pair.npos || pair.find("%40") != pair.npos) continue;
        shown += std::exchange(separator, '&') + pair;
    }
    return shown;
}

Url parse_url(std::string_view text) {
    if (text.empty()) throw Error{errors::bad_url, "the URL of a remote is empty"};
    const auto shown = without_secrets(text);
    if (text.find_first_of(std::string_view{"\0\n\r", 3}) != text.npos)
        throw bad_url(shown, "holds a line break or a NUL");
    const auto colon = scp_colon(text);
    if (text.front() == '/' || text.front() == '.' || colon == text.npos)
        return {.scheme = "file", .authority = "", .path = std::string{text}, .is_path = true, .is_scp = false};
    Url url{.scheme = lower(text.substr(0, colon)), .authority = "", .path = "", .is_path = false, .is_scp = false};
    auto rest = text.substr(colon + 1);
    if (!rest.starts_with("//") && url.scheme != "file") return parse_scp(text, colon, shown);
    if (!is_scheme(url.scheme))
        throw bad_url(shown, "is neither a path nor a URL")
            .hint(fmt::format("./{} for a folder of that name", printable(shown)));
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        if (holds_password(rest)) throw secret_in_url(shown);
        url.authority = rest.substr(0, rest.find_first_of("/?#"));
        rest.remove_prefix(url.authority.size());
    }
    url.path = rest;
    return url;
}

std::string percent_decode(std::string_view text, std::string_view shown) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        const auto high = at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
        if (!low) throw bad_url(shown, "has a '%' without two hex digits").hint("'%25' for a percent sign");
        const auto byte = static_cast<char>(*high * 16 + *low);
        if (byte == '\0' || byte == '\n' || byte == '\r' || byte == '/')
            throw bad_url(shown, fmt::format("escapes {}", byte == '/' ? "a slash" : "a line break or a NUL"));
        decoded += byte;
        at += 2;
    }
    return decoded;
}

}  // namespace mlo::remote
