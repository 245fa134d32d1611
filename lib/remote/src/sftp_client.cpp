// SPDX-License-Identifier: Apache-2.0
#include "sftp_client.hpp"

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

constexpr std::uint32_t access_bits = 0777;
constexpr std::size_t most_read_dirs = 16;
/// With less left than this a disk is full, whatever was to be written.
constexpr std::uint64_t nearly_nothing_bytes = 1u << 20;

/// A folder that is being read.
class Listing {
public:
    Listing(SftpClient::Session session, std::string handle)
        : session_{std::move(session)}, handle_{session_, std::move(handle)} {}

    void ask() {
        while (replies_.size() < window_) replies_.push_back(session_->read_dir(handle_.text()));
    }
    /// Reads to the end. Returns the answer that is an error.
    std::optional<net::SftpAnswer> run(std::vector<net::SftpName>& names) {
        while (true) {
            auto answer = replies_.front().get();
            replies_.pop_front();
            if (answer.status == net::SftpStatus::eof) return std::nullopt;
            if (!answer.is_ok()) return answer;
            std::move(answer.names.begin(), answer.names.end(), std::back_inserter(names));
            window_ = std::min(window_ * 2, most_read_dirs);
            ask();
        }
    }

private:
    SftpClient::Session session_;
    SftpHandle handle_;
    std::deque<net::SftpReply> replies_;
    std::size_t window_ = 2;
};

}  // namespace

net::SftpReply SftpHandle::close() {
    const auto session = std::exchange(session_, nullptr);
    return session->close(text_);
}

void SftpHandle::release() noexcept {
    if (!session_) return;
    try {
        static_cast<void>(session_->close(text_));
    } catch (const std::exception&) {
        return;  // the connection is gone, and with it the handle
    }
}

FolderSync::FolderSync(SftpClient& client, SftpClient::Session session, std::string_view path)
    : client_{client}, session_{std::move(session)}, path_{path.empty() ? "." : path} {
    // SFTP opens no folder for this; as a file for reading OpenSSH opens it, and syncs it as any other.
    if (session_->extensions().fsync) reply_ = session_->open(path_, net::SftpOpen::read);
}

void FolderSync::start() {
    if (!session_->extensions().fsync) return;
    auto opened = reply_.get();
    if (opened.is_ok()) {
        handle_.emplace(session_, std::move(opened.handle));
        reply_ = session_->fsync(handle_->text());
    } else if (opened.status != net::SftpStatus::no_such_file) {
        client_.can_sync_folders_ = false;
    }
}

void FolderSync::finish() {
    if (!handle_) return;
    const auto synced = reply_.get();
    handle_.reset();
    if (!synced.is_ok()) throw client_.failure(*session_, synced, fmt::format("sync the folder {}", quoted(path_)));
}

SftpClient::SftpClient(SshUrl url, const Surroundings& surroundings, const Runtime& runtime)
    : url_{std::move(url)},
      variables_{surroundings.variables},
      credentials_{surroundings.credentials},
      runtime_{runtime} {}

SftpClient::Session SftpClient::connect() {
    const std::scoped_lock lock{mutex_};
    if (session_ && session_->is_alive()) return session_;
    if (refusal_) throw Error{*refusal_};
    if (credentials_ == ShowCredentials::no) {
        throw Error{errors::needs_approval,
                    fmt::format("nothing is asked of {} before this clone has approved it: ssh would show your keys",
                                quoted(shown()))};
    }
    session_.reset();
    try {
        session_ = std::make_shared<net::SftpSession>(net::open_ssh(url_.target, variables_, runtime_), runtime_);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::network && &error.code() != &mlo::errors::interrupted) refusal_ = error;
        throw;
    }
    return session_;
}

SftpClient::Session SftpClient::connected() {
    const std::scoped_lock lock{mutex_};
    return session_ && session_->is_alive() ? session_ : nullptr;
}

std::string SftpClient::path(std::string_view relative) const {
    // A name that starts with '-' or '~' means nothing to the server: there is no shell.
    return path::join(url_.root, relative);
}

Error SftpClient::no_such_place() const {
    return Error{errors::no_such_place, fmt::format("there is no folder {}", quoted(shown()))}.hint(
        "is the drive mounted there? Otherwise correct the URL: mlo remote list");
}

std::optional<net::SftpAttributes> SftpClient::find_root(net::SftpSession& session) {
    {
        const std::scoped_lock lock{mutex_};
        if (root_) return root_;
    }
    auto above = path::parent(url_.root);
    if (above.empty()) above = ".";
    auto of_root = session.stat(url_.root);
    auto of_above = session.stat(above);
    const auto answer = of_root.get();
    if (answer.is_ok()) {
        if (answer.attributes.kind() != net::SftpKind::directory)
            throw Error{errors::not_a_folder, fmt::format("{} is not a folder", quoted(shown()))};
        const std::scoped_lock lock{mutex_};
        return root_ = answer.attributes;
    }
    if (answer.status != net::SftpStatus::no_such_file)
        throw failure(session, answer, fmt::format("look at {}", quoted(shown())));
    if (!of_above.get().is_ok()) throw no_such_place();
    return std::nullopt;
}

std::uint32_t SftpClient::make_root(const Session& session) {
    auto root = find_root(*session);
    if (!root) {
        const auto made = session->make_dir(url_.root).get();
        root = find_root(*session);  // somebody else may have made it meanwhile
        if (!root) throw failure(*session, made, fmt::format("make the folder {}", quoted(shown())));
    }
    return root->mode.value_or(access_bits) & access_bits;
}

std::vector<std::optional<std::vector<net::SftpName>>> SftpClient::read_folders(
    const Session& session, const std::vector<std::string>& paths) const {
    std::vector<net::SftpReply> openings;
    for (const auto& path : paths) openings.push_back(session->open_dir(path));
    std::vector<std::optional<std::vector<net::SftpName>>> contents(paths.size());
    std::vector<std::optional<Listing>> listings(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        auto opened = openings[i].get();
        if (opened.status == net::SftpStatus::no_such_file) continue;
        if (!opened.is_ok()) throw failure(*session, opened, fmt::format("list {}", quoted(paths[i])));
        contents[i].emplace();
        listings[i].emplace(session, std::move(opened.handle));
        listings[i]->ask();
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (!listings[i]) continue;
        if (const auto refused = listings[i]->run(*contents[i]))
            throw failure(*session, *refused, fmt::format("list {}", quoted(paths[i])));
        listings[i].reset();
    }
    return contents;
}

Error SftpClient::failure(net::SftpSession& session, const net::SftpAnswer& answer, std::string_view what) const {
    if (answer.status == net::SftpStatus::permission_denied)
        return Error{errors::server_denies, fmt::format("{} does not let you {}", quoted(url_.target.shown()), what)};
    if (answer.status == net::SftpStatus::failure) {
        if (const auto room = session.room(url_.root)) {
            if (room->is_read_only)
                return Error{errors::server_denies, fmt::format("cannot {}: the file system there is read-only", what)};
            if (room->free_bytes < nearly_nothing_bytes)
                return Error{errors::remote_full, fmt::format("cannot {}: no space is left there", what)};
        }
    }
    Error error{errors::server_failed, fmt::format("{} cannot {}", quoted(url_.target.shown()), what)};
    if (!answer.message.empty()) error.note(fmt::format("its reason: {}", quoted(answer.message)));
    return error;
}

}  // namespace mlo::remote
