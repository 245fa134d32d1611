// SPDX-License-Identifier: Apache-2.0
#include "http_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/util/text.hpp>

#include "source_digest.hpp"

namespace mlo::remote {
namespace {

constexpr std::string_view temporary_folder = ".tmp/";
constexpr auto stale_after = std::chrono::hours{24 * 7};
constexpr int created = 201;
constexpr int no_content = 204;
constexpr int precondition_failed = 412;

bool is_read_only(const HttpAnswer& answer) noexcept { return answer.status == 405 || answer.status == 501; }

/// What a server says where a folder above is missing: by the standard 409, nginx 500, others 404.
bool may_lack_folder(const HttpAnswer& answer) noexcept {
    return answer.status == 409 || answer.status == 404 || answer.status == 500;
}

/// Some servers hide names that begin with a dot.
bool may_hide_temporary(const HttpAnswer& answer) noexcept {
    return answer.status == 403 || answer.status == 404 || answer.status == 409;
}

}  // namespace

HttpCall HttpWriter::sending(const std::string& path, std::string_view doing, Source& source) const {
    const auto read = [&source](std::span<std::byte> into, std::uint64_t offset) {
        const auto count = source.read(into, offset);
        if (count < into.size()) throw Error{errors::source_changed, "a file shrank while it was uploaded"};
        return count;
    };
    return {.method = "PUT",
            .path = path,
            .headers = {{"Content-Type", "application/octet-stream"}},
            .body_bytes = source.size_bytes(),
            .read_body = read,
            .doing = std::string{doing},
            .intent = Intent::write};
}

HttpAnswer HttpWriter::send_making_folders(const HttpCall& call, const std::string& target) {
    auto answer = session_.send(call);
    if (may_lack_folder(answer) && folders_.make_above(target)) answer = session_.send(call);
    return answer;
}

PutResult HttpWriter::store(const std::string& key, Source& source, Overwrite overwrite) {
    if (can_move_ && folders_.find_out() != Dav::no) {
        discard_stale();
        if (const auto result = store_by_move(key, source, overwrite)) return *result;
    }
    return store_at_once(key, source, overwrite);
}

std::optional<PutResult> HttpWriter::store_by_move(const std::string& key, Source& source, Overwrite overwrite) {
    const auto temporary = std::string{temporary_folder} + runtime_.random.hex(16);
    const auto digest = digest_of(source, 0, source.size_bytes(), runtime_);
    const auto call = sending(temporary, fmt::format("store {}", quoted(key)), source);
    try {
        const auto answer = send_making_folders(call, temporary);
        if (may_hide_temporary(answer)) {
            can_move_ = false;
            return std::nullopt;
        }
        if (!answer.is_ok()) throw session_.error(call, answer);
        confirm(temporary, key, digest);
        const auto moved = move(temporary, key, overwrite, digest);
        if (moved == Moved::yes) return PutResult::created;
        discard(temporary);
        if (moved == Moved::existed) return PutResult::existed;
        can_move_ = false;
        return std::nullopt;
    } catch (const Error& error) {
        if (&error.code() != &errors::read_only_server) discard(temporary);
        throw;
    }
}

HttpWriter::Moved HttpWriter::move(const std::string& from, const std::string& key, Overwrite overwrite,
                                   const hash::Digest& digest) {
    const HttpCall call{
        .method = "MOVE",
        .path = from,
        .headers = {{"Destination", session_.url_of(key)}, {"Overwrite", overwrite == Overwrite::yes ? "T" : "F"}},
        .doing = fmt::format("store {}", quoted(key)),
        .intent = Intent::write};
    const auto answer = send_making_folders(call, key);
    if (answer.status == created || answer.status == no_content) return Moved::yes;
    if (answer.is_ok()) {
        // MOVE is not answered like that (RFC 4918, section 9.9.4): it may be the answer to something else, or tell of
        // a part that failed.
        confirm(key, key, digest);
        return Moved::yes;
    }
    if (answer.status == precondition_failed && overwrite == Overwrite::no) return Moved::existed;
    if (is_read_only(answer)) return Moved::unsupported;
    // An earlier delivery of this request may have moved it. The next attempt sees.
    if (answer.is_absent())
        throw Error{errors::busy, fmt::format("{} lost the upload of {}", quoted(session_.shown()), quoted(key))};
    throw session_.error(call, answer);
}

PutResult HttpWriter::store_at_once(const std::string& key, Source& source, Overwrite overwrite) {
    const auto digest = digest_of(source, 0, source.size_bytes(), runtime_);
    auto call = sending(key, fmt::format("store {}", quoted(key)), source);
    if (overwrite == Overwrite::no) call.headers.push_back({"If-None-Match", "*"});
    const auto answer = send_making_folders(call, key);
    if (answer.status == precondition_failed && overwrite == Overwrite::no) return PutResult::existed;
    if (!answer.is_ok()) throw session_.error(call, answer);
    try {
        confirm(key, key, digest);
    } catch (const Error& error) {
        // The next attempt would find the key there.
        if (&error.code() == &errors::not_kept) discard(key);
        throw;
    }
    return PutResult::created;
}

void HttpWriter::confirm(const std::string& path, std::string_view key, const hash::Digest& digest) {
    hash::Sha256 hasher;
    const HttpCall call{.path = path, .doing = fmt::format("read back {}", quoted(key))};
    const auto answer = session_.send(call, [&](ByteView bytes) {
        hasher.update(bytes);
        session_.traffic().received_bytes += bytes.size();
    });
    if (!answer.is_ok() && !answer.is_absent()) throw session_.error(call, answer);
    if (answer.is_ok() && hasher.finish() == digest) return;
    throw Error{errors::not_kept,
                fmt::format("{} gave back other bytes of {} than were sent", quoted(session_.shown()), quoted(key))};
}

void HttpWriter::remove(const std::string& key) {
    const HttpCall call{
        .method = "DELETE", .path = key, .doing = fmt::format("remove {}", quoted(key)), .intent = Intent::write};
    const auto answer = session_.send(call);
    if (!answer.is_ok() && !answer.is_absent()) throw session_.error(call, answer);
}

void HttpWriter::discard(const std::string& path) noexcept {
    try {
        remove(path);
    } catch (const std::exception& error) {
        // The first put of a later process removes it, once it is a week old.
        runtime_.log.log(LogLevel::debug, fmt::format("an unfinished upload stays: {}", error.what()));
    }
}

void HttpWriter::discard_stale() noexcept {
    if (has_cleared_.exchange(true)) return;
    try {
        const auto content = folders_.read(std::string{temporary_folder});
        const auto now = content.server.value_or(runtime_.clock.now());
        for (const auto& each : content.members)
            if (!each.is_folder && each.modified && now - *each.modified > stale_after)
                discard(std::string{temporary_folder} + each.name);
    } catch (const std::exception& error) {
        runtime_.log.log(LogLevel::debug, fmt::format("no unfinished uploads were looked for: {}", error.what()));
    }
}

}  // namespace mlo::remote
