// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/pipeline/graph.hpp>
#include <mlo/report/graph_drawing.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>
#include <unordered_set>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "pipelines.hpp"

namespace mlo::cli {

namespace {

struct DagOptions {
    PipelineOptions pipeline;
    bool is_dot = false;
    bool is_mermaid = false;
    bool is_svg = false;
};

void declare(Args& args, DagOptions& o) {
    args.flag("--dot", o.is_dot, "a graph for Graphviz");
    args.flag("--mermaid", o.is_mermaid, "a graph for Mermaid, as GitHub and GitLab show it in Markdown");
    args.flag("--svg", o.is_svg, "a picture, laid out here, that needs nothing else");
    declare_pipeline(args, o.pipeline);
}

/// Within quotes of DOT and Mermaid.
std::string in_quotes(std::string_view name, std::string_view quote) {
    std::string text;
    for (const char c : printable(name)) {
        if (c == '"') {
            text += quote;
        } else {
            text += c;
        }
    }
    return text;
}

class Shown {
public:
    Shown(Context& ctx, const OpenPipeline& open)
        : out_{ctx.out()},
          pipeline_{open.pipeline},
          graph_{pipeline_},
          stages_{select(pipeline_, graph_, open.selection)},
          chosen_{stages_.begin(), stages_.end()} {}

    void text() const {
        for (const auto stage : stages_) {
            out_.line("{}", printable(name(stage)));
            for (const auto need : graph_.needs(stage)) {
                if (chosen_.contains(need)) out_.line("  needs {}", printable(name(need)));
            }
        }
    }
    void dot() const {
        out_.line("digraph pipeline {");
        for (const auto stage : stages_)
            out_.line("  s{} [label=\"{}\", shape=box];", stage, in_quotes(name(stage), "\\\""));
        each_edge([&](auto from, auto to) { out_.line("  s{} -> s{};", from, to); });
        out_.line("}");
    }
    void mermaid() const {
        out_.line("flowchart TD");
        for (const auto stage : stages_) out_.line("  s{}[\"{}\"]", stage, in_quotes(name(stage), "#quot;"));
        each_edge([&](auto from, auto to) { out_.line("  s{} --> s{}", from, to); });
    }
    void svg() const {
        std::unordered_map<std::uint32_t, std::size_t> places;
        std::vector<report::DrawnNode> nodes;
        for (const auto stage : stages_) {
            const auto& its = pipeline_.stages[stage];
            report::DrawnNode node{name(stage), its.description, "stage", {}};
            for (const auto need : graph_.needs(stage)) {
                if (chosen_.contains(need)) node.needs.push_back(places.at(need));
            }
            places.emplace(stage, nodes.size());
            nodes.push_back(std::move(node));
        }
        const auto picture = report::draw_graph_file(nodes);
        if (picture.empty() && !nodes.empty()) {
            throw Error{errors::too_much_to_draw,
                        fmt::format("{} are too many for a picture: at most {}, and not much more of what they need",
                                    plural(nodes.size(), "stage", "stages"), report::most_drawn_nodes)}
                .hint("mlo dag --svg STAGE");
        }
        out_.write(picture);
    }
    void json() const {
        out_.document("mlo/dag-v1", [&](json::Writer& json) {
            json.key("stages").begin_array();
            for (const auto stage : stages_) {
                json.begin_object().key("name").string(printable(name(stage))).key("needs").begin_array();
                for (const auto need : graph_.needs(stage)) {
                    if (chosen_.contains(need)) json.string(printable(name(need)));
                }
                json.end_array().end_object();
            }
            json.end_array();
        });
    }

private:
    [[nodiscard]] std::string name(std::uint32_t stage) const { return pipeline_.address(pipeline_.stages[stage]); }
    template <typename Visit>
    void each_edge(const Visit& visit) const {
        for (const auto stage : stages_) {
            for (const auto need : graph_.needs(stage)) {
                if (chosen_.contains(need)) visit(need, stage);
            }
        }
    }

    Output& out_;
    const pipeline::Pipeline& pipeline_;
    pipeline::Graph graph_;
    std::vector<std::uint32_t> stages_;
    std::unordered_set<std::uint32_t> chosen_;
};

int run(Context& ctx, const DagOptions& o) {
    if (int{o.is_dot} + int{o.is_mermaid} + int{o.is_svg} > 1) {
        throw Error{errors::conflicting_options, "'--dot', '--mermaid' and '--svg' exclude each other"}.hint(
            "mlo dag --svg");
    }
    const auto open = open_pipeline(ctx, o.pipeline);
    const Shown shown{ctx, open};
    if (ctx.out().is_json()) {
        shown.json();
    } else if (o.is_dot) {
        shown.dot();
    } else if (o.is_mermaid) {
        shown.mermaid();
    } else if (o.is_svg) {
        shown.svg();
    } else {
        shown.text();
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo dag", "which stages need which"}, {"mlo dag --svg > dag.svg", "as a picture"}};

}  // namespace

extern const Command dag_command{.words = "dag",
                                 .group = Group::pipeline,
                                 .summary = "show which stages of a pipeline need which",
                                 .bind = command_main<DagOptions, declare, run>,
                                 .json_schema = "mlo/dag-v1",
                                 .examples = examples};

}  // namespace mlo::cli
