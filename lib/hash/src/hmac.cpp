// SPDX-License-Identifier: Apache-2.0
#include <mlo/hash/hmac.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <mlo/util/error.hpp>
#include <string>

namespace mlo::hash {
namespace {

struct FreeContext {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

ContextPtr make_context() {
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    MLO_ASSERT(algorithm != nullptr);
    ContextPtr context{EVP_MAC_CTX_new(algorithm)};
    std::string digest{"SHA256"};
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                     OSSL_PARAM_construct_end()};
    MLO_ASSERT(context != nullptr && EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
    return context;
}

const unsigned char* bytes_of(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::array<std::byte, 32> hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
    // As in sha256(): finding the algorithms costs more than running them. A null key would mean the key before.
    thread_local const ContextPtr context = make_context();
    const unsigned char no_key{};
    MLO_ASSERT(EVP_MAC_init(context.get(), key.empty() ? &no_key : bytes_of(key), key.size(), nullptr) == 1);
    MLO_ASSERT(EVP_MAC_update(context.get(), bytes_of(message), message.size()) == 1);
    std::array<std::byte, 32> code{};
    std::size_t size = 0;
    MLO_ASSERT(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(code.data()), &size, code.size()) == 1);
    MLO_ASSERT(size == code.size());
    return code;
}

}  // namespace mlo::hash
