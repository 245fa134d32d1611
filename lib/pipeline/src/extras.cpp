// SPDX-License-Identifier: Apache-2.0
#include "extras.hpp"

#include <mlo/pipeline/errors.hpp>

#include "stage_reader.hpp"

namespace mlo::pipeline {

std::shared_ptr<const StageExtras> read_extras(const Value&, std::string_view, const DocumentFacts& document,
                                               std::string_view, Scope&, std::vector<NeedPlace>&) {
    return document.defaults;
}

}  // namespace mlo::pipeline
