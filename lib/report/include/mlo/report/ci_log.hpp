// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlo/report/job_report.hpp>

/// Lines that CI systems take for more than text when they read a job's log.
namespace mlo::report {

/// `::name key=value,...::data`, with everything escaped that would end a value. Empty values are left out.
[[nodiscard]] std::string github_command(std::string_view name,
                                         const std::vector<std::pair<std::string_view, std::string>>& properties,
                                         std::string_view data);
/// The annotations of a report: an `error` for each stage that failed, a `warning` for each warning. GitHub shows ten
/// of a kind for a step: the tenth says how many more there are.
[[nodiscard]] std::vector<std::string> github_annotations(const JobReport& report);
/// `text` in which no line is a command: of the form `::name::`, which a runner sees at the begin of a line, or of the
/// older `##[name]`, which it sees anywhere.
[[nodiscard]] std::string without_github_commands(std::string_view text);

/// What begins a section that is shown folded, with `header` as what is seen of it. `id`: a name that is used once in a
/// log; what is no letter, digit, '_', '.' or '-' becomes '_'.
[[nodiscard]] std::string gitlab_section_start(std::int64_t time_s, std::string_view id, std::string_view header);
[[nodiscard]] std::string gitlab_section_end(std::int64_t time_s, std::string_view id);
/// `text` in which nothing begins or ends a section.
[[nodiscard]] std::string without_gitlab_sections(std::string_view text);

/// What is left of a stream on a page or in a file: without escape sequences and control characters, of each line what
/// a carriage return did not write over; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string plain_output(std::string_view bytes);

}  // namespace mlo::report
