// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <mlo/pipeline/engine.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::pipeline {

/// How long stages took when they last ran, for who is next: a file in the work tree's private folder, which may be
/// lost (lib/pipeline/README.md). One thread at a time.
class Durations {
public:
    static constexpr std::string_view file_name = "pipeline.durations";

    /// What cannot be read is unknown.
    explicit Durations(Dir& private_dir);
    /// In milliseconds by stage, 0 for unknown; empty if nothing is known.
    [[nodiscard]] std::vector<std::uint32_t> of(const Pipeline& pipeline) const;
    /// Those that ended well, and what was restored.
    void learn(const Pipeline& pipeline, std::span<const StageReport> reports);
    /// Replaces the file if anything was learned.
    void save(Dir& private_dir, Random& random);

private:
    std::unordered_map<std::string, std::uint32_t> known_;  ///< by "document:stage"
    bool is_changed_ = false;
};

}  // namespace mlo::pipeline
