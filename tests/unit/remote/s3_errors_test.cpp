// SPDX-License-Identifier: Apache-2.0
#include <s3_errors.hpp>

#include <catch2/catch.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/util/runtime.hpp>
#include <s3_client.hpp>
#include <string>

namespace mlo::test {
namespace {

namespace errors = remote::errors;

constexpr Timestamp now{std::chrono::seconds{1'700'000'000}};

std::string xml(std::string_view code, std::string_view more = {}) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + std::string{code} +
           "</Code><Message>The words of the server</Message>" + std::string{more} + "</Error>";
}

Error error_of(int status, std::string_view body, std::string credentials = "the environment",
               const net::Headers& headers = {}) {
    remote::S3Answer answer{.status = status, .headers = headers};
    remote::read_s3_error(answer, body);
    return remote::to_error(answer, {.place = "s3://bucket/p",
                                     .bucket = "bucket",
                                     .doing = "read 'format'",
                                     .credentials = std::move(credentials),
                                     .may_show = remote::ShowCredentials::yes,
                                     .now = now});
}

bool has_note(const Error& error, std::string_view part) {
    for (const auto& note : error.notes())
        if (note.find(part) != note.npos) return true;
    return false;
}

}  // namespace

TEST_CASE("A pause that the server asks for is passed on, and only then") {
    CHECK(error_of(503, xml("SlowDown"), "", {{"Retry-After", "17"}}).again_after() == std::chrono::seconds{17});
    CHECK_FALSE(error_of(503, xml("SlowDown")).again_after().has_value());
    CHECK_FALSE(error_of(403, xml("AccessDenied"), "", {{"Retry-After", "17"}}).again_after().has_value());
}

TEST_CASE("What asking again may help is of kind network") {
    const auto [status, code] = GENERATE(table<int, std::string>({{503, "SlowDown"},
                                                                  {503, "ServiceUnavailable"},
                                                                  {500, "InternalError"},
                                                                  {400, "RequestTimeout"},
                                                                  {409, "OperationAborted"},
                                                                  {409, "ConditionalRequestConflict"},
                                                                  {400, "BadDigest"},
                                                                  {400, "XAmzContentSHA256Mismatch"},
                                                                  {400, "IncompleteBody"},
                                                                  {429, "Whatever"},
                                                                  {408, "Whatever"},
                                                                  {502, "Whatever"}}));
    CAPTURE(status, code);
    const auto error = error_of(status, xml(code));
    CHECK(error.kind() == ErrorKind::network);
    CHECK(has_note(error, std::to_string(status) + " " + code + ": The words of the server"));
}

TEST_CASE("What asking again cannot help is told by its reason") {
    const auto [status, code, id] = GENERATE(
        table<int, std::string, std::string_view>({{403, "AccessDenied", errors::access_denied.id},
                                                   {403, "SomethingNew", errors::access_denied.id},
                                                   {403, "InvalidAccessKeyId", errors::wrong_credentials.id},
                                                   {403, "SignatureDoesNotMatch", errors::wrong_credentials.id},
                                                   {400, "ExpiredToken", errors::credentials_expired.id},
                                                   {404, "NoSuchBucket", errors::no_such_bucket.id},
                                                   {301, "PermanentRedirect", errors::wrong_region.id},
                                                   {307, "", errors::wrong_region.id},
                                                   {507, "", errors::remote_full.id},
                                                   {403, "QuotaExceeded", errors::remote_full.id},
                                                   {501, "NotImplemented", errors::request_refused.id},
                                                   {400, "InvalidArgument", errors::request_refused.id}}));
    CAPTURE(status, code);
    CHECK(error_of(status, xml(code)).code().id == id);
}

TEST_CASE("A clock that is wrong is told with both times") {
    const auto inside = error_of(403, xml("RequestTimeTooSkewed", "<ServerTime>2023-11-15T00:00:00Z</ServerTime>"));
    CHECK(inside.code().id == errors::clock_skew.id);
    CHECK(inside.message().find("2023-11-14T22:13:20Z here and 2023-11-15T00:00:00Z there") != std::string::npos);
    const auto header =
        error_of(403, xml("RequestTimeTooSkewed"), "the environment", {{"date", "Wed, 15 Nov 2023 00:00:00 GMT"}});
    CHECK(header.message().find("Wed, 15 Nov 2023 00:00:00 GMT there") != std::string::npos);
}

TEST_CASE("Whose credentials were refused is told, and that none were shown") {
    CHECK(has_note(error_of(403, xml("AccessDenied"), "the profile 'x'"), "with credentials from the profile 'x'"));
    const auto none = error_of(403, xml("AccessDenied"), "");
    CHECK(has_note(none, "was not signed"));
    CHECK(none.hint_text().find("AWS_PROFILE") != std::string::npos);
}

TEST_CASE("An answer that is no error of S3 is told by its status") {
    const auto* const body = GENERATE("", "<html>Not &found</html>", "<Error>", "\x01\x02", "<a/>", "{}");
    CAPTURE(body);
    CHECK(error_of(502, body).kind() == ErrorKind::network);
    CHECK(has_note(error_of(418, body), "the server said: 418"));
}

TEST_CASE("The words of a server cannot break out of a message") {
    const auto error = error_of(400, "<Error><Code>A\x1b[31m\nB</Code><Message>\x07</Message></Error>");
    for (const auto& note : error.notes()) CHECK(note.find_first_of("\x1b\n\x07") == std::string::npos);
}

}  // namespace mlo::test
