// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>

namespace mlo::pipeline {

/// Which stages need which: indexes into Pipeline::stages. Compact: 100,000 stages are some megabytes.
class Graph {
public:
    /// By paths: a stage needs those whose outputs are, hold, or lie within one of its dependencies (also of metrics
    /// files that its conditions name). Broken stages are nodes without edges; frozen ones need nobody. Throws
    /// output_twice, output_inside_output, document_inside_output, cycle (shown as a path), each with places.
    explicit Graph(const Pipeline& pipeline);

    [[nodiscard]] std::size_t size() const noexcept;
    /// Ascending, distinct.
    [[nodiscard]] std::span<const std::uint32_t> needs(std::uint32_t stage) const noexcept;
    [[nodiscard]] std::span<const std::uint32_t> needed_by(std::uint32_t stage) const noexcept;
    /// All stages, those that others need first; among those that are free, in written order.
    [[nodiscard]] std::span<const std::uint32_t> order() const noexcept;

private:
    // ...
};

/// Which stages a command is about.
struct Selection {
    std::vector<std::string> targets;  ///< names, groups, addresses, outputs; none: all of the first document
    std::vector<std::string> from;     ///< not before these
    std::vector<std::string> until;    ///< not after these
    enum class Extent : std::uint8_t { with_upstream, only, downstream } extent = Extent::with_upstream;
};

/// The stages asked for, in the graph's order. Throws stage_unknown, with a guess, and what is wrong with a broken one.
[[nodiscard]] std::vector<std::uint32_t> select(const Pipeline& pipeline, const Graph& graph,
                                                const Selection& selection);

}  // namespace mlo::pipeline
