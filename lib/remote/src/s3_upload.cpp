// SPDX-License-Identifier: Apache-2.0
#include "s3_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/aws_time.hpp>
#include <mlo/net/http_fields.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "source_digest.hpp"

namespace mlo::remote {
namespace {

constexpr std::uint64_t always_whole_bytes = 32u << 20;
constexpr std::uint64_t largest_whole_bytes = 96u << 20;
constexpr std::uint64_t smallest_part_bytes = 16u << 20;
constexpr std::uint64_t most_parts = 10'000;  // "Amazon S3 multipart upload limits"
constexpr std::size_t answer_limit_bytes = 1u << 20;
constexpr auto stale_after = std::chrono::hours{24 * 7};
/// Where packs are: nothing else is large enough to be stored in parts.
constexpr std::string_view packs_folder = "packs/";
constexpr std::string_view checksum_header = "x-amz-checksum-sha256";
constexpr int precondition_failed = 412;
constexpr int not_found = 404;
constexpr int not_implemented = 501;

std::string base64(const hash::Digest& digest) { return base64_encode(digest.bytes); }

/// For text in XML: a server's own word may hold anything.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '&':
                result += "&amp;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::uint64_t part_bytes_of(std::uint64_t size_bytes) {
    constexpr std::uint64_t mebibyte = 1u << 20;
    const auto least = (size_bytes + most_parts - 1) / most_parts;
    return std::max(smallest_part_bytes, (least + mebibyte - 1) / mebibyte * mebibyte);
}

/// True if the server repeated the checksum of what it stored; false if it told none. Throws not_kept for another one.
bool is_confirmed(const S3Answer& answer, const hash::Digest& digest, const S3Client& client) {
    const auto told = net::find_header(answer.headers, checksum_header);
    if (!told) return false;
    if (*told == base64(digest)) return true;
    throw Error{errors::not_kept,
                fmt::format("{} stored other bytes than were sent: the checksums differ", quoted(client.shown()))};
}

/// Whether the server says that it does not know conditional requests.
bool is_unsupported(const S3Answer& answer, Overwrite overwrite) {
    return overwrite == Overwrite::no && (answer.status == not_implemented || answer.code == "NotImplemented");
}

}  // namespace

S3Uploader::~S3Uploader() {
    for (const auto& [key, upload] : unfinished_) discard(key, upload.id);
}

void S3Uploader::add_options(net::Headers& headers) const {
    const auto& url = client_.url();
    if (url.storage_class) headers.push_back({"x-amz-storage-class", *url.storage_class});
    if (url.encryption) headers.push_back({"x-amz-server-side-encryption", *url.encryption});
    if (url.kms_key) headers.push_back({"x-amz-server-side-encryption-aws-kms-key-id", *url.kms_key});
}

Stored S3Uploader::store(const std::string& key, Source& source, Overwrite overwrite) {
    const auto size_bytes = source.size_bytes();
    if (size_bytes <= always_whole_bytes) return store_whole(key, source, overwrite);
    if (size_bytes > largest_whole_bytes || has_broken_) return store_parts(key, source, overwrite);
    try {
        return store_whole(key, source, overwrite);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::network) has_broken_ = true;
        throw;
    }
}

Stored S3Uploader::store_whole(const std::string& key, Source& source, Overwrite overwrite) {
    const auto digest = digest_of(source, 0, source.size_bytes(), runtime_);
    S3Request request{
        .method = "PUT",
        .key = key,
        .headers = {{"Content-Type", "application/octet-stream"}, {std::string{checksum_header}, base64(digest)}},
        .body_bytes = source.size_bytes(),
        .read_body = [&](auto into, auto offset) { return source.read(into, offset); },
        .body_digest = digest,
        .doing = "store"};
    if (overwrite == Overwrite::no) request.headers.push_back({"If-None-Match", "*"});
    add_options(request.headers);
    const auto answer = client_.send(request);
    if (answer.status == precondition_failed) return Stored::existed;
    if (is_unsupported(answer, overwrite)) return Stored::unsupported;
    if (!answer.is_ok()) throw client_.error(request, answer);
    if (!is_confirmed(answer, digest, client_)) confirm(key, digest);
    return Stored::created;
}

