// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mlo::report {

/// A box of a drawing.
struct DrawnNode {
    std::string label;               ///< any bytes; shortened if it is long
    std::string title;               ///< shown when pointed at; any bytes
    std::string kind;                ///< the class of the box: a word
    std::vector<std::size_t> needs;  ///< indices
};

/// What more than this number of nodes would be, nobody can look at.
inline constexpr std::size_t most_drawn_nodes = 300;

/// The graph in layers from left to right, each node right of all that it needs: an <svg> element for a page, whose
/// boxes are of class "node" and of their kind, and whose lines are of class "edge". Empty for no or too many nodes or
/// lines, or a circle.
[[nodiscard]] std::string draw_graph(const std::vector<DrawnNode>& nodes);

/// The same as a file of its own, in light or dark as whoever looks at it likes: SVG 1.1, without scripts.
[[nodiscard]] std::string draw_graph_file(const std::vector<DrawnNode>& nodes);

}  // namespace mlo::report
