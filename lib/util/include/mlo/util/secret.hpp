// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// A password, a key, a token: text that is shown to nobody by accident. It converts to nothing and nothing prints it;
/// its bytes are overwritten when it ends or takes another value. What is copied out of reveal() is its holder's care.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) : bytes_{text.begin(), text.end()} {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret other) noexcept;
    ~Secret();

    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    /// For the one place that has to know it: a signature, a header, a pipe. Valid until the object changes or ends.
    [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;  // not a string: a short one would leave a copy behind when it is moved
};

/// Overwrites and empties `text`, which held a secret on its way to where it is needed. No optimizer leaves this out.
void wipe(std::string& text) noexcept;

}  // namespace mlo
