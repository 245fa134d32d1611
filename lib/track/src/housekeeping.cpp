// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/ledger/errors.hpp>
#include <mlo/track/housekeeping.hpp>
#include <mlo/track/metrics_ingest.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "small_file.hpp"

namespace mlo::track {
namespace {

/// The lines that a dead wrapper did not come to read. What cannot be read stays where it is.
void take_left_metrics(RunStore& runs, const std::string& run, const std::string& path, const Runtime& runtime) {
    const auto folder = try_open(runtime.fs, std::string{path::parent(path)});
    if (!folder || !folder->stat(path::name(path))) return;
    try {
        MetricsIngest ingest{runs, run, path, runtime.fs};
        ingest.take_last();
        ingest.finish();
        folder->remove(path::name(path));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal) throw;
        runtime.log.log(LogLevel::warning, fmt::format("the metrics that run {} left in {} could not be read: {}",
                                                       quoted(run), quoted(path), error.message()));
    }
}

}  // namespace

std::vector<std::string> tidy_up(RunStore& runs, Archive& archive, const std::string& store_dir,
                                 const Runtime& runtime) {
    archive.catch_up();
    auto lost = runs.settle([&](const ProcessIdentity& process) { return probe_process(runtime.fs, process); });
    for (const auto& run : runs.ended_runs()) take_left_metrics(runs, run, metrics_path(store_dir, run), runtime);
    try {
        archive.seal_ended();
    } catch (const Error& error) {
        // They wait. Reading goes on, and the doctor knows what to do.
        if (error.code().id != ledger::errors::ledger_behind.id) throw;
        runtime.log.log(LogLevel::warning,
                        fmt::format("runs that have ended are not sealed: {}; {}", error.message(), error.hint_text()));
    }
    return lost;
}

}  // namespace mlo::track
