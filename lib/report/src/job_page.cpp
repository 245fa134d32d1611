// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/graph_drawing.hpp>
#include <mlo/report/job_report.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/text.hpp>

#include "forms.hpp"
#include "html.hpp"
#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

constexpr std::size_t most_rows = 2000;
constexpr std::size_t most_bars = 500;
constexpr double chart_width = 900;
constexpr double bar_height = 16;
constexpr double row_height = 22;
constexpr double axis_height = 24;

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --back: #fff; --ink: #1c2024; --soft: #60666d; --line: #d9dde1; --fill: #f3f5f7;
  --passed: #2e7d32; --failed: #b3261e; --stopped: #b26a00; --unchanged: #8a929a; --skipped: #8a929a; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --ink: #e6e8ea; --soft: #9aa2aa; --line: #343a41; --fill: #1f2429;
  --passed: #66bb6a; --failed: #ff8a80; --stopped: #ffb74d; --unchanged: #7d868f; --skipped: #7d868f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 16px 20px 40px; background: var(--back); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 20px; } h2 { margin: 26px 0 8px; font-size: 16px; }
h1, td, summary { unicode-bidi: isolate; overflow-wrap: anywhere; }
p { margin: 3px 0; } .soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre, svg text { font-family: ui-monospace, monospace; font-size: 12px; }
pre { margin: 6px 0; padding: 8px 10px; background: var(--fill); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 420px; overflow-y: auto; }
details { margin: 4px 0; } summary { cursor: pointer; }
svg { display: block; } svg text { fill: var(--ink); } svg .tick { fill: var(--soft); } svg line { stroke: var(--line); }
.edge { fill: none; stroke: var(--soft); stroke-width: 1.2; opacity: .65; }
.node rect { fill: var(--fill); stroke: var(--unchanged); stroke-width: 1.5; }
.node.passed rect { stroke: var(--passed); } .node.failed rect { stroke: var(--failed); stroke-width: 2.5; } .node.stopped rect { stroke: var(--stopped); }
.node.skipped rect { stroke-dasharray: 4 3; }
.bar.passed { fill: var(--passed); } .bar.failed { fill: var(--failed); } .bar.stopped { fill: var(--stopped); }
.word.passed { color: var(--passed); } .word.failed { color: var(--failed); font-weight: 600; } .word.stopped { color: var(--stopped); }
)css";

std::string_view kind_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::passed:
            return "passed";
        case Outcome::skipped:
            return "skipped";
        case Outcome::stopped:
            return "stopped";
        case Outcome::failed:
            break;
    }
    return "failed";
}

/// The one that says most, for what stands for several.
Outcome worse(Outcome a, Outcome b) { return std::max(a, b); }

std::string moment(std::int64_t milliseconds) { return utc_time(milliseconds, ' ') + " UTC"; }

std::string title_of(const JobStage& stage) {
    auto text = fmt::format("{}: {}", stage.name, stage.word);
    if (stage.attempts > 0) text += fmt::format(", {}", duration(stage.duration_ms));
    if (!stage.why.empty()) text += "\n" + stage.why;
    return text;
}

std::vector<DrawnNode> nodes_of(const JobReport& report) {
    std::vector<DrawnNode> nodes;
    for (const auto& stage : report.stages)
        nodes.push_back({stage.name, title_of(stage), std::string{kind_of(stage.outcome)}, stage.needs});
    return nodes;
}

/// One node for all stages of a group, `group@element`.
std::vector<DrawnNode> nodes_of_groups(const JobReport& report) {
    struct Group {
        std::size_t number = 0;
        std::size_t stages = 0;
        Outcome outcome = Outcome::unchanged;
        std::vector<std::size_t> needs;
    };
    std::map<std::string, Group> groups;
    std::vector<std::size_t> numbers;
    const auto name_of = [](const JobStage& stage) { return stage.name.substr(0, stage.name.find('@')); };
    for (const auto& stage : report.stages) {
        auto& group = groups.try_emplace(name_of(stage), Group{.number = groups.size(), .needs = {}}).first->second;
        ++group.stages;
        group.outcome = worse(group.outcome, stage.outcome);
        numbers.push_back(group.number);
    }
    for (const auto& stage : report.stages) {
        auto& group = groups.at(name_of(stage));
        for (const auto need : stage.needs) {
            const auto number = numbers[need];
            const bool is_known = std::find(group.needs.begin(), group.needs.end(), number) != group.needs.end();
            if (number != group.number && !is_known) group.needs.push_back(number);
        }
    }
    std::vector<DrawnNode> nodes(groups.size());
    for (const auto& [name, group] : groups) {
        const auto label = group.stages == 1 ? name : fmt::format("{} ({})", name, format_count(group.stages));
        nodes[group.number] = {label, label, std::string{kind_of(group.outcome)}, group.needs};
    }
    return nodes;
}

