// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>

#include "extras.hpp"
#include "scope.hpp"
#include "stage_paths.hpp"

namespace mlo::pipeline {

/// What a stage needs to know of its document.
struct DocumentFacts {
    Dialect dialect = Dialect::mlo;
    std::uint32_t index = 0;
    std::string folder;
    const Paths* paths = nullptr;
    std::shared_ptr<const StageExtras> defaults;  ///< of `defaults`; null: none
};

/// The name and the group of a stage that is being read.
struct StageTitle {
    std::string name;
    std::string group;
    TextPlace place;
};

/// A stage from the mapping of its keys (`matrix` is passed over). With Scope::Mode::check, what templates would yield
/// is not looked at, and the result is good for nothing. Needs of pools are added to `needs`. Throws what is wrong with
/// it, with its place.
[[nodiscard]] Stage read_stage(const Value& definition, StageTitle title, const DocumentFacts& document, Scope& scope,
                               std::vector<NeedPlace>& needs);

/// The lists `outs`, `metrics`, `plots` of a stage: a path with its flags, or without.
void read_outputs(const Value& list, OutputRole role, const DocumentFacts& document, std::string_view wdir,
                  Scope& scope, std::vector<StageOutput>& outs);

/// A path within a document's text. Throws path_invalid.
[[nodiscard]] StagePath read_path(const Value& value, std::string_view name, const DocumentFacts& document,
                                  std::string_view base, Scope& scope);
/// The same of a text that is known.
[[nodiscard]] StagePath checked_path(std::string written, const Value& at, const DocumentFacts& document,
                                     std::string_view base);

/// A command that is one text, as what runs: its lines, each for a shell of its own.
[[nodiscard]] std::vector<std::string> command_lines(std::string_view text);

}  // namespace mlo::pipeline
