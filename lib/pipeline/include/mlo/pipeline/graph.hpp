// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>

namespace mlo::pipeline {

/// Which stages need which: indexes into Pipeline::stages. Compact: 100,000 stages are some megabytes.
class Graph {
public:
    /// By paths: a stage needs those whose outputs are, hold, or lie within one of its dependencies (also of files of
    /// parameters, of the files that its conditions name, and of those that its environment is known by). Broken stages
    /// are nodes without edges; frozen ones need nobody. Throws output_twice, output_inside_output (of what `.dvc`
    /// files track, too), document_inside_output, stage_cycle (shown as a path), each with places. O(n log n).
    explicit Graph(const Pipeline& pipeline);

    [[nodiscard]] std::size_t size() const noexcept;
    /// Ascending, distinct.
    [[nodiscard]] std::span<const std::uint32_t> needs(std::uint32_t stage) const noexcept;
    [[nodiscard]] std::span<const std::uint32_t> needed_by(std::uint32_t stage) const noexcept;
    /// All stages, those that others need first; among those that are free, in written order.
    [[nodiscard]] std::span<const std::uint32_t> order() const noexcept;

    /// The stage whose output is or holds `path`; nothing if nobody makes it.
    [[nodiscard]] std::optional<std::uint32_t> maker(std::string_view path, Reach reach = Reach::workspace) const;

private:
    struct Made {
        std::string path;
        Reach reach = Reach::workspace;
        std::uint32_t stage = 0;
    };
    struct Edges {
        std::vector<std::uint32_t> begins;  ///< of each stage in `ends`, and where the last one's end
        std::vector<std::uint32_t> ends;

        [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t stage) const noexcept;
    };
    using Pair = std::pair<std::uint32_t, std::uint32_t>;

    void collect_outputs(const Pipeline& pipeline);
    [[nodiscard]] std::size_t lower_bound(std::string_view path, Reach reach) const;
    void check_documents(const Pipeline& pipeline) const;
    void check_tracked(const Pipeline& pipeline) const;
    void connect(const Pipeline& pipeline);
    void connect(std::string_view path, Reach reach, std::uint32_t stage, std::vector<Pair>& edges) const;
    void sort_stages(const Pipeline& pipeline);

    std::vector<Made> made_;  ///< sorted; nothing lies within another
    Edges needs_;
    Edges needed_by_;
    std::vector<std::uint32_t> order_;
};

/// Which stages a command is about.
struct Selection {
    /// Names, groups, addresses (`train/dvc.yaml:fit`, or a document for all of it), outputs (or folders of such);
    /// none: all stages; in DVC's dialect, those of the first document.
    std::vector<std::string> targets{};
    std::vector<std::string> from{};   ///< not before these
    std::vector<std::string> until{};  ///< not after these
    std::string folder{};              ///< of the workspace: what outputs among these are relative to
    enum class Extent : std::uint8_t { with_upstream, only, downstream } extent = Extent::with_upstream;
};

/// The stages that one target names, ascending; empty if it names none.
[[nodiscard]] std::vector<std::uint32_t> find_target(const Pipeline& pipeline, std::string_view target,
                                                     std::string_view folder);
/// The stages asked for, in the graph's order. Throws stage_unknown, with a guess, and what is wrong with a broken one.
[[nodiscard]] std::vector<std::uint32_t> select(const Pipeline& pipeline, const Graph& graph,
                                                const Selection& selection);

}  // namespace mlo::pipeline
