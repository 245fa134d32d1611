// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mlo/json/writer.hpp>
#include <mlo/pipeline/engine.hpp>
#include <mlo/pipeline/pipeline.hpp>
#include <optional>
#include <string>
#include <vector>

#include "args.hpp"

/// What the commands about pipelines have in common.
namespace mlo::cli {

class Context;

/// Which document, and which of its stages.
struct PipelineOptions {
    std::string file;
    std::vector<std::string> targets;
};
/// The option --file and the positional STAGE.
void declare_pipeline(Args& args, PipelineOptions& o);

/// A document that was read, and what its commands are about.
struct OpenPipeline {
    pipeline::Pipeline pipeline;
    pipeline::Selection selection;
};
/// Reads the document that the options or the first target name, else pipeline.yaml or dvc.yaml in the current folder
/// or the nearest one above. Throws pipeline_missing, and what load throws.
[[nodiscard]] OpenPipeline open_pipeline(Context& ctx, const PipelineOptions& o);
/// The workspace's path of that document; nothing if there is none.
[[nodiscard]] std::optional<std::string> find_pipeline(Context& ctx);

/// How much there is of "cpus", "memory" and "gpus", if a stage needs any.
void find_resources(Context& ctx, const pipeline::Pipeline& pipeline, pipeline::EngineRequest& request);
/// What the engine is to know of the caller.
[[nodiscard]] pipeline::EngineRequest to_request(Context& ctx, pipeline::Selection selection);

/// What would be done, and why: `plan` is one that only decides.
[[nodiscard]] pipeline::EngineReport decide(Context& ctx, OpenPipeline& open, pipeline::Plan plan);
/// "would run", "is up to date".
[[nodiscard]] std::string_view verdict_of(pipeline::StageOutcome outcome) noexcept;

/// "params.yaml:lr 0.1 -> 0.2".
[[nodiscard]] std::string describe(const pipeline::Reason& reason);
/// The first ones, on one line.
[[nodiscard]] std::string describe(std::span<const pipeline::Reason> reasons);
/// As "reasons" of a document.
void write_reasons(json::Writer& json, std::span<const pipeline::Reason> reasons);
/// The members of one stage's element.
void write_report(json::Writer& json, const pipeline::StageReport& report);
/// The member "error".
void write_error(json::Writer& json, const Error& error);

}  // namespace mlo::cli
