// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>
#include <mlo/report/check_report.hpp>
#include <string>

#include "args.hpp"

namespace mlo::cli {

class Context;

/// Files that tell CI and monitoring what checks have found.
struct CheckReportOptions {
    std::string junit;
    std::string markdown;
    std::string sarif;
    std::string prometheus;
};
void declare_check_reports(Args& args, CheckReportOptions& o);

/// A report of this command, without checks.
[[nodiscard]] report::CheckReport check_report(Context& ctx, std::string tool, std::string title);
/// What a comparison has found.
[[nodiscard]] report::Check check_of(const drift::Report& report, std::string name, std::string summary);
/// What kept a check from being run.
[[nodiscard]] report::Check broken_check(Context& ctx, const Error& error, std::string name);
/// Where a check is written, `file:line:column` as errors have it, seen from where a CI system looks for files.
void set_place(Context& ctx, report::Check& check, std::string_view place);

/// Milliseconds since 1970.
[[nodiscard]] std::int64_t now_ms(Context& ctx);
/// Ends the report, and writes the files that were asked for, each whole or not at all.
void write_check_reports(Context& ctx, const CheckReportOptions& o, report::CheckReport& report);

}  // namespace mlo::cli
