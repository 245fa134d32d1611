// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mlo/hash/digest.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/remote.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "s3_client.hpp"

namespace mlo::remote {

/// Whether a put must leave alone what is there.
enum class Overwrite : std::uint8_t { no, yes };

/// How a value came to be, or not.
enum class Stored : std::uint8_t {
    created,
    existed,      ///< the server kept what was there
    unsupported,  ///< the server knows no conditional requests
};

/// An upload in parts that nobody goes on with.
struct StaleUpload {
    std::string key;
    std::string id;
};
/// Of a listing of uploads (ListMultipartUploads) those that are over a week old and of a pack below `prefix`, which
/// may be empty: a bucket may hold uploads of others, and they are not ours to abort.
[[nodiscard]] std::vector<StaleUpload> stale_uploads(const net::XmlElement& listing, std::string_view prefix,
                                                     Timestamp now);

/// Brings values into the bucket, large ones in parts. Those of up to 96 MiB, as packs are, go in one request until the
/// first of more than 32 MiB breaks off: servers that join parts write everything twice. An upload in parts that broke
/// off is gone on with when the same value is put again; what is left at the end is aborted. Thread-safe.
class S3Uploader {
public:
    S3Uploader(S3Client& client, const Runtime& runtime) : client_{client}, runtime_{runtime} {}
    ~S3Uploader();
    S3Uploader(const S3Uploader&) = delete;
    S3Uploader& operator=(const S3Uploader&) = delete;

    /// With Overwrite::no the request is conditional (If-None-Match: *). Afterwards the bytes are known to be there as
    /// they were sent: by the checksum that the server answers with, else they are read back. Throws not_kept where
    /// they are not, and what S3Client::error makes.
    [[nodiscard]] Stored store(const std::string& key, Source& source, Overwrite overwrite);

private:
    struct Part {
        std::string etag;
        hash::Digest digest;
    };
    struct Multipart {
        std::string id;
        std::vector<Part> parts;  ///< those that have arrived, in order
        bool is_confirmed = true;
    };

    [[nodiscard]] Stored store_whole(const std::string& key, Source& source, Overwrite overwrite);
    [[nodiscard]] Stored store_parts(const std::string& key, Source& source, Overwrite overwrite);
    [[nodiscard]] Multipart begin(const std::string& key);
    void send_part(const std::string& key, Source& source, Multipart& upload, std::uint64_t part_bytes);
    [[nodiscard]] Stored complete(const std::string& key, Multipart& upload, std::uint64_t size_bytes,
                                  Overwrite overwrite);
    [[nodiscard]] std::optional<std::uint64_t> size_of(const std::string& key);
    void discard(const std::string& key, const std::string& id) noexcept;
    void discard_stale() noexcept;
    /// Reads the value back and compares. Throws not_kept if it is another.
    void confirm(const std::string& key, const hash::Digest& digest);
    /// What the URL wants of each new value: storage class and encryption.
    void add_options(net::Headers& headers) const;

    S3Client& client_;
    Runtime runtime_;
    std::atomic<bool> has_broken_{false};
    std::mutex mutex_;
    std::map<std::string, Multipart> unfinished_;  ///< guarded by mutex_; by key
    bool has_cleared_ = false;                     ///< guarded by mutex_
};

}  // namespace mlo::remote
