// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/json/writer.hpp>
#include <mlo/pipeline/engine.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::cli {

class Context;

/// Which stages of a pipeline are out of date.
struct PipelineStatus {
    std::string document;  ///< of the workspace
    std::size_t stages = 0;
    std::vector<pipeline::StageReport> out_of_date;  ///< those that would run, be restored, might run, or cannot
    std::vector<std::string> warnings;
    std::shared_ptr<const Error> error;  ///< nothing can be told

    [[nodiscard]] bool differs() const noexcept { return error || !out_of_date.empty(); }
};

/// Decides as `mlo run --dry` about the pipeline of the current folder, but starts no program; nothing if there is
/// none. What is wrong with it is in the answer.
[[nodiscard]] std::optional<PipelineStatus> pipeline_status(Context& ctx);

/// What is wrong with a pipeline, with its place and what to do, on several lines.
[[nodiscard]] std::string in_words(const Error& error);
/// A line for each, and what to type.
void show_pipeline(Context& ctx, const PipelineStatus& status);
/// "* fit", "! fit": one that cannot run.
void show_pipeline_short(Context& ctx, const PipelineStatus& status);
/// The member "pipeline" of a document.
void write_pipeline(Context& ctx, json::Writer& json, const PipelineStatus& status);

}  // namespace mlo::cli
