// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlo::hash {

/// How an id was made. The value is the algorithm byte of its binary form.
enum class Algorithm : std::uint8_t { sha256 = 1 };

/// The id of bytes: an algorithm and its digest. Spelled `sha256:<64 lower-case hex>`; binary: algorithm byte + 32
/// bytes.
struct Digest {
    static constexpr std::size_t binary_size = 33;

    Algorithm algorithm = Algorithm::sha256;
    std::array<std::byte, 32> bytes{};

    [[nodiscard]] std::string to_string() const;
    /// The 64 hex digits alone: what sha256sum prints.
    [[nodiscard]] std::string hex() const;
    [[nodiscard]] std::array<std::byte, binary_size> binary() const noexcept;
    /// Nothing unless `text` is exactly what to_string() writes.
    [[nodiscard]] static std::optional<Digest> parse(std::string_view text) noexcept;
    /// Nothing unless `bytes` are 33, the first a known algorithm.
    [[nodiscard]] static std::optional<Digest> from_binary(std::span<const std::byte> bytes) noexcept;

    friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// SHA-256 (FIPS 180-4) of bytes given piece by piece. Not thread-safe.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::span<const std::byte> bytes);
    /// The digest of everything so far; the object starts anew afterwards.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256 of bytes in one go. Thread-safe.
[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);

/// XXH3-128 (xxHash 0.8, seed 0) in its canonical big-endian form: a checksum against accidents, never an identity.
using Checksum = std::array<std::byte, 16>;
[[nodiscard]] Checksum xxh3_128(std::span<const std::byte> bytes) noexcept;

[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// The versions in use: "3.0.17", "0.8.1".
[[nodiscard]] std::string openssl_version();
[[nodiscard]] std::string xxhash_version();

}  // namespace mlo::hash

template <>
struct std::hash<mlo::hash::Digest> {
    std::size_t operator()(const mlo::hash::Digest& digest) const noexcept {
        std::size_t value;
        std::memcpy(&value, digest.bytes.data(), sizeof value);
        return value;
    }
};
