// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/record.hpp>
#include <mlo/pipeline/stage.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::pipeline {

/// Whose rules hold: those of `pipeline.yaml`, or DVC's, whose documents are all `dvc.yaml` of the repository.
enum class Dialect : std::uint8_t { mlo, dvc };

/// A document with stages.
struct PipelineDocument {
    std::string path;    ///< of the workspace: "train/dvc.yaml"
    std::string folder;  ///< of the workspace: "train"
};

/// A `foreach: {from: FILE}` whose file, which a stage makes, tells what its stages are.
struct PendingGroup {
    std::string name;
    std::uint32_t document = 0;
    TextPlace place;
    StagePath from;
    /// Its stages, once the content of `from` is there. Throws as load does; each call anew.
    std::function<std::vector<Stage>(std::string_view content)> expand;
};

/// What stands at top level in a document, beside its stages.
struct TopLevel {
    std::uint32_t document = 0;
    std::vector<StagePath> params;
    std::vector<StagePath> metrics;
    std::vector<std::pair<std::string, Datum>> plots;      ///< id or path, and properties or null
    std::vector<std::pair<std::string, Datum>> artifacts;  ///< id, and `path desc type labels meta`
};

/// An output that a file NAME.dvc tracks, without a stage: something that stages may depend on, and nobody makes.
struct TrackedData {
    std::string file;                  ///< "data/train.csv.dvc"
    StagePath at;                      ///< "data/train.csv"
    std::size_t index = 0;             ///< among the outputs of that file
    std::optional<PathState> state{};  ///< what the file says of it
    bool is_cached = true;
    bool is_imported = false;  ///< the file says from where, or by which command: to write it anew is DVC's affair
};

struct Pipeline {
    Dialect dialect = Dialect::mlo;
    std::vector<PipelineDocument> documents;  ///< the first is the one that was asked for
    std::vector<Stage> stages;                ///< in written order, document after document
    std::vector<PendingGroup> pending;
    std::vector<TopLevel> top_level;
    std::vector<TrackedData> tracked;            ///< DVC's dialect: what `.dvc` files of the repository track
    std::map<std::string, std::uint64_t> pools;  ///< named resources and how much there is of each
    std::vector<std::string> read_files;         ///< of the workspace: all that this was made from, sorted

    /// "fit" for a stage of the first document, else "train/dvc.yaml:fit", as DVC addresses it.
    [[nodiscard]] std::string address(const Stage& stage) const;
    /// `file:line:column` of something in a stage's document.
    [[nodiscard]] std::string place(const Stage& stage, TextPlace place) const;
};

/// Where large documents are kept as they were parsed.
struct ParsedStore {
    Dir* dir = nullptr;        ///< null: nowhere
    Random* random = nullptr;  ///< not null, if `dir` is not
    std::string version{};     ///< of the program: another one may parse otherwise
};

/// Which document to read, and what else to know.
struct LoadRequest {
    std::string file;  ///< of the workspace; its name tells the dialect: dvc.yaml is DVC's, anything else mlo's
    /// DVC's dialect: further documents of the repository, and what its `.dvc` files track: both from find_documents.
    std::vector<std::string> others;
    std::vector<TrackedData> tracked{};
    ParsedStore parsed{};
};

/// What a document may at most hold: 100,000 stages are some 12 MB and a million values. What aliases stand for counts
/// too, and may be a million values more than a text of its size can hold without them.
inline constexpr DocumentLimits pipeline_limits{
    .size_bytes = std::uint64_t{64} << 20, .nodes = 8'000'000, .depth = 100};

/// Reads a document, what it includes, and the files of variables and parameters that its templates need. Stages that
/// cannot be resolved are `broken`; everything else that is wrong is thrown: kind config, with its place.
[[nodiscard]] Pipeline load(Dir& root, const LoadRequest& request, const DocumentLimits& limits = pipeline_limits);

}  // namespace mlo::pipeline
