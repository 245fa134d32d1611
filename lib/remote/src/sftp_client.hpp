// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mlo/net/sftp.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ssh_url.hpp"

namespace mlo::remote {

/// An open file or folder of the server. Closed at the end, without waiting for that.
class SftpHandle {
public:
    SftpHandle(std::shared_ptr<net::SftpSession> session, std::string text)
        : session_{std::move(session)}, text_{std::move(text)} {}
    ~SftpHandle() { release(); }
    SftpHandle(SftpHandle&&) noexcept = default;
    SftpHandle& operator=(SftpHandle&&) = delete;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Closes it now; the answer says whether all that was written has arrived.
    [[nodiscard]] net::SftpReply close();

private:
    void release() noexcept;
    std::shared_ptr<net::SftpSession> session_;  ///< null once it is closed
    std::string text_;
};

/// The host of a URL: its connection, which is made when it is first needed and again after it broke, and what all
/// operations have in common. Thread-safe.
class SftpClient {
public:
    using Session = std::shared_ptr<net::SftpSession>;

    SftpClient(SshUrl url, const Surroundings& surroundings, const Runtime& runtime);

    /// The connection. Throws needs_approval, and why ssh did not get there; what is not worth a second attempt is
    /// thrown to all who ask later too, so that nobody is locked out for many failures.
    [[nodiscard]] Session connect();
    /// The same if it stands; null otherwise.
    [[nodiscard]] Session connected();

    /// The path of what is `relative` to the root.
    [[nodiscard]] std::string path(std::string_view relative) const;
    [[nodiscard]] const std::string& shown() const noexcept { return url_.shown; }

    /// The root's attributes; nothing if it is not there but the first put would make it. Throws no_such_place,
    /// not_a_folder.
    [[nodiscard]] std::optional<net::SftpAttributes> find_root(net::SftpSession& session);
    /// The root's access bits; makes it if it is missing. Throws no_such_place.
    [[nodiscard]] std::uint32_t make_root(const Session& session);
    [[nodiscard]] Error no_such_place() const;

    /// All entries of each folder; nothing for one that is not there. All are read at once.
    [[nodiscard]] std::vector<std::optional<std::vector<net::SftpName>>> read_folders(
        const Session& session, const std::vector<std::string>& paths) const;

    /// What is acknowledged has its name on the disk too: false once the server has refused to open a folder for that.
    [[nodiscard]] bool can_sync_folders() const noexcept { return can_sync_folders_; }

    /// What to throw where the server refuses to `what` ("store 'packs/ab'"). Looks for the reason where SFTP gives
    /// none: a full disk.
    [[nodiscard]] Error failure(net::SftpSession& session, const net::SftpAnswer& answer, std::string_view what) const;

private:
    friend class FolderSync;
    SshUrl url_;
    std::vector<std::string> variables_;
    ShowCredentials credentials_;
    Runtime runtime_;
    std::atomic<bool> can_sync_folders_ = true;
    std::mutex mutex_;  ///< guards all below; held while connecting
    Session session_;
    std::optional<Error> refusal_;
    std::optional<net::SftpAttributes> root_;
};

/// Brings the entries of a folder to the server's disk, where it can do that; otherwise it does nothing.
class FolderSync {
public:
    /// Asks for the folder, without waiting. "" is where the server starts.
    FolderSync(SftpClient& client, SftpClient::Session session, std::string_view path);
    /// Asks for what the requests up to now have changed to be synced.
    void start();
    /// Waits until it is. Throws server_failed.
    void finish();

private:
    SftpClient& client_;
    SftpClient::Session session_;
    std::string path_;
    net::SftpReply reply_;
    std::optional<SftpHandle> handle_;
};

}  // namespace mlo::remote
