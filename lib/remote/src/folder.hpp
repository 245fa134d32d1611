// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>

namespace mlo::remote {

struct Surroundings;
struct Url;

/// A folder of this machine, or of a share mounted on it.
[[nodiscard]] std::unique_ptr<Remote> open_folder(const Url& url, std::string_view text,
                                                  const Surroundings& surroundings, const Runtime& runtime);

}  // namespace mlo::remote
