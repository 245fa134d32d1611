// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// SFTP version 3 (draft-ietf-secsh-filexfer-02), and what OpenSSH adds to it (its file PROTOCOL, section 4).
namespace mlo::net {

/// What an answer says of its request: section 7 of the draft. Other numbers may come.
enum class SftpStatus : std::uint32_t {
    ok = 0,
    eof = 1,
    no_such_file = 2,
    permission_denied = 3,
    failure = 4,  ///< anything else: a full disk, a name that is taken
    bad_message = 5,
    unsupported = 8
};

enum class SftpKind : std::uint8_t { unknown, regular, directory, other };

/// Section 5. What the server does not tell is not there.
struct SftpAttributes {
    std::optional<std::uint64_t> size_bytes{};
    std::optional<std::uint32_t> mode{};   ///< as st_mode of POSIX, the kind included
    std::optional<std::uint32_t> mtime{};  ///< seconds since 1970, by the server's clock

    [[nodiscard]] SftpKind kind() const noexcept;
};

struct SftpName {
    std::string name;
    SftpAttributes attributes;  ///< of a symbolic link itself
};

/// One answer, whatever it is the answer to: what does not belong to its kind is empty.
struct SftpAnswer {
    SftpStatus status = SftpStatus::ok;
    std::string message{};  ///< the server's own words for the status
    std::string handle{};
    Bytes data{};  ///< of a file, or of an extension
    std::vector<SftpName> names{};
    SftpAttributes attributes{};

    [[nodiscard]] bool is_ok() const noexcept { return status == SftpStatus::ok; }
};

/// Bytes to and from a server that may end at any time. One thread receives and one sends, both at once.
class SftpChannel {
public:
    virtual ~SftpChannel() = default;
    /// Waits for bytes; returns how many came. 0: there will be none any more.
    [[nodiscard]] virtual std::size_t receive(std::span<std::byte> into) = 0;
    /// Sends all of `first` and `second`; false if it could not. Once a stop was requested it gives up after about a
    /// second.
    [[nodiscard]] virtual bool send(ByteView first, ByteView second) = 0;
    /// Ends both directions at once, from any thread.
    virtual void cut() noexcept = 0;
    /// Why receive returned 0, as an error; called once it has. `unread` is the begin of what came and was no SFTP.
    [[nodiscard]] virtual Error reason(ByteView unread) = 0;
    /// Says that nothing more will be sent.
    virtual void finish() noexcept = 0;
    /// The server, for messages: "ada@host:22". Not quoted.
    [[nodiscard]] virtual const std::string& shown() const noexcept = 0;
};

/// The answer to a request that is under way. If nobody waits for it, it is dropped when it comes. Used by one thread.
class SftpReply {
public:
    class Slot;
    SftpReply() = default;
    explicit SftpReply(std::shared_ptr<Slot> slot) noexcept : slot_{std::move(slot)} {}
    /// Waits for the answer; once. Throws why the session ended, and interrupted once a stop was requested.
    [[nodiscard]] SftpAnswer get();
    /// The same for those who clean up: a stop does not end it, but `patience` does. Nothing if no answer came.
    [[nodiscard]] std::optional<SftpAnswer> get_within(std::chrono::milliseconds patience) noexcept;

private:
    std::shared_ptr<Slot> slot_;
};

enum class SftpOpen : std::uint32_t {
    read = 0x01,
    create_new = 0x02 | 0x08 | 0x20  ///< for writing; fails if the name is taken
};

/// A file system of the server: statvfs@openssh.com.
struct SftpRoom {
    std::uint64_t free_bytes = 0;  ///< for an ordinary user
    bool is_read_only = false;
};

/// What a server offers beyond version 3.
struct SftpExtensions {
    bool posix_rename = false;                  ///< posix-rename@openssh.com, version 1
    bool fsync = false;                         ///< fsync@openssh.com, version 1
    bool statvfs = false;                       ///< statvfs@openssh.com, version 2
    std::uint32_t max_read_bytes = 32u << 10;   ///< that one READ may ask for; from limits@openssh.com, version 1
    std::uint32_t max_write_bytes = 32u << 10;  ///< the same of WRITE
};

/// Requests over one connection, as many under way at once as callers like; the server takes them in their order.
/// Thread-safe. Each function sends a request and returns at once; sending waits while the connection is full. Throws
/// what ended the session (mostly connection_lost), and interrupted.
class SftpSession {
public:
    /// Agrees with the server on version 3 and asks what it offers. Throws what `channel` gives as its reason,
    /// not_sftp, no_sftp.
    SftpSession(std::unique_ptr<SftpChannel> channel, const Runtime& runtime);
    /// Ends the connection, gently if nothing was wrong with it.
    ~SftpSession();
    SftpSession(const SftpSession&) = delete;
    SftpSession& operator=(const SftpSession&) = delete;

    [[nodiscard]] const SftpExtensions& extensions() const noexcept;
    /// False once the connection has ended.
    [[nodiscard]] bool is_alive() const noexcept;

    [[nodiscard]] SftpReply open(std::string_view path, SftpOpen how);
    [[nodiscard]] SftpReply close(std::string_view handle);
    [[nodiscard]] SftpReply read(std::string_view handle, std::uint64_t offset, std::uint32_t size_bytes);
    [[nodiscard]] SftpReply write(std::string_view handle, std::uint64_t offset, ByteView bytes);
    [[nodiscard]] SftpReply fsync(std::string_view handle);
    [[nodiscard]] SftpReply set_mode(std::string_view handle, std::uint32_t mode);
    [[nodiscard]] SftpReply set_mode_of(std::string_view path, std::uint32_t mode);
    [[nodiscard]] SftpReply stat(std::string_view path);   ///< follows symbolic links
    [[nodiscard]] SftpReply lstat(std::string_view path);  ///< does not
    [[nodiscard]] SftpReply stat_handle(std::string_view handle);
    [[nodiscard]] SftpReply open_dir(std::string_view path);
    [[nodiscard]] SftpReply read_dir(std::string_view handle);
    [[nodiscard]] SftpReply make_dir(std::string_view path);
    [[nodiscard]] SftpReply remove(std::string_view path);
    /// Fails if `to` is taken, by the draft; some servers replace it all the same.
    [[nodiscard]] SftpReply rename(std::string_view from, std::string_view to);
    [[nodiscard]] SftpReply posix_rename(std::string_view from, std::string_view to);  ///< replaces `to`
    /// What the file system at `path` has room for; nothing if the server does not say. Waits for the answer.
    [[nodiscard]] std::optional<SftpRoom> room(std::string_view path);

private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace mlo::net
