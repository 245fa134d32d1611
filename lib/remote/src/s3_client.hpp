// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mlo/hash/digest.hpp>
#include <mlo/net/aws_credentials.hpp>
#include <mlo/net/http.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "s3_url.hpp"

namespace mlo::remote {

struct Traffic;

/// One request to the bucket or to a key in it.
struct S3Request {
    std::string method = "GET";
    std::string key{};                                         ///< all of it, with the prefix; empty: the bucket
    std::vector<std::pair<std::string, std::string>> query{};  ///< not encoded
    net::Headers headers{};
    std::optional<std::uint64_t> body_bytes{};
    std::function<std::size_t(std::span<std::byte> into, std::uint64_t offset)> read_body{};
    std::optional<hash::Digest> body_digest{};  ///< of the body; needed if there is one
    std::string_view doing;                     ///< for messages: "read", "store", "list"
};

struct S3Answer {
    int status = 0;
    net::Headers headers{};
    std::string code{};     ///< of an error, by the server's own name: "NoSuchKey"; empty if it sent none
    std::string message{};  ///< the server's own words
    std::string details{};  ///< the XML of an error, or what send_for_xml was answered

    [[nodiscard]] bool is_ok() const noexcept { return status >= 200 && status < 300; }
};

/// Signed requests to one bucket. Follows the bucket to its region and takes new credentials where old ones have
/// expired; everything else that the server says is for the caller. Thread-safe.
class S3Client {
public:
    /// Reads the user's AWS settings; connects to nothing. Throws what find_aws_settings throws.
    S3Client(S3Url url, const Surroundings& surroundings, const Runtime& runtime);
    ~S3Client();

    /// Sends a request. The body of an answer of 2xx goes to `sink`, those of a range that the server did not keep to
    /// excepted: bad_answer. Throws what the transport and the sources of credentials throw.
    [[nodiscard]] S3Answer send(const S3Request& request, const std::function<void(ByteView)>& sink = {});
    /// The same, for an answer in XML: it comes in `details`. Throws bad_answer beyond `limit_bytes`. An error may come
    /// with status 200 too: then it has a code.
    [[nodiscard]] S3Answer send_for_xml(const S3Request& request, std::size_t limit_bytes);
    /// What to throw where the answer is none that the caller expects.
    [[nodiscard]] Error error(const S3Request& request, const S3Answer& answer);

    /// "s3://bucket/prefix", and the endpoint where it is not Amazon's.
    [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
    [[nodiscard]] const S3Url& url() const noexcept { return url_; }

private:
    [[nodiscard]] net::HttpRequest build(const S3Request& request, const std::optional<net::AwsCredentials>& keys,
                                         const std::string& region) const;
    [[nodiscard]] std::string target(const S3Request& request, const std::string& region) const;
    [[nodiscard]] std::string region();
    /// True if the answer told another region than `used`: worth asking again.
    bool learn_region(const S3Answer& answer, const std::string& used);
    /// Asks once more in a way that lets the server say why it refused: answers to HEAD have no body. False if it does
    /// not refuse any more.
    bool find_reason(const S3Request& request, S3Answer& answer);
    [[nodiscard]] std::optional<net::AwsCredentials> credentials();
    [[nodiscard]] std::string whose_credentials();

    S3Url url_;
    Runtime runtime_;
    Traffic& traffic_;
    std::optional<std::string> endpoint_;  ///< nothing: Amazon's, by region
    std::string shown_;
    ShowCredentials may_show_;
    std::unique_ptr<net::HttpTransport> transport_;
    std::unique_ptr<net::HttpTransport> metadata_transport_;
    std::unique_ptr<net::AwsCredentialProvider> provider_;  ///< null: requests are not signed
    std::mutex mutex_;
    std::string region_;  ///< guarded by mutex_
};

}  // namespace mlo::remote
