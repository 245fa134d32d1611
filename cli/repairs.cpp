// SPDX-License-Identifier: Apache-2.0
#include "repairs.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <mlo/db/check.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/ledger/identity.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/ledger/salvage.hpp>
#include <mlo/track/repair.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "context.hpp"

namespace mlo::cli {
namespace {

void tell(Output& out, const track::Rebuilt& rebuilt) {
    if (!rebuilt.set_aside.empty()) {
        out.warning(fmt::format("a copy of the damaged database is {}; {} of it could be read",
                                quoted(rebuilt.set_aside), plural(rebuilt.salvaged_rows, "row", "rows")));
        for (const auto& lost : rebuilt.lost) out.warning(fmt::format("lost: {}", lost));
        if (rebuilt.may_lack_more)
            out.warning(
                "some of its pages could not be read: what they had of runs that were not sealed, if anything, is "
                "lost");
        else if (rebuilt.lost.empty())
            out.message("nothing of it is lost");
    }
    for (const auto& event : rebuilt.unread)
        out.warning(fmt::format("event {}/{} says nothing: {}", event.writer, event.seq, event.reason));
    if (!rebuilt.recorded_again.empty()) {
        out.message(fmt::format("recorded {} again, from what the run store knows of them",
                                plural(rebuilt.recorded_again.size(), "run", "runs")));
        if (rebuilt.may_lack_more)
            out.warning("of these, parameters, tags, inputs and outputs may be lost: 'mlo runs show' says so too");
    }
    out.message("made what is known of sealed runs anew");
}

void rebuild(Context& ctx, track::LedgerLoss loss) {
    auto& workspace = ctx.workspace();
    const auto& store_dir = workspace.layout().store_dir;
    (void)workspace::make_folders(ctx.runtime().fs, store_dir);
    if (loss == track::LedgerLoss::no && ledger::is_damaged(store_dir, ctx.runtime()))
        throw Error{ledger::errors::ledger_damaged, "the ledger is damaged, so runs are not made anew from it"}.hint(
            "mlo doctor --salvage");
    ledger::Ledger ledger{store_dir, db::Access::write, ctx.runtime()};
    tell(ctx.out(), track::rebuild_runs(store_dir, ledger, workspace.store(), ctx.clone_id(), ctx.runtime(), loss));
}

std::string renew_clone_id(Context& ctx) {
    const auto& layout = ctx.workspace().layout();
    const auto own = layout.git ? path::join(layout.git->common_dir, "mlo") : path::join(layout.root, ".mlo");
    return ledger::renew_clone_id(*workspace::make_folders(ctx.runtime().fs, own), ctx.runtime());
}

/// The ledger is sound. Has it all that it had?
void salvage_missing(Context& ctx) {
    const auto& store_dir = ctx.workspace().layout().store_dir;
    const auto runs = path::join(store_dir, track::RunStore::file_name);
    struct stat status {};
    if (::stat(runs.c_str(), &status) == 0 && !db::check(runs, ctx.runtime()).empty()) {
        try {
            return rebuild(ctx, track::LedgerLoss::no);
        } catch (const Error& error) {
            if (error.code().id != ledger::errors::ledger_behind.id) throw;
            for (const auto& note : error.notes()) ctx.out().warning(note);
        }
    } else {
        const auto missing = track::missing_from_ledger(store_dir, ctx.runtime());
        if (missing.empty()) return ctx.out().message("the ledger is sound: there is nothing to salvage");
        for (const auto& each : missing) ctx.out().warning("the ledger lacks " + each);
    }
    (void)renew_clone_id(ctx);
    rebuild(ctx, track::LedgerLoss::yes);
}

}  // namespace

void rebuild_runs(Context& ctx) { rebuild(ctx, track::LedgerLoss::no); }

void salvage_ledger(Context& ctx) {
    const auto& layout = ctx.workspace().layout();
    (void)workspace::make_folders(ctx.runtime().fs, layout.store_dir);
    if (!ledger::is_damaged(layout.store_dir, ctx.runtime())) return salvage_missing(ctx);
    const auto salvaged = ledger::salvage(layout.store_dir, renew_clone_id(ctx), ctx.runtime());
    ctx.out().warning(fmt::format("a copy of the damaged ledger is {}", quoted(salvaged.set_aside)));
    for (const auto& lost : salvaged.lost) ctx.out().warning(fmt::format("lost: {}", lost));
    ctx.out().message(fmt::format("kept {}; {} behind what is lost recorded again, as this clone's under a new id",
                                  plural(salvaged.kept, "event", "events"),
                                  plural(salvaged.recorded_again, "event", "events")));
    rebuild(ctx, track::LedgerLoss::yes);
}

}  // namespace mlo::cli
