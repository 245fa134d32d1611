// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/report/job_report.hpp>
#include <set>
#include <vector>

#include "forms.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

}  // namespace

void write_open_metrics(const JobReport& report, const TextSink& sink) {
    constexpr std::pair<Outcome, std::string_view> outcomes[] = {{Outcome::unchanged, "up_to_date"},
                                                                 {Outcome::passed, "passed"},
                                                                 {Outcome::skipped, "skipped"},
                                                                 {Outcome::stopped, "stopped"},
                                                                 {Outcome::failed, "failed"}};
    sink("# TYPE mlo_stages gauge\n# HELP mlo_stages Stages of the pipeline by what became of them.\n");
    for (const auto& [outcome, name] : outcomes)
        sink(fmt::format("mlo_stages{{outcome=\"{}\"}} {}\n", name, report.count(outcome)));
    sink("# TYPE mlo_run_duration_seconds gauge\n# UNIT mlo_run_duration_seconds seconds\n");
    sink(fmt::format("mlo_run_duration_seconds {}\n", sample_seconds(report.duration_ms)));
    // A label set may stand once: names that differ in bytes alone that are no text would be equal here.
    std::set<std::string> names;
    std::vector<const JobStage*> ran;
    for (const auto& stage : report.stages)
        if (stage.attempts > 0 && names.insert(label(stage.name)).second) ran.push_back(&stage);
    const auto write_each = [&](std::string_view name, std::string_view unit, std::string_view help,
                                const auto& value_of) {
        sink(fmt::format("# TYPE {0} gauge\n# UNIT {0} {1}\n# HELP {0} {2}\n", name, unit, help));
        for (const auto* const stage : ran)
            sink(fmt::format("{}{{stage=\"{}\"}} {}\n", name, label(stage->name), value_of(*stage)));
    };
    write_each("mlo_stage_duration_seconds", "seconds", "Of the stages that ran.",
               [](const JobStage& stage) { return sample_seconds(stage.duration_ms); });
    write_each("mlo_stage_cpu_seconds", "seconds", "Time on processors, of all processes of the stage.",
               [](const JobStage& stage) { return sample_seconds(stage.cpu_ms); });
    write_each("mlo_stage_peak_memory_bytes", "bytes", "Of the largest process of the stage.",
               [](const JobStage& stage) { return fmt::format("{}", stage.peak_memory_bytes); });
    sink("# TYPE mlo_metric gauge\n# HELP mlo_metric What the stages have measured.\n");
    std::set<std::pair<std::string, std::string>> keys;
    for (const auto& metric : report.metrics) {
        if (!keys.emplace(label(metric.file), label(metric.key)).second) continue;
        sink(fmt::format("mlo_metric{{file=\"{}\",key=\"{}\"}} {}\n", label(metric.file), label(metric.key),
                         sample(metric.value)));
    }
    sink("# EOF\n");
}

}  // namespace mlo::report
