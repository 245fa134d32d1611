// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "run_diff_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct RunsDiffOptions {
    std::vector<std::string> runs;
    std::vector<std::string> parts;
    bool shows_code = false;
    bool tells_by_exit_code = false;
};

void declare(Args& args, RunsDiffOptions& o) {
    args.option("-p,--part", o.parts,
                "run, code, params, tags, metrics, data, environment, packages, host, usage [default: all but usage]")
        .value("PART[,...]");
    args.flag("--code", o.shows_code, "the patch between the code of two runs, uncommitted changes included");
    args.flag("--exit-code", o.tells_by_exit_code, "end with 3 if anything that is shown differs");
    args.positional("run", o.runs, "two runs or more: ids or the start of them, names, or 'last'")
        .required()
        .completing(Completes::run);
}

std::set<std::string> parts_of(const RunsDiffOptions& o) {
    const auto& known = diff_parts();
    std::set<std::string> parts;
    for (const auto& list : o.parts) {
        for (const auto& name : split(list, ',')) {
            const std::string part{trim(name)};
            if (std::find(known.begin(), known.end(), part) == known.end()) {
                Error error{errors::bad_value, fmt::format("there is no part {}", quoted(part))};
                const auto guess = closest_match(part, known);
                throw std::move(error.hint(guess ? fmt::format("did you mean '{}'?", *guess) : "mlo runs diff -h"));
            }
            parts.insert(part);
        }
    }
    if (o.parts.empty())
        for (const auto& part : known)
            if (part != "usage") parts.insert(part);
    return parts;
}

void check(const RunsDiffOptions& o) {
    if (o.runs.size() < 2)
        throw Error{errors::missing_argument, "there is one run, and nothing to compare it with"}.hint(
            o.runs.front() == "last" ? std::string{"mlo runs"}
                                     : fmt::format("mlo runs diff {} last", printable(o.runs.front())));
    if (o.shows_code && o.runs.size() > 2)
        throw Error{errors::conflicting_options, "'--code' takes two runs"}.hint("name the two");
}

/// What git can say of two commits; nothing if it cannot.
std::optional<git::Divergence> divergence_of(workspace::Workspace& workspace, const RunDiff& diff) {
    if (diff.runs.size() != 2 || !diff.parts.contains("code") || workspace.repository() == nullptr) return std::nullopt;
    const auto& before = diff.runs[0].source.commit;
    const auto& after = diff.runs[1].source.commit;
    if (before.empty() || after.empty() || before == after) return std::nullopt;
    return workspace.repository()->divergence(before, after);
}

int run(Context& ctx, const RunsDiffOptions& o) {
    constexpr std::uint64_t largest_text = std::uint64_t{64} << 20;
    check(o);
    const auto parts = parts_of(o);
    Tracking tracking{ctx, db::Access::read};
    std::vector<track::RunDocument> runs;
    for (const auto& name : o.runs) runs.push_back(tracking.runs().get(tracking.resolve(name)));
    auto& workspace = tracking.workspace();
    const auto read = track::read_from(workspace.store(), largest_text);
    RunDiff diff{runs, compare(runs, read), parts, {}, {}};
    diff.divergence = divergence_of(workspace, diff);
    if (o.shows_code) {
        const auto folder = workspace::make_folders(workspace.runtime().fs, workspace.layout().store_dir);
        for (const auto& run : runs)
            if (!run.source.is_dirty)
                diff.comparison.unknown.push_back(
                    fmt::format("nobody looked at what was not committed in run {}", run.id));
        diff.patch =
            code_between(workspace.required_repository(), runs[0], runs[1], read, *folder, workspace.runtime());
    }
    if (ctx.out().is_json())
        ctx.out().document("mlo/runs-diff-v1", [&](json::Writer& json) { write_run_diff(json, diff); });
    else
        show_run_diff(ctx.out(), diff);
    const bool differ = !diff.is_empty() || (diff.patch && !diff.patch->empty());
    return o.tells_by_exit_code && differ ? exit_negative : exit_ok;
}

constexpr Example examples[] = {{"mlo runs diff 1a2b3c4d last", "what is not the same in two runs"},
                                {"mlo runs diff 1a2b last --code --part code", "the changes of the code between them"},
                                {"mlo runs diff one two three -p params,metrics", "a column for each run"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs (only with --exit-code)"}};

}  // namespace

extern const Command runs_diff_command{.words = "runs diff",
                                       .group = Group::track,
                                       .summary = "show what differs between runs",
                                       .bind = command_main<RunsDiffOptions, declare, run>,
                                       .json_schema = "mlo/runs-diff-v1",
                                       .examples = examples,
                                       .exits = exits};

}  // namespace mlo::cli
