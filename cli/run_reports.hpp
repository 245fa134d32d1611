// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/pipeline/engine.hpp>
#include <mlo/report/job_report.hpp>
#include <string>

#include "args.hpp"
#include "run_log.hpp"
#include "run_trace.hpp"

namespace mlo::cli {

class Context;

/// Files that tell what a run did.
struct ReportOptions {
    std::string junit;
    std::string open_metrics;
    std::string page;
};
void declare_reports(Args& args, ReportOptions& o);
/// Makes the folders that they are to be written to, before anything runs.
void prepare_reports(Context& ctx, const ReportOptions& o);

/// Whether there is anything to report to.
[[nodiscard]] bool wants_report(const RunLog& log, const ReportOptions& o) noexcept;
[[nodiscard]] report::JobReport job_report(Context& ctx, const pipeline::Pipeline& pipeline,
                                           const pipeline::EngineReport& engine, const RunTrace& trace,
                                           const std::string& summary);

/// Writes the files that were asked for, and tells the CI system in its own ways: GitHub by annotations and the summary
/// of its step.
void report_run(Context& ctx, RunLog& log, const ReportOptions& o, const report::JobReport& report);
/// The same for an error that kept all from running.
void annotate(Context& ctx, RunLog& log, const Error& error);

}  // namespace mlo::cli
