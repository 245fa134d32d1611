// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

struct CheckIgnoreOptions {
    std::vector<std::string> paths;
};

void declare(Args& args, CheckIgnoreOptions& o) {
    args.positional("path", o.paths, "paths to ask about; they need not exist, a folder's may end in '/'")
        .required()
        .completing(Completes::path);
}

struct Answer {
    std::string typed;
    workspace::IgnoreVerdict verdict;
};

Answer ask(workspace::Workspace& workspace, const std::string& typed) {
    const auto path = workspace.from_user(typed);
    if (path.empty()) return {.typed = typed, .verdict = {}};
    const auto stat = workspace.stat(path);
    const bool is_folder = stat ? stat->kind == FileKind::directory : typed.ends_with('/');
    return {.typed = typed,
            .verdict = check_ignored(workspace.root(), path,
                                     is_folder ? workspace::PathKind::folder : workspace::PathKind::file)};
}

void write_document(Output& out, const std::vector<Answer>& answers) {
    out.document("mlo/check-ignore-v1", [&](json::Writer& json) {
        json.key("paths").begin_array();
        for (const auto& [typed, verdict] : answers) {
            json.begin_object();
            json::write_path(json, "path", typed);
            json.key("ignored").boolean(verdict.ignored);
            if (verdict.matched) {
                json::write_path(json, "file", verdict.file);
                json.key("line").unsigned_integer(verdict.line);
                json::write_path(json, "pattern", verdict.pattern);
            }
            json.end_object();
        }
        json.end_array();
    });
}

int run(Context& ctx, const CheckIgnoreOptions& o) {
    auto& workspace = ctx.workspace();
    auto& out = ctx.out();
    const bool tells_rule = out.verbosity() >= Verbosity::verbose;
    std::vector<Answer> answers;
    bool is_any_ignored = false;
    for (const auto& typed : o.paths) {
        answers.push_back(ask(workspace, typed));
        is_any_ignored |= answers.back().verdict.ignored;
    }
    if (out.is_json()) {
        write_document(out, answers);
    } else {
        for (const auto& [typed, verdict] : answers) {
            if (tells_rule && verdict.matched)
                out.line("{}:{}:{}\t{}", printable(workspace.shown(verdict.file)), verdict.line,
                         printable(verdict.pattern), printable(typed));
            else if (verdict.ignored)
                out.line(printable(typed));
        }
    }
    return is_any_ignored ? exit_ok : exit_negative;
}

constexpr Example examples[] = {{"mlo check-ignore data/tmp/x.part", "would 'mlo add data' leave it out?"},
                                {"mlo check-ignore -v data/tmp/x.part", "and which line of which .mloignore says so?"}};
constexpr ExitMeaning exits[] = {{exit_negative, "none of the paths is ignored"}};

}  // namespace

extern const Command check_ignore_command{.words = "check-ignore",
                                          .group = Group::data,
                                          .summary = "tell which paths .mloignore leaves out, and why",
                                          .bind = command_main<CheckIgnoreOptions, declare, run>,
                                          .json_schema = "mlo/check-ignore-v1",
                                          .examples = examples,
                                          .exits = exits};

}  // namespace mlo::cli
