// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "run_fixture.hpp"

namespace mlo::test {
namespace {

TEST_CASE("what a ledger has lost of sealed runs is recorded again from the run store, once") {
    const bool loses_all = GENERATE(true, false);
    Clone clone;
    std::vector<std::string> ids;
    const auto seal_one = [&](Opened& opened, const std::string& name) {
        auto with = draft("vision");
        with.name = name;
        const auto id = opened.runs.create(with, process()).id;
        log(opened.runs, id, "loss", {{1, 10, 0.5}, {2, 20, std::nan("")}});
        param(opened.runs, id, "lr", "0.1");
        opened.runs.end(id, ending());
        CHECK(opened.archive.seal(id));
        ids.push_back(id);
    };
    const auto ledger = clone.folder.path("ledger.db");
    const auto old = clone.folder.path("old.db");
    {
        Opened opened{clone};
        seal_one(opened, "one");
    }
    for (const auto* const suffix : {"", "-wal"}) std::filesystem::copy_file(ledger + suffix, old + suffix);
    std::map<std::string, track::RunDocument> before;
    {
        Opened opened{clone};
        seal_one(opened, "two");
        opened.archive.amend(ids[0], {.name = "renamed"});
        opened.archive.amend(ids[1], {.deleted = true});
        for (const auto& id : ids) before[id] = opened.runs.get(id);
    }
    for (const auto* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(ledger + suffix);
    if (!loses_all)
        for (const auto* const suffix : {"", "-wal"}) std::filesystem::rename(old + suffix, ledger + suffix);

    clone.writer = std::string(32, 'e');
    Opened opened{clone};
    CHECK(opened.archive.record_again().size() == 2);
    opened.archive.rebuild();
    for (const auto& id : ids) {
        auto run = opened.runs.get(id);
        run.revision = before[id].revision;
        CHECK(run == before[id]);
        CHECK(points_of(opened.archive, id, "loss").size() == 2);
    }
    CHECK(opened.runs.status(ids[1]).is_deleted);
    CHECK_FALSE(opened.runs.status(ids[0]).is_deleted);
    CHECK(opened.archive.record_again().empty());
    CHECK(opened.ledger.verify().empty());
}

}  // namespace
}  // namespace mlo::test
