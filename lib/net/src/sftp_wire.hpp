// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/sftp.hpp>

/// The packets of SFTP version 3: draft-ietf-secsh-filexfer-02, sections 3 to 8. Numbers are big-endian.
namespace mlo::net {

/// The first byte of a packet.
enum class SftpType : std::uint8_t {
    init = 1,
    version = 2,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    lstat = 7,
    fstat = 8,
    setstat = 9,
    fsetstat = 10,
    opendir = 11,
    readdir = 12,
    remove = 13,
    mkdir = 14,
    stat = 17,
    rename = 18,
    status = 101,
    handle = 102,
    data = 103,
    name = 104,
    attrs = 105,
    extended = 200,
    extended_reply = 201
};

/// No packet is longer, its length field apart: OpenSSH's own limit.
constexpr std::size_t max_sftp_packet_bytes = 256u << 10;
/// No handle is longer: section 6.2.
constexpr std::size_t max_sftp_handle_bytes = 256;

/// Writes a packet, field by field.
class SftpWriter {
public:
    explicit SftpWriter(SftpType type);
    SftpWriter& number(std::uint32_t value);
    SftpWriter& large(std::uint64_t value);
    SftpWriter& string(std::string_view text);
    /// Attributes that hold only this mode; nothing: none at all.
    SftpWriter& mode(std::optional<std::uint32_t> mode);
    /// The packet with its length in front, to which `following_bytes` more belong.
    [[nodiscard]] Bytes finish(std::size_t following_bytes = 0) &&;

private:
    Bytes bytes_;
};

struct SftpVersion {
    std::uint32_t version = 0;
    SftpExtensions extensions{};
    bool has_limits = false;  ///< limits@openssh.com, version 1
};

/// A packet that a server sent, without its length. Throws not_sftp.
[[nodiscard]] SftpVersion parse_sftp_version(ByteView packet, std::string_view shown);

struct SftpNumbered {
    std::uint32_t id = 0;
    SftpAnswer answer;
};
[[nodiscard]] SftpNumbered parse_sftp_answer(ByteView packet, std::string_view shown);

/// The answer to limits@openssh.com, as far as it makes sense, into `extensions`.
void take_sftp_limits(ByteView data, SftpExtensions& extensions) noexcept;
/// The answer to statvfs@openssh.com; nothing if it is none.
[[nodiscard]] std::optional<SftpRoom> parse_sftp_room(ByteView data) noexcept;

/// Cuts what arrives into packets.
class SftpCutter {
public:
    /// Where to put what arrives next, at least one byte; then say how much it was.
    [[nodiscard]] std::span<std::byte> room();
    void arrived(std::size_t bytes) noexcept { end_ += bytes; }
    /// The next whole packet, without its length; valid until room() is called. Throws not_sftp for one that is empty
    /// or too long.
    [[nodiscard]] std::optional<ByteView> next(std::string_view shown);
    /// What came and was not taken.
    [[nodiscard]] ByteView rest() const noexcept { return ByteView{buffer_}.subspan(begin_, end_ - begin_); }

private:
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// What to throw where a server answers with something else than SFTP; `sample` is how it begins.
[[nodiscard]] Error not_sftp_error(std::string_view shown, ByteView sample);

}  // namespace mlo::net
