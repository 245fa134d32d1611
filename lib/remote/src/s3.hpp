// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>

namespace mlo::remote {

struct Surroundings;
struct Url;

/// A bucket of Amazon S3, or of a server that speaks its protocol.
[[nodiscard]] std::unique_ptr<Remote> open_s3(const Url& url, std::string_view text, const Surroundings& surroundings,
                                              const Runtime& runtime);

}  // namespace mlo::remote
