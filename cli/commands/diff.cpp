// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/diff.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

struct DiffOptions {
    std::vector<std::string> words;
    std::vector<std::string> paths;
    std::optional<std::uint32_t> jobs;
    bool is_short = false;
    bool tells_by_exit_code = false;
};

void declare(Args& args, DiffOptions& o) {
    args.flag("-s,--short", o.is_short, "a letter and a path for each difference, no sizes");
    args.flag("--exit-code", o.tells_by_exit_code, "end with 3 if anything differs");
    args.option("-j,--jobs", o.jobs, "threads to use [default: one per processor]").between(1, 256);
    args.positional("rev", o.words, "up to two revisions of git, then paths [default: HEAD, and everything]")
        .completing(Completes::revision);
    args.passthrough("path", o.paths, "tracked paths, parts of them, or folders that hold some");
}

void write_document(Output& out, const workspace::DiffReport& report, const workspace::RevisionsAndPaths& asked) {
    out.document("mlo/diff-v1", [&](json::Writer& json) {
        json.key("before").string(asked.names.empty() ? "HEAD" : printable(asked.names[0]));
        json.key("after");
        if (asked.names.size() < 2)
            json.null();
        else
            json.string(printable(asked.names[1]));
        json.key("changes").begin_array();
        for (const auto& change : report.changes) {
            write_change(json, change);
            out.drain();
        }
        json.end_array();
        json.key("problems").begin_array();
        for (const auto& problem : report.problems) write_problem(json, problem.path, problem.error);
        json.end_array();
    });
}

void show(Output& out, const workspace::Workspace& workspace, const workspace::DiffReport& report,
          const DiffOptions& o) {
    for (const auto& change : report.changes) {
        const auto paths = shown_paths(workspace, change);
        if (o.is_short)
            out.line("{} {}", letter_of(change.kind), paths);
        else
            out.line("{}  {}  ({})", painted_word(out, change.kind, 12), paths, detail_of(change));
        out.drain();
    }
    out.flush();  // the rest belongs below the answer
    if (!o.is_short && !report.changes.empty()) out.message(count_changes(report.changes));
    for (const auto& problem : report.problems) out.error(problem.error);
}

int run(Context& ctx, const DiffOptions& o) {
    auto& workspace = ctx.workspace(o.jobs);
    const auto asked = sort_arguments(workspace, o.words, o.paths, 2);
    workspace::DiffRequest request{.before = {}, .after = {}, .paths = asked.paths};
    // Before the first commit everything is new.
    request.before = asked.commits.empty() ? workspace.required_repository().head() : asked.commits[0];
    if (asked.commits.size() == 2) request.after = asked.commits[1];
    const auto report = diff(workspace, request);
    if (ctx.out().is_json())
        write_document(ctx.out(), report, asked);
    else
        show(ctx.out(), workspace, report, o);
    if (!report.problems.empty()) return exit_failed;
    return o.tells_by_exit_code && !report.changes.empty() ? exit_negative : exit_ok;
}

constexpr Example examples[] = {{"mlo diff", "the data here against the last commit"},
                                {"mlo diff v1.0 v2.0 -- data", "what changed in data between two tags"},
                                {"mlo diff HEAD~3 --short", "since three commits ago, a line each"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs (only with --exit-code)"}};

}  // namespace

extern const Command diff_command{.words = "diff",
                                  .group = Group::data,
                                  .summary = "show which files differ between versions",
                                  .bind = command_main<DiffOptions, declare, run>,
                                  .json_schema = "mlo/diff-v1",
                                  .examples = examples,
                                  .exits = exits};

}  // namespace mlo::cli
