// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "transfers.hpp"

namespace mlo::cli {

namespace {

constexpr auto expiry_in_ci = std::chrono::hours{24 * 30};

struct PushOptions {
    TransferOptions transfer;
    SelectionOptions selection;
    std::optional<std::string> expires;
    bool is_dry = false;
};

void declare(Args& args, PushOptions& o) {
    args.flag("-n,--dry-run", o.is_dry, "say what would be sent, change nothing");
    args.option("--expires", o.expires,
                "how long this clone wants it kept: 90m, 12h, 30d, or never [default: never; 30d where CI is set]")
        .value("TIME");
    declare_transfer(args, o.transfer);
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
        json.key("records").unsigned_integer(report.records);
        json.key("bytes").unsigned_integer(report.bytes);
        json.key("packs").unsigned_integer(report.packs);
        json.key("resumed_packs").unsigned_integer(report.resumed_packs);
        write_traffic(json, transfer.traffic());
        write_failures(json, selected, report.failures);
    });
}

void show(Context& ctx, const PushOptions& o, const ConfiguredRemote& remote, const sync::Selected& selected,
          const sync::PushReport& report) {
    auto& out = ctx.out();
    if (selected.objects.empty()) {
        out.message("nothing is tracked here");
        if (selected.broken.empty()) out.hint("mlo add PATH");
        return;
    }
    if (report.resumed_packs > 0)
        out.message(
            fmt::format("{} of an interrupted push had arrived", plural(report.resumed_packs, "pack", "packs")));
    if (report.records == 0 && report.published == 0) {
        const bool is_all = report.failures.empty() && selected.broken.empty();
        if (report.objects > 0)
            out.message(fmt::format("{} is in {} already", is_all ? "everything" : "the rest", quoted(remote.name)));
        return;
    }
    const auto sent = fmt::format("{}, {}", plural(report.records, "record", "records"), format_bytes(report.bytes));
    out.message(fmt::format("{} {} to {} ({})", o.is_dry ? "would push" : "pushed",
                            plural(report.published, "version", "versions"), quoted(remote.name), sent));
    if (!o.is_dry && report.failures.empty() && ctx.git_layout()) out.hint("git push");
}

int run(Context& ctx, const PushOptions& o) {
    Transfer transfer{ctx, o.transfer};
    const auto expires_after = expiry(ctx, o);
    const auto selected = select(ctx, transfer.workspace(), o.selection);
    sync::PushReport report;
    if (!selected.objects.empty())
        report = sync::push(transfer.peer(), {.objects = selected.objects,
                                              .expires_after = expires_after,
                                              .dry_run = o.is_dry ? sync::DryRun::yes : sync::DryRun::no});
    if (ctx.out().is_json()) {
        write_document(ctx.out(), o, transfer, selected, report);
    } else {
        show(ctx, o, transfer.remote(), selected, report);
        show_failures(ctx, selected, report.failures);
    }
    return report.failures.empty() && selected.broken.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo push", "send what the pointers in the work tree name, and the remote lacks"},
                                {"mlo push -r backup data", "only one path, to another remote"},
                                {"mlo push --all-commits", "every version that git knows"}};

}  // namespace

extern const Command push_command{.words = "push",
                                  .group = Group::sync,
                                  .summary = "send tracked data to a remote",
                                  .bind = command_main<PushOptions, declare, run>,
                                  .json_schema = "mlo/push-v1",
                                  .examples = examples};

}  // namespace mlo::cli
