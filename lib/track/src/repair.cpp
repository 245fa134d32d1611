// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/db/check.hpp>
#include <mlo/db/errors.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/track/repair.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "run_schema.hpp"
#include "run_state.hpp"
#include "salvaged_runs.hpp"

namespace mlo::track {
namespace {

constexpr std::string_view work_name = "rebuild";
constexpr std::string_view lock_name = "runs.db.rebuild";
constexpr std::string_view rows_name = "rows.db";
constexpr std::size_t most_named = 3;

void clear(Dir& folder) {
    for (const auto& entry : folder.list()) folder.remove(entry.name);
}

/// What is made of a damaged runs.db before anything of it is touched, in a folder of its own; removed with this.
class Workshop {
public:
    explicit Workshop(Dir& store) : store_{store} {
        static_cast<void>(store.make_dir(work_name));
        folder_ = store.open_dir(work_name);
        clear(*folder_);
    }
    ~Workshop() {
        try {
            clear(*folder_);
            store_.remove_dir(work_name);
        } catch (const Error&) {  // the next one clears it
        }
    }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

private:
    Dir& store_;
    std::unique_ptr<Dir> folder_;
};

std::vector<std::string> missing_runs(RunStore& runs, ledger::Ledger* ledger) {
    std::vector<std::string> missing;
    auto& sealed = runs.state().database.statement("SELECT id, name FROM runs WHERE sealed = 1 ORDER BY started, id");
    while (sealed.step()) {
        const auto events = ledger != nullptr ? ledger->by_subject(sealed.text(0)) : std::vector<ledger::Event>{};
        const bool is_known = std::any_of(events.begin(), events.end(),
                                          [](const ledger::Event& event) { return event.kind == "run.sealed"; });
        if (!is_known)
            missing.push_back(fmt::format("the run {} ({})", printable(sealed.text(0)), printable(sealed.text(1))));
    }
    return missing;
}

/// Of a sound store alone: a page of an index that nothing leads to any more may pass for one of `applied`.
std::vector<std::string> missing_events(RunStore& runs, ledger::Ledger* ledger) {
    std::vector<std::string> missing;
    const auto heads = ledger != nullptr ? ledger->heads() : decltype(ledger->heads()){};
    auto& applied = runs.state().database.statement("SELECT writer, seq FROM applied ORDER BY writer");
    while (applied.step()) {
        const auto head = heads.find(applied.text(0));
        const auto known = head == heads.end() ? 0 : head->second.seq;
        const auto last = static_cast<std::uint64_t>(applied.integer(1));
        if (last == known + 1)
            missing.push_back(fmt::format("the event {} of {}", last, applied.text(0)));
        else if (last > known)
            missing.push_back(fmt::format("the events {} to {} of {}", known + 1, last, applied.text(0)));
    }
    return missing;
}

std::vector<std::string> missing_all(RunStore& runs, ledger::Ledger* ledger) {
    auto missing = missing_events(runs, ledger);
    const auto more = missing_runs(runs, ledger);
    missing.insert(missing.end(), more.begin(), more.end());
    return missing;
}

/// With everything as it was.
void refuse_if(const std::vector<std::string>& missing) {
    if (missing.empty()) return;
    Error error{ledger::errors::ledger_behind,
                "the ledger lacks what the run store has taken from it, so runs are not made anew from it"};
    for (std::size_t i = 0; i < missing.size() && i < most_named; ++i) error.note("it lacks " + missing[i]);
    if (missing.size() > most_named) error.note(fmt::format("and {} more", missing.size() - most_named));
    throw std::move(error).hint("mlo doctor --salvage");
}

void make_anew(RunStore& runs, ledger::Ledger& ledger, store::ObjectStore& objects, Dir& folder,
               const std::string& writer, const Runtime& runtime, LedgerLoss loss, Rebuilt& rebuilt) {
    Archive archive{runs, ledger, objects, folder, writer, runtime};
    if (loss == LedgerLoss::yes) rebuilt.recorded_again = archive.record_again();
    archive.rebuild();
    rebuilt.unread = archive.unread();
}

}  // namespace

std::vector<std::string> missing_from_ledger(const std::string& store_dir, const Runtime& runtime) {
    const auto folder = runtime.fs.open_root(store_dir);
    if (!folder->stat(RunStore::file_name)) return {};
    RunStore runs{path::join(store_dir, RunStore::file_name), db::Access::read, runtime};
    std::optional<ledger::Ledger> ledger;
    if (folder->stat(ledger::Ledger::file_name)) ledger.emplace(store_dir, db::Access::read, runtime);
    return missing_all(runs, ledger ? &*ledger : nullptr);
}

Rebuilt rebuild_runs(const std::string& store_dir, ledger::Ledger& ledger, store::ObjectStore& objects,
                     const std::string& writer, const Runtime& runtime, LedgerLoss loss) {
    Rebuilt rebuilt;
    const auto path = path::join(store_dir, RunStore::file_name);
    const auto folder = runtime.fs.open_root(store_dir);
    const LockFile lock{*folder, lock_name, LockMode::exclusive, "making runs anew", WhenHeld::wait, runtime};
    if (!folder->stat(RunStore::file_name) || db::check(path, runtime).empty()) {
        RunStore runs{path, db::Access::write, runtime};
        if (loss == LedgerLoss::no) refuse_if(missing_all(runs, &ledger));
        make_anew(runs, ledger, objects, *folder, writer, runtime, loss, rebuilt);
        return rebuilt;
    }
    const Workshop workshop{*folder};
    const auto work = path::join(store_dir, work_name);
    const auto made = path::join(work, RunStore::file_name);
    const auto rows = path::join(work, rows_name);
    const auto salvaged = db::salvage(path, rows, run_schema(), runtime);
    for (const auto& table : salvaged.tables) rebuilt.salvaged_rows += table.rows;
    {
        RunStore from{rows, db::Access::write, runtime};
        if (loss == LedgerLoss::no) refuse_if(missing_runs(from, &ledger));
        RunStore to{made, db::Access::write, runtime};
        rebuilt.lost = copy_salvaged(from, to, salvaged, runtime);
        make_anew(to, ledger, objects, *folder, writer, runtime, loss, rebuilt);
    }
    rebuilt.may_lack_more = salvaged.unreadable_pages + salvaged.refused_rows > 0;
    rebuilt.set_aside = db::replace_damaged(path, made, run_schema(), runtime);
    return rebuilt;
}

}  // namespace mlo::track
