// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/json/writer.hpp>
#include <mlo/track/run.hpp>
#include <mlo/track/run_list.hpp>
#include <string>
#include <vector>

#include "output.hpp"

/// How runs are printed.
namespace mlo::cli {

/// An element of "runs" in mlo/runs-v1.
void write_listed_run(json::Writer& json, const track::ListedRun& run);
/// The member "run" of mlo/run-show-v1: everything that is known of a run.
void write_run(json::Writer& json, const track::RunDocument& run, const track::RunStatus& status);
/// The same for people.
void show_run(Output& out, const track::RunDocument& run, const track::RunStatus& status);

/// What is known of a metric: count, last, min, max.
void write_metric(json::Writer& json, const track::MetricSummary& metric);
void write_fact(json::Writer& json, const track::Fact& fact);
/// A command line as one would type it.
[[nodiscard]] std::string command_text(const std::vector<std::string>& command);

/// The error for an experiment that is not there, with a guess.
[[nodiscard]] Error unknown_experiment(track::RunStore& runs, const std::string& name);

}  // namespace mlo::cli
