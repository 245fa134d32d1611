// SPDX-License-Identifier: Apache-2.0
#include "secret_mask.hpp"

#include <algorithm>

namespace mlo::pipeline {

namespace {

constexpr std::string_view mask = "***";

}  // namespace

std::string SecretMask::add(std::string_view text) {
    if (secrets_.empty()) return std::string{text};
    text_ += text;
    return take(text_.size() - held_back());
}

std::string SecretMask::finish() { return take(text_.size()); }

std::string SecretMask::take(std::size_t end) {
    std::string shown;
    std::size_t at = 0;
    while (at < end) {
        const auto rest = std::string_view{text_}.substr(at);
        const auto secret = std::find_if(secrets_.begin(), secrets_.end(),
                                         [&](const std::string& each) { return rest.starts_with(each); });
        if (secret == secrets_.end()) {
            shown += text_[at++];
        } else {
            shown += mask;
            at += secret->size();
        }
    }
    text_.erase(0, at);
    return shown;
}

/// The longest end of the text that a secret begins with, but is not whole yet.
std::size_t SecretMask::held_back() const {
    std::size_t most = 0;
    for (const auto& secret : secrets_) {
        for (auto length = std::min(secret.size() - 1, text_.size()); length > most; --length) {
            if (std::string_view{text_}.substr(text_.size() - length) == std::string_view{secret}.substr(0, length)) {
                most = length;
                break;
            }
        }
    }
    return most;
}

}  // namespace mlo::pipeline
