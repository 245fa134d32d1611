// SPDX-License-Identifier: Apache-2.0
#include "graph_layout.hpp"

#include <algorithm>
#include <numeric>

/// Layers by the longest path, then the order within them by the barycentres of neighbours, then rows as near to these
/// as the order allows (Sugiyama's method).
namespace mlo::report {
namespace {

constexpr int sweeps = 12;
/// Of all edges together, from layer to layer: what has more shows nothing but lines.
constexpr std::size_t most_steps = 20'000;

/// A node, or a joint of an edge.
struct Point {
    std::size_t layer = 0;
    double row = 0;
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;
};

/// Of each node; empty if there is a circle.
std::vector<std::size_t> layers_of(const std::vector<std::vector<std::size_t>>& needs) {
    std::vector<std::vector<std::size_t>> needed_by(needs.size());
    std::vector<std::size_t> open(needs.size());
    for (std::size_t node = 0; node < needs.size(); ++node) {
        open[node] = needs[node].size();
        for (const auto need : needs[node]) needed_by[need].push_back(node);
    }
    std::vector<std::size_t> layers(needs.size());
    std::vector<std::size_t> ready;
    for (std::size_t node = 0; node < needs.size(); ++node)
        if (open[node] == 0) ready.push_back(node);
    for (std::size_t at = 0; at < ready.size(); ++at) {
        for (const auto next : needed_by[ready[at]]) {
            layers[next] = std::max(layers[next], layers[ready[at]] + 1);
            if (--open[next] == 0) ready.push_back(next);
        }
    }
    if (ready.size() < needs.size()) return {};
    // Who needs nothing stands beside who needs it first, not at the far left.
    for (std::size_t node = 0; node < needs.size(); ++node) {
        if (!needs[node].empty() || needed_by[node].empty()) continue;
        auto least = layers[needed_by[node].front()];
        for (const auto next : needed_by[node]) least = std::min(least, layers[next]);
        layers[node] = least - 1;
    }
    return layers;
}

class Arranging {
public:
    Arranging(const std::vector<std::vector<std::size_t>>& needs, const std::vector<std::size_t>& layers) {
        for (const auto layer : layers) {
            order_.resize(std::max(order_.size(), layer + 1));
            order_[layer].push_back(points_.size());
            points_.push_back({.layer = layer, .row = 0, .left = {}, .right = {}});
        }
        for (std::size_t node = 0; node < needs.size(); ++node)
            for (const auto need : needs[node]) connect(need, node);
    }

    GraphLayout arrange(std::size_t nodes) {
        number_rows();
        for (int sweep = 0; sweep < sweeps; ++sweep) {
            const bool is_forward = sweep % 2 == 0;
            for (std::size_t i = 0; i < order_.size(); ++i) sort(is_forward ? i : order_.size() - 1 - i, is_forward);
        }
        for (int sweep = 0; sweep < sweeps; ++sweep) {
            const bool is_forward = sweep % 2 == 0;
            for (std::size_t i = 0; i < order_.size(); ++i) settle(is_forward ? i : order_.size() - 1 - i);
        }
        return take(nodes);
    }

private:
    struct Edge {
        std::size_t from;
        std::size_t to;
        std::vector<std::size_t> joints;
    };

    void link(std::size_t left, std::size_t right) {
        points_[left].right.push_back(right);
        points_[right].left.push_back(left);
    }

    void connect(std::size_t from, std::size_t to) {
        Edge edge{from, to, {}};
        auto last = from;
        for (auto layer = points_[from].layer + 1; layer < points_[to].layer; ++layer) {
            const auto joint = points_.size();
            points_.push_back({.layer = layer, .row = 0, .left = {}, .right = {}});
            order_[layer].push_back(joint);
            link(last, joint);
            edge.joints.push_back(joint);
            last = joint;
        }
        link(last, to);
        edges_.push_back(std::move(edge));
    }

    void number_rows() {
        for (const auto& layer : order_)
            for (std::size_t row = 0; row < layer.size(); ++row) points_[layer[row]].row = static_cast<double>(row);
    }

    [[nodiscard]] double mean(const std::vector<std::size_t>& neighbours, double otherwise) const {
        if (neighbours.empty()) return otherwise;
        double sum = 0;
        for (const auto each : neighbours) sum += points_[each].row;
        return sum / static_cast<double>(neighbours.size());
    }

    void sort(std::size_t number, bool is_forward) {
        auto& layer = order_[number];
        std::vector<std::pair<double, std::size_t>> wanted;
        for (const auto point : layer) {
            const auto& its = points_[point];
            wanted.emplace_back(mean(is_forward ? its.left : its.right, its.row), point);
        }
        std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t row = 0; row < layer.size(); ++row) {
            layer[row] = wanted[row].second;
            points_[layer[row]].row = static_cast<double>(row);
        }
    }

    /// Rows at least one apart that differ least, by squares, from the means of the neighbours: neighbours in the layer
    /// that would come too near move as one (pool adjacent violators).
    void settle(std::size_t number) {
        struct Block {
            double sum;
            std::size_t count;
            double row() const { return sum / static_cast<double>(count); }
        };
        const auto& layer = order_[number];
        std::vector<Block> blocks;
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const auto& its = points_[layer[i]];
            auto both = its.left;
            both.insert(both.end(), its.right.begin(), its.right.end());
            blocks.push_back({mean(both, its.row) - static_cast<double>(i), 1});
            while (blocks.size() > 1) {
                const auto last = blocks.back();
                auto& before = blocks[blocks.size() - 2];
                if (before.row() <= last.row()) break;
                before = {before.sum + last.sum, before.count + last.count};
                blocks.pop_back();
            }
        }
        std::size_t i = 0;
        for (const auto& block : blocks) {
            for (std::size_t n = 0; n < block.count; ++n, ++i)
                points_[layer[i]].row = block.row() + static_cast<double>(i);
        }
    }

    GraphLayout take(std::size_t nodes) {
        double least = 0;
        double most = 0;
        bool is_first = true;
        for (const auto& point : points_) {
            least = is_first ? point.row : std::min(least, point.row);
            most = is_first ? point.row : std::max(most, point.row);
            is_first = false;
        }
        GraphLayout layout;
        layout.layers = order_.size();
        layout.rows = most - least + 1;
        for (std::size_t node = 0; node < nodes; ++node)
            layout.nodes.push_back({points_[node].layer, points_[node].row - least});
        for (const auto& edge : edges_) {
            auto& made = layout.edges.emplace_back();
            made.from = edge.from;
            made.to = edge.to;
            for (const auto joint : edge.joints) made.joints.push_back(points_[joint].row - least);
        }
        return layout;
    }

    std::vector<Point> points_;  ///< the nodes first
    std::vector<Edge> edges_;
    std::vector<std::vector<std::size_t>> order_;  ///< by layer
};

}  // namespace

GraphLayout lay_out(const std::vector<std::vector<std::size_t>>& needs) {
    const auto layers = layers_of(needs);
    if (layers.size() < needs.size() || needs.empty()) return {};
    std::size_t steps = 0;
    for (std::size_t node = 0; node < needs.size(); ++node)
        for (const auto need : needs[node]) steps += layers[node] - layers[need];
    if (steps > most_steps) return {};
    return Arranging{needs, layers}.arrange(needs.size());
}

}  // namespace mlo::report
