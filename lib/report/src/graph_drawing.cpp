// SPDX-License-Identifier: Apache-2.0
#include <mlo/report/graph_drawing.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "graph_layout.hpp"
#include "html.hpp"
#include "plain_text.hpp"

namespace mlo::report {
namespace {

constexpr double box_height = 26;
constexpr double row_height = 36;
constexpr double gap = 48;
constexpr double margin = 4;
/// Of a monospaced font of 12 pixels.
constexpr double character_width = 7.3;
constexpr std::size_t most_characters = 36;

/// Its characters, the middle left out if there are many.
std::string shortened(std::string_view bytes, std::size_t& characters) {
    auto text = as_text(bytes);
    std::vector<std::string_view> all;
    for (std::string_view rest = text; !rest.empty();) {
        const auto size = first_character(rest).size_bytes;
        all.push_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    characters = std::min(all.size(), most_characters);
    if (all.size() <= most_characters) return text;
    std::string made;
    for (std::size_t i = 0; i < most_characters / 2; ++i) made += all[i];
    made += "\xe2\x80\xa6";
    for (auto i = all.size() - (most_characters - most_characters / 2 - 1); i < all.size(); ++i) made += all[i];
    return made;
}

constexpr std::string_view file_style = R"(<style>
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1b1f24; }
.node rect { fill: #f6f8fa; stroke: #57606a; stroke-width: 1.5; }
.edge { fill: none; stroke: #8c959f; stroke-width: 1.2; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.node rect { fill: #161b22; stroke: #8b949e; }
}
</style>
)";

std::string number(double value) { return fmt::format("{:.1f}", value); }

}  // namespace

std::string draw_graph(const std::vector<DrawnNode>& nodes) {
    if (nodes.size() > most_drawn_nodes) return {};
    std::vector<std::vector<std::size_t>> needs;
    for (const auto& node : nodes) needs.push_back(node.needs);
    const auto layout = lay_out(needs);
    if (layout.nodes.empty()) return {};

    std::vector<std::string> labels;
    std::vector<double> widths(layout.layers, 0);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::size_t characters = 0;
        labels.push_back(shortened(nodes[i].label, characters));
        auto& width = widths[layout.nodes[i].layer];
        width = std::max(width, std::ceil(static_cast<double>(characters) * character_width + 20));
    }
    std::vector<double> lefts;
    double right = margin;
    for (const auto width : widths) {
        lefts.push_back(right);
        right += width + gap;
    }
    const auto middle = [](double row) { return margin + row * row_height + box_height / 2; };
    auto svg = fmt::format(
        R"(<svg class="graph" role="img" aria-label="which stage needs which" width="{0}" height="{1}" viewBox="0 0 {0} {1}">)",
        number(right - gap + margin), number((layout.rows - 1) * row_height + box_height + 2 * margin));
    svg += '\n';
    for (const auto& edge : layout.edges) {
        auto layer = layout.nodes[edge.from].layer;
        auto x = lefts[layer] + widths[layer];
        auto y = middle(layout.nodes[edge.from].row);
        auto path = fmt::format("M{} {}", number(x), number(y));
        auto rows = edge.joints;
        rows.push_back(layout.nodes[edge.to].row);
        for (const auto row : rows) {
            ++layer;
            const auto to_x = lefts[layer];
            const auto to_y = middle(row);
            const auto half = number((x + to_x) / 2);
            path += fmt::format("C{0} {1} {0} {2} {3} {2}", half, number(y), number(to_y), number(to_x));
            x = lefts[layer] + widths[layer];
            y = to_y;
            const bool is_joint = layer < layout.nodes[edge.to].layer;
            if (is_joint) path += fmt::format("H{}", number(x));
        }
        svg += fmt::format("<path class=\"edge\" d=\"{}\"/>\n", path);
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& at = layout.nodes[i];
        svg += fmt::format(
            R"(<g class="node {}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="5"/><text x="{}" y="{}">{}</text></g>)",
            escape_html(nodes[i].kind), escape_html(nodes[i].title), number(lefts[at.layer]),
            number(middle(at.row) - box_height / 2), number(widths[at.layer]), number(box_height),
            number(lefts[at.layer] + 10), number(middle(at.row) + 4), escape_html(labels[i]));
        svg += '\n';
    }
    return svg + "</svg>\n";
}

std::string draw_graph_file(const std::vector<DrawnNode>& nodes) {
    auto svg = draw_graph(nodes);
    if (svg.empty()) return svg;
    svg.insert(svg.find('\n') + 1, file_style);
    svg.insert(svg.find(' '), R"( xmlns="http://www.w3.org/2000/svg")");
    return svg;
}

}  // namespace mlo::report
