// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>
#include <optional>
#include <string_view>

namespace mlo::test {

/// The Error that `action` throws; nothing if it ends well.
template <class Action>
[[nodiscard]] std::optional<Error> error_of(Action&& action) {
    try {
        static_cast<void>(action());
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

/// The id of that error ("U003"), or "none": for comparing with `errors::path_not_found.id`.
template <class Action>
[[nodiscard]] std::string_view failure(Action&& action) {
    const auto error = error_of(action);
    return error ? error->code().id : "none";
}

}  // namespace mlo::test
