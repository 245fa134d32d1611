// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>

namespace mlo::remote {

/// Bytes in memory, which must outlive the source.
class BytesSource final : public Source {
public:
    explicit BytesSource(ByteView bytes) noexcept : bytes_{bytes} {}
    explicit BytesSource(std::string_view text) noexcept : bytes_{as_bytes(text)} {}
    [[nodiscard]] std::uint64_t size_bytes() const override { return bytes_.size(); }
    [[nodiscard]] std::size_t read(std::span<std::byte> into, std::uint64_t offset) override;

private:
    ByteView bytes_;
};

/// A local file, as long as it is now.
class FileSource final : public Source {
public:
    explicit FileSource(std::unique_ptr<File> file);
    ~FileSource() override;
    [[nodiscard]] std::uint64_t size_bytes() const override { return size_bytes_; }
    [[nodiscard]] std::size_t read(std::span<std::byte> into, std::uint64_t offset) override;
    [[nodiscard]] File* file() noexcept override { return file_.get(); }

private:
    std::unique_ptr<File> file_;
    std::uint64_t size_bytes_;
};

/// Gathers bytes in memory, at most a limit of them.
class BytesSink final : public Sink {
public:
    /// `shown` is what the bytes are, for the message of value_too_large.
    BytesSink(std::uint64_t limit_bytes, std::string shown) : limit_bytes_{limit_bytes}, shown_{std::move(shown)} {}
    /// Throws value_too_large.
    void write(ByteView bytes) override;
    [[nodiscard]] Bytes& bytes() noexcept { return bytes_; }

private:
    std::uint64_t limit_bytes_;
    std::string shown_;
    Bytes bytes_;
};

/// A whole value. Throws as Remote::get does, and value_too_large beyond `limit_bytes`.
[[nodiscard]] Bytes get_bytes(Remote& remote, const Key& key, std::uint64_t limit_bytes);
/// The same, or nothing if the key is absent.
[[nodiscard]] std::optional<Bytes> find_bytes(Remote& remote, const Key& key, std::uint64_t limit_bytes);
/// Puts bytes that are in memory.
[[nodiscard]] PutResult put_bytes(Remote& remote, const Key& key, ByteView bytes);

}  // namespace mlo::remote