void write_graph(const JobReport& report, const TextSink& sink) {
    if (report.stages.size() < 2) return;
    sink("<h2>Stages</h2>\n");
    auto drawing = draw_graph(nodes_of(report));
    if (drawing.empty() && report.stages.size() > most_drawn_nodes) drawing = draw_graph(nodes_of_groups(report));
    if (drawing.empty()) {
        sink(fmt::format("<p class=\"soft\">{} are too many to be drawn.</p>\n",
                         plural(report.stages.size(), "stage", "stages")));
        return;
    }
    sink("<div class=\"wide\">");
    sink(drawing);
    sink("</div>\n");
}

void write_time_line(const JobReport& report, const TextSink& sink) {
    std::vector<const JobStage*> ran;
    for (const auto& stage : report.stages)
        if (stage.attempts > 0) ran.push_back(&stage);
    if (ran.empty()) return;
    std::stable_sort(ran.begin(), ran.end(), [](const auto* a, const auto* b) { return a->began_ms < b->began_ms; });
    const auto left_out = ran.size() - std::min(ran.size(), most_bars);
    ran.resize(ran.size() - left_out);
    auto end_ms = std::max<std::int64_t>(report.duration_ms, 1);
    for (const auto* const stage : ran) end_ms = std::max(end_ms, stage->began_ms + stage->duration_ms);
    const auto x_of = [&](double milliseconds) { return milliseconds / static_cast<double>(end_ms) * chart_width; };
    const auto height = static_cast<double>(ran.size()) * row_height + axis_height;
    sink(
        fmt::format("<h2>Time</h2>\n<div class=\"wide\"><svg role=\"img\" aria-label=\"when each stage ran\" "
                    "width=\"1160\" height=\"{0:.0f}\" viewBox=\"0 0 1160 {0:.0f}\">\n",
                    height));
    for (const auto tick : duration_ticks(0, static_cast<double>(end_ms) / 1000, 8)) {
        const auto x = x_of(tick * 1000);
        sink(fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.0f}\" y2=\"{2:.0f}\"/><text class=\"tick\" x=\"{0:.1f}\" "
            "y=\"14\">{3}</text>\n",
            x, axis_height - 6, height, tick < 60 ? short_number(tick) + " s" : duration(std::llround(tick * 1000))));
    }
    double y = axis_height;
    for (const auto* const stage : ran) {
        const auto x = x_of(static_cast<double>(stage->began_ms));
        const auto width = std::max(x_of(static_cast<double>(stage->duration_ms)), 2.0);
        // Beside the bar, or before it where that is the end.
        const bool is_late = x + width > chart_width * 0.8;
        sink(
            fmt::format("<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" rx=\"2\">"
                        "<title>{}</title></rect><text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n",
                        kind_of(stage->outcome), x, y, width, bar_height, escape_html(title_of(*stage)),
                        is_late && x > 200 ? x - 5 : x + width + 5, y + 12,
                        is_late && x > 200 ? " text-anchor=\"end\"" : "", escape_html(stage->name)));
        y += row_height;
    }
    sink("</svg></div>\n");
    if (left_out > 0) sink(fmt::format("<p class=\"soft\">and {} that began later</p>\n", format_count(left_out)));
}

