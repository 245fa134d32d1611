// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/sparse.hpp>

#include "command.hpp"
#include "context.hpp"
#include "transfers.hpp"
#include "travelling.hpp"

namespace mlo::cli {

namespace {

struct FetchOptions {
    TransferOptions transfer;
    SelectionOptions selection;
    TravelOptions travel;
    bool takes_all_paths = false;
    bool is_dry = false;
};

void declare(Args& args, FetchOptions& o) {
    args.flag("-n,--dry-run", o.is_dry, "say what would be got; of folders only the lists are");
    args.flag("--all-paths", o.takes_all_paths, "also what the sparse patterns of this work tree leave out");
    declare_transfer(args, o.transfer);
    declare_travel(args, o.travel, "also all that this run has, outputs and inputs; it may be repeated");
    declare_selection(args, o.selection);
}

bool names_revisions(const SelectionOptions& o) {
    return o.takes_all_commits || !o.revisions.empty() || !o.tags.empty();
}

void write_document(Output& out, const FetchOptions& o, const Transfer& transfer, const sync::Selected& selected,
                    const sync::FetchReport& report, const sync::EventReport& runs) {
    out.document("mlo/fetch-v1", [&](json::Writer& json) {
        json.key("remote").string(transfer.remote().name);
        json.key("dry_run").boolean(o.is_dry);
        if (o.is_dry) write_missing(json, report);
        write_fetched_events(json, runs);
        json.key("records").unsigned_integer(report.records + runs.records);
        json.key("bytes").unsigned_integer(report.bytes + runs.bytes);
        json.key("left_out").unsigned_integer(report.left_out);
        write_traffic(json, transfer.traffic());
        write_failures(json, selected, report.failures);
    });
}

void show(Output& out, const ConfiguredRemote& remote, const sync::Selected& selected, const sync::FetchReport& report,
          const sync::EventReport& runs) {
    if (selected.objects.empty()) {
        if (runs.events.empty() && runs.records == 0) out.message("nothing is tracked here");
    } else if (report.files > 0) {
        show_missing(out, remote, report);
    } else if (report.records > 0) {
        out.message(fmt::format("fetched {} from {} ({})", plural(report.records, "record", "records"),
                                quoted(remote.name), format_bytes(report.bytes)));
        if (report.failures.empty()) out.hint("mlo checkout");
    } else if (report.failures.empty() && runs.events.empty()) {
        out.message(report.left_out > 0 ? "what the sparse patterns keep is here already"
                                        : "everything is here already");
    }
    if (report.left_out > 0)
        out.message(fmt::format("the sparse patterns leave out {}: '--all-paths' gets them too",
                                plural(report.left_out, "file", "files")));
}

int run(Context& ctx, const FetchOptions& o) {
    Transfer transfer{ctx, o.transfer};
    RunTransfer travel{ctx, transfer, o.travel, selects_data(o.selection) ? Names::data : Names::nothing};
    const auto dry_run = o.is_dry ? sync::DryRun::yes : sync::DryRun::no;
    auto runs = travel.fetch(dry_run);
    sync::Selected selected;
    if (travel.wants_data())
        selected = names_revisions(o.selection)
                       ? select(ctx, transfer.workspace(), o.selection)
                       : select_parts(transfer, to_paths(transfer.workspace(), o.selection.paths));
    sync::FetchReport report;
    if (!selected.objects.empty()) {
        const auto wanted =
            o.takes_all_paths ? workspace::SparseSet{} : workspace::SparseSet::load(transfer.workspace().private_dir());
        report = sync::fetch(transfer.peer(), selected.objects, wanted, dry_run);
    }
    std::move(runs.failures.begin(), runs.failures.end(), std::back_inserter(report.failures));
    if (ctx.out().is_json()) {
        write_document(ctx.out(), o, transfer, selected, report, runs);
    } else {
        show_runs(ctx.out(), transfer.remote(), runs, dry_run);
        const bool brings_none = runs.events.empty() && runs.records == 0 && runs.failures.empty();
        if (!travel.wants_data() && brings_none) ctx.out().message("everything is here already");
        if (travel.wants_data()) show(ctx.out(), transfer.remote(), selected, report, runs);
        show_failures(ctx, selected, report.failures);
    }
    return report.failures.empty() && selected.broken.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {
    {"mlo fetch", "get what the pointers in the work tree name, and is not here"},
    {"mlo fetch --run 1a2b3c4d", "the outputs of a run, for 'mlo cat' or 'mlo repro'"},
    {"mlo fetch --tag v1.0 data", "an older version of one path, for 'mlo cat' or 'mlo diff'"}};

}  // namespace

extern const Command fetch_command{.words = "fetch",
                                   .group = Group::sync,
                                   .summary = "get tracked data and runs from a remote, without touching files",
                                   .bind = command_main<FetchOptions, declare, run>,
                                   .json_schema = "mlo/fetch-v1",
                                   .examples = examples};

}  // namespace mlo::cli
