// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <ledger_fixture.hpp>
#include <mlo/drift/history.hpp>

namespace mlo::drift {
namespace {

using test::ada;
using test::bob;

KeptResult result(std::string check, std::int64_t second, Outcome outcome = Outcome::none) {
    KeptResult made;
    made.document = "drift.yaml";
    made.check = std::move(check);
    made.time = Timestamp{std::chrono::seconds{second}};
    made.outcome = outcome;
    made.reference_rows = 1000;
    made.current_rows = 100;
    made.columns = 2;
    made.drifted = outcome == Outcome::drift ? 1 : 0;
    made.findings = {{"price", "distribution", outcome, 0.25, 0.1, 0.001},
                     {"gone", "column", Outcome::drift, 1, 0.1, {}}};
    return made;
}

TEST_CASE("what checks found is read again as it was, in the order of its time") {
    test::Place place;
    History history{place.ledger};
    auto late = result("orders", 200, Outcome::drift);
    late.window = {1, 2};
    late.reference_data = hash::sha256(as_bytes("data"));
    KeptResult failed;
    failed.document = "drift.yaml";
    failed.check = "users";
    failed.time = Timestamp{std::chrono::seconds{150}};
    failed.error = "MLO-U003: there is no 'users.csv'";
    history.add(ada, std::vector{late, failed});
    history.add(bob, std::vector{result("orders", 100)});
    history.add(ada, {});

    const auto all = history.all();
    REQUIRE(all.size() == 3);
    CHECK(all[0].check == "orders");
    CHECK(all[0].outcome == Outcome::none);
    CHECK_FALSE(all[1].outcome);
    CHECK(all[1].error == failed.error);
    CHECK(all[2].outcome == Outcome::drift);
    CHECK(all[2].time == late.time);
    CHECK(all[2].findings == late.findings);
    CHECK(all[2].window->until_us == 2);
    CHECK(all[2].reference_data == late.reference_data);
    CHECK_FALSE(all[2].current_data);
    CHECK(history.of("drift.yaml", "orders").size() == 2);
    CHECK(history.of("other.yaml", "orders").empty());
}

TEST_CASE("of a long document the subject has the hash, and of many findings the first are kept") {
    test::Place place;
    History history{place.ledger};
    auto long_one = result("orders", 1);
    long_one.document = std::string(300, 'd') + "/drift.yaml";
    for (int i = 0; i < 1000; ++i)
        long_one.findings.push_back({fmt::format("c{}", i), "distribution", {}, 0, 0.1, 1.0});
    history.add(ada, std::vector{long_one});
    const auto kept = history.of(long_one.document, "orders");
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].document == long_one.document);
    CHECK(kept[0].findings.size() == 500);
    CHECK(kept[0].findings[0] == long_one.findings[0]);
}

TEST_CASE("what was retracted, or is written in another way, is passed over") {
    test::Place place;
    History history{place.ledger};
    history.add(ada, std::vector{result("orders", 1), result("orders", 2)});
    (void)place.ledger.retract(ada, {ada, 1});
    place.add(ada,
              {.kind = "drift.checked", .subject = "drift drift.yaml:orders", .ids = {}, .body = R"({"check":1})"});
    const auto kept = history.of("drift.yaml", "orders");
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].time == Timestamp{std::chrono::seconds{2}});
    CHECK(history.all().size() == 1);
}

}  // namespace
}  // namespace mlo::drift
