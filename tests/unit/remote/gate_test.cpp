// SPDX-License-Identifier: Apache-2.0
#include <gate.hpp>

#include <catch2/catch.hpp>
#include <list>
#include <mlo/util/error.hpp>

namespace mlo::test {
namespace {

using remote::Gate;

/// Lets as many through as the gate is wide, and ends them all: once for each.
template <class End>
void round(Gate& gate, End end) {
    std::list<Gate::Pass> passes;
    for (auto left = gate.width(); left > 0; --left) passes.emplace_back(gate, std::stop_token{});
    while (!passes.empty()) {
        end(passes.front());
        passes.pop_front();
    }
}

void succeed(Gate::Pass& pass) { pass.succeeded(); }
void fail(Gate::Pass& pass) { pass.broke(); }

}  // namespace

TEST_CASE("A gate opens wider while all that it lets through succeeds, up to its most") {
    Gate gate{6};
    CHECK(gate.width() == 4);
    for (int i = 0; i < 100; ++i) {
        // Only one that ends while all are in use tells anything of a wider gate.
        std::list<Gate::Pass> others;
        for (auto left = gate.width() - 1; left > 0; --left) others.emplace_back(gate, std::stop_token{});
        Gate::Pass pass{gate, {}};
        pass.succeeded();
    }
    CHECK(gate.width() == 6);
}

TEST_CASE("A gate that is not in full use does not open wider") {
    Gate gate{16};
    for (int i = 0; i < 1000; ++i) {
        Gate::Pass pass{gate, {}};
        pass.succeeded();
    }
    CHECK(gate.width() == 4);
}

TEST_CASE("What breaks halves the width, once for all that were under way") {
    Gate gate{8};
    round(gate, fail);
    CHECK(gate.width() == 2);
    round(gate, fail);
    CHECK(gate.width() == 1);
    round(gate, fail);
    CHECK(gate.width() == 1);
    round(gate, succeed);
    CHECK(gate.width() == 2);
}

TEST_CASE("What ends for other reasons changes nothing") {
    Gate gate{8};
    round(gate, [](Gate::Pass&) {});
    CHECK(gate.width() == 4);
}

TEST_CASE("Who waits at a gate is called back by a stop") {
    Gate gate{1};
    const Gate::Pass pass{gate, {}};
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS((Gate::Pass{gate, stop.get_token()}), Error);
}

}  // namespace mlo::test
