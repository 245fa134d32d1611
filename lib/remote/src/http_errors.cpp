// SPDX-License-Identifier: Apache-2.0
#include "http_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/http_fields.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

enum class Meaning : std::uint8_t { busy, login, denied, read_only, too_large, full, redirect, refused };

Meaning meaning_of(int status, Intent intent) {
    switch (status) {
        case 401:
            return Meaning::login;
        case 403:
            return Meaning::denied;
        case 405:
        case 501:
            return intent == Intent::write ? Meaning::read_only : Meaning::refused;
        case 408:  // request timeout
        case 423:  // locked, by another client of WebDAV
        case 425:  // too early
        case 429:  // too many requests
            return Meaning::busy;
        case 413:
            return Meaning::too_large;
        case 505:  // version not supported
            return Meaning::refused;
        case 507:
            return Meaning::full;
        default:
            break;
    }
    if (status >= 500) return Meaning::busy;
    return status >= 300 && status < 400 ? Meaning::redirect : Meaning::refused;
}

/// The title of a page, or a text of one line; empty if there is none.
std::string_view reason_in(std::string_view body, std::string_view type) {
    constexpr std::string_view start = "<title>";
    if (type.starts_with("text/plain")) return trim(body.substr(0, body.find('\n')));
    const auto title = body.find(start);
    if (!type.starts_with("text/html") || title == body.npos) return {};
    body.remove_prefix(title + start.size());
    return trim(body.substr(0, body.find('<')));
}

/// "the server said: 413 Request Entity Too Large", as far as it said anything.
std::string said(const HttpAnswer& answer) {
    constexpr std::size_t longest_reason = 200;
    auto text = fmt::format("the server said: {}", answer.status);
    auto reason = reason_in(answer.error_body, net::find_header(answer.headers, "Content-Type").value_or(""));
    if (reason.starts_with(std::to_string(answer.status))) reason.remove_prefix(3);
    if (!reason.empty() && reason.size() <= longest_reason) text += " " + printable(trim(reason));
    return text;
}

Error refused_user(const HttpAnswer& answer, const HttpFailure& failure, std::string_view why) {
    const bool is_shown = !failure.credentials.empty();
    const bool is_wrong = is_shown && answer.status == 401;
    Error error{is_wrong ? errors::wrong_credentials : errors::access_denied,
                fmt::format("could not {} in {}: {}", failure.doing, quoted(failure.place),
                            is_wrong ? "the credentials are wrong" : why)};
    error.note(said(answer));
    if (failure.may_show == ShowCredentials::no)
        return error.note("no credentials were shown to it: this clone has not approved the URL");
    if (is_shown)
        return error.note(fmt::format("with credentials of {}", failure.credentials))
            .hint(is_wrong ? "correct them there; 'mlo help http' says where credentials are looked for"
                           : "ask for the right to read there (for a push: to write), or set others: mlo help http");
    return error.note("without credentials: none are set for this server, and git's credential helpers know none")
        .hint("mlo help http");
}

}  // namespace

Error to_error(const HttpAnswer& answer, const HttpFailure& failure) {
    const auto could_not = [&](std::string_view why) {
        return fmt::format("could not {} in {}: {}", failure.doing, quoted(failure.place), why);
    };
    switch (meaning_of(answer.status, failure.intent)) {
        case Meaning::busy: {
            Error error{errors::busy, could_not("the server is overloaded or has trouble")};
            error.note(said(answer));
            if (const auto pause = net::retry_after(answer.headers, failure.now)) error.again_after(*pause);
            return error;
        }
        case Meaning::login:
            return refused_user(answer, failure, "the server wants to know who asks");
        case Meaning::denied:
            return refused_user(answer, failure, "access denied");
        case Meaning::read_only:
            return Error{errors::read_only_server, could_not("the server takes no requests that write")}
                .note(said(answer))
                .hint("mlo help http");
        case Meaning::too_large:
            return Error{errors::too_large_there, could_not("the server takes no value of that size")}.note(
                said(answer));
        case Meaning::full:
            return Error{errors::remote_full, could_not("no space is left there")}
                .note(said(answer))
                .hint("make room there and run the command again: it goes on where it stopped");
        case Meaning::redirect:
            return Error{errors::redirected, could_not("the server sends the request elsewhere")}.note(said(answer));
        case Meaning::refused:
            break;
    }
    return Error{errors::request_refused, could_not("the server refused")}
        .note(said(answer))
        .hint("mlo remote check    (tries what the server can do; -vv shows each request)");
}

}  // namespace mlo::remote
