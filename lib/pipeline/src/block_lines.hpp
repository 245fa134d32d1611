// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mlo/util/document.hpp>

namespace mlo::pipeline {

/// What a YAML parser makes of `text`, if all of its lines are of the plainest sort: what nearly every block of a lock
/// is made of, in a tenth of the time. Nothing if any line might mean something that this does not know. Its places are
/// lines only.
[[nodiscard]] std::optional<Document> parse_plain_lines(std::string_view text, const std::string& file);

}  // namespace mlo::pipeline
