// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {

std::size_t BytesSource::read(std::span<std::byte> into, std::uint64_t offset) {
    if (offset >= bytes_.size()) return 0;
    const auto part = bytes_.subspan(offset, std::min<std::uint64_t>(into.size(), bytes_.size() - offset));
    std::copy(part.begin(), part.end(), into.begin());
    return part.size();
}

FileSource::FileSource(std::unique_ptr<File> file) : file_{std::move(file)}, size_bytes_{file_->stat().size} {
    file_->read_ahead();
}

FileSource::~FileSource() = default;

std::size_t FileSource::read(std::span<std::byte> into, std::uint64_t offset) {
    if (offset >= size_bytes_) return 0;
    // A file that grows meanwhile is read as long as it was.
    return file_->read(into.first(std::min<std::uint64_t>(into.size(), size_bytes_ - offset)), offset);
}

void BytesSink::write(ByteView bytes) {
    if (bytes.size() > limit_bytes_ - bytes_.size())
        throw Error{errors::value_too_large, fmt::format("{} holds more than {}", shown_, format_bytes(limit_bytes_))};
    append(bytes_, bytes);
}

Bytes get_bytes(Remote& remote, const Key& key, std::uint64_t limit_bytes) {
    BytesSink sink{limit_bytes, fmt::format("{} in {}", quoted(key.text()), quoted(remote.shown()))};
    remote.get(key, {}, sink);
    return std::move(sink.bytes());
}

std::optional<Bytes> find_bytes(Remote& remote, const Key& key, std::uint64_t limit_bytes) {
    try {
        return get_bytes(remote, key, limit_bytes);
    } catch (const Error& error) {
        if (&error.code() == &errors::key_absent) return std::nullopt;
        throw;
    }
}

PutResult put_bytes(Remote& remote, const Key& key, ByteView bytes) {
    BytesSource source{bytes};
    return remote.put(key, source);
}

}  // namespace mlo::remote
