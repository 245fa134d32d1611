// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace mlo::report {

/// Nodes in layers. Edges that span several layers have a joint in each layer between.
struct GraphLayout {
    struct Node {
        std::size_t layer = 0;
        double row = 0;  ///< of its middle
    };
    struct Edge {
        std::size_t from = 0;
        std::size_t to = 0;
        std::vector<double> joints;  ///< rows, layer by layer after that of `from`
    };
    std::vector<Node> nodes;
    std::vector<Edge> edges;
    std::size_t layers = 0;
    double rows = 0;
};

/// `needs`: of each node those that stand left of it. Without nodes if there is a circle, or far more lines
/// than can be seen.
[[nodiscard]] GraphLayout lay_out(const std::vector<std::vector<std::size_t>>& needs);

}  // namespace mlo::report
