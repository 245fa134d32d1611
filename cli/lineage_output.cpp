// SPDX-License-Identifier: Apache-2.0
#include "lineage_output.hpp"

#include <fmt/format.h>

#include <mlo/util/text.hpp>

#include "tracking.hpp"

namespace mlo::cli {
namespace {

using lineage::Direction;
using lineage::Graph;
using lineage::Link;
using lineage::ObjectNode;
using lineage::RunNode;

constexpr std::size_t digits_of_id = 12;
constexpr std::size_t digits_of_commit = 10;
constexpr std::size_t most_params = 8;
constexpr std::size_t widest_param = 40;

std::string short_id_of(const ObjectNode& object) { return object.id.hex().substr(0, digits_of_id); }

std::string code_of(const RunNode& run) {
    if (run.commit.empty()) return {};
    return fmt::format(", commit {}{}", printable(run.commit.substr(0, digits_of_commit)),
                       run.has_uncommitted_changes ? " and uncommitted changes" : "");
}

std::string params_of(const RunNode& run) {
    std::string text;
    std::size_t count = 0;
    for (const auto& [key, value] : run.params) {
        if (++count > most_params) break;
        const bool is_long = value.size() > widest_param;
        text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", printable(key),
                            is_long         ? "(long)"
                            : value.empty() ? "''"
                                            : printable(value));
    }
    if (run.params.size() > most_params) text += fmt::format(" and {} more", run.params.size() - most_params);
    return text;
}

class TreePrinter {
public:
    TreePrinter(Output& out, const workspace::Workspace& workspace, const Graph& graph, Direction direction)
        : out_{out},
          workspace_{workspace},
          graph_{graph},
          goes_up_{direction == Direction::up},
          of_objects_(graph.objects.size()),
          of_runs_(graph.runs.size()),
          shown_objects_(graph.objects.size()),
          shown_runs_(graph.runs.size()) {
        const auto after_object = goes_up_ ? Link::Kind::wrote : Link::Kind::read;
        for (const auto& link : graph.links) {
            if (link.kind == after_object)
                of_objects_[link.object].push_back(&link);
            else
                of_runs_[link.run].push_back(&link);
        }
    }

    void show() {
        if (graph_.root_object) {
            const auto& object = graph_.objects[*graph_.root_object];
            line(0, fmt::format("{}{}", name_of(object.path), short_id_of(object)));
            show_object(*graph_.root_object, 1);
        } else if (graph_.root_run) {
            line(0, run_text(graph_.runs[*graph_.root_run]));
            show_run(*graph_.root_run, 1);
        }
    }

private:
    void line(std::size_t level, std::string_view text) {
        out_.line("{}{}", std::string(level * 2, ' '), text);
        out_.drain();
    }

    std::string name_of(const std::string& path) const {
        return path.empty() ? "" : printable(workspace_.shown(path)) + " ";
    }

    std::string run_text(const RunNode& run) const {
        return fmt::format("run {} {} {}, {}{}{}", out_.painted(Paint::bold, short_id(run.id)), printable(run.name),
                           out_.painted(paint_of(run.state), to_string(run.state)),
                           format_moment_ms(run.started_ms, out_), code_of(run), run.is_deleted ? ", deleted" : "");
    }

    /// What the run did with the object, or with which part.
    std::string verb_of(const Link& link) const {
        const auto* const verb = link.kind == Link::Kind::wrote ? "written by" : "read by";
        if (link.member.empty()) return verb;
        const bool is_part = graph_.objects[link.object].path.ends_with("/" + link.member);
        if (is_part) return fmt::format("in {} {}", printable(link.path), verb);
        return fmt::format("{} {}", printable(link.member), verb);
    }

    void show_object(std::size_t index, std::size_t level) {
        const auto& object = graph_.objects[index];
        if (shown_objects_[index]) return;
        shown_objects_[index] = true;
        for (const auto* link : of_objects_[index]) {
            const bool is_known = shown_runs_[link->run];
            line(level,
                 fmt::format("{} {}{}", verb_of(*link), run_text(graph_.runs[link->run]), is_known ? " (above)" : ""));
            show_run(link->run, level + 1);
        }
        if (object.omitted_runs > 0)
            line(level, fmt::format("and {}: --width", plural(object.omitted_runs, "more run", "more runs")));
        if (object.unseen > 0) line(level, fmt::format("{} or more of its parts were not looked into", object.unseen));
        if (object.is_unknown) line(level, "what is in it is not all here: mlo fetch");
        if (of_objects_[index].empty() && object.omitted_runs == 0 && !graph_.root_run && index == *graph_.root_object)
            line(level, goes_up_ ? "no run wrote it" : "no run read it");
    }

    void show_run(std::size_t index, std::size_t level) {
        if (shown_runs_[index]) return;
        shown_runs_[index] = true;
        const auto& run = graph_.runs[index];
        if (goes_up_ && !run.params.empty()) line(level, "with " + params_of(run));
        for (const auto* link : of_runs_[index]) {
            const auto& object = graph_.objects[link->object];
            const auto role = link->kind == Link::Kind::read ? fmt::format(" ({})", to_string(link->role)) : "";
            const bool is_known = shown_objects_[link->object];
            line(level, fmt::format("{} {}{}{}{}", link->kind == Link::Kind::read ? "read" : "wrote",
                                    name_of(link->path), short_id_of(object), role, is_known ? " (above)" : ""));
            show_object(link->object, level + 1);
        }
        if (!of_runs_[index].empty()) return;
        if (!goes_up_)
            line(level, "has no outputs");
        else if (run.present_inputs > 0)
            line(level, fmt::format("no declared or observed inputs; {} present",
                                    run.present_inputs == 1 ? "1 was" : fmt::format("{} were", run.present_inputs)));
        else
            line(level, "has no inputs");
    }

