// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/git/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view config_file = ".mlo/config.yaml";

struct InitOptions {
    bool without_git = false;
};

void declare(Args& args, InitOptions& o) {
    args.flag("--no-git", o.without_git, "prepare this folder without git: no revisions, the store lies in '.mlo'");
}

/// What the command found or made.
struct Workspace {
    std::string root;
    std::string store;
    std::string project;
    bool was_made = false;
};

void check_git(Context& ctx, const InitOptions& o) {
    const auto& layout = ctx.git_layout();
    if (o.without_git) {
        if (!layout) return;
        throw Error{errors::conflicting_options,
                    fmt::format("{} is in a git repository, which '--no-git' is not for", quoted(ctx.cwd()))}
            .hint("mlo init");
    }
    if (!layout) {
        throw Error{git::errors::no_repository, fmt::format("{} is in no git repository", quoted(ctx.cwd()))}.hint(
            "git init && mlo init    (or, without git: mlo init --no-git)");
    }
    if (!layout->has_work_tree()) {
        throw Error{git::errors::no_work_tree, fmt::format("{} is in no work tree", quoted(ctx.cwd()))}.hint(
            "git worktree list");
    }
}

/// Without git the current folder becomes the root, unless a workspace is around it already.
void prepare_folder(Context& ctx) {
    const auto folder = ctx.runtime().fs.open_root(ctx.cwd());
    if (ctx.workspace_root().empty()) {
        if (folder->make_dir(".mlo")) folder->sync();
        return;
    }
    if (ctx.workspace_root() == ctx.cwd()) return;
    throw Error{errors::already_inside,
                fmt::format("{} is inside the workspace {}", quoted(ctx.cwd()), quoted(ctx.workspace_root()))};
}

Workspace prepare(Context& ctx, const InitOptions& o) {
    Workspace workspace;
    if (o.without_git) prepare_folder(ctx);
    workspace.root = o.without_git ? ctx.cwd() : ctx.git_layout()->work_tree;
    workspace.store =
        path::join(o.without_git ? workspace.root : ctx.git_layout()->common_dir, o.without_git ? ".mlo" : "mlo");
    for (const auto& setting : ctx.config().of_layer(config::Layer::repository)) {
        if (setting.name == "project") workspace.project = setting.value;
    }
    if (workspace.project.empty()) {
        workspace.project = ctx.runtime().random.hex(16);
        workspace.was_made = true;
        ctx.config().set(config::Layer::repository, "project", workspace.project, ctx.runtime().random);
    }
    return workspace;
}

void report(Context& ctx, const InitOptions& o, const Workspace& workspace) {
    auto& out = ctx.out();
    const auto shown = [&](const std::string& place) { return printable(path::relative(place, ctx.cwd())); };
    const auto settings = shown(path::join(workspace.root, config_file));
    out.message(fmt::format("{} {}", workspace.was_made ? "prepared" : "already prepared:", quoted(workspace.root)));
    out.message(fmt::format("settings: {}; store: {}, made when it is first needed", settings, shown(workspace.store)));
    if (!o.without_git) {
        const std::vector<std::string> question{std::string{config_file}};
        if (!ctx.repository().ignored(question).empty()) {
            out.warning(fmt::format("git ignores {}, which must be committed: git add -f", quoted(config_file)));
        } else if (workspace.was_made) {
            out.hint(fmt::format("git add {} && git commit -m 'Start mlo'", settings));
        }
    }
    out.hint("mlo add PATH");
}

int run(Context& ctx, const InitOptions& o) {
    check_git(ctx, o);
    const auto workspace = prepare(ctx, o);
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/init-v1", [&](json::Writer& json) {
            json.key("created").boolean(workspace.was_made);
            json::write_path(json, "root", workspace.root);
            json.key("project").string(workspace.project);
            json::write_path(json, "store", workspace.store);
            json.key("git").boolean(!o.without_git);
        });
        return exit_ok;
    }
    report(ctx, o, workspace);
    return exit_ok;
}

constexpr Example examples[] = {{"git init && mlo init", "start a project"},
                                {"mlo init --no-git", "version data where there is no git"}};

}  // namespace

extern const Command init_command{.words = "init",
                                  .group = Group::start,
                                  .summary = "prepare a git repository, or a folder, for mlo",
                                  .bind = command_main<InitOptions, declare, run>,
                                  .json_schema = "mlo/init-v1",
                                  .examples = examples};

}  // namespace mlo::cli
