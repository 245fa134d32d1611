// SPDX-License-Identifier: Apache-2.0
#include "run_trace.hpp"

#include <algorithm>

namespace mlo::cli {

namespace {

constexpr std::size_t most_of_a_stage = 16U << 10U;
constexpr std::size_t most_in_all = 32U << 20U;

/// Whole lines, if there are any.
void keep_end(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    text.erase(0, text.size() - most);
    const auto line = text.find('\n');
    if (line != text.npos && line + 1 < text.size()) text.erase(0, line + 1);
}

}  // namespace

RunTrace::RunTrace(Clock& clock)
    : clock_{clock},
      began_ms_{std::chrono::floor<std::chrono::milliseconds>(clock.now().time_since_epoch()).count()},
      begin_{clock.elapsed()} {}

void RunTrace::begun(const std::string& stage) {
    stages_[stage].began_ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.elapsed() - begin_).count();
}

void RunTrace::output(const std::string& stage, ByteView bytes) {
    const auto found = stages_.find(stage);
    if (found == stages_.end()) return;
    auto& its = found->second;
    its.output_end += as_text(bytes);
    if (its.output_end.size() <= 2 * most_of_a_stage) return;
    keep_end(its.output_end, most_of_a_stage);
    its.is_cut = true;
}

void RunTrace::ended(const std::string& stage, Ended how) {
    const auto found = stages_.find(stage);
    if (found == stages_.end()) return;
    auto& its = found->second;
    its.is_cut = its.is_cut || its.output_end.size() > most_of_a_stage;
    keep_end(its.output_end, most_of_a_stage);
    if (kept_bytes_ + its.output_end.size() > most_in_all) {
        its.is_cut = its.is_cut || !its.output_end.empty();
        // Of what failed, a line or two.
        keep_end(its.output_end, how == Ended::badly ? 256 : 0);
    }
    its.output_end.shrink_to_fit();
    kept_bytes_ += its.output_end.size();
}

const RunTrace::Stage* RunTrace::find(const std::string& stage) const {
    const auto found = stages_.find(stage);
    return found == stages_.end() ? nullptr : &found->second;
}

}  // namespace mlo::cli
