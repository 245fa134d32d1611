// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/remote/check.hpp>
#include <mlo/remote/remote.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::sync {

/// Whether the place is a remote of mlo's, by its key `format`; false if nothing was pushed there yet. Throws
/// not_a_remote, remote_newer, what the remote does.
[[nodiscard]] bool has_format(remote::Remote& remote);
/// The same in one request, of a place that was a remote before.
[[nodiscard]] bool read_format(remote::Remote& remote);

/// Asks what the place is, and then tries what it promises (remote::check_remote). Where something else is than a
/// remote that this mlo knows, nothing is tried.
[[nodiscard]] remote::CheckReport check(remote::Remote& remote, const Runtime& runtime);

}  // namespace mlo::sync
