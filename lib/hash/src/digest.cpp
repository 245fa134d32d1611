// SPDX-License-Identifier: Apache-2.0
#include <mlo/hash/digest.hpp>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <mlo/util/error.hpp>

namespace mlo::hash {
namespace {

constexpr std::string_view sha256_prefix = "sha256:";

// Fetching the algorithm once spares EVP_sha256()'s implicit fetch per digest, which costs more than hashing a small
// file.
const EVP_MD* sha256_algorithm() {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    MLO_ASSERT(algorithm != nullptr);
    return algorithm;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

void start(EVP_MD_CTX* context) { MLO_ASSERT(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1); }

Digest finish(EVP_MD_CTX* context) {
    Digest digest;
    unsigned int size = 0;
    MLO_ASSERT(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.bytes.data()), &size) == 1);
    MLO_ASSERT(size == digest.bytes.size());
    return digest;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string to_hex(std::span<const std::byte> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text.push_back(digits[std::to_integer<unsigned>(byte) >> 4]);
        text.push_back(digits[std::to_integer<unsigned>(byte) & 15u]);
    }
    return text;
}

std::string Digest::hex() const { return to_hex(bytes); }

std::string Digest::to_string() const { return std::string{sha256_prefix} + hex(); }

std::array<std::byte, Digest::binary_size> Digest::binary() const noexcept {
    std::array<std::byte, binary_size> binary{};
    binary[0] = static_cast<std::byte>(algorithm);
    std::copy(bytes.begin(), bytes.end(), binary.begin() + 1);
    return binary;
}

std::optional<Digest> Digest::parse(std::string_view text) noexcept {
    if (!text.starts_with(sha256_prefix)) return std::nullopt;
    text.remove_prefix(sha256_prefix.size());
    Digest digest;
    if (text.size() != digest.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest.bytes[i] = static_cast<std::byte>(high << 4 | low);
    }
    return digest;
}

std::optional<Digest> Digest::from_binary(std::span<const std::byte> binary) noexcept {
    if (binary.size() != binary_size || binary[0] != static_cast<std::byte>(Algorithm::sha256)) return std::nullopt;
    Digest digest;
    std::copy(binary.begin() + 1, binary.end(), digest.bytes.begin());
    return digest;
}

struct Sha256::State {
    ContextPtr context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_{std::make_unique<State>()} {
    MLO_ASSERT(state_->context != nullptr);
    start(state_->context.get());
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
    MLO_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
    const auto digest = hash::finish(state_->context.get());
    start(state_->context.get());
    return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
    thread_local const ContextPtr context{EVP_MD_CTX_new()};
    MLO_ASSERT(context != nullptr);
    start(context.get());
    MLO_ASSERT(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
    return finish(context.get());
}

Checksum xxh3_128(std::span<const std::byte> bytes) noexcept {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    Checksum checksum;
    std::memcpy(checksum.data(), canonical.digest, checksum.size());
    return checksum;
}

std::string openssl_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

std::string xxhash_version() {
    const auto number = XXH_versionNumber();
    return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

}  // namespace mlo::hash
