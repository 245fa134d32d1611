// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/record.hpp>

namespace mlo::pipeline {

/// What a lock may hold: a repository may have many stages, and a stage many dependencies.
inline constexpr DocumentLimits lock_limits{.size_bytes = std::uint64_t{1} << 30, .nodes = 50'000'000, .depth = 200};

/// The lines of one stage, its name indented by two spaces. Throws lock_not_text.
[[nodiscard]] std::string write_mlo_stage(std::string_view stage, const StageRecord& record);
[[nodiscard]] std::string write_dvc_stage(std::string_view stage, const StageRecord& record);

/// What stands behind the name of a stage. Throws lock_invalid, and what reading a Value does.
[[nodiscard]] StageRecord read_mlo_stage(const Value& value);
[[nodiscard]] StageRecord read_dvc_stage(const Value& value);

/// What DVC says of a path: members `md5`, `size`, `nfiles`, `isexec`, `hash`. Throws what reading a Value does.
[[nodiscard]] PathState read_dvc_state(const Value& value);

/// A whole mapping as DVC writes it: for locks that are laid out in another way.
[[nodiscard]] std::string write_dvc_document(const Datum& top);

/// Throws lock_not_text if `bytes` are not UTF-8.
void require_text(std::string_view stage, std::string_view bytes);

}  // namespace mlo::pipeline
