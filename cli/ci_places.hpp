// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What reports for CI systems say of where they come from.
namespace mlo::cli {

class Context;

/// `file:line:column`, as errors have it.
struct CiPlace {
    std::string file;  ///< empty: there is none
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};
/// The place of an error; a file below `folder` is named as GitHub does, from the folder that it has checked out into.
[[nodiscard]] CiPlace ci_place(Context& ctx, std::string_view place, const std::string& folder);

[[nodiscard]] std::string host_name();

}  // namespace mlo::cli
