// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/tree_source.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t shown_restores = 10;

struct CheckoutOptions {
    std::vector<std::string> paths;
    std::vector<std::string> sparse;
    std::optional<std::uint32_t> jobs;
    bool forces = false;
    bool is_dry = false;
    bool ends_sparse = false;
};

void declare(Args& args, CheckoutOptions& o) {
    args.flag("-f,--force", o.forces, "move what is in the way to the trash folder, and say how to bring it back");
    args.flag("-n,--dry-run", o.is_dry, "say what would change, change nothing");
    args.option("--sparse", o.sparse, "from now on hold only what matches, in this work tree (may be repeated)")
        .value("PATTERN");
    args.flag("--no-sparse", o.ends_sparse, "hold everything again");
    args.option("-j,--jobs", o.jobs, "threads to use [default: one per processor]").between(1, 256);
    args.positional("path", o.paths, "tracked paths, or parts of them [default: all]")
        .completing(Completes::tracked_path);
}

workspace::CheckoutRequest to_request(const workspace::Workspace& workspace, const CheckoutOptions& o) {
    const bool changes_sparse = o.ends_sparse || !o.sparse.empty();
    if (o.ends_sparse && !o.sparse.empty())
        throw Error{errors::conflicting_options, "'--sparse' and '--no-sparse' exclude each other"};
    if (changes_sparse && !o.paths.empty())
        throw Error{errors::conflicting_options, "sparse patterns hold for the whole work tree: give no path"};
    workspace::CheckoutRequest request{
        .paths = {},
        .in_the_way = o.forces ? workspace::InTheWay::move_to_trash : workspace::InTheWay::refuse,
        .dry_run = o.is_dry ? workspace::DryRun::yes : workspace::DryRun::no};
    for (const auto& path : o.paths) request.paths.push_back(workspace.from_user(path));
    if (changes_sparse) request.new_sparse.emplace(o.sparse);
    return request;
}

void write_document(Output& out, const workspace::CheckoutReport& report, const CheckoutOptions& o) {
    out.document("mlo/checkout-v1", [&](json::Writer& json) {
        json.key("dry_run").boolean(o.is_dry);
        json.key("targets").unsigned_integer(report.targets);
        json.key("written_files").unsigned_integer(report.written_files);
        json.key("written_bytes").unsigned_integer(report.written_bytes);
        json.key("changes").begin_array();
        for (const auto& change : report.changes) {
            json.begin_object();
            json::write_path(json, "path", change.path);
            json.key("change").string(to_string(change.kind));
            json.end_object();
            out.drain();
        }
        json.end_array();
        json.key("trashed").begin_array();
        for (const auto& each : report.trashed) {
            json.begin_object();
            json::write_path(json, "path", each.path);
            if (!each.to.empty()) {
                json::write_path(json, "to", each.to);
                json::write_path(json, "restore", restore_command(each));
            }
            json.end_object();
        }
        json.end_array();
        json.key("failures").begin_array();
        for (const auto& [path, error] : report.failures) {
            json.begin_object();
            json::write_path(json, "path", path);
            json.key("code").string(fmt::format("MLO-{}", error.code().id));
            json.key("message").string(error.message());
            if (!error.hint_text().empty()) json.key("hint").string(error.hint_text());
            json.end_object();
        }
        json.end_array();
    });
}

void show_trashed(Output& out, const workspace::CheckoutReport& report, const CheckoutOptions& o) {
    if (report.trashed.empty()) return;
    const auto files = plural(report.trashed.size(), "path", "paths");
    if (o.is_dry) {
        out.message(fmt::format("{} would be moved to the trash", files));
        for (const auto& each : report.trashed) out.message(fmt::format("  {}", printable(each.path)));
        return;
    }
    out.message(fmt::format("moved {} to the trash; to have them back:", files));
    const auto shown = std::min(report.trashed.size(), shown_restores);
    for (std::size_t at = 0; at < shown; ++at) out.message("  " + restore_command(report.trashed[at]));
    if (shown < report.trashed.size())
        out.message(fmt::format("  and {} more beside '{}'", report.trashed.size() - shown,
                                printable(path::parent(report.trashed[shown - 1].to))));
}

