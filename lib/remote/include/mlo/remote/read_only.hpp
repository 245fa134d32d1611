// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>
#include <mlo/util/error.hpp>

namespace mlo::remote {

/// `remote` for reading alone: put, replace and remove throw `refusal`, and traits() say so. What is denied when
/// reading gets the hint of `refusal`.
[[nodiscard]] std::unique_ptr<Remote> read_only(std::unique_ptr<Remote> remote, Error refusal);

}  // namespace mlo::remote
