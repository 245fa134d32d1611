// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/housekeeping.hpp>
#include <mlo/track/journal.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct ImportJournalOptions {
    std::vector<std::string> paths;
};

void declare(Args& args, ImportJournalOptions& o) {
    args.positional("path", o.paths, "journals, or folders of journals").completing(Completes::path).required();
}

int run(Context& ctx, const ImportJournalOptions& o) {
    std::vector<std::string> paths;
    for (const auto& path : o.paths) paths.push_back(path::absolute(path, ctx.cwd()));
    Tracking tracking{ctx};
    const auto& runtime = ctx.runtime();
    const auto merged = track::import_journals(tracking.runs(), tracking.archive(), paths, runtime);
    for (const auto& run :
         track::tidy_up(tracking.runs(), tracking.archive(), tracking.workspace().layout().store_dir, runtime))
        ctx.out().warning(fmt::format("run {} has ended without a word: it is marked LOST", short_id(run)));
    for (const auto& problem : merged.problems) ctx.out().warning(problem);
    ctx.out().message(merged.frames == 0 ? std::string{"nothing new"}
                                         : fmt::format("took {} of {}", plural(merged.frames, "entry", "entries"),
                                                       plural(merged.runs.size(), "run", "runs")));
    if (merged.runs.size() == 1) ctx.out().hint(fmt::format("mlo runs show {}", short_id(merged.runs.front())));
    return merged.problems.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo runs import-journal /scratch/journals", "what jobs on another machine recorded"}};

}  // namespace

extern const Command runs_import_journal_command{.words = "runs import-journal",
                                                 .group = Group::track,
                                                 .summary = "take over runs that were journaled elsewhere",
                                                 .bind = command_main<ImportJournalOptions, declare, run>,
                                                 .examples = examples};

}  // namespace mlo::cli
