// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct CatOptions {
    std::vector<std::string> names;
};

void declare(Args& args, CatOptions& o) {
    args.positional(
            "[rev:]path", o.names,
            "a tracked file or one in a tracked folder, of a revision or as its pointer says, or an object's id")
        .completing(Completes::tracked_path)
        .required();
}

struct Found {
    std::string path;
    workspace::TargetList list;
};

/// A name that is a tracked path as it stands is one, whatever colons it has; else what precedes the first colon is a
/// revision.
Found find(workspace::Workspace& workspace, const std::string& name) {
    const auto colon = name.find(':');
    const auto as_path = [&] {
        Found found{workspace.from_user(name), {}};
        found.list = find_targets(workspace, {&found.path, 1});
        return found;
    };
    if (colon == name.npos || name.starts_with('/')) return as_path();
    if (auto found = as_path(); const auto* const target = found.list.around(found.path)) {
        workspace::StoredTrees trees{workspace.store()};
        if (find_entry(*target, found.path, trees)) return found;
    }
    Found found{workspace.from_user(std::string_view{name}.substr(colon + 1)), {}};
    const auto commit = workspace.required_repository().resolve(std::string_view{name}.substr(0, colon));
    found.list = find_targets_at(workspace, commit, {&found.path, 1});
    return found;
}

void print(Context& ctx, workspace::Workspace& workspace, const std::string& name) {
    const auto found = find(workspace, name);
    require_tracked(workspace, found.list, {&found.path, 1});
    for (const auto& broken : found.list.broken)
        if (path::is_within(found.path, broken.path)) throw broken.error;
    const auto* const target = found.list.around(found.path);
    workspace::StoredTrees trees{workspace.store()};
    std::optional<workspace::Entry> entry;
    if (target != nullptr) entry = find_entry(*target, found.path, trees);
    if (target == nullptr || (entry && entry->kind == store::EntryKind::directory))
        throw Error{workspace::errors::not_a_file, fmt::format("{} is a folder", quoted(name))}.hint(
            fmt::format("mlo ls {}", workspace.shown(found.path)));
    if (!entry)
        throw Error{workspace::errors::not_in_version,
                    fmt::format("the version of {} holds no {}", quoted(target->path), quoted(found.path))}
            .hint(fmt::format("mlo ls {}", workspace.shown(target->path)));
    if (entry->kind == store::EntryKind::symlink)
        throw Error{workspace::errors::not_a_file,
                    fmt::format("{} is a symbolic link to {}", quoted(name), quoted(entry->target))}
            .hint("name the file that it points to");
    workspace.store().read(entry->id, [&](ByteView bytes) { ctx.out().write(as_text(bytes)); });
    const auto input = observed(found.path, *entry);
    record_observed(ctx, {&input, 1});
}

int run(Context& ctx, const CatOptions& o) {
    auto& workspace = ctx.workspace();
    for (const auto& name : o.names) {
        const auto id = store::ObjectId::parse(name);
        if (id) {
            workspace.store().read(*id, [&](ByteView bytes) { ctx.out().write(as_text(bytes)); });
        } else {
            print(ctx, workspace, name);
        }
    }
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo cat data/labels.csv", "the version that the pointer names"},
    {"mlo cat v1.0:data/labels.csv | head", "an older one, without checking it out"},
    {"mlo cat sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "an object"}};

}  // namespace

extern const Command cat_command{.words = "cat",
                                 .group = Group::data,
                                 .summary = "print a tracked file, of any revision, checked out or not",
                                 .bind = command_main<CatOptions, declare, run>,
                                 .examples = examples};

}  // namespace mlo::cli
