// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/pipeline/engine.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "run_log.hpp"
#include "run_trace.hpp"

namespace mlo::cli {

class Context;

/// Shows what `mlo run` does: a line when a stage begins and one when it ends, what it prints with its name before each
/// line, and on a terminal a live line with what is going on. Notes what reports of the run need.
class RunView final : public pipeline::EngineObserver {
public:
    RunView(Context& ctx, RunLog& log, RunTrace& trace) : ctx_{ctx}, log_{log}, trace_{trace} {}
    ~RunView() override;
    RunView(const RunView&) = delete;
    RunView& operator=(const RunView&) = delete;

    void planned(std::size_t stages) override;
    void begun(const std::string& stage, std::span<const pipeline::Reason> reasons, std::uint32_t attempt) override;
    void output(const std::string& stage, OutputStream stream, ByteView bytes) override;
    void retried(const std::string& stage, const Error& error, std::chrono::nanoseconds delay) override;
    void ended(const pipeline::StageReport& report) override;
    void status(const pipeline::EngineStatus& status) override;

private:
    void finish_lines(const std::string& stage);
    void line(const std::string& stage, std::string_view text);

    Context& ctx_;
    RunLog& log_;
    RunTrace& trace_;
    std::unordered_map<std::string, std::string> unfinished_;  ///< lines, by stage
};

/// What became of a stage: "done in 1.5 s".
[[nodiscard]] std::string words_of(const pipeline::StageReport& report);

}  // namespace mlo::cli
