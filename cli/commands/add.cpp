// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t shown_targets = 20;

struct AddOptions {
    std::vector<std::string> paths;
    std::optional<std::uint32_t> jobs;
    bool are_patterns = false;
};

void declare(Args& args, AddOptions& o) {
    args.flag("--glob", o.are_patterns,
              "each PATH is a pattern: '*' and '?' within a name, '**' across folders, '[a-z]'");
    args.option("-j,--jobs", o.jobs, "threads to use [default: one per processor]").between(1, 256);
    args.positional("path", o.paths, "files and folders to track, or to track anew")
        .required()
        .completing(Completes::path);
}

std::string described(const workspace::Pointer& pointer) {
    if (pointer.kind == workspace::PointerKind::file) return format_bytes(pointer.size_bytes);
    return fmt::format("{}, {}", plural(pointer.files, "file", "files"), format_bytes(pointer.size_bytes));
}

void write_document(Output& out, const workspace::AddReport& report) {
    out.document("mlo/add-v1", [&](json::Writer& json) {
        json.key("targets").begin_array();
        for (const auto& target : report.targets) {
            const auto& pointer = target.pointer;
            const bool is_directory = pointer.kind == workspace::PointerKind::directory;
            json.begin_object();
            json::write_path(json, "path", target.path);
            json.key("outcome").string(to_string(target.outcome));
            json.key("kind").string(is_directory ? "directory" : "file");
            json.key("id").string(pointer.id.to_string());
            json.key("size").unsigned_integer(pointer.size_bytes);
            if (is_directory) json.key("files").unsigned_integer(pointer.files);
            json.end_object();
            out.drain();
        }
        json.end_array();
        json.key("to_stage").begin_array();
        for (const auto& path : report.to_stage) {
            json.begin_object();
            json::write_path(json, "path", path);
            json.end_object();
        }
        json.end_array();
        json.key("read_files").unsigned_integer(report.read_files);
        json.key("read_bytes").unsigned_integer(report.read_bytes);
    });
}

void show(Output& out, const workspace::Workspace& workspace, const workspace::AddReport& report) {
    std::vector<const workspace::AddedTarget*> changed;
    for (const auto& target : report.targets) {
        if (target.outcome != workspace::AddOutcome::unchanged) changed.push_back(&target);
    }
    const auto shown = out.verbosity() >= Verbosity::verbose ? changed.size() : std::min(changed.size(), shown_targets);
    for (std::size_t i = 0; i < shown; ++i)
        out.message(fmt::format("{} {} ({})", to_string(changed[i]->outcome), quoted(workspace.shown(changed[i]->path)),
                                described(changed[i]->pointer)));
    if (shown < changed.size()) out.message(fmt::format("and {} more", format_count(changed.size() - shown)));
    if (const auto same = report.targets.size() - changed.size(); same == 1 && report.targets.size() == 1)
        out.message(fmt::format("{} is unchanged", quoted(workspace.shown(report.targets[0].path))));
    else if (same > 0)
        out.message(fmt::format("{} unchanged", plural(same, "path", "paths")));

    if (report.to_stage.empty() || !workspace.layout().git) return;
    std::string command = "git add";
    // Beyond what a line holds, git finds them as well as anybody.
    if (report.to_stage.size() > 8) command += " '*.mlo' '*.gitignore'";
    for (std::size_t i = 0; report.to_stage.size() <= 8 && i < report.to_stage.size(); ++i)
        command += ' ' + shell_word(workspace.shown(report.to_stage[i]));
    out.hint(command);
}

int run(Context& ctx, const AddOptions& o) {
    auto& workspace = ctx.workspace(o.jobs);
    std::vector<std::string> paths;
    if (o.are_patterns) {
        paths = expand_patterns(workspace, o.paths);
    } else {
        for (const auto& path : o.paths) paths.push_back(workspace.from_user(path));
    }
    const auto report = add(workspace, paths, ctx.large_files());
    if (ctx.out().is_json())
        write_document(ctx.out(), report);
    else
        show(ctx.out(), workspace, report);
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo add data model.bin", "store them, write data.mlo and model.bin.mlo, ignore them in git"},
    {"mlo add --glob 'data/*.csv'", "one pointer for each file that matches"}};

}  // namespace

extern const Command add_command{.words = "add",
                                 .group = Group::data,
                                 .summary = "track files and folders, or their changes",
                                 .bind = command_main<AddOptions, declare, run>,
                                 .json_schema = "mlo/add-v1",
                                 .examples = examples};

}  // namespace mlo::cli
