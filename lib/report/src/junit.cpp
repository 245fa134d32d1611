// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/job_report.hpp>

#include "forms.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

/// The message, and what it does not say.
std::string details_of(const JobStage& stage) {
    auto text =
        diagnostic_text(stage.message, place_text(stage.file, stage.line, stage.column), stage.notes, stage.help);
    if (!stage.why.empty()) text += fmt::format("\nit ran because: {}", stage.why);
    if (!stage.output_end.empty())
        text +=
            fmt::format("\n\n{}\n{}",
                        stage.is_output_cut ? "the end of its output:" : "its output:", plain_output(stage.output_end));
    return text;
}

void write_case(const JobReport& report, const JobStage& stage, const TextSink& sink) {
    auto text = fmt::format(R"(    <testcase name="{}" classname="{}" time="{}")", xml_escaped(stage.name),
                            xml_escaped(report.title), junit_seconds(stage.duration_ms));
    if (!stage.file.empty()) text += fmt::format(R"( file="{}" line="{}")", xml_escaped(stage.file), stage.line);
    std::string why = stage.word;
    if (!stage.why.empty()) why += ": " + stage.why;
    switch (stage.outcome) {
        case Outcome::unchanged:
        case Outcome::passed:
            text += fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", xml_body(why));
            break;
        case Outcome::skipped:
            text += fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", xml_escaped(why));
            break;
        case Outcome::stopped:
            text +=
                fmt::format(">\n      <error message=\"{}\" type=\"stopped\"/>\n    </testcase>\n", xml_escaped(why));
            break;
        case Outcome::failed:
            text += fmt::format(">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
                                xml_escaped(stage.message), xml_escaped(stage.code), xml_body(details_of(stage)));
            break;
    }
    sink(text);
}

}  // namespace

std::size_t JobReport::count(JobStage::Outcome outcome) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(stages.begin(), stages.end(), [&](const JobStage& stage) { return stage.outcome == outcome; }));
}

void write_junit(const JobReport& report, const TextSink& sink) {
    const auto counts = fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")",
                                    report.stages.size(), report.count(Outcome::failed), report.count(Outcome::stopped),
                                    report.count(Outcome::skipped), junit_seconds(report.duration_ms));
    sink("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    sink(fmt::format("<testsuites name=\"mlo run\" {}>\n", counts));
    sink(fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\" hostname=\"{}\">\n", xml_escaped(report.title),
                     counts, utc_time(report.began_ms), xml_escaped(report.host)));
    for (const auto& stage : report.stages) write_case(report, stage, sink);
    std::string warnings;
    for (const auto& warning : report.warnings) warnings += fmt::format("warning: {}\n", warning);
    if (!warnings.empty()) sink(fmt::format("    <system-err>{}</system-err>\n", xml_body(warnings)));
    sink("  </testsuite>\n</testsuites>\n");
}

}  // namespace mlo::report