void show(Context& ctx, const workspace::Workspace& workspace, const workspace::CheckoutReport& report,
          const CheckoutOptions& o) {
    auto& out = ctx.out();
    if (o.is_dry || out.verbosity() >= Verbosity::verbose)
        for (const auto& change : report.changes)
            out.line("{:<13}{}", to_string(change.kind), printable(workspace.shown(change.path)));
    show_trashed(out, report, o);

    const auto count = [&](auto... kinds) {
        return static_cast<std::uint64_t>(
            std::count_if(report.changes.begin(), report.changes.end(),
                          [&](const auto& change) { return ((change.kind == kinds) || ...); }));
    };
    using enum workspace::ChangeKind;
    std::string summary;
    const auto add = [&](std::uint64_t number, std::string_view what) {
        if (number > 0) summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", format_count(number), what);
    };
    add(count(added), "added");
    add(count(modified, type_changed, mode_changed), "modified");
    add(count(deleted), "deleted");
    if (!summary.empty()) {
        out.message(fmt::format("{}{} ({} {})", o.is_dry ? "would change: " : "", summary,
                                format_bytes(report.written_bytes), o.is_dry ? "to write" : "written"));
    } else if (report.failures.empty()) {
        out.message(report.targets == 0 ? "nothing is tracked here" : "everything is as its pointers say");
        if (report.targets == 0) out.hint("mlo add PATH");
    }
    for (const auto& failure : report.failures) out.error(failure.error);
}

/// What is in the work tree now as its pointers say, for the run that this happens in.
void record_checked_out(Context& ctx, workspace::Workspace& workspace, const std::vector<std::string>& paths,
                        const workspace::CheckoutReport& report) {
    const auto list = find_targets(workspace, paths);
    workspace::StoredTrees trees{workspace.store()};
    std::vector<track::Input> inputs;
    const auto add = [&](const workspace::Target& target, const std::string& path) {
        const bool has_failed = std::any_of(report.failures.begin(), report.failures.end(),
                                            [&](const auto& failure) { return failure.path == target.path; });
        const auto entry = has_failed ? std::nullopt : find_entry(target, path, trees);
        if (entry && entry->kind != store::EntryKind::symlink) inputs.push_back(observed(path, *entry));
    };
    for (const auto& target : list.targets) {
        const bool is_asked_for =
            paths.empty() || std::any_of(paths.begin(), paths.end(),
                                         [&](const std::string& path) { return path::is_within(target.path, path); });
        if (is_asked_for) add(target, target.path);
    }
    for (const auto& path : paths)
        if (const auto* const target = list.around(path); target != nullptr && target->path != path) add(*target, path);
    record_observed(ctx, inputs);
}

int run(Context& ctx, const CheckoutOptions& o) {
    auto& workspace = ctx.workspace(o.jobs);
    const auto request = to_request(workspace, o);
    const auto report = workspace::checkout(workspace, request);
    if (wants_observed(ctx) && !o.is_dry) record_checked_out(ctx, workspace, request.paths, report);
    if (ctx.out().is_json())
        write_document(ctx.out(), report, o);
    else
        show(ctx, workspace, report, o);
    return report.failures.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {
    {"mlo checkout", "after 'git checkout': bring all data to what the pointers say"},
    {"mlo checkout data/train", "only that, be it a part of a tracked folder"},
    {"mlo checkout --sparse 'data/train/' --sparse '*.json'", "hold only a part of the data in this work tree"},
    {"mlo checkout --force data", "give up local changes (they go to the trash)"}};

}  // namespace

extern const Command checkout_command{.words = "checkout",
                                      .group = Group::data,
                                      .summary = "make the data in the work tree equal to its pointers",
                                      .bind = command_main<CheckoutOptions, declare, run>,
                                      .json_schema = "mlo/checkout-v1",
                                      .examples = examples};

}  // namespace mlo::cli
