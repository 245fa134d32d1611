// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/git/errors.hpp>
#include <mlo/git/local_settings.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "merge_setup.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view attributes_file = ".gitattributes";

struct HooksInstallOptions {
    bool wants_merge = false;
    bool uninstalls = false;
};

void declare(Args& args, HooksInstallOptions& o) {
    args.flag("--merge", o.wants_merge, "let git merge pointers and locks by 'mlo merge-driver'");
    args.flag("--uninstall", o.uninstalls, "take back what the command did");
}

/// The root of git's work tree.
const git::Layout& required_layout(Context& ctx) {
    const auto& layout = ctx.git_layout();
    if (!layout) {
        throw Error{git::errors::no_repository, fmt::format("{} is in no git repository", quoted(ctx.cwd()))}.hint(
            "git init && mlo init");
    }
    if (!layout->has_work_tree()) {
        throw Error{git::errors::no_work_tree, fmt::format("{} is in no work tree", quoted(ctx.cwd()))}.hint(
            "git worktree list");
    }
    return *layout;
}

std::string commit_command(Context& ctx, const git::Layout& layout, std::string_view what) {
    const auto file = path::relative(path::join(layout.work_tree, attributes_file), ctx.cwd());
    return fmt::format("git add {} && git commit -m '{}'", shell_word(file), what);
}

void install(Context& ctx, const git::Layout& layout, git::LocalSettings& settings) {
    const auto root = ctx.runtime().fs.open_root(layout.work_tree);
    // The settings first: with the lines alone, git would merge pointers as text.
    bool has_set = false;
    for (const auto& [key, value] : merge_settings) {
        if (settings.find(std::string{key}) == value) continue;
        settings.set(std::string{key}, std::string{value});
        has_set = true;
    }
    const auto added = git::add_attributes(*root, merge_attributes, ctx.runtime().random);
    ctx.out().message(fmt::format("{}{} = {}", has_set ? "set " : "already set: ", merge_settings.back().key,
                                  merge_settings.back().value));
    if (added == 0) {
        ctx.out().message(fmt::format("{} has its lines already", attributes_file));
        return;
    }
    ctx.out().message(fmt::format("added {} to {}: with it, each clone needs this command once",
                                  plural(added, "line", "lines"), attributes_file));
    ctx.out().hint(commit_command(ctx, layout, "Merge pointers with mlo"));
}

void uninstall(Context& ctx, const git::Layout& layout, git::LocalSettings& settings) {
    const auto root = ctx.runtime().fs.open_root(layout.work_tree);
    // The lines first, for the same reason.
    const auto removed = git::remove_attributes(*root, merge_attributes, ctx.runtime().random);
    bool was_set = false;
    for (const auto section : merge_sections) was_set = settings.remove_section(std::string{section}) || was_set;
    if (was_set) ctx.out().message(fmt::format("removed {}", merge_driver_key));
    if (removed > 0) {
        ctx.out().message(fmt::format("removed {} from {}", plural(removed, "line", "lines"), attributes_file));
        ctx.out().hint(commit_command(ctx, layout, "Merge pointers as text"));
    }
    if (!was_set && removed == 0) ctx.out().message("nothing of it is installed");
    if (git::count_attributes(*root, merge_attributes) > 0)
        ctx.out().warning(fmt::format("{} still names 'merge=mlo', in lines that give more", attributes_file));
}

int run(Context& ctx, const HooksInstallOptions& o) {
    if (!o.wants_merge)
        throw Error{errors::missing_argument, "'mlo hooks install' needs to be told what to install"}.hint(
            "mlo hooks install --merge");
    const auto& layout = required_layout(ctx);
    git::LocalSettings settings{layout, git::Environment{ctx.environment().entries()}};
    if (o.uninstalls) {
        uninstall(ctx, layout, settings);
    } else {
        install(ctx, layout, settings);
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo hooks install --merge", "branches that changed one data set merge by its files"},
                                {"mlo hooks install --merge --uninstall", "back to git's own ways"}};

}  // namespace

extern const Command hooks_install_command{.words = "hooks install",
                                           .group = Group::care,
                                           .summary = "let git call mlo: to merge pointers and locks",
                                           .bind = command_main<HooksInstallOptions, declare, run>,
                                           .examples = examples};

}  // namespace mlo::cli
