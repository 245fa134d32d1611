// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/hash/digest.hpp>

namespace mlo::store {

/// The SHA-256 of an object's bytes. It says nothing of how the store keeps them.
using ObjectId = hash::Digest;

/// What the bytes behind an id are. It comes from whoever names the id (a pointer, a tree entry), never from the store:
/// a file that holds a tree's bytes is a blob.
enum class ObjectKind : std::uint8_t { blob, tree };

}  // namespace mlo::store
