// SPDX-License-Identifier: Apache-2.0
// Events from elsewhere: whatever the order, the same ledger; and nothing of what does not fit.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/util/text.hpp>
#include <random>
#include <refused.hpp>

#include "ledger_fixture.hpp"

namespace mlo::test {
namespace {

using ledger::Event;

const auto invalid = ledger::errors::event_invalid.id;

TEST_CASE("a chain that is merged is there with its bodies, and merging it again changes nothing") {
    Place here;
    Place there;
    const auto one = here.add(ada, sealed("r1", {object("a")}, R"({"a":1})"));
    here.add(ada, sealed("r2", {}, R"({"a":2})"));
    const auto run = here.run(ada);
    const std::vector<std::string> bodies{R"({"a":1})"};
    const auto merged = there.ledger.merge(run, bodies);
    CHECK(merged.writer == ada);
    CHECK(merged.added == 2);
    CHECK(merged.known == 0);
    CHECK(merged.bodies == 1);
    CHECK(there.content() == here.content());
    CHECK(there.ledger.body(*one.body) == R"({"a":1})");
    const auto again = there.ledger.merge(run, bodies);
    CHECK(again.added == 0);
    CHECK(again.known == 2);
    CHECK(again.bodies == 0);
    CHECK(there.ledger.merge_bodies(std::vector<std::string>{R"({"a":2})"}) == 1);
    here.add(ada, sealed("r3"));
    CHECK(there.ledger.merge(here.run(ada, 3)).added == 1);
    CHECK(there.ledger.merge(here.run(ada, 2)).known == 2);
    CHECK(there.content() == here.content());
    CHECK(there.ledger.heads() == here.ledger.heads());
    CHECK(there.ledger.verify().empty());
}

TEST_CASE("ledgers that took the same runs hold the same, in whatever order they took them") {
    const auto seed = GENERATE(range(1u, 9u));
    std::mt19937 random{seed};
    std::vector<std::unique_ptr<Place>> places;
    std::vector<std::string> writers;
    for (int i = 0; i < 4; ++i) {
        places.push_back(std::make_unique<Place>());
        writers.push_back(std::string(31, '0') + static_cast<char>('a' + i));
    }
    // Everybody writes, and takes from others what they have: whole chains, or parts that overlap what is there.
    for (int step = 0; step < 120; ++step) {
        const std::size_t who = random() % 4;
        auto& place = *places[who];
        if (random() % 2 == 0) {
            const auto name = std::to_string(random() % 5);
            const auto heads = place.ledger.heads();
            if (random() % 4 == 0 && heads.contains(writers[who])) {
                const ledger::Place victim{writers[who], 1 + random() % heads.at(writers[who]).seq};
                static_cast<void>(failure([&] { return place.ledger.retract(writers[who], victim); }));
            } else {
                place.add(writers[who], sealed("r" + name, {object(name)}, "{\"a\":" + name + "}"));
            }
            continue;
        }
        auto& source = *places[random() % 4];
        for (const auto& [writer, head] : source.ledger.heads()) {
            const auto own = place.ledger.heads();
            const auto known = own.contains(writer) ? own.at(writer).seq : 0;
            const auto first = 1 + random() % (known + 1);
            if (first <= head.seq) place.ledger.merge(source.run(writer, first));
        }
    }
    for (auto& place : places)
        for (auto& source : places)
            for (const auto& [writer, head] : source->ledger.heads()) place->ledger.merge(source->run(writer));
    for (auto& place : places) {
        CHECK(place->content() == places[0]->content());
        CHECK(place->ledger.heads() == places[0]->ledger.heads());
        CHECK(place->ledger.roots() == places[0]->ledger.roots());
        for (int name = 0; name < 5; ++name)
            CHECK(place->ledger.by_subject("r" + std::to_string(name)) ==
                  places[0]->ledger.by_subject("r" + std::to_string(name)));
        CHECK(place->ledger.verify().empty());
    }
}

TEST_CASE("a gap is refused whole") {
    const std::string hint = " help: fetch again; if that does not help, push again from the clone that wrote them";
    Place here;
    Place there;
    for (int i = 0; i < 4; ++i) here.add(ada, sealed("r"));
    CHECK(refused([&] { return there.ledger.merge(here.run(ada, 2)); }) ==
          "L004  event '" + ada + "/2' came, but of that writer only nothing is here" + hint);
    const auto lines = split(here.run(ada), '\n');
    there.ledger.merge(lines[0] + "\n");
    CHECK(refused([&] { return there.ledger.merge(here.run(ada, 3)); }) ==
          "L004  event '" + ada + "/3' came, but of that writer only the first 1 are here" + hint);
    CHECK(there.content().size() == 1);
}

TEST_CASE("a fork is refused whole, and what is here stays") {
    Place here;
    Place there;
    here.add(ada, sealed("same"));
    there.ledger.merge(here.run(ada));
    here.add(ada, sealed("here"));
    there.add(ada, sealed("there"));
    there.add(ada, sealed("there too"));
    const auto before = here.content();
    CHECK_THAT(refused([&] { return here.ledger.merge(there.run(ada)); }),
               Catch::StartsWith("L003  there are two different events '" + ada + "/2' = here: run.sealed of 'here'") &&
                   Catch::Contains("= there: run.sealed of 'there'"));
    // The first event that is new does not follow the last one that is here.
    CHECK(failure([&] { return here.ledger.merge(there.run(ada, 3)); }) == ledger::errors::event_fork.id);
    CHECK(here.content() == before);
    CHECK(here.ledger.verify().empty());
}

TEST_CASE("nothing is taken of a run with one wrong event, or one wrong body") {
    Place here;
    Place there;
    here.add(ada, sealed("r1", {}, R"({"a":1})"));
    here.add(ada, sealed("r2"));
    auto run = here.run(ada);
    const auto good = run;
    run[run.rfind("r2") + 1] = '3';
    CHECK(there.ledger.merge(run).added == 2);  // another event, but a sound one: its hash is its own
    CHECK(failure([&] { return here.ledger.merge(run); }) == ledger::errors::event_fork.id);
    Place third;
    auto torn = good;
    torn[torn.find("r1") + 1] = '4';
    CHECK(failure([&] { return third.ledger.merge(torn); }) == invalid);
    for (const auto& body :
         {std::string{R"({"a":2})"}, std::string{R"({"a": 1})"}, std::string{"{"}, std::string(2u << 20, ' ')})
        CHECK(failure([&] {
                  return third.ledger.merge(good, std::vector{std::string{R"({"a":1})"}, body});
              }) == invalid);
    CHECK(third.content().empty());
    CHECK(third.ledger.verify().empty());
    CHECK(failure([&] { return third.ledger.merge_bodies(std::vector<std::string>{"{}"}); }) == invalid);
}

TEST_CASE("a body that is not canonical is refused, also if an event names it") {
    Place place;
    for (const std::string body : {R"({"a": 1})", "{", "\xff", ""}) {
        Event event{.writer = ada,
                    .seq = 1,
                    .time = {},
                    .kind = "run.sealed",
                    .subject = "r",
                    .ids = {},
                    .body = hash::sha256(as_bytes(body)),
                    .previous = {},
                    .hash = {}};
        const auto run = ledger::encode_run(std::span{&event, 1});
        CHECK(failure([&] { return place.ledger.merge(run, std::vector{body}); }) == invalid);
        CHECK(place.content().empty());
    }
}

TEST_CASE("a retraction counts when it comes before what it retracts") {
    Place here;
    Place there;
    here.add(ada, sealed("r1", {object("a")}));
    here.ledger.retract(bob, {ada, 1});
    there.ledger.merge(here.run(bob));
    there.ledger.merge(here.run(ada));
    CHECK(there.ledger.roots().empty());
    CHECK(there.ledger.is_retracted({ada, 1}));
}

}  // namespace
}  // namespace mlo::test
