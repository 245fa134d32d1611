// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/pipeline/locked.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/sparse.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"
#include "pipelines.hpp"
#include "transfers.hpp"
#include "travelling.hpp"

namespace mlo::cli {

namespace {

struct PullOptions {
    TransferOptions transfer;
    TravelOptions travel;
    std::vector<std::string> paths;
    bool forces = false;
    bool is_dry = false;
};

void declare(Args& args, PullOptions& o) {
    args.flag("-n,--dry-run", o.is_dry, "say what would be got, and change no file; of folders only the lists are got");
    args.flag("-f,--force", o.forces, "move what is in the way to the trash folder, and say how to bring it back");
    declare_transfer(args, o.transfer);
    declare_travel(args, o.travel, "also all that this run has, outputs and inputs; it may be repeated");
    args.positional("path", o.paths, "tracked paths, or parts of them [default: all]")
        .completing(Completes::tracked_path);
}

void write_document(Output& out, const PullOptions& o, const Transfer& transfer, const sync::Selected& selected,
                    const sync::FetchReport& fetched, const sync::EventReport& runs,
                    const workspace::CheckoutReport& report, const pipeline::LockedReport& stages) {
    out.document("mlo/pull-v1", [&](json::Writer& json) {
        json.key("remote").string(transfer.remote().name);
        json.key("dry_run").boolean(o.is_dry);
        if (o.is_dry) write_missing(json, fetched);
        write_fetched_events(json, runs);
        json.key("records").unsigned_integer(fetched.records + runs.records);
        json.key("bytes").unsigned_integer(fetched.bytes + runs.bytes);
        json.key("written_files").unsigned_integer(report.written_files);
        json.key("written_bytes").unsigned_integer(report.written_bytes);
        json.key("changed_paths").unsigned_integer(report.changes.size());
        json.key("trashed").begin_array();
        for (const auto& each : report.trashed) {
            json.begin_object();
            json::write_path(json, "path", each.path);
            json::write_path(json, "restore", restore_command(each));
            json.end_object();
        }
        json.end_array();
        const auto write_outputs = [&](std::string_view key, const std::vector<pipeline::LockedOutput>& outputs) {
            json.key(key).begin_array();
            for (const auto& output : outputs) {
                json.begin_object();
                json::write_path(json, "path", output.path);
                json.key("stage").string(printable(output.stage)).end_object();
            }
            json.end_array();
        };
        write_outputs("restored_outputs", stages.restored);
        write_outputs("lacking_outputs", stages.lacking);
        write_traffic(json, transfer.traffic());
        auto failures = runs.failures;
        failures.insert(failures.end(), fetched.failures.begin(), fetched.failures.end());
        for (const auto& [path, error] : report.failures) failures.push_back({path, error});
        write_failures(json, selected, failures);
    });
}

void show(Output& out, const ConfiguredRemote& remote, const sync::FetchReport& fetched,
          const workspace::CheckoutReport& report) {
    if (fetched.records > 0)
        out.message(fmt::format("fetched {} from {} ({})", plural(fetched.records, "record", "records"),
                                quoted(remote.name), format_bytes(fetched.bytes)));
    for (const auto& each : report.trashed) out.message(fmt::format("to have it back: {}", restore_command(each)));
    if (!report.changes.empty())
        out.message(fmt::format("{} changed ({} written)", plural(report.changes.size(), "path", "paths"),
                                format_bytes(report.written_bytes)));
    else if (fetched.failures.empty() && report.failures.empty())
        out.message(report.targets == 0 ? "nothing is tracked here" : "everything is as its pointers say");
}

void show_dry(Output& out, const ConfiguredRemote& remote, const sync::Selected& selected,
              const sync::FetchReport& fetched) {
    if (fetched.files > 0) return show_missing(out, remote, fetched);
    if (!fetched.failures.empty()) return;
    out.message(selected.objects.empty() ? "nothing is tracked here" : "everything is in the store already");
    if (!selected.objects.empty()) out.hint("mlo status");
}

/// Checks out what was fetched or is here; what could not be fetched would only be reported once more.
workspace::CheckoutReport check_out(Transfer& transfer, const PullOptions& o, const std::vector<std::string>& paths,
                                    const sync::Selected& selected, const sync::FetchReport& fetched) {
    workspace::CheckoutRequest request{
        .paths = {}, .in_the_way = o.forces ? workspace::InTheWay::move_to_trash : workspace::InTheWay::refuse};
    const auto has_failed = [&](const std::string& name) {
        return std::any_of(fetched.failures.begin(), fetched.failures.end(),
                           [&](const auto& failure) { return failure.name == name; });
    };
    if (!paths.empty() || !fetched.failures.empty() || !selected.broken.empty())
        for (const auto& object : selected.objects)
            if (!has_failed(object.name)) request.paths.push_back(object.name);
    const bool has_work = !selected.objects.empty() && (fetched.failures.empty() || !request.paths.empty());
    return has_work ? workspace::checkout(transfer.workspace(), request) : workspace::CheckoutReport{};
}

/// Brings what stages have made, as their locks tell. What is wrong with a pipeline is no reason to have no data.
pipeline::LockedReport bring_stages(Context& ctx, Transfer& transfer) {
    try {
        if (!find_pipeline(ctx)) return {};
        const auto open = open_pipeline(ctx, {});
        const auto fetch = [&](std::span<const store::ObjectRef> objects) {
            std::vector<sync::NamedRef> wanted;
            for (const auto& object : objects) wanted.push_back({.name = object.id.to_string(), .object = object});
            for (const auto& failure : sync::fetch(transfer.peer(), wanted).failures)
                ctx.runtime().log.log(LogLevel::info, failure.error.message());
        };
        return pipeline::restore_locked(transfer.workspace(), open.pipeline,
                                        {.environment = ctx.environment().entries(), .fetch = fetch});
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        ctx.out().warning(fmt::format("the outputs of stages are left out: {}", error.message()));
        return {};
    }
}

void show_stages(Output& out, const pipeline::LockedReport& stages) {
    if (!stages.restored.empty())
        out.message(fmt::format("restored {} of stages", plural(stages.restored.size(), "output", "outputs")));
    if (stages.lacking.empty()) return;
    out.message(fmt::format("{} of stages cannot be had: {}", plural(stages.lacking.size(), "output", "outputs"),
                            quoted(stages.lacking.front().path) + (stages.lacking.size() > 1 ? ", ..." : "")));
    out.hint("mlo run");
}

int run(Context& ctx, const PullOptions& o) {
    Transfer transfer{ctx, o.transfer};
    const auto paths = to_paths(transfer.workspace(), o.paths);
    RunTransfer travel{ctx, transfer, o.travel, o.paths.empty() ? Names::nothing : Names::data};
    const auto dry_run = o.is_dry ? sync::DryRun::yes : sync::DryRun::no;
    const auto runs = travel.fetch(dry_run);
    sync::Selected selected;
    if (travel.wants_data()) selected = select_parts(transfer, paths);
    sync::FetchReport fetched;
    if (!selected.objects.empty()) {
        const auto sparse = workspace::SparseSet::load(transfer.workspace().private_dir());
        fetched = sync::fetch(transfer.peer(), selected.objects, sparse, dry_run);
    }
    workspace::CheckoutReport report;
    if (!o.is_dry) report = check_out(transfer, o, paths, selected, fetched);
    pipeline::LockedReport stages;
    if (!o.is_dry && paths.empty() && travel.wants_data()) stages = bring_stages(ctx, transfer);
    if (ctx.out().is_json()) {
        write_document(ctx.out(), o, transfer, selected, fetched, runs, report, stages);
    } else {
        show_runs(ctx.out(), transfer.remote(), runs, dry_run);
        const bool brings_none = runs.events.empty() && runs.records == 0 && runs.failures.empty();
        if (!travel.wants_data() && brings_none) ctx.out().message("everything is here already");
        if (travel.wants_data()) {
            if (o.is_dry)
                show_dry(ctx.out(), transfer.remote(), selected, fetched);
            else
                show(ctx.out(), transfer.remote(), fetched, report);
            show_stages(ctx.out(), stages);
        }
        show_failures(ctx, {}, runs.failures);
        show_failures(ctx, selected, fetched.failures);
        for (const auto& failure : report.failures) ctx.out().error(failure.error);
    }
    const bool is_done =
        runs.failures.empty() && fetched.failures.empty() && report.failures.empty() && selected.broken.empty();
    return is_done ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo pull", "after 'git clone' or 'git pull': get the data that the pointers name"},
                                {"mlo pull data/train", "only a part"}};

}  // namespace

extern const Command pull_command{.words = "pull",
                                  .group = Group::sync,
                                  .summary = "get tracked data and runs from a remote, and check the data out",
                                  .bind = command_main<PullOptions, declare, run>,
                                  .json_schema = "mlo/pull-v1",
                                  .examples = examples};

}  // namespace mlo::cli
