// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsTagOptions {
    std::string run;
    std::vector<std::string> tags;
    std::vector<std::string> removed;
    std::optional<std::string> note;
};

void declare(Args& args, RunsTagOptions& o) {
    args.option("-d,--delete", o.removed, "remove the tag of this name").value("KEY");
    args.option("--note", o.note, "replace the note of the run").value("TEXT");
    args.positional("run", o.run, "its id or the start of it, its name, or 'last'")
        .required()
        .completing(Completes::run);
    args.positional("key=value", o.tags, "tags to set");
}

int run(Context& ctx, const RunsTagOptions& o) {
    track::Amendment amendment;
    for (auto& [key, value] : split_assignments(o.tags, "a tag")) amendment.tags[key] = value;
    for (const auto& key : o.removed) amendment.tags[key] = std::nullopt;
    amendment.note = o.note;
    if (amendment.tags.empty() && !o.note)
        throw Error{errors::missing_argument, "there is nothing to set"}.hint("mlo runs tag RUN KEY=VALUE");
    Tracking tracking{ctx};
    const auto id = tracking.resolve(o.run);
    tracking.archive().amend(id, amendment);
    ctx.out().message(fmt::format("tagged run {}", short_id(id)));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo runs tag last stage=candidate", "the run that was started last"},
                                {"mlo runs tag 1a2b3c4d -d stage --note 'overfits'", "remove a tag, say why"}};

}  // namespace

extern const Command runs_tag_command{.words = "runs tag",
                                      .group = Group::track,
                                      .summary = "set or remove tags and the note of a run, also of one that has ended",
                                      .bind = command_main<RunsTagOptions, declare, run>,
                                      .examples = examples};

}  // namespace mlo::cli
