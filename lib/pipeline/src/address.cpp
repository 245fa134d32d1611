// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/pipeline/pipeline.hpp>

namespace mlo::pipeline {

std::string Pipeline::address(const Stage& stage) const {
    return stage.document == 0 ? stage.name : fmt::format("{}:{}", documents.at(stage.document).path, stage.name);
}

std::string Pipeline::place(const Stage& stage, TextPlace place) const {
    return format_place(documents.at(stage.document).path, place);
}

}  // namespace mlo::pipeline
