// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/report/text_sink.hpp>
#include <optional>
#include <string>
#include <vector>

/// What one command did, stage by stage, in the forms that CI systems read. All text may be any bytes: each form leaves
/// out, or replaces, what it cannot have.
namespace mlo::report {

/// One stage.
struct JobStage {
    enum class Outcome : std::uint8_t {
        unchanged,  ///< nothing had to be done
        passed,
        skipped,  ///< nothing was done, on purpose or as something else had failed
        stopped,  ///< by the user
        failed,
    };
    std::string name;
    Outcome outcome = Outcome::unchanged;
    std::string word;                     ///< "done", "restored", "up to date": what became of it
    std::string why;                      ///< on one line; may be empty
    std::int64_t began_ms = 0;            ///< since the command began
    std::int64_t duration_ms = 0;         ///< of what was done now; 0: nothing
    std::int64_t cpu_ms = 0;              ///< that its processes took together
    std::uint64_t peak_memory_bytes = 0;  ///< of its largest process; 0: not known
    std::uint32_t attempts = 0;
    std::string run;   ///< its id, if there is one
    std::string code;  ///< of the diagnostic: "MLO-P152"; with message, notes and help, empty unless it failed
    std::string message;
    std::vector<std::string> notes;
    std::string help;
    std::string file;  ///< where it is written, seen from the repository's root; may be empty
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string output_end;          ///< the last of what it printed
    bool is_output_cut = false;      ///< there was more before that
    std::vector<std::size_t> needs;  ///< indices of stages
};

/// A number that a stage has measured.
struct JobMetric {
    std::string file;
    std::string key;
    double value = 0;
    std::optional<double> before;  ///< in the last commit
};

struct JobReport {
    std::string title;          ///< the document
    std::string summary;        ///< "3 stages: 2 ran, 1 failed, in 1.5 s"
    std::string host;           ///< where it ran
    std::int64_t began_ms = 0;  ///< since 1970
    std::int64_t duration_ms = 0;
    std::vector<JobStage> stages;  ///< in the order of their ends
    std::vector<JobMetric> metrics;
    std::vector<std::string> warnings;

    [[nodiscard]] std::size_t count(JobStage::Outcome outcome) const noexcept;
};

/// JUnit's XML, as Jenkins, GitLab and pytest have it: one testsuite, a testcase for each stage.
void write_junit(const JobReport& report, const TextSink& sink);

/// A table with what was done, and the ends of what failed ones printed: Markdown as GitHub shows it, at most
/// `limit_bytes` long. What does not fit is counted.
[[nodiscard]] std::string to_markdown(const JobReport& report, std::size_t limit_bytes);

/// OpenMetrics 1.0 text: stages by outcome, durations, metrics.
void write_open_metrics(const JobReport& report, const TextSink& sink);

/// An HTML page that needs nothing but itself, without scripts: the graph, a time line, every stage with its reasons,
/// what metrics have changed, and the ends of what stages printed.
void write_job_page(const JobReport& report, const TextSink& sink);

}  // namespace mlo::report
