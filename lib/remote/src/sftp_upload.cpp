// SPDX-License-Identifier: Apache-2.0
#include "sftp_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mlo/remote/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::remote {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view uploads_name = ".tmp";
constexpr std::uint64_t window_bytes = 4u << 20;
constexpr std::uint32_t week_s = 7 * 24 * 3600;
constexpr std::uint32_t access_bits = 0777;
constexpr std::uint32_t mode_bits = 07777;
constexpr std::uint32_t read_bits = 0444;
/// After a stop, so long for tidying up behind all that is still on its way.
constexpr auto tidy_patience = 500ms;

Error source_changed(const Key& key) {
    return Error{errors::source_changed,
                 fmt::format("what was to be stored as {} changed its size meanwhile", quoted(key.text()))};
}

bool is_value(const net::SftpAnswer& answer) {
    return answer.is_ok() && answer.attributes.kind() == net::SftpKind::regular;
}

}  // namespace

/// A file that is being written, in the folder of uploads. Removed unless it was published.
class SftpUploads::Upload {
public:
    Upload(SftpUploads& uploads, SftpClient::Session session, std::string path)
        : uploads_{uploads},
          session_{std::move(session)},
          path_{std::move(path)},
          opening_{session_->open(path_, net::SftpOpen::create_new)} {}
    ~Upload() {
        if (is_published_) return;
        if (!handle_) take(opening_.get_within(tidy_patience));
        handle_.reset();
        try {
            if (session_->remove(path_).get_within(tidy_patience)) return;
        } catch (const Error& error) {
            uploads_.runtime_.log.log(LogLevel::debug, fmt::format("an unfinished upload stays: {}", error.message()));
        }
        const std::scoped_lock lock{uploads_.mutex_};
        uploads_.leftovers_.push_back(path_);
    }
    /// Waits until it is there.
    void wait() {
        const auto opened = opening_.get();
        take(opened);
        if (!handle_)
            throw uploads_.client_.failure(
                *session_, opened, fmt::format("make a file in {}", quoted(uploads_.client_.path(uploads_name))));
    }
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    [[nodiscard]] const SftpClient::Session& session() const noexcept { return session_; }
    [[nodiscard]] SftpHandle& handle() noexcept { return *handle_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    void published() noexcept { is_published_ = true; }

private:
    void take(const std::optional<net::SftpAnswer>& opened) {
        if (opened && opened->is_ok()) handle_.emplace(session_, opened->handle);
    }

    SftpUploads& uploads_;
    SftpClient::Session session_;
    std::string path_;
    net::SftpReply opening_;
    std::optional<SftpHandle> handle_;
    bool is_published_ = false;
};

SftpUploads::~SftpUploads() {
    try {
        if (const auto session = client_.connected()) remove_leftovers(session);
    } catch (const std::exception&) {
        return;  // they go after a week
    }
}

PutResult SftpUploads::store(const SftpClient::Session& session, const Key& key, Source& source, Replace replace) {
    const auto root_mode = client_.make_root(session);
    make_folders(session, key, root_mode);
    remove_leftovers(session);
    const auto path = client_.path(key.text());
    FolderSync folder{client_, session, path::parent(path)};
    auto looking = session->lstat(path);
    Upload upload{*this, session, client_.path(path::join(uploads_name, runtime_.random.hex(16)))};
    if (is_value(looking.get()) && replace == Replace::no) {
        // Whoever put it may have been killed before its name was durable.
        folder.start();
        folder.finish();
        return PutResult::existed;
    }
    upload.wait();
    fill(upload, key, source, root_mode);
    return publish(upload, key, replace, folder);
}

/// Makes what is missing above `key`, and the folder of uploads, durably.
void SftpUploads::make_folders(const SftpClient::Session& session, const Key& key, std::uint32_t root_mode) {
    std::vector<std::string> missing;
    {
        const std::scoped_lock lock{mutex_};
        for (const std::string_view folder : {std::string_view{}, uploads_name})
            if (!settled_.contains(std::string{folder})) missing.emplace_back(folder);
        std::string relative;
        for (const auto& name : path::components(key.folder())) {
            relative = path::join(relative, name);
            if (!settled_.contains(relative)) missing.push_back(relative);
        }
    }
    for (const auto& each : missing) {
        if (!each.empty()) static_cast<void>(make_folder(session, client_.path(each), root_mode));
        // One that was there may have been made by somebody who was killed before this.
        FolderSync above{client_, session, path::parent(client_.path(each))};
        above.start();
        above.finish();
        const std::scoped_lock lock{mutex_};
        settled_.insert(each);
    }
}

bool SftpUploads::make_folder(const SftpClient::Session& session, const std::string& path, std::uint32_t root_mode) {
    auto making = session->make_dir(path);
    auto looking = session->lstat(path);
    const auto made = making.get();
    const auto found = looking.get();
    if (!found.is_ok()) throw client_.failure(*session, made, fmt::format("make the folder {}", quoted(path)));
    if (found.attributes.kind() != net::SftpKind::directory)
        throw Error{errors::not_a_folder, fmt::format("{} is not a folder", quoted(path))};
    if (!made.is_ok()) return false;
    // Who may use the root may use all of it, whatever the umask of the one who pushed first. Kept: setgid, sticky.
    const auto mode = found.attributes.mode.value_or(root_mode) & mode_bits;
    if ((mode & access_bits) != root_mode)
        static_cast<void>(session->set_mode_of(path, (mode & ~access_bits) | root_mode).get());
    return true;
}

/// Brings all of `source` into `upload`, durably.
void SftpUploads::fill(Upload& upload, const Key& key, Source& source, std::uint32_t root_mode) {
    auto& session = *upload.session();
    const auto& handle = upload.handle().text();
    const auto expect = [&](const net::SftpAnswer& answer) {
        if (!answer.is_ok()) throw client_.failure(session, answer, fmt::format("store {}", quoted(key.text())));
    };
    const auto most = session.extensions().max_write_bytes;
    const auto size = source.size_bytes();
    Bytes block(std::min<std::uint64_t>(size, most));
    std::deque<net::SftpReply> replies;
    for (std::uint64_t at = 0; at < size;) {
        runtime_.check_stop();
        const auto part = std::span{block}.first(std::min<std::uint64_t>(size - at, block.size()));
        if (source.read(part, at) != part.size()) throw source_changed(key);
        replies.push_back(session.write(handle, at, part));
        at += part.size();
        while (replies.size() * most > window_bytes) {
            expect(replies.front().get());
            replies.pop_front();
        }
    }
    // Modes may mean nothing there; then there are other means to say who may do what.
    auto adopting = session.set_mode(handle, root_mode & read_bits);
    auto looking = session.stat_handle(handle);
    if (session.extensions().fsync) replies.push_back(session.fsync(handle));
    replies.push_back(upload.handle().close());
    for (auto& reply : replies) expect(reply.get());
    static_cast<void>(adopting.get());
    const auto found = looking.get();
    if (found.is_ok() && found.attributes.mtime && !has_cleared_.exchange(true))
        clear_dead_uploads(upload.session(), *found.attributes.mtime);
}

PutResult SftpUploads::publish(Upload& upload, const Key& key, Replace replace, FolderSync& folder) {
    const auto& session = upload.session();
    const auto path = client_.path(key.text());
    const bool is_atomic = session->extensions().posix_rename;
    // Elsewhere a value that is replaced is gone for a moment.
    if (replace == Replace::yes && !is_atomic) static_cast<void>(session->remove(path).get());
    auto renaming = replace == Replace::yes && is_atomic ? session->posix_rename(upload.path(), path)
                                                         : session->rename(upload.path(), path);
    folder.start();
    const auto renamed = renaming.get();
    if (renamed.is_ok()) {
        upload.published();
    } else if (replace == Replace::yes || !is_value(session->lstat(path).get())) {
        throw client_.failure(*session, renamed, fmt::format("store {}", quoted(key.text())));
    }
    folder.finish();
    return renamed.is_ok() ? PutResult::created : PutResult::existed;
}

/// Removes what killed uploads left, a week later: over SFTP nobody holds a lock. `now_s` is by the server's clock, as
/// the times of its files are.
void SftpUploads::clear_dead_uploads(const SftpClient::Session& session, std::uint32_t now_s) {
    const auto folder = client_.path(uploads_name);
    const auto contents = client_.read_folders(session, {folder});
    if (!contents.front()) return;
    for (const auto& entry : *contents.front()) {
        const auto& attributes = entry.attributes;
        if (attributes.kind() != net::SftpKind::regular || !attributes.mtime || *attributes.mtime > now_s) continue;
        if (now_s - *attributes.mtime < week_s || entry.name.find('/') != entry.name.npos) continue;
        static_cast<void>(session->remove(path::join(folder, entry.name)).get());
    }
}

void SftpUploads::remove_leftovers(const SftpClient::Session& session) {
    std::vector<std::string> paths;
    {
        const std::scoped_lock lock{mutex_};
        paths.swap(leftovers_);
    }
    for (const auto& each : paths) static_cast<void>(session->remove(each).get_within(tidy_patience));
}

}  // namespace mlo::remote
