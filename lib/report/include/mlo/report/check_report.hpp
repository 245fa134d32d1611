// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/report/text_sink.hpp>
#include <optional>
#include <string>
#include <vector>

/// What checks of data have found, in the forms that CI systems and monitoring read. All text may be any bytes: each
/// form leaves out, or replaces, what it cannot have. Names may stand twice.
namespace mlo::report {

/// One comparison within a check.
struct CheckFinding {
    enum class Outcome : std::uint8_t { passed, failed, undecided };
    std::string subject;  ///< the column
    std::string what;     ///< of it was compared: "distribution"
    Outcome outcome = Outcome::passed;
    std::string message;           ///< "median 0.698, was 0.498", on one line
    std::optional<double> effect;  ///< how large the difference is
    double threshold = 0;          ///< of the effect: from where on it counts
    std::optional<double> p;
};

/// One table.
struct Check {
    enum class Outcome : std::uint8_t {
        passed,
        failed,
        undecided,  ///< there was too little to decide on
        broken      ///< it could not be run
    };
    std::string name;
    /// What the check says as a whole. It may have passed in spite of findings that failed: those are no failures then,
    /// in any form.
    Outcome outcome = Outcome::passed;
    std::string summary;  ///< "drift in 2 of 5 columns, 1,000 rows against 1,000"
    std::string code;     ///< of the diagnostic: "MLO-K003"; with message, notes and help, empty unless it is broken
    std::string message;
    std::vector<std::string> notes;
    std::string help;
    std::string file;  ///< where it is written, or the table, seen from the repository's root; may be empty
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::int64_t duration_ms = 0;
    std::uint64_t reference_rows = 0;
    std::uint64_t current_rows = 0;
    std::vector<CheckFinding> findings;
};

struct CheckReport {
    std::string tool;           ///< "mlo drift": the last word begins the names of SARIF's rules
    std::string version;        ///< of mlo
    std::string title;          ///< the document, or the table
    std::string host;           ///< where it ran
    std::int64_t began_ms = 0;  ///< since 1970
    std::int64_t duration_ms = 0;
    std::vector<Check> checks;

    [[nodiscard]] std::size_t count(Check::Outcome outcome) const noexcept;
};

/// JUnit's XML, as Jenkins, GitLab and pytest have it: a testsuite for each check, a testcase for each finding. One
/// that is undecided was skipped, a check that is broken has an error.
void write_junit(const CheckReport& report, const TextSink& sink);

/// A table of the checks, and the findings of those that did not pass: Markdown as GitHub shows it, at most
/// `limit_bytes` long. What does not fit is counted.
[[nodiscard]] std::string to_markdown(const CheckReport& report, std::size_t limit_bytes);

/// SARIF 2.1.0 (OASIS), as GitHub's code scanning takes it: a result for each finding that failed (error) or is
/// undecided (note), and for each check that is broken (error), at most 25,000, the errors first. A fingerprint is made
/// of the check, the column and what was compared alone: what is found again on another day is the same alert.
void write_sarif(const CheckReport& report, const TextSink& sink);

/// Prometheus' text format 0.0.4, which the textfile collector of node_exporter reads: gauges, each series once. What
/// they are: lib/report/README.md.
void write_prometheus(const CheckReport& report, const TextSink& sink);

}  // namespace mlo::report
