// SPDX-License-Identifier: Apache-2.0
// What becomes of runs when the disk is full or fails, and of databases that are not ours to write.
#include <catch2/catch.hpp>
#include <mlo/db/errors.hpp>
#include <sqlite_faults.hpp>
#include <vector>

#include "run_fixture.hpp"
#include "run_schema.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

/// Three points of one batch at this step.
void log_three(RunStore& runs, const std::string& run, std::int64_t step) {
    log(runs, run, "m", {{step, 1, 1}, {step, 2, 2}, {step, 3, 3}});
}

}  // namespace

TEST_CASE("while the disk is full or fails, logging says so, and what it acknowledged before and after is there") {
    for (const auto kind :
         {SqliteFaults::Kind::no_space, SqliteFaults::Kind::io_error, SqliteFaults::Kind::short_write}) {
        for (std::uint64_t at = 1; at < 12; ++at) {
            INFO(at);
            Clone clone;
            SqliteFaults faults;
            auto runs = clone.open();
            const auto run = runs.create(draft(), process()).id;
            std::vector<std::int64_t> acknowledged;
            const auto log_some = [&](std::int64_t from, std::int64_t to) {
                for (auto step = from; step < to; ++step) {
                    const auto error = error_of([&] {
                        log_three(runs, run, step);
                        return 0;
                    });
                    if (!error) acknowledged.push_back(step);
                    if (error)
                        CHECK((error->code().id == db::errors::database_full.id ||
                               error->code().id == db::errors::database_io.id));
                }
            };
            log_some(0, 3);
            faults.fail(kind, at, SqliteFaults::Law::persistent);
            log_some(3, 6);
            faults.heal();
            log_some(6, 9);
            CHECK(acknowledged.size() >= 6);
            auto again = clone.open();
            const auto points = points_of(again, run, "m");
            for (const auto step : acknowledged) CHECK(std::ranges::count(points, step, &Point::step) == 3);
            CHECK(points.size() % 3 == 0);  // a batch is there or not
            CHECK(again.get(run).metrics.at("m").count == points.size());
        }
    }
}

TEST_CASE("a run that could not be sealed is whole, and sealed later") {
    for (std::uint64_t at = 1; at < 60; at += 3) {
        INFO(at);
        Clone clone;
        SqliteFaults faults;
        std::string run;
        {
            Opened opened{clone};
            run = opened.runs.create(draft("fraud"), process()).id;
            log_three(opened.runs, run, 1);
            opened.runs.end(run, ending());
            faults.fail(SqliteFaults::Kind::no_space, at, SqliteFaults::Law::persistent);
            static_cast<void>(failure([&] { return opened.archive.seal(run); }));
            faults.heal();
        }
        Opened opened{clone};
        opened.archive.catch_up();
        static_cast<void>(opened.archive.seal_ended());
        CHECK(opened.runs.status(run).is_sealed);
        CHECK(points_of(opened.archive, run, "m").size() == 3);
        CHECK(opened.ledger.verify().empty());
        const auto events = opened.ledger.by_subject(run);
        CHECK(std::ranges::count(events, "run.sealed", &ledger::Event::kind) == 1);
    }
}

TEST_CASE("runs of an older mlo are there in the tables of this one") {
    Clone clone;
    {
        db::Database old{clone.path(),
                         db::Access::write,
                         db::Durability::process,
                         {run_schema().application_id, run_schema().migrations.first(1)},
                         clone.runtime};
        db::Transaction transaction{old};
        old.execute(
            "INSERT INTO runs VALUES(1, 'a', 's', 1, 0, 'old', 0, 5, NULL, '', '', '', NULL, '', 0, 0, 0, '');"
            "INSERT INTO processes VALUES(1, 7, 8, 'boot', 'space', 'box', 5, NULL, NULL);");
        transaction.commit();
    }
    auto runs = clone.open();
    REQUIRE(runs.open_runs().size() == 1);
    CHECK(runs.open_runs()[0].pulse == Pulse::beats);
    CHECK(runs.wanted("a").empty());
    CHECK_FALSE(runs.create(draft(), process(), Pulse::silent).id.empty());
}

TEST_CASE("runs of a newer mlo are refused and left alone") {
    Clone clone;
    const auto run = clone.open().create(draft(), process()).id;
    {
        const auto known = run_schema().migrations;
        std::vector<db::Migration> newer{known.begin(), known.end()};
        newer.push_back("CREATE TABLE more(id INTEGER PRIMARY KEY) STRICT;");
        const db::Database database{clone.path(),
                                    db::Access::write,
                                    db::Durability::process,
                                    {run_schema().application_id, newer},
                                    clone.runtime};
    }
    for (const auto access : {db::Access::read, db::Access::write})
        CHECK(failure([&] { return clone.open(access); }) == db::errors::database_newer.id);
}
