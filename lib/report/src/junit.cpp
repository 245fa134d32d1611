// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/job_report.hpp>

#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

/// For elements and attributes: white space is kept in both.
std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char c : xml_characters(bytes)) {
        if (c == '&') {
            text += "&amp;";
        } else if (c == '<') {
            text += "&lt;";
        } else if (c == '>') {
            text += "&gt;";
        } else if (c == '"') {
            text += "&quot;";
        } else if (c == '\r' || c == '\n' || c == '\t') {
            text += fmt::format("&#{};", static_cast<int>(c));
        } else {
            text += c;
        }
    }
    return text;
}

/// For elements alone: lines stay lines.
std::string body(std::string_view bytes) {
    std::string text;
    while (true) {
        const auto end = bytes.find_first_of("\n\t");
        text += escaped(bytes.substr(0, end));
        if (end == bytes.npos) return text;
        text += bytes[end];
        bytes.remove_prefix(end + 1);
    }
}

std::string seconds(std::int64_t milliseconds) {
    const auto positive = std::max<std::int64_t>(milliseconds, 0);
    return fmt::format("{}.{:03}", positive / 1000, positive % 1000);
}

std::string timestamp(std::int64_t milliseconds) {
    const std::time_t time = milliseconds / 1000;
    std::tm parts{};
    if (::gmtime_r(&time, &parts) == nullptr) return "1970-01-01T00:00:00";
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// What the message does not say.
std::string details_of(const JobStage& stage) {
    std::string text = stage.message;
    if (!stage.file.empty()) text += fmt::format("\n  --> {}:{}:{}", stage.file, stage.line, stage.column);
    for (const auto& note : stage.notes) text += fmt::format("\n  = {}", note);
    if (!stage.help.empty()) text += fmt::format("\n  help: {}", stage.help);
    if (!stage.why.empty()) text += fmt::format("\nit ran because: {}", stage.why);
    if (!stage.output_end.empty())
        text +=
            fmt::format("\n\n{}\n{}",
                        stage.is_output_cut ? "the end of its output:" : "its output:", plain_output(stage.output_end));
    return text;
}

void write_case(const JobReport& report, const JobStage& stage, const TextSink& sink) {
    auto text = fmt::format(R"(    <testcase name="{}" classname="{}" time="{}")", escaped(stage.name),
                            escaped(report.title), seconds(stage.duration_ms));
    if (!stage.file.empty()) text += fmt::format(R"( file="{}" line="{}")", escaped(stage.file), stage.line);
    std::string why = stage.word;
    if (!stage.why.empty()) why += ": " + stage.why;
    switch (stage.outcome) {
        case Outcome::unchanged:
        case Outcome::passed:
            text += fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", body(why));
            break;
        case Outcome::skipped:
            text += fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", escaped(why));
            break;
        case Outcome::stopped:
            text += fmt::format(">\n      <error message=\"{}\" type=\"stopped\"/>\n    </testcase>\n", escaped(why));
            break;
        case Outcome::failed:
            text += fmt::format(">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
                                escaped(stage.message), escaped(stage.code), body(details_of(stage)));
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
                                    report.count(Outcome::skipped), seconds(report.duration_ms));
    sink("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    sink(fmt::format("<testsuites name=\"mlo run\" {}>\n", counts));
    sink(fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\" hostname=\"{}\">\n", escaped(report.title), counts,
                     timestamp(report.began_ms), escaped(report.host)));
    for (const auto& stage : report.stages) write_case(report, stage, sink);
    std::string warnings;
    for (const auto& warning : report.warnings) warnings += fmt::format("warning: {}\n", warning);
    if (!warnings.empty()) sink(fmt::format("    <system-err>{}</system-err>\n", body(warnings)));
    sink("  </testsuite>\n</testsuites>\n");
}

}  // namespace mlo::report
