// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlo::pipeline {

/// Puts *** in the place of secrets in a stream, however it is cut into pieces.
class SecretMask {
public:
    SecretMask() = default;
    /// `secrets`: the longest first, none empty.
    explicit SecretMask(std::vector<std::string> secrets) : secrets_{std::move(secrets)} {}

    /// The next piece: what can be shown of it and of what was held back. An end that may be the begin of a secret is
    /// held back.
    [[nodiscard]] std::string add(std::string_view text);
    /// What was held back.
    [[nodiscard]] std::string finish();

private:
    [[nodiscard]] std::size_t held_back() const;
    /// What begins before `end`, masked.
    [[nodiscard]] std::string take(std::size_t end);

    std::vector<std::string> secrets_;
    std::string text_;
};

}  // namespace mlo::pipeline