void write_metrics(const JobReport& report, const TextSink& sink) {
    if (report.metrics.empty()) return;
    sink(
        "<h2>Metrics</h2>\n<div class=\"wide\"><table><tr><th>metric</th><th class=\"number\">last commit</th>"
        "<th class=\"number\">now</th><th class=\"number\">change</th></tr>\n");
    for (std::size_t i = 0; i < std::min(report.metrics.size(), most_rows); ++i) {
        const auto& metric = report.metrics[i];
        const auto change = metric.before ? metric.value - *metric.before : 0.0;
        sink(
            fmt::format("<tr><td>{}:{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td "
                        "class=\"number\">{}</td></tr>\n",
                        escape_html(metric.file), escape_html(metric.key),
                        metric.before ? short_number(*metric.before) : "", short_number(metric.value),
                        change != 0 && std::isfinite(change) ? (change > 0 ? "+" : "") + short_number(change) : ""));
    }
    sink("</table></div>\n");
}

/// The cells that say what it took, empty for what did not run now.
std::string resources(const JobStage& stage) {
    const bool has_run = stage.attempts > 0;
    std::string cells;
    for (const auto& text : {has_run ? duration(stage.duration_ms) : "", has_run ? duration(stage.cpu_ms) : "",
                             stage.peak_memory_bytes > 0 ? format_bytes(stage.peak_memory_bytes) : ""})
        cells += fmt::format("<td class=\"number\">{}</td>", text);
    return cells;
}

void write_table(const JobReport& report, const TextSink& sink) {
    sink(
        "<h2>Results</h2>\n<div class=\"wide\"><table><tr><th>stage</th><th>result</th><th class=\"number\">time</th>"
        "<th class=\"number\">CPU</th><th class=\"number\">memory</th><th>why</th><th>run</th></tr>\n");
    std::vector<const JobStage*> shown;
    for (const auto& stage : report.stages) shown.push_back(&stage);
    std::stable_sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) { return a->outcome > b->outcome; });
    const auto left_out = shown.size() - std::min(shown.size(), most_rows);
    shown.resize(shown.size() - left_out);
    for (const auto* const stage : shown) {
        std::string why = escape_html(stage->outcome == Outcome::failed ? stage->message : stage->why);
        if (stage->outcome == Outcome::failed) {
            if (!stage->file.empty())
                why += fmt::format("<br><code>{}:{}:{}</code>", escape_html(stage->file), stage->line, stage->column);
            for (const auto& note : stage->notes) why += "<br>" + escape_html(note);
        }
        sink(fmt::format("<tr><td>{}</td><td class=\"word {}\">{}</td>{}<td>{}</td><td><code>{}</code></td></tr>\n",
                         escape_html(stage->name), kind_of(stage->outcome), escape_html(stage->word), resources(*stage),
                         why, escape_html(std::string_view{stage->run}.substr(0, 8))));
    }
    sink("</table></div>\n");
    if (left_out > 0) sink(fmt::format("<p class=\"soft\">and {} more</p>\n", format_count(left_out)));
}

void write_outputs(const JobReport& report, const TextSink& sink) {
    bool is_first = true;
    for (const auto& stage : report.stages) {
        if (stage.output_end.empty()) continue;
        if (is_first) sink("<h2>What they printed</h2>\n");
        is_first = false;
        sink(fmt::format("<details{}><summary>{}{}</summary><pre>{}</pre></details>\n",
                         stage.outcome == Outcome::failed ? " open" : "", escape_html(stage.name),
                         stage.is_output_cut ? ": the end" : "", escape_html(plain_output(stage.output_end))));
    }
}

}  // namespace

void write_job_page(const JobReport& report, const TextSink& sink) {
    sink(page_head(report.title, style, {}));
    sink(fmt::format("<h1>{}</h1>\n<p>{}</p>\n<p class=\"soft\">{} on {}</p>\n", escape_html(report.title),
                     escape_html(report.summary), moment(report.began_ms), escape_html(report.host)));
    for (const auto& warning : report.warnings) sink(fmt::format("<p>warning: {}</p>\n", escape_html(warning)));
    write_graph(report, sink);
    write_time_line(report, sink);
    write_metrics(report, sink);
    write_table(report, sink);
    write_outputs(report, sink);
    sink("</body>\n</html>\n");
}

}  // namespace mlo::report
