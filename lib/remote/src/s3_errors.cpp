// SPDX-License-Identifier: Apache-2.0
#include "s3_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/net/http_fields.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/util/text.hpp>

#include "s3_client.hpp"

namespace mlo::remote {
namespace {

/// Codes of Amazon S3 ("Error responses" of its API reference) and of servers that speak its protocol.
enum class Meaning : std::uint8_t { busy, denied, wrong_keys, expired, skewed, no_bucket, region, full, refused };

struct Row {
    std::string_view code;
    Meaning meaning;
};

constexpr Row rows[] = {
    {"AccessDenied", Meaning::denied},
    {"AllAccessDisabled", Meaning::denied},
    {"AccountProblem", Meaning::denied},
    {"AuthorizationHeaderMalformed", Meaning::region},
    {"BadDigest", Meaning::busy},
    {"ClientTokenExpired", Meaning::expired},
    {"ConditionalRequestConflict", Meaning::busy},
    {"ExistingObjectIsDirectory", Meaning::busy},  // versitygw, while another removes the last key of a folder
    {"ExpiredToken", Meaning::expired},
    {"ExpiredTokenException", Meaning::expired},
    {"IllegalLocationConstraintException", Meaning::region},
    {"IncompleteBody", Meaning::busy},
    {"InternalError", Meaning::busy},
    {"InvalidAccessKeyId", Meaning::wrong_keys},
    {"InvalidSecurity", Meaning::wrong_keys},
    {"InvalidToken", Meaning::wrong_keys},
    {"NoSuchBucket", Meaning::no_bucket},
    {"NotSignedUp", Meaning::denied},
    {"OperationAborted", Meaning::busy},
    {"PermanentRedirect", Meaning::region},
    {"QuotaExceeded", Meaning::full},
    {"RequestExpired", Meaning::skewed},
    {"RequestTimeTooSkewed", Meaning::skewed},
    {"RequestTimeout", Meaning::busy},
    {"ServiceUnavailable", Meaning::busy},
    {"SignatureDoesNotMatch", Meaning::wrong_keys},
    {"SlowDown", Meaning::busy},
    {"TokenRefreshRequired", Meaning::expired},
    {"XAdminUserNotFound", Meaning::wrong_keys},  // versitygw
    {"XAmzContentChecksumMismatch", Meaning::busy},
    {"XAmzContentSHA256Mismatch", Meaning::busy},
    {"XMinioAdminBucketQuotaExceeded", Meaning::full},
    {"XMinioStorageFull", Meaning::full},
};

Meaning meaning_of(const S3Answer& answer) {
    constexpr int insufficient_storage = 507;
    if (answer.status == insufficient_storage) return Meaning::full;
    const auto* const row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& each) { return each.code == answer.code; });
    if (row != std::end(rows)) return row->meaning;
    constexpr int timed_out = 408;
    constexpr int too_many = 429;
    constexpr int not_implemented = 501;
    if (answer.status == timed_out || answer.status == too_many) return Meaning::busy;
    if (answer.status >= 500 && answer.status != not_implemented) return Meaning::busy;
    if (answer.status == 401 || answer.status == 403) return Meaning::denied;
    if (answer.status >= 300 && answer.status < 400) return Meaning::region;
    return Meaning::refused;
}

/// "403 AccessDenied: Access Denied", as far as the server said anything.
std::string said(const S3Answer& answer) {
    auto text = fmt::format("the server said: {}", answer.status);
    if (!answer.code.empty()) text += fmt::format(" {}", printable(answer.code));
    if (!answer.message.empty()) text += fmt::format(": {}", printable(answer.message));
    return text;
}

Error denied(const S3Answer& answer, const S3Failure& failure, std::string message) {
    Error error{errors::access_denied, std::move(message)};
    error.note(said(answer));
    if (failure.may_show == ShowCredentials::no)
        return error.note("no credentials were shown to it: this clone has not approved the URL");
    if (failure.credentials.empty())
        return error.note("the request was not signed: no credentials were found")
            .hint("set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    return error.note(fmt::format("with credentials from {}", failure.credentials))
        .hint("ask for the right to read there (for a push: to write and list), or see 'mlo help s3' for credentials");
}

Error busy(const S3Answer& answer, const S3Failure& failure, std::string message) {
    Error error{errors::busy, std::move(message)};
    error.note(said(answer));
    if (const auto pause = net::retry_after(answer.headers, failure.now)) error.again_after(*pause);
    return error;
}

/// The server's own time: of the answer's XML, or of its header.
std::string server_time(const S3Answer& answer) {
    try {
        if (!answer.details.empty())
            if (auto time = net::XmlDocument{answer.details, "an error"}.root().child_text("ServerTime"); !time.empty())
                return time;
    } catch (const Error&) {
        // No XML: the header will do.
    }
    return std::string{net::find_header(answer.headers, "Date").value_or("unknown")};
}

}  // namespace

void read_s3_error(S3Answer& answer, std::string_view xml) {
    answer.details = xml;
    if (xml.empty()) return;
    try {
        const net::XmlDocument document{xml, "an answer"};
        const auto root = document.root();
        if (root.name() != "Error") return;
        answer.code = root.child_text("Code");
        answer.message = root.child_text("Message");
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
    }
}

bool is_expired(std::string_view code) noexcept {
    return std::any_of(std::begin(rows), std::end(rows),
                       [&](const Row& row) { return row.code == code && row.meaning == Meaning::expired; });
}

Error to_error(const S3Answer& answer, const S3Failure& failure) {
    const auto could_not = [&](std::string_view why) {
        return fmt::format("could not {} in {}: {}", failure.doing, quoted(failure.place), why);
    };
    switch (meaning_of(answer)) {
        case Meaning::busy:
            return busy(answer, failure, could_not("the server is overloaded or has trouble"));
        case Meaning::denied:
            return denied(answer, failure, could_not("access denied"));
        case Meaning::wrong_keys:
            return Error{errors::wrong_credentials, could_not("the credentials are wrong")}
                .note(said(answer))
                .note(fmt::format("they come from {}", failure.credentials))
                .hint("correct them there; 'mlo help s3' says where credentials are looked for");
        case Meaning::expired:
            return Error{errors::credentials_expired, could_not("the credentials have expired")}
                .note(fmt::format("they come from {}", failure.credentials))
                .hint("get new ones ('aws sso login'), and run the command again: it goes on where it stopped");
        case Meaning::skewed:
            return Error{errors::clock_skew,
                         could_not(fmt::format("it is {} here and {} there",
                                               to_rfc3339(std::chrono::floor<std::chrono::seconds>(failure.now)),
                                               server_time(answer)))}
                .hint("set the clock of this machine");
        case Meaning::no_bucket:
            return Error{errors::no_such_bucket,
                         fmt::format("there is no bucket {} at {}", quoted(failure.bucket), quoted(failure.place))}
                .hint("correct the URL (mlo remote list), or make the bucket with the tools of its provider");
        case Meaning::region:
            return Error{errors::wrong_region, could_not("the bucket lies in another region")}
                .note(said(answer))
                .hint("write the region into the URL: s3://BUCKET/PREFIX?region=NAME");
        case Meaning::full:
            return Error{errors::remote_full, could_not("no space is left there")}
                .note(said(answer))
                .hint("make room there and run the command again: it goes on where it stopped");
        case Meaning::refused:
            break;
    }
    return Error{errors::request_refused, could_not("the server refused")}
        .note(said(answer))
        .hint("mlo remote check    (tries what the server can do; -vv shows each request)");
}

}  // namespace mlo::remote
