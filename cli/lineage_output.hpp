// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/json/writer.hpp>
#include <mlo/lineage/graph.hpp>
#include <mlo/lineage/walk.hpp>
#include <mlo/workspace/workspace.hpp>

#include "output.hpp"

/// How a lineage is printed.
namespace mlo::cli {

/// The members of mlo/lineage-v1.
void write_lineage(json::Writer& json, const lineage::Graph& graph, lineage::Direction direction);
/// As a tree, from where the walk began.
void show_lineage(Output& out, const workspace::Workspace& workspace, const lineage::Graph& graph,
                  lineage::Direction direction);
/// In the language of Graphviz.
void show_lineage_as_dot(Output& out, const lineage::Graph& graph);
/// For Markdown that knows Mermaid.
void show_lineage_as_mermaid(Output& out, const lineage::Graph& graph);

}  // namespace mlo::cli
