// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::cli {

/// The process's environment as it was at the start. The last of equal names wins, as in most shells.
class Environment {
public:
    Environment() = default;
    /// `entries` is the form of environ: KEY=VALUE, ended by a null pointer.
    explicit Environment(const char* const* entries);

    /// The value, if the variable is there and not empty.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    /// As programs take it: KEY=VALUE.
    [[nodiscard]] std::vector<std::string> entries() const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace mlo::cli
