// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/ledger/identity.hpp>
#include <seeded.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {
namespace {

TEST_CASE("a clone has one id, and a copy of its folder another") {
    StillClock clock{Timestamp{}};
    SeededRandom random{1};
    const Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 1};
    TemporaryFolder here;
    const auto id = ledger::clone_id(*here.open(), runtime);
    CHECK(id.size() == 32);
    CHECK(ledger::clone_id(*here.open(), runtime) == id);
    TemporaryFolder copy;
    copy.write("identity", here.read("identity"));
    const auto other = ledger::clone_id(*copy.open(), runtime);
    CHECK(other != id);
    CHECK(ledger::clone_id(*copy.open(), runtime) == other);
    here.write("identity", here.read("identity") + "x");
    CHECK(ledger::clone_id(*here.open(), runtime) != id);
}

}  // namespace
}  // namespace mlo::test
