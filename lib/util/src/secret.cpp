// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/secret.hpp>

#include <string.h>

namespace mlo {

Secret& Secret::operator=(Secret other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
}

Secret::~Secret() {
    if (!bytes_.empty()) ::explicit_bzero(bytes_.data(), bytes_.size());
}

void wipe(std::string& text) noexcept {
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace mlo
