// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>

namespace mlo::remote {

struct Surroundings;
struct Url;

/// A folder of a web server.
[[nodiscard]] std::unique_ptr<Remote> open_http(const Url& url, std::string_view text, const Surroundings& surroundings,
                                                const Runtime& runtime);

}  // namespace mlo::remote