void S3Uploader::confirm(const std::string& key, const hash::Digest& digest) {
    hash::Sha256 hasher;
    const S3Request request{.key = key, .doing = "read back"};
    const auto answer = client_.send(request, [&](ByteView bytes) { hasher.update(bytes); });
    if (!answer.is_ok()) throw client_.error(request, answer);
    if (hasher.finish() == digest) return;
    throw Error{errors::not_kept,
                fmt::format("{} gave back other bytes of {} than were sent", quoted(client_.shown()), quoted(key))};
}

Stored S3Uploader::store_parts(const std::string& key, Source& source, Overwrite overwrite) {
    discard_stale();
    const auto size = source.size_bytes();
    const auto part_bytes = part_bytes_of(size);
    Multipart upload;
    {
        const std::scoped_lock lock{mutex_};
        if (auto node = unfinished_.extract(key); !node.empty()) upload = std::move(node.mapped());
    }
    // Parts of an earlier attempt count only if they are of these very bytes.
    for (std::size_t i = 0; i < upload.parts.size(); ++i) {
        const auto offset = i * part_bytes;
        if (offset < size &&
            digest_of(source, offset, std::min(part_bytes, size - offset), runtime_) == upload.parts[i].digest)
            continue;
        discard(key, std::exchange(upload, {}).id);
    }
    if (upload.id.empty()) upload = begin(key);
    try {
        while (upload.parts.size() * part_bytes < size) send_part(key, source, upload, part_bytes);
        const auto result = complete(key, upload, size, overwrite);
        if (result != Stored::created) discard(key, upload.id);
        if (result == Stored::created && !upload.is_confirmed) confirm(key, digest_of(source, 0, size, runtime_));
        return result;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::network && !upload.id.empty()) {
            const std::scoped_lock lock{mutex_};
            unfinished_.insert_or_assign(key, std::move(upload));
        } else {
            discard(key, upload.id);
        }
        throw;
    }
}

S3Uploader::Multipart S3Uploader::begin(const std::string& key) {
    S3Request request{.method = "POST",
                      .key = key,
                      .query = {{"uploads", ""}},
                      .headers = {{"Content-Type", "application/octet-stream"}, {"x-amz-checksum-algorithm", "SHA256"}},
                      .body_bytes = 0,
                      .doing = "begin to store"};
    add_options(request.headers);
    const auto answer = client_.send_for_xml(request, answer_limit_bytes);
    if (!answer.is_ok()) throw client_.error(request, answer);
    Multipart upload;
    upload.id = net::XmlDocument{answer.details, client_.shown()}.root().child_text("UploadId");
    if (upload.id.empty())
        throw Error{errors::bad_answer, fmt::format("{} began an upload without an id", quoted(client_.shown()))};
    return upload;
}

void S3Uploader::send_part(const std::string& key, Source& source, Multipart& upload, std::uint64_t part_bytes) {
    const auto number = upload.parts.size() + 1;
    const auto start = upload.parts.size() * part_bytes;
    const auto size = std::min(part_bytes, source.size_bytes() - start);
    const auto digest = digest_of(source, start, size, runtime_);
    const S3Request request{.method = "PUT",
                            .key = key,
                            .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload.id}},
                            .headers = {{std::string{checksum_header}, base64(digest)}},
                            .body_bytes = size,
                            .read_body =
                                [&](auto into, auto offset) {
                                    return source.read(into.first(std::min<std::uint64_t>(into.size(), size - offset)),
                                                       start + offset);
                                },
                            .body_digest = digest,
                            .doing = "store"};
    const auto answer = client_.send(request);
    if (!answer.is_ok()) throw client_.error(request, answer);
    upload.is_confirmed = is_confirmed(answer, digest, client_) && upload.is_confirmed;
    upload.parts.push_back({std::string{net::find_header(answer.headers, "ETag").value_or("")}, digest});
}

