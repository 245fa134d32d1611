// SPDX-License-Identifier: Apache-2.0
#include "transfers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/sync/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>

#include "change_output.hpp"
#include "context.hpp"
#include "errors.hpp"

namespace mlo::cli {

void declare_transfer(Args& args, TransferOptions& o) {
    args.option("-r,--remote", o.remote, "the remote [default: core.remote, or the only one]")
        .value("NAME")
        .completing(Completes::remote);
    args.option("-j,--jobs", o.jobs,
                "threads, and transfers at once [default: one per processor; transfers as many as help]")
        .between(1, 256);
    args.option("--limit-rate", o.limit_rate, "send and receive at most so much in a second: 500K, 10M, 1.5G")
        .value("BYTES");
}

void declare_selection(Args& args, SelectionOptions& o) {
    args.option("--rev", o.revisions, "what the pointers of this revision of git say; it may be repeated")
        .value("REV")
        .completing(Completes::revision);
    args.option("--tag", o.tags, "the same for a tag").value("TAG").completing(Completes::revision);
    args.flag("--all-commits", o.takes_all_commits,
              "what the pointers of any commit say that a branch, a tag, the stash or HEAD reaches");
    args.positional("path", o.paths, "tracked paths, or folders that hold some [default: all]")
        .completing(Completes::tracked_path);
}

bool selects_data(const SelectionOptions& o) { return !o.paths.empty() || !o.revisions.empty() || !o.tags.empty(); }

namespace {

std::string project_of(config::Config& config) {
    if (auto project = config.text("project")) return std::move(*project);
    throw Error{sync::errors::no_project, "the project has no id"}.hint("mlo init");
}

TransferLimits limits_of(const TransferOptions& options) {
    TransferLimits limits{.jobs = options.jobs};
    if (!options.limit_rate) return limits;
    const auto parsed = parse_bytes(*options.limit_rate);
    if (!parsed || *parsed == 0)
        throw Error{errors::bad_value, fmt::format("{} is no rate for '--limit-rate'", quoted(*options.limit_rate))}
            .hint("bytes in a second: 500K, 10M, 1.5G");
    limits.bytes_per_second = *parsed;
    return limits;
}

}  // namespace

Transfer::Transfer(Context& ctx, const TransferOptions& options)
    : workspace_{ctx.workspace(options.jobs)},
      remote_{get_remote(ctx.config(), options.remote)},
      opened_{ctx, remote_, limits_of(options)} {
    const auto& runtime = workspace_.runtime();
    peer_.emplace(sync::Peer{.store = workspace_.store(),
                             .remote = *opened_,
                             .project = project_of(ctx.config()),
                             .clone = ctx.clone_id(),
                             .runtime = runtime,
                             .transfers = opened_.most_requests()});
}

std::vector<std::string> to_paths(const workspace::Workspace& workspace, const std::vector<std::string>& typed) {
    std::vector<std::string> paths;
    for (const auto& path : typed) paths.push_back(workspace.from_user(path));
    if (std::find(paths.begin(), paths.end(), "") != paths.end()) paths.clear();
    return paths;
}

sync::Selected select(Context& ctx, workspace::Workspace& workspace, const SelectionOptions& o) {
    if (o.takes_all_commits && !(o.revisions.empty() && o.tags.empty()))
        throw Error{errors::conflicting_options, "'--all-commits' holds every revision: give no '--rev' or '--tag'"};
    sync::Selection selection{.paths = to_paths(workspace, o.paths),
                              .revisions = o.revisions,
                              .commits = o.takes_all_commits ? sync::Commits::all : sync::Commits::named};
    for (const auto& tag : o.tags) selection.revisions.push_back("refs/tags/" + tag);
    auto selected = sync::select(workspace, selection);
    if (!selected.is_complete)
        ctx.out().warning("the history of this clone is shallow: what older commits name is left out");
    return selected;
}

sync::Selected select_parts(Transfer& transfer, const std::vector<std::string>& paths) {
    auto& workspace = transfer.workspace();
    auto list = find_targets(workspace, paths);
    require_tracked(workspace, list, paths);
    sync::Selected selected;
    for (const auto& target : list.targets) {
        const auto within = [&](const std::string& path) {
            return path != target.path && path::is_within(path, target.path);
        };
        const bool is_whole = paths.empty() || !std::any_of(paths.begin(), paths.end(), within) ||
                              std::any_of(paths.begin(), paths.end(),
                                          [&](const auto& path) { return path::is_within(target.path, path); });
        if (is_whole) {
            selected.objects.push_back({.name = target.path,
                                        .object = {target.pointer.id, target.pointer.object_kind()},
                                        .paths = {target.path},
                                        .size_bytes = target.pointer.size_bytes});
            continue;
        }
        for (const auto& path : paths) {
            if (!within(path)) continue;
            const auto entry = sync::find_entry(transfer.peer(), workspace::to_entry(target.pointer),
                                                std::string_view{path}.substr(target.path.size() + 1));
            if (!entry)
                throw Error{workspace::errors::not_in_version,
                            fmt::format("the version of {} holds no {}", quoted(target.path), quoted(path))}
                    .hint(fmt::format("mlo ls {}", workspace.shown(target.path)));
            if (entry->kind == store::EntryKind::symlink) continue;  // its target came with the folder
            selected.objects.push_back(
                {.name = path,
                 .object = {entry->id, entry->kind == store::EntryKind::directory ? store::ObjectKind::tree
                                                                                  : store::ObjectKind::blob},
                 .paths = {path},
                 .size_bytes = entry->size_bytes});
        }
    }
    selected.broken = std::move(list.broken);
    return selected;
}

void show_missing(Output& out, const ConfiguredRemote& remote, const sync::FetchReport& report) {
    out.message(fmt::format("would fetch {} from {} (at most {})", plural(report.files, "file", "files"),
                            quoted(remote.name), format_bytes(report.file_bytes)));
}

void write_missing(json::Writer& json, const sync::FetchReport& report) {
    json.key("files").unsigned_integer(report.files);
    json.key("file_bytes").unsigned_integer(report.file_bytes);
}

void write_traffic(json::Writer& json, const remote::Traffic& traffic) {
    json.key("traffic").begin_object();
    json.key("requests").unsigned_integer(traffic.requests);
    json.key("repeated").unsigned_integer(traffic.repeated);
    json.key("sent_bytes").unsigned_integer(traffic.sent_bytes);
    json.key("received_bytes").unsigned_integer(traffic.received_bytes);
    json.end_object();
}

void show_failures(Context& ctx, const sync::Selected& selected, const std::vector<sync::Failure>& failures) {
    for (const auto& broken : selected.broken) ctx.out().error(broken.error);
    for (const auto& failure : failures) ctx.out().error(failure.error);
}

void write_failures(json::Writer& json, const sync::Selected& selected, const std::vector<sync::Failure>& failures) {
    json.key("failures").begin_array();
    for (const auto& broken : selected.broken) write_problem(json, broken.path, broken.error);
    for (const auto& failure : failures) write_problem(json, failure.name, failure.error);
    json.end_array();
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    std::uint32_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, count);
    if (parsed.ec != std::errc{} || parsed.ptr + 1 != end || count == 0) return std::nullopt;
    switch (*parsed.ptr) {
        case 'm':
            return std::chrono::minutes{count};
        case 'h':
            return std::chrono::hours{count};
        case 'd':
            return std::chrono::hours{24} * count;
        default:
            return std::nullopt;
    }
}

}  // namespace mlo::cli
