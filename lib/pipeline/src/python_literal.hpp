// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include <mlo/pipeline/datum.hpp>

#include "python_tokens.hpp"

namespace mlo::pipeline {

/// How much may be read of literals in all.
struct LiteralBudget {
    std::uint64_t values = 0;  ///< still allowed
    std::uint32_t depth = 0;
};

/// The value of an expression, if it is a literal as Python's ast.literal_eval takes it and a Datum can hold it: tuples
/// and sets are lists (those of sets sorted, as their order means nothing), bytes a text. Nothing for all else, which
/// includes complex numbers, integers beyond 64 bits, texts that are not Unicode, and `\N{...}`. Throws
/// document_too_large, without a place.
[[nodiscard]] std::optional<Datum> python_literal(std::span<const PythonToken> expression, LiteralBudget& budget);

}  // namespace mlo::pipeline
