// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mlo/remote/remote.hpp>
#include <mlo/util/error.hpp>
#include <vector>

namespace mlo::remote {

struct CheckStep {
    std::string_view name;  ///< stable, for programs: "put", "put-twice", "range"
    std::string_view what;  ///< what was tried, lower case
    std::chrono::nanoseconds took{0};
    std::optional<Error> failure;
};

struct CheckReport {
    std::vector<CheckStep> steps;
    [[nodiscard]] bool is_sound() const noexcept;
};

/// Tries what `remote` promises: stores a small value under `check/<32 hex>`, reads all of it and a part, stores it
/// again, lists and removes it. Where its traits say that it cannot write, only looks and lists. Leaves nothing behind
/// unless removing fails. A step that fails is in the report; those that need it are left out.
[[nodiscard]] CheckReport check_remote(Remote& remote, const Runtime& runtime);

}  // namespace mlo::remote
