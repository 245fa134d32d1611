// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <mlo/pipeline/pipeline.hpp>

namespace mlo::test {

/// Pipelines written down in tests, as if they had been read from "pipeline.yaml": a stage's name is at line 10 times
/// its number, its dependencies and outputs on the lines below.
class PipelineMaker {
public:
    PipelineMaker() { made.documents.push_back({"pipeline.yaml", ""}); }

    pipeline::Stage& stage(const std::string& name, const std::vector<std::string>& deps,
                           const std::vector<std::string>& outs) {
        pipeline::Stage stage;
        stage.name = name;
        stage.document = static_cast<std::uint32_t>(made.documents.size() - 1);
        stage.place = {static_cast<std::uint32_t>(10 * (made.stages.size() + 1)), 3};
        auto line = stage.place.line;
        for (const auto& path : deps) stage.deps.push_back({path, path, reach(path), {++line, 9}});
        for (const auto& path : outs) {
            pipeline::StageOutput out;
            out.at = {path, path, reach(path), {++line, 9}};
            stage.outs.push_back(std::move(out));
        }
        if (const auto at = name.find('@'); at != std::string::npos) stage.group = name.substr(0, at);
        made.stages.push_back(std::move(stage));
        return made.stages.back();
    }
    /// What is added from now on is of this document.
    void document(const std::string& path, const std::string& folder) { made.documents.push_back({path, folder}); }

    pipeline::Pipeline made;

private:
    static pipeline::Reach reach(const std::string& path) {
        if (path.find("://") != std::string::npos) return pipeline::Reach::url;
        return path.starts_with('/') ? pipeline::Reach::outside : pipeline::Reach::workspace;
    }
};

}  // namespace mlo::test
