// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/db/errors.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/util/errors.hpp>
#include <refused.hpp>

#include "ledger_fixture.hpp"

namespace mlo::test {
namespace {

using ledger::Event;
using ledger::Ledger;
using store::ObjectKind;

TEST_CASE("what was appended is found again, in the chain of its writer") {
    Place place;
    const auto one = place.add(
        ada, sealed("r1", {object("b"), object("a", ObjectKind::tree), object("b"), object("a")}, R"({"a":1})"));
    const auto two = place.add(ada, sealed("r2"));
    const auto other = place.add(bob, sealed("r1"));
    CHECK(one.seq == 1);
    CHECK_FALSE(one.previous);
    CHECK(two.seq == 2);
    CHECK(two.previous == one.hash);
    CHECK(other.seq == 1);
    CHECK_FALSE(other.previous);
    CHECK(one.hash == hash::sha256(as_bytes(ledger::encode(one))));
    auto ids = std::vector{object("a"), object("a", ObjectKind::tree), object("b")};
    std::sort(ids.begin(), ids.end());
    CHECK(one.ids == ids);

    auto again = place.open(db::Access::read);
    CHECK(again.find(ada, 1) == one);
    CHECK(again.find(ada, 2) == two);
    CHECK_FALSE(again.find(ada, 3));
    CHECK_FALSE(again.find(std::string(32, 'c'), 1));
    REQUIRE(one.body);
    CHECK(again.body(*one.body) == R"({"a":1})");
    CHECK_FALSE(again.body(hash::sha256({})));
    CHECK(again.by_subject("r1") == std::vector{one, other});
    CHECK(again.by_subject("r3").empty());
    const auto heads = again.heads();
    REQUIRE(heads.size() == 2);
    CHECK(heads.at(ada) == ledger::Head{2, two.hash});
    CHECK(heads.at(bob) == ledger::Head{1, other.hash});
    CHECK(again.verify().empty());
}

TEST_CASE("several events are appended together or not at all") {
    Place place;
    const auto events = place.ledger.append(ada, std::vector{sealed("r1"), sealed("r2")});
    REQUIRE(events.size() == 2);
    CHECK(events[1].previous == events[0].hash);
    std::vector<store::ObjectRef> many;
    for (int i = 0; i < 15'000; ++i) many.push_back(object(std::to_string(i)));
    CHECK(failure([&] {
              return place.ledger.append(ada, std::vector{sealed("r3"), sealed("r4", many)});
          }) == ledger::errors::event_too_large.id);
    const auto large = '"' + std::string(ledger::max_body_bytes, 'x') + '"';
    CHECK(failure([&] {
              return place.ledger.append(ada, std::vector{sealed("r3"), sealed("r4", {}, large)});
          }) == ledger::errors::event_too_large.id);
    CHECK(place.ledger.heads().at(ada).seq == 2);
    CHECK(place.ledger.by_subject("r3").empty());
}

TEST_CASE("a body that is not canonical, a kind that is not in the table and an odd subject are bugs") {
    Place place;
    for (const auto& event : std::vector<ledger::NewEvent>{sealed("r", {}, "{ }"),
                                                           sealed("r", {}, ""),
                                                           {.kind = "none", .subject = "r"},
                                                           {.kind = "retract", .subject = "r"},
                                                           {.kind = "retract", .subject = ada + "/1", .body = "{}"},
                                                           sealed(""),
                                                           sealed("a\nb"),
                                                           sealed("\xff"),
                                                           sealed(std::string(251, 'x'))})
        CHECK(failure([&] { return place.ledger.append(ada, event); }) == errors::assertion.id);
    CHECK(place.content().empty());
    CHECK(place.add(ada, sealed(std::string(250, 'x'))).seq == 1);
}

TEST_CASE("a reader of events goes on where it was") {
    Place place;
    for (int i = 0; i < 3; ++i) place.add(ada, sealed("a" + std::to_string(i)));
    place.add(bob, sealed("b0"));
    const auto since = [&](const ledger::Watermarks& seen) {
        std::string subjects;
        place.ledger.for_each_since(seen, [&](const Event& event) { subjects += event.subject + " "; });
        return subjects;
    };
    CHECK(since({}) == "a0 a1 a2 b0 ");
    CHECK(since({{ada, 2}}) == "a2 b0 ");
    CHECK(since({{ada, 3}, {bob, 1}}).empty());
    CHECK(since({{ada, 9}, {std::string(32, 'f'), 1}}) == "b0 ");
}

TEST_CASE("what is retracted is a root no more") {
    Place place;
    place.add(ada, sealed("r1", {object("both"), object("first")}));
    place.add(ada, sealed("r2", {object("both"), object("second", ObjectKind::tree)}));
    const auto roots = [&](std::vector<store::ObjectRef> expected) {
        std::sort(expected.begin(), expected.end());
        CHECK(place.ledger.roots() == expected);
    };
    roots({object("both"), object("first"), object("second", ObjectKind::tree)});
    CHECK_FALSE(place.ledger.is_retracted({ada, 1}));
    const auto retraction = place.ledger.retract(bob, {ada, 1});
    CHECK(retraction.subject == ada + "/1");
    CHECK(place.ledger.is_retracted({ada, 1}));
    CHECK_FALSE(place.ledger.is_retracted({ada, 2}));
    roots({object("both"), object("second", ObjectKind::tree)});
    CHECK(refused([&] {
              return place.ledger.retract(ada, {bob, 1});
          }) ==
          "L005  '" + bob +
              "/1' is no event that can be retracted help: fetch from the remote that has it, and try again: mlo pull");
    for (const auto& odd : {ledger::Place{ada, 9}, ledger::Place{ada, 0}, ledger::Place{"x", 1}})
        CHECK(failure([&] { return place.ledger.retract(ada, odd); }) == ledger::errors::event_unknown.id);
    place.ledger.retract(ada, {ada, 2});
    roots({});
    CHECK(place.ledger.verify().empty());
}

TEST_CASE("a place of a chain is written in one way only") {
    CHECK(ledger::Place::parse(ada + "/12") == ledger::Place{ada, 12});
    for (const auto& text : {std::string{}, ada, ada + "/", ada + "/0", ada + "/01", ada + "/1x", ada + "/-1",
                             "A" + ada.substr(1) + "/1", ada + "/9007199254740993", ada + "/99999999999999999999"})
        CHECK_FALSE(ledger::Place::parse(text));
}

TEST_CASE("a ledger that was never written is not there, and reading makes none") {
    TemporaryFolder folder;
    StillClock clock{Timestamp{}};
    SeededRandom random{1};
    const Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 1};
    CHECK(failure([&] {
              return Ledger{folder.path(), db::Access::read, runtime}.heads();
          }) == db::errors::database_missing.id);
    CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace mlo::test
