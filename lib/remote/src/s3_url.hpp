// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::remote {

struct Url;

/// How the bucket is named in requests: https://host/bucket/key or https://bucket.host/key.
enum class BucketStyle : std::uint8_t { automatic, path, virtual_host };

/// What an s3: URL says: s3://bucket/prefix?name=value&... All that decides where the data goes is in it, so that
/// whoever approves the URL approves that too.
struct S3Url {
    std::string bucket;
    std::string prefix;                   ///< decoded; empty, or ends in a slash
    std::optional<std::string> endpoint;  ///< http(s)://host[:port], no slash at the end
    std::optional<std::string> region;
    BucketStyle style = BucketStyle::automatic;
    std::optional<std::string> storage_class;
    std::optional<std::string> encryption;  ///< AES256, aws:kms, aws:kms:dsse
    std::optional<std::string> kms_key;
    bool is_anonymous = false;
};

/// Lower-case letters, digits and '-': names of regions, and of buckets that a certificate for *.host covers.
[[nodiscard]] bool is_host_label(std::string_view text) noexcept;

/// Throws bad_url, never with a value of the query in its message.
[[nodiscard]] S3Url parse_s3_url(const Url& url, std::string_view text);

}  // namespace mlo::remote
