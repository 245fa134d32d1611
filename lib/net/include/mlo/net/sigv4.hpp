// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/net/credentials.hpp>
#include <mlo/net/http.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <string_view>

namespace mlo::net {

/// How a path enters the signature. `once`: as the bytes that it stands for, percent-encoded. `twice`: as it is sent,
/// percent-encoded again.
enum class PathEncoding : std::uint8_t { once, twice };
/// `resolved`: without empty, '.' and '..' segments.
enum class PathSegments : std::uint8_t { as_sent, resolved };
/// Whether the hash of the body is a header too (x-amz-content-sha256).
enum class PayloadHeader : std::uint8_t { no, yes };

/// What a signature is good for, and how the service there wants it made.
struct SigningScope {
    std::string region;   ///< "eu-central-1"
    std::string service;  ///< "s3", "sts"
    PathEncoding path_encoding = PathEncoding::twice;
    PathSegments path_segments = PathSegments::resolved;
    PayloadHeader payload_header = PayloadHeader::no;
};

/// S3 and what speaks like it: keys are signed as they are, and so is the hash of the body.
[[nodiscard]] SigningScope s3_scope(std::string region);

/// What to give for the hash of a body: this for none, or for one that is not part of the signature.
inline constexpr std::string_view empty_payload_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// Signs `request` for AWS (Signature Version 4, AWS4-HMAC-SHA256): adds the headers Host, x-amz-date,
/// x-amz-content-sha256 and x-amz-security-token as they are called for, and Authorization. All headers that are there
/// are signed, but for those that a proxy may change. Signing again replaces what an earlier call added.
///
/// `payload_hash` is the SHA-256 of the body as 64 lower-case hex digits, or one of the constants above. A server takes
/// a signature for about 15 minutes around `now`. Throws bad_url.
void sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope, Timestamp now,
          std::string_view payload_hash);

}  // namespace mlo::net
