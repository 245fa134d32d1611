// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/remote/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/tree_source.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"
#include "tracking.hpp"
#include "transfers.hpp"

namespace mlo::cli {

namespace {

struct GetOptions {
    TransferOptions transfer;
    std::string name;
    std::optional<std::string> destination;
};

void declare(Args& args, GetOptions& o) {
    args.option("-o,--output", o.destination,
                "where to write it: a new name, or a folder that is there [default: the path's last part, here]")
        .value("DEST")
        .completing(Completes::path);
    declare_transfer(args, o.transfer);
    args.positional("[rev:]path", o.name,
                    "a tracked path or a part of one, of a revision of git or as its pointer says")
        .completing(Completes::tracked_path)
        .required();
}

struct Wanted {
    std::string path;
    workspace::Target target;
};

/// What precedes the first colon is a revision, unless the whole name is tracked as it stands.
Wanted find_wanted(workspace::Workspace& workspace, const std::string& name) {
    const auto in = [&](const workspace::TargetList& list, const std::string& path) -> Wanted {
        require_tracked(workspace, list, {&path, 1});
        for (const auto& broken : list.broken)
            if (path::is_within(path, broken.path)) throw Error{broken.error};
        const auto* const target = list.around(path);
        if (target == nullptr)
            throw Error{workspace::errors::not_tracked,
                        fmt::format("{} is a folder that holds tracked paths, not one itself", quoted(name))}
                .hint(fmt::format("mlo ls {}", shell_word(name)));
        return {path, *target};
    };
    const auto colon = name.find(':');
    if (colon != name.npos && !name.starts_with('/')) {
        const auto as_it_is = workspace.from_user(name);
        if (const auto list = find_targets(workspace, {&as_it_is, 1}); list.around(as_it_is) != nullptr)
            return in(list, as_it_is);
        const auto path = workspace.from_user(std::string_view{name}.substr(colon + 1));
        const auto commit = workspace.required_repository().resolve(std::string_view{name}.substr(0, colon));
        return in(find_targets_at(workspace, commit, {&path, 1}), path);
    }
    const auto path = workspace.from_user(name);
    return in(find_targets(workspace, {&path, 1}), path);
}

store::ObjectRef to_ref(const workspace::Entry& entry) {
    return {entry.id, entry.kind == store::EntryKind::directory ? store::ObjectKind::tree : store::ObjectKind::blob};
}

/// The entry of the store, if all of it is there.
std::optional<workspace::Entry> find_stored(workspace::Workspace& workspace, const Wanted& wanted) {
    workspace::StoredTrees trees{workspace.store()};
    try {
        auto entry = workspace::find_entry(wanted.target, wanted.path, trees);
        if (!entry || entry->kind == store::EntryKind::symlink) return entry;
        return sync::is_complete(workspace.store(), to_ref(*entry)) ? entry : std::nullopt;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::not_found) throw;
        return std::nullopt;
    }
}

std::optional<workspace::Entry> fetch_entry(Context& ctx, const GetOptions& o, const Wanted& wanted) {
    const Transfer transfer{ctx, o.transfer};
    const auto below = wanted.path.size() == wanted.target.path.size()
                           ? std::string_view{}
                           : std::string_view{wanted.path}.substr(wanted.target.path.size() + 1);
    auto entry = sync::find_entry(transfer.peer(), workspace::to_entry(wanted.target.pointer), below);
    if (!entry || entry->kind == store::EntryKind::symlink) return entry;
    auto report = sync::fetch(transfer.peer(), {{wanted.path, to_ref(*entry)}});
    if (!report.failures.empty()) throw Error{report.failures.front().error};
    return entry;
}

/// The folder and the name to write to.
std::pair<std::string, std::string> destination_of(Context& ctx, const GetOptions& o, const Wanted& wanted) {
    const std::string last{path::name(wanted.path)};
    if (!o.destination) return {ctx.cwd(), last};
    const auto full = path::absolute(*o.destination, ctx.cwd());
    const std::string parent{path::parent(full)};
    const std::string name{path::name(full)};
    const auto status = name.empty() ? std::nullopt : ctx.runtime().fs.open_root(parent)->stat(name);
    const bool is_folder = name.empty() || (status && status->kind == FileKind::directory);
    if (is_folder || o.destination->ends_with('/')) return {full, last};
    return {parent, name};
}

int run(Context& ctx, const GetOptions& o) {
    auto& workspace = ctx.workspace(o.transfer.jobs);
    const auto wanted = find_wanted(workspace, o.name);
    const auto [folder, name] = destination_of(ctx, o, wanted);
    auto entry = find_stored(workspace, wanted);
    if (!entry) entry = fetch_entry(ctx, o, wanted);
    if (!entry)
        throw Error{workspace::errors::not_in_version,
                    fmt::format("the version of {} holds no {}", quoted(wanted.target.path), quoted(wanted.path))}
            .hint(fmt::format("mlo ls {}", workspace.shown(wanted.target.path)));
    sync::write_entry(workspace.store(), *entry, *ctx.runtime().fs.open_root(folder), name, workspace.runtime());
    if (entry->kind != store::EntryKind::symlink) {
        const auto input = observed(wanted.path, *entry);
        record_observed(ctx, {&input, 1});
    }
    const auto written = path::join(folder, name);
    ctx.out().message(
        fmt::format("wrote {} ({})", quoted(path::relative(written, ctx.cwd())), format_bytes(entry->size_bytes)));
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo get v1.0:data/labels.csv -o old.csv", "an older version of one file, beside the present one"},
    {"mlo get model -o /srv/models/", "a copy for somebody who has no repository"}};

}  // namespace

extern const Command get_command{.words = "get",
                                 .group = Group::sync,
                                 .summary = "write a tracked path somewhere else, from the store or a remote",
                                 .bind = command_main<GetOptions, declare, run>,
                                 .examples = examples};

}  // namespace mlo::cli
