// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::drift {

enum class Side : std::uint8_t { reference, current };

/// How often each text of a column comes, "false" and "true" of booleans.
using Occurrences = std::map<std::string, std::uint64_t, std::less<>>;

/// Where methods that need all values get them: one column at a time, which is read when it is asked for.
class ValueSource {
public:
    virtual ~ValueSource() = default;
    /// The finite numbers of a column, in any order; nothing if there is only a profile of that side. Throws what
    /// reading a table does.
    [[nodiscard]] virtual std::optional<std::vector<double>> numbers(Side side, std::string_view column) = 0;
    /// The same of texts and booleans.
    [[nodiscard]] virtual std::optional<Occurrences> texts(Side side, std::string_view column) = 0;
};

}  // namespace mlo::drift
