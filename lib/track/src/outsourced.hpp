// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/store/object_id.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::track {

/// The body for a document that is too large to be one: it names the blob that holds it.
[[nodiscard]] std::string outsourced(const store::ObjectId& id);
/// That blob; nothing if `body` is the document itself. Throws what json::parse does.
[[nodiscard]] std::optional<store::ObjectId> find_outsourced(std::string_view body, std::string_view name);

}  // namespace mlo::track
