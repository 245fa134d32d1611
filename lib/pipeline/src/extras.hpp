// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>

#include "scope.hpp"

namespace mlo::pipeline {

struct DocumentFacts;

/// A need of something that is not of this machine, but of a pool, which some document may define.
struct NeedPlace {
    Need need;
    std::string stage;  ///< its name, for messages
    std::string place;
};

/// The keys that DVC does not know: `retries timeout resources env when on`.
[[nodiscard]] std::span<const std::string_view> extension_keys() noexcept;

/// What a mapping of them says (other keys are passed over), on top of `defaults`; null if it says nothing and there
/// are none. Files are relative to `base`. `stage` is its name for messages.
[[nodiscard]] std::shared_ptr<const StageExtras> read_extras(const Value& mapping, std::string_view stage,
                                                             const DocumentFacts& document, std::string_view base,
                                                             Scope& scope, std::vector<NeedPlace>& needs);

void read_resources(const Value& value, std::string_view stage, Scope& scope, StageExtras& extras,
                    std::vector<NeedPlace>& needs);
[[nodiscard]] StageEnvironment read_environment(const Value& value, const DocumentFacts& document,
                                                std::string_view base, Scope& scope);
[[nodiscard]] std::vector<Condition> read_conditions(const Value& value, const DocumentFacts& document,
                                                     std::string_view base, Scope& scope);
[[nodiscard]] Retries read_retries(const Value& value, Scope& scope);
[[nodiscard]] Timeout read_timeout(const Value& value, Scope& scope);

}  // namespace mlo::pipeline
