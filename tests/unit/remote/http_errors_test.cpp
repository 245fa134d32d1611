// SPDX-License-Identifier: Apache-2.0
#include <http_errors.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <mlo/remote/errors.hpp>

namespace mlo::test {
namespace {

namespace errors = remote::errors;
using remote::Intent;
using remote::ShowCredentials;

Error error_of(const remote::HttpAnswer& answer, Intent intent = Intent::read, std::string credentials = "",
               ShowCredentials may_show = ShowCredentials::yes) {
    return remote::to_error(answer, {.place = "https://example.org/p",
                                     .doing = "read 'format'",
                                     .intent = intent,
                                     .credentials = std::move(credentials),
                                     .may_show = may_show,
                                     .now = Timestamp{std::chrono::seconds{784'111'770}}});
}

std::string code_of(int status, Intent intent = Intent::read) {
    return std::string{error_of({.status = status}, intent).code().id};
}

bool has_note(const Error& error, std::string_view part) {
    return std::any_of(error.notes().begin(), error.notes().end(),
                       [&](const std::string& note) { return note.find(part) != note.npos; });
}

}  // namespace

TEST_CASE("What asking a web server again may help is of kind network, and nothing else") {
    for (const int status : {408, 423, 425, 429, 500, 502, 503, 504, 520})
        CHECK(error_of({.status = status}).kind() == ErrorKind::network);
    for (const int status : {301, 400, 401, 403, 404, 405, 409, 413, 501, 505, 507})
        CHECK(error_of({.status = status}).kind() != ErrorKind::network);
}

TEST_CASE("Each refusal of a web server has its own code") {
    CHECK(code_of(403) == errors::access_denied.id);
    CHECK(code_of(405, Intent::write) == errors::read_only_server.id);
    CHECK(code_of(501, Intent::write) == errors::read_only_server.id);
    CHECK(code_of(405, Intent::read) == errors::request_refused.id);
    CHECK(code_of(413, Intent::write) == errors::too_large_there.id);
    CHECK(code_of(507, Intent::write) == errors::remote_full.id);
    CHECK(code_of(308) == errors::redirected.id);
    CHECK(code_of(400) == errors::request_refused.id);
}

TEST_CASE("Who was refused is said without a secret, and what to do") {
    const auto wrong = error_of({.status = 401}, Intent::read, "the token in '/t'");
    CHECK(&wrong.code() == &errors::wrong_credentials);
    CHECK(has_note(wrong, "the token in '/t'"));
    const auto none = error_of({.status = 401});
    CHECK(&none.code() == &errors::access_denied);
    CHECK(none.hint_text() == "mlo help http");
    const auto unapproved = error_of({.status = 401}, Intent::read, "", ShowCredentials::no);
    CHECK(&unapproved.code() == &errors::access_denied);
    CHECK(unapproved.hint_text().empty());  // read_only knows it
}

TEST_CASE("A pause that a web server asks for is passed on") {
    CHECK(error_of({.status = 503, .headers = {{"Retry-After", "9"}}}).again_after() == std::chrono::seconds{9});
    CHECK(error_of({.status = 429, .headers = {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}}).again_after() ==
          std::chrono::seconds{7});
    CHECK_FALSE(error_of({.status = 503}).again_after());
}

TEST_CASE("The server's words are repeated as far as they are a line of text or the title of a page") {
    const auto note = [](std::string type, std::string body) {
        return error_of({.status = 409, .headers = {{"Content-Type", std::move(type)}}, .error_body = std::move(body)})
            .notes()
            .at(0);
    };
    CHECK(note("text/html", "<html><head><title>409 Conflict</title></head>") == "the server said: 409 Conflict");
    CHECK(note("text/plain; charset=utf-8", "no such folder\nmore") == "the server said: 409 no such folder");
    CHECK(note("text/plain", "a\x1b[31mb") == "the server said: 409 a\\x1b[31mb");
    CHECK(note("text/plain", std::string(300, 'x')) == "the server said: 409");
    CHECK(note("application/octet-stream", "bytes") == "the server said: 409");
    CHECK(note("text/html", "<html>no title") == "the server said: 409");
}

TEST_CASE("A value is absent where nothing is found, where it is gone, and where there is a folder") {
    CHECK(remote::HttpAnswer{.status = 404}.is_absent());
    CHECK(remote::HttpAnswer{.status = 410}.is_absent());
    CHECK(remote::HttpAnswer{.status = 301, .is_folder = true}.is_absent());
    CHECK_FALSE(remote::HttpAnswer{.status = 403}.is_absent());
    CHECK_FALSE(remote::HttpAnswer{.status = 200}.is_absent());
}

}  // namespace mlo::test