Stored S3Uploader::complete(const std::string& key, Multipart& upload, std::uint64_t size_bytes, Overwrite overwrite) {
    std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t i = 0; i < upload.parts.size(); ++i)
        body +=
            fmt::format("<Part><ChecksumSHA256>{}</ChecksumSHA256><ETag>{}</ETag><PartNumber>{}</PartNumber></Part>",
                        base64(upload.parts[i].digest), escaped(upload.parts[i].etag), i + 1);
    body += "</CompleteMultipartUpload>";
    S3Request request{.method = "POST",
                      .key = key,
                      .query = {{"uploadId", upload.id}},
                      .headers = {{"Content-Type", "application/xml"}},
                      .body_bytes = body.size(),
                      .read_body = [&](auto into, auto offset) { return BytesSource{body}.read(into, offset); },
                      .body_digest = hash::sha256(as_bytes(body)),
                      .doing = "finish storing"};
    if (overwrite == Overwrite::no) request.headers.push_back({"If-None-Match", "*"});
    const auto answer = client_.send_for_xml(request, answer_limit_bytes);
    if (answer.status == precondition_failed || answer.code == "PreconditionFailed") return Stored::existed;
    if (is_unsupported(answer, overwrite)) return Stored::unsupported;
    if (answer.status == not_found && answer.code == "NoSuchUpload") {
        // An attempt whose answer was lost may have finished it. Otherwise it has to be begun anew.
        upload = {};
        if (size_of(key) == size_bytes) return Stored::created;
        throw Error{errors::busy, fmt::format("{} lost the upload of {}", quoted(client_.shown()), quoted(key))};
    }
    if (!answer.is_ok() || !answer.code.empty()) throw client_.error(request, answer);
    return Stored::created;
}

std::optional<std::uint64_t> S3Uploader::size_of(const std::string& key) {
    const S3Request request{.method = "HEAD", .key = key, .headers = {}, .doing = "look at"};
    const auto answer = client_.send(request);
    if (answer.status == not_found) return std::nullopt;
    if (!answer.is_ok()) throw client_.error(request, answer);
    return net::content_length(answer.headers);
}

void S3Uploader::discard(const std::string& key, const std::string& id) noexcept {
    if (id.empty()) return;
    try {
        const S3Request request{.method = "DELETE",
                                .key = key,
                                .query = {{"uploadId", id}},
                                .headers = {},
                                .doing = "discard the upload of"};
        const auto answer = client_.send(request);
        if (!answer.is_ok() && answer.status != not_found) throw client_.error(request, answer);
    } catch (const std::exception& error) {
        // Another process aborts it, once it is a week old.
        runtime_.log.log(LogLevel::debug, fmt::format("an unfinished upload stays: {}", error.what()));
    }
}

std::vector<StaleUpload> stale_uploads(const net::XmlElement& listing, std::string_view prefix, Timestamp now) {
    constexpr std::size_t digits = 64;
    std::vector<StaleUpload> stale;
    for (const auto& each : listing.children("Upload")) {
        const auto begun = net::parse_aws_time(each.child_text("Initiated"));
        const auto key = each.child_text("Key");
        std::string_view name = key;
        if (!begun || now - *begun <= stale_after || !name.starts_with(prefix)) continue;
        name.remove_prefix(prefix.size());
        if (!name.starts_with(packs_folder)) continue;
        name.remove_prefix(packs_folder.size());
        const bool is_pack = name.size() == digits && name.find_first_not_of("0123456789abcdef") == name.npos;
        if (is_pack) stale.push_back({key, each.child_text("UploadId")});
    }
    return stale;
}

void S3Uploader::discard_stale() noexcept {
    {
        const std::scoped_lock lock{mutex_};
        if (std::exchange(has_cleared_, true)) return;
    }
    try {
        const auto prefix = client_.url().prefix + std::string{packs_folder};
        const S3Request request{.query = {{"uploads", ""}, {"prefix", prefix}}, .doing = "list uploads"};
        const auto answer = client_.send_for_xml(request, answer_limit_bytes);
        if (!answer.is_ok()) throw client_.error(request, answer);
        const net::XmlDocument document{answer.details, client_.shown()};
        for (const auto& each : stale_uploads(document.root(), client_.url().prefix, runtime_.clock.now()))
            discard(each.key, each.id);
    } catch (const std::exception& error) {
        runtime_.log.log(LogLevel::debug, fmt::format("no unfinished uploads were looked for: {}", error.what()));
    }
}

}  // namespace mlo::remote
