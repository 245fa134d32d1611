// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/hash/digest.hpp>
#include <mlo/remote/remote.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::remote {

/// SHA-256 of a part of a source, which is looked at, not sent. Throws source_changed if there is less of it.
[[nodiscard]] hash::Digest digest_of(Source& source, std::uint64_t offset, std::uint64_t size_bytes,
                                     const Runtime& runtime);

}  // namespace mlo::remote