    Output& out_;
    const workspace::Workspace& workspace_;
    const Graph& graph_;
    bool goes_up_;
    std::vector<std::vector<const Link*>> of_objects_;
    std::vector<std::vector<const Link*>> of_runs_;
    std::vector<bool> shown_objects_;
    std::vector<bool> shown_runs_;
};

/// Text within double quotes of Graphviz.
std::string dot_text(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : printable(text)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

/// Mermaid reads labels as Markdown and HTML.
std::string mermaid_text(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : printable(text)) {
        if (std::string_view{"\"<>&#;`*_[]\\"}.find(c) != std::string_view::npos)
            quoted += fmt::format("#{};", static_cast<int>(c));
        else
            quoted += c;
    }
    return quoted + '"';
}

std::string label_of(const ObjectNode& object) {
    return object.path.empty() ? short_id_of(object) : fmt::format("{} {}", object.path, short_id_of(object));
}
std::string label_of(const RunNode& run) { return fmt::format("{} {}", short_id(run.id), run.name); }

}  // namespace

void write_lineage(json::Writer& json, const Graph& graph, Direction direction) {
    json.key("direction").string(direction == Direction::up ? "up" : "down");
    json.key("root").string(graph.root_run ? graph.runs[*graph.root_run].id
                                           : graph.objects[graph.root_object.value()].id.to_string());
    json.key("objects").begin_array();
    for (const auto& object : graph.objects) {
        json.begin_object().key("id").string(object.id.to_string());
        json.key("kind").string(object.kind == store::ObjectKind::tree ? "tree" : "blob");
        if (!object.path.empty()) json::write_path(json, "path", object.path);
        json.key("omitted_runs").unsigned_integer(object.omitted_runs);
        json.key("unseen").unsigned_integer(object.unseen);
        json.key("unknown").boolean(object.is_unknown);
        json.end_object();
    }
    json.end_array();
    json.key("runs").begin_array();
    for (const auto& run : graph.runs) {
        json.begin_object().key("id").string(run.id).key("name").string(run.name);
        json.key("status").string(to_string(run.state));
        json.key("started").string(to_rfc3339(Timestamp{std::chrono::milliseconds{run.started_ms}}));
        if (!run.commit.empty()) json.key("commit").string(run.commit);
        json.key("uncommitted").boolean(run.has_uncommitted_changes);
        json.key("deleted").boolean(run.is_deleted);
        json.key("params").begin_object();
        for (const auto& [key, value] : run.params) json.key(key).string(value);
        json.end_object();
        json.key("present_inputs").unsigned_integer(run.present_inputs);
        json.end_object();
    }
    json.end_array();
    json.key("links").begin_array();
    for (const auto& link : graph.links) {
        const bool is_read = link.kind == Link::Kind::read;
        json.begin_object().key("kind").string(is_read ? "read" : "wrote");
        json.key("run").string(graph.runs[link.run].id);
        json.key("object").string(graph.objects[link.object].id.to_string());
        if (is_read) json.key("role").string(to_string(link.role));
        json::write_path(json, "path", link.path);
        if (!link.member.empty()) json::write_path(json, "member", link.member);
        json.end_object();
    }
    json.end_array();
    json.key("unvisited").unsigned_integer(graph.unvisited);
}

void show_lineage(Output& out, const workspace::Workspace& workspace, const Graph& graph, Direction direction) {
    TreePrinter{out, workspace, graph, direction}.show();
}

void show_lineage_as_dot(Output& out, const Graph& graph) {
    out.line("digraph lineage {");
    out.line("  rankdir=LR;");
    for (std::size_t i = 0; i < graph.objects.size(); ++i)
        out.line("  o{} [shape=box, label={}];", i, dot_text(label_of(graph.objects[i])));
    for (std::size_t i = 0; i < graph.runs.size(); ++i)
        out.line("  r{} [shape=ellipse, label={}];", i, dot_text(label_of(graph.runs[i])));
    for (const auto& link : graph.links) {
        const auto label = link.member.empty() ? std::string{} : fmt::format(" [label={}]", dot_text(link.member));
        if (link.kind == Link::Kind::read)
            out.line("  o{} -> r{}{};", link.object, link.run, label);
        else
            out.line("  r{} -> o{}{};", link.run, link.object, label);
    }
    out.line("}");
}

void show_lineage_as_mermaid(Output& out, const Graph& graph) {
    out.line("flowchart LR");
    for (std::size_t i = 0; i < graph.objects.size(); ++i)
        out.line("  o{}[{}]", i, mermaid_text(label_of(graph.objects[i])));
    for (std::size_t i = 0; i < graph.runs.size(); ++i)
        out.line("  r{}([{}])", i, mermaid_text(label_of(graph.runs[i])));
    for (const auto& link : graph.links) {
        const auto arrow = link.member.empty() ? std::string{"-->"} : fmt::format("-->|{}|", mermaid_text(link.member));
        if (link.kind == Link::Kind::read)
            out.line("  o{} {} r{}", link.object, arrow, link.run);
        else
            out.line("  r{} {} o{}", link.run, arrow, link.object);
    }
}

}  // namespace mlo::cli
