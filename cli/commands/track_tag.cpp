// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackTagOptions {
    std::vector<std::string> values;
    std::string run;
};

void declare(Args& args, TrackTagOptions& o) {
    declare_run(args, o.run);
    args.positional("key=value", o.values, "tags and their values").required();
}

int run(Context& ctx, const TrackTagOptions& o) {
    const auto values = split_assignments(o.values, "a tag");
    if (is_untracked(ctx, o.run)) return exit_ok;
    CurrentRun current{ctx, o.run};
    current.runs().record(current.id(), {.tags = values});
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track tag purpose=baseline", "inside of a tracked job"}};

}  // namespace

extern const Command track_tag_command{.words = "track tag",
                                       .group = Group::track,
                                       .summary = "set tags of a run that is going on",
                                       .bind = command_main<TrackTagOptions, declare, run>,
                                       .examples = examples};

}  // namespace mlo::cli
