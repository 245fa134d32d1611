// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/ledger/ledger.hpp>
#include <mlo/pipeline/results.hpp>
#include <string>
#include <string_view>

namespace mlo::pipeline {

inline constexpr std::string_view stage_result_kind = "stage.result";

/// The body of the event: mlo/stage-result-v1 (lib/pipeline/README.md).
[[nodiscard]] std::string to_canonical_json(const StageResult& result);
/// Reads just what to_canonical_json writes. `key`, `time_ms` and `writer` are not in it. Throws result_invalid, which
/// names `name`.
[[nodiscard]] StageResult parse_result(std::string_view text, std::string_view name);

/// Whether the ledger takes an event as large as this one.
[[nodiscard]] bool fits(const ledger::NewEvent& event) noexcept;

}  // namespace mlo::pipeline
