// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "transfers.hpp"
#include "travelling.hpp"

namespace mlo::cli {

namespace {

constexpr auto expiry_in_ci = std::chrono::hours{24 * 30};

struct PushOptions {
    TransferOptions transfer;
    SelectionOptions selection;
    TravelOptions travel;
    std::optional<std::string> expires;
    bool is_dry = false;
};

void declare(Args& args, PushOptions& o) {
    args.flag("-n,--dry-run", o.is_dry, "say what would be sent, change nothing");
    args.option("--expires", o.expires,
                "how long this clone wants it kept: 90m, 12h, 30d, or never [default: never; 30d where CI is set]")
        .value("TIME");
    declare_transfer(args, o.transfer);
    declare_travel(args, o.travel,
                   "all of this run that is here, although the remote had the run before; it may be repeated");
    declare_selection(args, o.selection);
}

std::optional<std::chrono::seconds> expiry(const Context& ctx, const PushOptions& o) {
    if (!o.expires)
        return ctx.environment().get("CI") ? std::optional<std::chrono::seconds>{expiry_in_ci} : std::nullopt;
    if (*o.expires == "never") return std::nullopt;
    if (const auto parsed = parse_duration(*o.expires)) return parsed;
    throw Error{errors::bad_value, fmt::format("{} is no time for '--expires'", quoted(*o.expires))}.hint(
        "write 90m, 12h, 30d or never");
}

void write_document(Output& out, const PushOptions& o, const Transfer& transfer, const sync::Selected& selected,
                    const sync::PushReport& report) {
    out.document("mlo/push-v1", [&](json::Writer& json) {
        json.key("remote").string(transfer.remote().name);
        json.key("dry_run").boolean(o.is_dry);
        json.key("objects").unsigned_integer(report.objects);
        json.key("published").unsigned_integer(report.published);
        write_events(json, report.events);
        json.key("records").unsigned_integer(report.records);
        json.key("bytes").unsigned_integer(report.bytes);
        json.key("packs").unsigned_integer(report.packs);
        json.key("resumed_packs").unsigned_integer(report.resumed_packs);
        write_traffic(json, transfer.traffic());
        write_failures(json, selected, report.failures);
    });
}

/// `travels`: runs were looked at, too.
void show(Context& ctx, const PushOptions& o, const ConfiguredRemote& remote, const sync::Selected& selected,
          const sync::PushReport& report, bool travels) {
    auto& out = ctx.out();
    const auto runs = count_runs(report.events);
    if (selected.objects.empty() && !travels) {
        out.message("nothing is tracked here");
        if (selected.broken.empty()) out.hint("mlo add PATH");
        return;
    }
    if (report.resumed_packs > 0)
        out.message(
            fmt::format("{} of an interrupted push had arrived", plural(report.resumed_packs, "pack", "packs")));
    if (report.records == 0 && report.published == 0 && runs.empty()) {
        const bool is_all = report.failures.empty() && selected.broken.empty();
        if (report.objects > 0 || travels)
            out.message(fmt::format("{} is in {} already", is_all ? "everything" : "the rest", quoted(remote.name)));
        return;
    }
    const auto sent = fmt::format("{}, {}", plural(report.records, "record", "records"), format_bytes(report.bytes));
    auto what = report.published > 0 || runs.empty() ? plural(report.published, "version", "versions") : std::string{};
    if (!runs.empty()) what += (what.empty() ? "" : runs.find(" and ") == runs.npos ? " and " : ", ") + runs;
    out.message(fmt::format("{} {} to {} ({})", o.is_dry ? "would push" : "pushed", what, quoted(remote.name), sent));
    if (!o.is_dry && report.failures.empty() && report.published > 0 && ctx.git_layout()) out.hint("git push");
}

int run(Context& ctx, const PushOptions& o) {
    Transfer transfer{ctx, o.transfer};
    const auto expires_after = expiry(ctx, o);
    RunTransfer runs{ctx, transfer, o.travel, selects_data(o.selection) ? Names::data : Names::nothing};
    sync::Selected selected;
    if (runs.wants_data()) selected = select(ctx, transfer.workspace(), o.selection);
    sync::PushRequest request{.objects = selected.objects,
                              .expires_after = expires_after,
                              .dry_run = o.is_dry ? sync::DryRun::yes : sync::DryRun::no};
    std::vector<sync::Failure> failures;
    runs.add_to(request, failures);
    sync::PushReport report;
    if (!request.objects.empty() || request.ledger != nullptr) report = sync::push(transfer.peer(), request);
    std::move(failures.begin(), failures.end(), std::back_inserter(report.failures));
    if (ctx.out().is_json()) {
        write_document(ctx.out(), o, transfer, selected, report);
    } else {
        show(ctx, o, transfer.remote(), selected, report, request.ledger != nullptr);
        show_failures(ctx, selected, report.failures);
    }
    return report.failures.empty() && selected.broken.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo push", "send what the pointers in the work tree name, and the remote lacks"},
                                {"mlo push -r backup data", "only one path, to another remote"},
                                {"mlo push --all-commits", "every version that git knows"},
                                {"mlo push --only runs", "what 'mlo track' has recorded, and no other data"}};

}  // namespace

extern const Command push_command{.words = "push",
                                  .group = Group::sync,
                                  .summary = "send tracked data and runs to a remote",
                                  .bind = command_main<PushOptions, declare, run>,
                                  .json_schema = "mlo/push-v1",
                                  .examples = examples};

}  // namespace mlo::cli
