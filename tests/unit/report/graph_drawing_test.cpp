// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <charconv>
#include <map>
#include <mlo/report/graph_drawing.hpp>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

using namespace mlo::report;

namespace {

std::vector<DrawnNode> nodes_of(const std::vector<std::vector<std::size_t>>& needs) {
    std::vector<DrawnNode> nodes;
    for (std::size_t i = 0; i < needs.size(); ++i) nodes.push_back({"n" + std::to_string(i), "", "passed", needs[i]});
    return nodes;
}

struct Box {
    double x = 0, y = 0, width = 0, height = 0;
};

/// `name="..."` of the element that starts at `at`.
double number_of(std::string_view svg, std::size_t at, const std::string& name) {
    const auto element = svg.substr(at, svg.find('>', at) - at);
    const auto found = element.find(" " + name + "=\"");
    REQUIRE(found != element.npos);
    const auto text = element.substr(found + name.size() + 3);
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    REQUIRE(result.ec == std::errc{});
    return value;
}

/// By label.
std::map<std::string, Box> boxes_of(const std::string& svg) {
    std::map<std::string, Box> boxes;
    for (auto at = svg.find("<rect "); at != svg.npos; at = svg.find("<rect ", at + 1)) {
        const Box box{number_of(svg, at, "x"), number_of(svg, at, "y"), number_of(svg, at, "width"),
                      number_of(svg, at, "height")};
        const auto text = svg.find('>', svg.find("<text ", at)) + 1;
        boxes[svg.substr(text, svg.find('<', text) - text)] = box;
    }
    return boxes;
}

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a chain is drawn in one row, a diamond in three") {
    const auto chain = boxes_of(draw_graph(nodes_of({{}, {0}, {1}})));
    REQUIRE(chain.size() == 3);
    CHECK(chain.at("n0").y == chain.at("n1").y);
    CHECK(chain.at("n1").y == chain.at("n2").y);
    CHECK(chain.at("n0").x + chain.at("n0").width < chain.at("n1").x);

    const auto diamond = boxes_of(draw_graph(nodes_of({{}, {0}, {0}, {1, 2}})));
    CHECK(diamond.at("n1").x == diamond.at("n2").x);
    CHECK(diamond.at("n0").y == diamond.at("n3").y);
    CHECK(diamond.at("n1").y + diamond.at("n2").y == 2 * diamond.at("n0").y);
}

TEST_CASE("crossings that need not be are not drawn") {
    // Two chains, whose second layer is named in the other order.
    const auto boxes = boxes_of(draw_graph(nodes_of({{}, {}, {1}, {0}})));
    CHECK((boxes.at("n0").y < boxes.at("n1").y) == (boxes.at("n3").y < boxes.at("n2").y));
}

TEST_CASE("what needs nothing stands beside who needs it") {
    const auto boxes = boxes_of(draw_graph(nodes_of({{}, {0}, {1, 3}, {}})));
    CHECK(boxes.at("n3").x == boxes.at("n1").x);
}

TEST_CASE("graphs of all kinds: each box right of those that it needs, none upon another") {
    std::mt19937 random{7};
    for (int round = 0; round < 60; ++round) {
        const std::size_t size = 1 + random() % 60;
        std::vector<std::vector<std::size_t>> needs(size);
        std::size_t edges = 0;
        for (std::size_t node = 1; node < size; ++node) {
            std::set<std::size_t> chosen;
            for (auto n = random() % 4; n > 0; --n) chosen.insert(random() % node);
            needs[node].assign(chosen.begin(), chosen.end());
            edges += chosen.size();
        }
        const auto svg = draw_graph(nodes_of(needs));
        const auto boxes = boxes_of(svg);
        REQUIRE(boxes.size() == size);
        CHECK(count_of(svg, "class=\"edge\"") == edges);
        const auto head = svg.find("<svg ");
        const auto width = number_of(svg, head, "width");
        const auto height = number_of(svg, head, "height");
        for (std::size_t a = 0; a < size; ++a) {
            const auto& box = boxes.at("n" + std::to_string(a));
            CHECK((box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height));
            for (const auto need : needs[a]) {
                const auto& left = boxes.at("n" + std::to_string(need));
                CHECK(left.x + left.width < box.x);
            }
            for (std::size_t b = 0; b < a; ++b) {
                const auto& other = boxes.at("n" + std::to_string(b));
                const bool is_apart = box.x + box.width <= other.x || other.x + other.width <= box.x ||
                                      box.y + box.height <= other.y + 0.2 || other.y + other.height <= box.y + 0.2;
                CHECK(is_apart);
            }
        }
    }
}

TEST_CASE("labels are text, and long ones lose their middle") {
    auto nodes = nodes_of({{}, {0}});
    nodes[0].label = "<b>\"&'\xff";
    nodes[0].title = "a\n</title><script>";
    nodes[1].label = std::string(30, 'a') + std::string(30, 'b');
    const auto svg = draw_graph(nodes);
    CHECK(svg.find(">&lt;b&gt;&quot;&amp;") != svg.npos);
    CHECK(svg.find("<script") == svg.npos);
    CHECK(svg.find(">" + std::string(18, 'a') + "\xe2\x80\xa6" + std::string(17, 'b') + "<") != svg.npos);
}

TEST_CASE("what nobody could look at is not drawn") {
    CHECK(draw_graph({}).empty());
    CHECK(draw_graph(nodes_of({{1}, {0}})).empty());
    CHECK(draw_graph(nodes_of({{0}})).empty());
    CHECK_FALSE(draw_graph(nodes_of(std::vector<std::vector<std::size_t>>(most_drawn_nodes))).empty());
    CHECK(draw_graph(nodes_of(std::vector<std::vector<std::size_t>>(most_drawn_nodes + 1))).empty());
    std::vector<std::vector<std::size_t>> all(200);
    for (std::size_t node = 0; node < all.size(); ++node)
        for (std::size_t need = 0; need < node; ++need) all[node].push_back(need);
    CHECK(draw_graph(nodes_of(all)).empty());
}

TEST_CASE("a file of its own says what it is, and how it looks") {
    const auto nodes = nodes_of({{}, {0}});
    const auto file = draw_graph_file(nodes);
    CHECK(file.starts_with(R"(<svg xmlns="http://www.w3.org/2000/svg" class="graph")"));
    CHECK(file.find("<style>") != std::string::npos);
    CHECK(boxes_of(file).size() == boxes_of(draw_graph(nodes)).size());
    CHECK(draw_graph_file({}).empty());
}
