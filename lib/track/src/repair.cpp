// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/db/check.hpp>
#include <mlo/track/repair.hpp>
#include <mlo/util/path.hpp>

#include "run_schema.hpp"

namespace mlo::track {
namespace {

/// "runs.db.damaged-20261122T030000Z", beside the database.
std::string aside_name(const Runtime& runtime) {
    auto time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(runtime.clock.now()));
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return std::string{RunStore::file_name} + ".damaged-" + time;
}

void move_aside(Dir& folder, const std::string& name) {
    for (const char* suffix : {"-shm", "-wal", ""}) {
        const auto file = std::string{RunStore::file_name} + suffix;
        if (folder.stat(file)) folder.rename(file, folder, name + suffix, Replace::no);
    }
    folder.sync();
}

}  // namespace

Rebuilt rebuild_runs(const std::string& store_dir, ledger::Ledger& ledger, store::ObjectStore& objects,
                     const std::string& writer, const Runtime& runtime, LedgerLoss loss) {
    Rebuilt rebuilt;
    const auto path = path::join(store_dir, RunStore::file_name);
    const auto folder = runtime.fs.open_root(store_dir);
    if (folder->stat(RunStore::file_name) && !db::check(path, runtime).empty()) {
        const auto name = aside_name(runtime);
        move_aside(*folder, name);
        rebuilt.set_aside = path::join(store_dir, name);
        const auto salvaged = db::salvage(rebuilt.set_aside, path, run_schema(), runtime);
        for (const auto& table : salvaged.tables) rebuilt.salvaged_rows += table.rows;
    }
    RunStore runs{path, db::Access::write, runtime};
    Archive archive{runs, ledger, objects, *folder, writer, runtime};
    if (loss == LedgerLoss::yes) rebuilt.recorded_again = archive.record_again();
    archive.rebuild();
    rebuilt.unread = archive.unread();
    return rebuilt;
}

}  // namespace mlo::track
