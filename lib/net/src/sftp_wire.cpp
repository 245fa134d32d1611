// SPDX-License-Identifier: Apache-2.0
#include "sftp_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::net {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t receive_bytes = 128u << 10;
constexpr std::size_t shown_sample_bytes = 60;

// Flags of attributes: section 5.
constexpr std::uint32_t has_size = 0x1;
constexpr std::uint32_t has_owner = 0x2;
constexpr std::uint32_t has_mode = 0x4;
constexpr std::uint32_t has_times = 0x8;
constexpr std::uint32_t has_extended = 0x80000000;

template <std::unsigned_integral T>
T load_be(ByteView from) noexcept {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8) | std::to_integer<T>(from[i]);
    return value;
}

template <std::unsigned_integral T>
void append_be(Bytes& to, T value) {
    for (auto shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
        to.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

/// Reads fields. Running out of bytes sets failed() and yields zeros, as ByteReader does.
class SftpReader {
public:
    explicit SftpReader(ByteView bytes) noexcept : reader_{bytes} {}
    template <std::unsigned_integral T>
    T integer() noexcept {
        const auto view = reader_.take(sizeof(T));
        return view.size() == sizeof(T) ? load_be<T>(view) : T{0};
    }
    ByteView bytes() noexcept { return reader_.take(integer<std::uint32_t>()); }
    std::string text() { return std::string{as_text(bytes())}; }
    ByteView rest() noexcept { return reader_.take(reader_.remaining()); }
    [[nodiscard]] bool is_at_end() const noexcept { return reader_.remaining() == 0; }
    [[nodiscard]] bool failed() const noexcept { return reader_.failed(); }

    SftpAttributes attributes() noexcept {
        SftpAttributes result;
        const auto flags = integer<std::uint32_t>();
        if ((flags & has_size) != 0) result.size_bytes = integer<std::uint64_t>();
        if ((flags & has_owner) != 0) static_cast<void>(integer<std::uint64_t>());
        if ((flags & has_mode) != 0) result.mode = integer<std::uint32_t>();
        if ((flags & has_times) != 0) {
            static_cast<void>(integer<std::uint32_t>());
            result.mtime = integer<std::uint32_t>();
        }
        if ((flags & has_extended) != 0) {
            for (auto count = integer<std::uint32_t>(); count > 0 && !failed(); --count) {
                static_cast<void>(bytes());
                static_cast<void>(bytes());
            }
        }
        return result;
    }

private:
    ByteReader reader_;
};

void read_names(SftpReader& reader, std::vector<SftpName>& names) {
    for (auto count = reader.integer<std::uint32_t>(); count > 0 && !reader.failed(); --count) {
        SftpName name{.name = reader.text(), .attributes = {}};
        static_cast<void>(reader.bytes());  // as 'ls -l' would show it
        name.attributes = reader.attributes();
        if (!reader.failed()) names.push_back(std::move(name));
    }
}

/// False if it is no answer at all.
bool read_answer(SftpType type, SftpReader& reader, SftpAnswer& answer) {
    switch (type) {
        case SftpType::status:
            answer.status = static_cast<SftpStatus>(reader.integer<std::uint32_t>());
            // Servers of older versions end here.
            if (!reader.is_at_end()) answer.message = reader.text();
            return true;
        case SftpType::handle:
            answer.handle = reader.text();
            return answer.handle.size() <= max_sftp_handle_bytes;
        case SftpType::data: {
            const auto data = reader.bytes();
            answer.data.assign(data.begin(), data.end());
            return true;
        }
        case SftpType::name:
            read_names(reader, answer.names);
            return true;
        case SftpType::attrs:
            answer.attributes = reader.attributes();
            return true;
        case SftpType::extended_reply: {
            const auto data = reader.rest();
            answer.data.assign(data.begin(), data.end());
            return true;
        }
        default:
            return false;
    }
}

}  // namespace

SftpKind SftpAttributes::kind() const noexcept {
    constexpr std::uint32_t kind_bits = 0170000;
    constexpr std::uint32_t regular_bits = 0100000;
    constexpr std::uint32_t directory_bits = 0040000;
    if (!mode) return SftpKind::unknown;
    switch (*mode & kind_bits) {
        case 0:
            return SftpKind::unknown;
        case regular_bits:
            return SftpKind::regular;
        case directory_bits:
            return SftpKind::directory;
        default:
            return SftpKind::other;
    }
}

SftpWriter::SftpWriter(SftpType type) : bytes_(length_bytes + 1) { bytes_.back() = static_cast<std::byte>(type); }

SftpWriter& SftpWriter::number(std::uint32_t value) {
    append_be(bytes_, value);
    return *this;
}

SftpWriter& SftpWriter::large(std::uint64_t value) {
    append_be(bytes_, value);
    return *this;
}

SftpWriter& SftpWriter::string(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    append(bytes_, as_bytes(text));
    return *this;
}

SftpWriter& SftpWriter::mode(std::optional<std::uint32_t> mode) {
    number(mode ? has_mode : 0);
    if (mode) number(*mode);
    return *this;
}

Bytes SftpWriter::finish(std::size_t following_bytes) && {
    auto length = bytes_.size() - length_bytes + following_bytes;
    for (auto at = length_bytes; at-- > 0; length >>= 8) bytes_[at] = static_cast<std::byte>(length & 0xff);
    return std::move(bytes_);
}

SftpVersion parse_sftp_version(ByteView packet, std::string_view shown) {
    SftpReader reader{packet};
    if (static_cast<SftpType>(reader.integer<std::uint8_t>()) != SftpType::version) throw not_sftp_error(shown, packet);
    SftpVersion result{.version = reader.integer<std::uint32_t>()};
    while (!reader.is_at_end() && !reader.failed()) {
        const auto name = reader.text();
        const auto version = reader.text();
        if (name == "posix-rename@openssh.com" && version == "1") result.extensions.posix_rename = true;
        if (name == "fsync@openssh.com" && version == "1") result.extensions.fsync = true;
        if (name == "statvfs@openssh.com" && version == "2") result.extensions.statvfs = true;
        if (name == "limits@openssh.com" && version == "1") result.has_limits = true;
    }
    if (reader.failed()) throw not_sftp_error(shown, packet);
    return result;
}

SftpNumbered parse_sftp_answer(ByteView packet, std::string_view shown) {
    SftpReader reader{packet};
    const auto type = static_cast<SftpType>(reader.integer<std::uint8_t>());
    SftpNumbered result{.id = reader.integer<std::uint32_t>(), .answer = {}};
    if (!read_answer(type, reader, result.answer) || reader.failed()) throw not_sftp_error(shown, packet);
    return result;
}

void take_sftp_limits(ByteView data, SftpExtensions& extensions) noexcept {
    SftpReader reader{data};
    // The length of a packet, of a READ, of a WRITE, and the number of handles; 0: not told.
    static_cast<void>(reader.integer<std::uint64_t>());
    const auto read = reader.integer<std::uint64_t>();
    const auto write = reader.integer<std::uint64_t>();
    if (reader.failed()) return;
    // What both sides take: a packet has its type, number, handle and offset besides.
    constexpr std::uint64_t most = max_sftp_packet_bytes - 1024;
    if (read > 0) extensions.max_read_bytes = static_cast<std::uint32_t>(std::min(read, most));
    if (write > 0) extensions.max_write_bytes = static_cast<std::uint32_t>(std::min(write, most));
}

std::optional<SftpRoom> parse_sftp_room(ByteView data) noexcept {
    constexpr std::uint64_t read_only_flag = 0x1;
    SftpReader reader{data};
    // f_bsize f_frsize f_blocks f_bfree f_bavail f_files f_ffree f_favail f_fsid f_flag f_namemax
    std::array<std::uint64_t, 11> fields{};
    for (auto& field : fields) field = reader.integer<std::uint64_t>();
    SftpRoom room{.free_bytes = 0, .is_read_only = (fields[9] & read_only_flag) != 0};
    if (reader.failed() || __builtin_mul_overflow(fields[1], fields[4], &room.free_bytes)) return std::nullopt;
    return room;
}

std::span<std::byte> SftpCutter::room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (begin_ > 0) {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= std::exchange(begin_, 0);
    }
    if (buffer_.size() < end_ + receive_bytes) buffer_.resize(end_ + receive_bytes);
    return std::span{buffer_}.subspan(end_);
}

std::optional<ByteView> SftpCutter::next(std::string_view shown) {
    const auto there = rest();
    if (there.size() < length_bytes) return std::nullopt;
    const auto length = load_be<std::uint32_t>(there);
    if (length == 0 || length > max_sftp_packet_bytes) throw not_sftp_error(shown, there);
    if (there.size() - length_bytes < length) return std::nullopt;
    begin_ += length_bytes + length;
    return there.subspan(length_bytes, length);
}

Error not_sftp_error(std::string_view shown, ByteView sample) {
    const auto text = trim(as_text(sample.first(std::min(sample.size(), shown_sample_bytes))));
    Error error{errors::not_sftp, fmt::format("what {} answers is not SFTP", quoted(shown))};
    // Binary noise helps nobody; what a script printed does.
    const auto line = text.substr(0, text.find('\n'));
    if (!line.empty() &&
        std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' || c == '\t' || c == '\r' || c < 0; }))
        error.note(fmt::format("it begins: {}", quoted(trim(line))));
    error.hint("the start-up files of the login shell there must print nothing where nobody types");
    return error;
}

}  // namespace mlo::net
