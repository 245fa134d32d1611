// SPDX-License-Identifier: Apache-2.0
#include <mlo/hash/md5.hpp>

#include <openssl/evp.h>

#include <mlo/util/error.hpp>

namespace mlo::hash {
namespace {

const EVP_MD* algorithm() {
    static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "MD5", nullptr);
    MLO_ASSERT(fetched != nullptr);
    return fetched;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Md5::State {
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};

    void start() { MLO_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1); }
};

Md5::Md5() : state_{std::make_unique<State>()} {
    MLO_ASSERT(state_->context != nullptr);
    state_->start();
}

Md5::~Md5() = default;

void Md5::update(std::span<const std::byte> bytes) {
    MLO_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Md5Digest Md5::finish() {
    Md5Digest digest;
    unsigned int size = 0;
    MLO_ASSERT(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) == 1);
    MLO_ASSERT(size == digest.size());
    state_->start();
    return digest;
}

Md5Digest md5(std::span<const std::byte> bytes) {
    thread_local Md5 hasher;
    hasher.update(bytes);
    return hasher.finish();
}

}  // namespace mlo::hash
