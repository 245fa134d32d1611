// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/job_report.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/text.hpp>

#include "forms.hpp"
#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

std::string row_of(const JobStage& stage) {
    std::string why = stage.outcome == Outcome::failed ? stage.message : stage.why;
    if (stage.outcome == Outcome::failed && !stage.file.empty()) why += fmt::format(" ({}:{})", stage.file, stage.line);
    const auto word = inert(stage.word, Within::table);
    return fmt::format("| {} | {} | {} | {} |\n", short_cell(stage.name),
                       stage.outcome == Outcome::failed ? fmt::format("**{}**", word) : word,
                       stage.attempts > 0 ? duration(stage.duration_ms) : "", short_cell(why));
}

void add_stages(const JobReport& report, Room& room) {
    std::vector<const JobStage*> shown;
    for (const auto& stage : report.stages)
        if (stage.outcome != Outcome::unchanged) shown.push_back(&stage);
    std::stable_partition(shown.begin(), shown.end(),
                          [](const JobStage* stage) { return stage->outcome == Outcome::failed; });
    if (!shown.empty() && !room.add("\n| stage | result | time | why |\n| --- | --- | ---: | --- |\n")) return;
    std::size_t rows = 0;
    while (rows < shown.size() && room.add(row_of(*shown[rows]))) ++rows;
    const auto unchanged = report.count(Outcome::unchanged);
    if (rows < shown.size()) room.add_always(fmt::format("\nand {} more\n", format_count(shown.size() - rows)));
    if (unchanged > 0) room.add_always(fmt::format("\n{} up to date\n", plural(unchanged, "stage", "stages")));
}

void add_outputs(const JobReport& report, Room& room) {
    std::size_t left_out = 0;
    for (const auto& stage : report.stages) {
        if (stage.outcome != Outcome::failed || stage.output_end.empty()) continue;
        const auto text = fmt::format("\n<details><summary>{} of {}</summary>\n\n{}\n</details>\n",
                                      stage.is_output_cut ? "the end of the output" : "the output",
                                      inert(stage.name, Within::element), fenced(plain_output(stage.output_end)));
        if (!room.add(text)) ++left_out;
    }
    if (left_out > 0) room.add_always(fmt::format("\nand the output of {} more\n", format_count(left_out)));
}

void add_metrics(const JobReport& report, Room& room) {
    if (report.metrics.empty()) return;
    const bool has_before = std::any_of(report.metrics.begin(), report.metrics.end(),
                                        [](const JobMetric& metric) { return metric.before.has_value(); });
    if (!room.add(has_before ? "\n| metric | before | now | change |\n| --- | ---: | ---: | ---: |\n"
                             : "\n| metric | value |\n| --- | ---: |\n"))
        return;
    for (const auto& metric : report.metrics) {
        const auto name = short_cell(fmt::format("{}:{}", metric.file, metric.key));
        auto row = fmt::format("| {} | {} |\n", name, short_number(metric.value));
        if (has_before) {
            const auto change = metric.before ? metric.value - *metric.before : 0.0;
            row =
                fmt::format("| {} | {} | {} | {} |\n", name, metric.before ? short_number(*metric.before) : "",
                            short_number(metric.value),
                            change != 0 && std::isfinite(change) ? (change > 0 ? "+" : "") + short_number(change) : "");
        }
        if (!room.add(row)) return;
    }
}

}  // namespace

std::string to_markdown(const JobReport& report, std::size_t limit_bytes) {
    Room room{limit_bytes};
    room.add(fmt::format("### {}: {}\n", short_cell(report.title), short_cell(report.summary)));
    add_stages(report, room);
    for (const auto& warning : report.warnings) {
        if (!room.add(fmt::format("\nwarning: {}\n", short_cell(warning)))) break;
    }
    add_metrics(report, room);
    add_outputs(report, room);
    return room.take();
}

}  // namespace mlo::report
