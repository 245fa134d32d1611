// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock_merge.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/pointer_merge.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {
namespace {

constexpr std::uint64_t text_limit_bytes = std::uint64_t{1} << 30;
constexpr std::size_t shown_conflicts = 3;
constexpr std::string_view dvc_lock_name = "dvc.lock";

struct MergeDriverOptions {
    std::string base;
    std::string ours;
    std::string theirs;
    std::string path;
    bool merges_ancestors = false;
};

void declare(Args& args, MergeDriverOptions& o) {
    args.flag("--ancestors", o.merges_ancestors,
              "of several common ancestors, which git merges first: say nothing of conflicts");
    args.positional("base", o.base, "file with the common ancestor, empty if there is none: git's %O").required();
    args.positional("ours", o.ours, "file with our side, which gets the result: git's %A").required();
    args.positional("theirs", o.theirs, "file with their side: git's %B").required();
    args.positional("pathname", o.path, "where the result belongs in the work tree: git's %P").required();
}

/// What is to be written, and said.
struct Merged {
    std::string text;
    std::string message;
    std::string next;
    std::optional<Error> error;  ///< of a conflict
};

std::string read_text(Context& ctx, const std::string& file) {
    const auto absolute = path::absolute(file, ctx.cwd());
    const auto folder = ctx.runtime().fs.open_root(path::parent(absolute));
    return read_file(*folder, path::name(absolute), text_limit_bytes);
}

void write_text(Context& ctx, const std::string& file, std::string_view text) {
    const auto absolute = path::absolute(file, ctx.cwd());
    const auto folder = ctx.runtime().fs.open_root(path::parent(absolute));
    const auto status = folder->stat(path::name(absolute));
    write_file_atomically(*folder, path::name(absolute), text, status ? status->mode : 0666, ctx.runtime().random);
}

/// How to get the lists of the folders that are to be merged, and to merge again. While git merges it has not written
/// yet what it merges.
std::string fetch_command(Context& ctx, const std::string& target) {
    const auto& variables = ctx.environment().entries();
    const bool is_merge = std::any_of(variables.begin(), variables.end(),
                                      [](const std::string& each) { return each.starts_with("GITHEAD_"); });
    const auto versions =
        is_merge ? "--rev HEAD --rev MERGE_HEAD --rev $(git merge-base HEAD MERGE_HEAD)" : "--all-commits";
    return fmt::format("mlo fetch {} {} && git checkout -m {}", versions, shell_word(target),
                       shell_word(workspace::pointer_name(target)));
}

/// The first few of `count`, with how many more there are.
template <class Text>
void note_all(Error& error, std::size_t count, Text text) {
    const auto shown = count <= shown_conflicts + 1 ? count : shown_conflicts;
    for (std::size_t i = 0; i < shown; ++i) error.note(text(i));
    if (shown < count) error.note(fmt::format("and {} more: the file has them", format_count(count - shown)));
}

Error unmergeable(const ErrorCode& code, const Error& obstacle, const std::string& path) {
    Error error{code, fmt::format("{} cannot be merged", quoted(path))};
    error.note(
        fmt::format("{}{}", obstacle.place().empty() ? "" : printable(obstacle.place()) + ": ", obstacle.message()));
    for (const auto& note : obstacle.notes()) error.note(note);
    return error.hint(
        fmt::format("keep one side: git checkout --ours {0} (or --theirs), then: git add {0}", shell_word(path)));
}

Error conflict_error(const workspace::PointerMerge& merge, const std::string& pointer_path, const std::string& target) {
    Error error{
        workspace::errors::merge_conflict,
        fmt::format("both sides changed {} of {}", plural(merge.conflicts.size(), "entry", "entries"), quoted(target))};
    note_all(error, merge.conflicts.size(), [&](std::size_t i) {
        return fmt::format("{}: {}", quoted(merge.conflicts[i].path), describe(merge.conflicts[i]));
    });
    return error.hint(fmt::format("keep one of the two pointers in {}, then: mlo checkout {} && git add {}",
                                  quoted(pointer_path), shell_word(target), shell_word(pointer_path)));
}

Error obstacle_error(Context& ctx, const Error& obstacle, const std::string& pointer_path, const std::string& target) {
    if (obstacle.code().id == workspace::errors::objects_missing.id) {
        auto error = obstacle;
        return error.hint(fetch_command(ctx, target));
    }
    return unmergeable(workspace::errors::merge_conflict, obstacle, pointer_path);
}

Merged merge_pointer(Context& ctx, const std::string& pointer_path, const workspace::MergeTexts& texts) {
    auto merge = workspace::merge_pointers(ctx.workspace(), pointer_path, texts);
    const auto target = pointer_path.substr(0, pointer_path.size() - workspace::pointer_suffix.size());
    const auto taken =
        merge.is_theirs ? std::string{"as theirs"} : plural(merge.taken, "entry", "entries") + " of theirs";
    Merged merged{.text = std::move(merge.text),
                  .message = fmt::format("merged {}: {}", quoted(pointer_path), taken),
                  .next = fmt::format("mlo checkout {}", shell_word(target)),
                  .error = {}};
    if (merge.obstacle) {
        merged.error = obstacle_error(ctx, *merge.obstacle, pointer_path, target);
    } else if (!merge.conflicts.empty()) {
        merged.error = conflict_error(merge, pointer_path, target);
    }
    return merged;
}

Merged merge_lock(const std::string& lock_path, const workspace::MergeTexts& texts) {
    const auto dialect = path::name(lock_path) == dvc_lock_name ? pipeline::Dialect::dvc : pipeline::Dialect::mlo;
    auto merge = pipeline::merge_locks(dialect, lock_path, texts);
    const auto shown = shell_word(lock_path);
    Merged merged{
        .text = std::move(merge.text),
        .message = fmt::format("merged {}: {} of theirs", quoted(lock_path), plural(merge.taken, "stage", "stages")),
        .next = "mlo run",
        .error = {}};
    if (merge.obstacle) {
        merged.error = unmergeable(pipeline::errors::lock_merge_conflict, *merge.obstacle, lock_path);
    } else if (!merge.conflicts.empty()) {
        Error error{pipeline::errors::lock_merge_conflict,
                    fmt::format("both sides changed {} in {}", plural(merge.conflicts.size(), "stage", "stages"),
                                quoted(lock_path))};
        note_all(error, merge.conflicts.size(), [&](std::size_t i) { return quoted(merge.conflicts[i]); });
        merged.error =
            error.hint(fmt::format("keep one of each in {}, then: mlo run && git add {}", quoted(lock_path), shown));
    }
    return merged;
}

/// The whole texts, where nothing better is to be had.
Merged leave_to_user(const workspace::MergeTexts& texts, Error error) {
    auto text = workspace::conflict_text(texts.ours, fmt::format("# {}\n", error.message()), texts.theirs);
    return {.text = std::move(text), .message = {}, .next = {}, .error = std::move(error)};
}

Merged merge(Context& ctx, const std::string& pathname, const workspace::MergeTexts& texts) {
    if (pathname.ends_with(".lock")) return merge_lock(pathname, texts);
    if (!workspace::is_pointer_name(path::name(pathname))) {
        return leave_to_user(texts, Error{workspace::errors::not_mergeable,
                                          fmt::format("{} is neither a pointer nor a lock", quoted(pathname))}
                                        .hint("take 'merge=mlo' for it out of .gitattributes"));
    }
    try {
        return merge_pointer(ctx, pathname, texts);
    } catch (const Error& error) {
        // No work tree, or no store to be opened. An error of this command must not look to git as if it had merged.
        return leave_to_user(
            texts, Error{workspace::errors::merge_conflict, fmt::format("{} cannot be merged", quoted(pathname))}
                       .note(error.message())
                       .hint(error.hint_text()));
    }
}

int run(Context& ctx, const MergeDriverOptions& o) {
    const workspace::MergeTexts texts{
        .base = read_text(ctx, o.base), .ours = read_text(ctx, o.ours), .theirs = read_text(ctx, o.theirs)};
    const auto merged = merge(ctx, path::normalize(o.path), texts);
    if (merged.text != texts.ours) write_text(ctx, o.ours, merged.text);
    if (o.merges_ancestors) return merged.error ? exit_failed : exit_ok;
    if (merged.error) throw Error{*merged.error};
    ctx.out().message(merged.message);
    ctx.out().hint(merged.next);
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo hooks install --merge", "let git call it"},
    {"mlo merge-driver base ours theirs data.mlo", "merge three versions of a pointer into the file 'ours'"}};
constexpr ExitMeaning exits[] = {{exit_failed, "there are conflicts, which stand in the file between git's markers"}};

}  // namespace

extern const Command merge_driver_command{.words = "merge-driver",
                                          .group = Group::care,
                                          .summary = "merge pointers and locks, as git's merge driver",
                                          .bind = command_main<MergeDriverOptions, declare, run>,
                                          .examples = examples,
                                          .exits = exits};

}  // namespace mlo::cli
