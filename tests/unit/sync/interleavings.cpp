// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <full.hpp>
#include <interleave.hpp>
#include <remote_wrappers.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

/// Whatever root set is visible now names only what can be had now, completely.
void check_roots(MemoryRemote& remote, std::uint64_t seed) {
    std::vector<sync::NamedRef> objects;
    for (const auto& key : remote.keys()) {
        if (!key.starts_with("roots/")) continue;
        const auto text = remote.value(key);
        for (auto at = text.find(" sha256:"); at != text.npos; at = text.find(" sha256:", at + 1)) {
            const auto kind = text[at - 1] == 'e' ? store::ObjectKind::tree : store::ObjectKind::blob;
            objects.push_back({key, {*store::ObjectId::parse(text.substr(at + 1, 71)), kind}});
        }
    }
    Clone reader{remote, seed};
    for (const auto& failure : reader.fetch(objects).failures)
        FAIL_CHECK(failure.name << ": " << failure.error.message());
    CHECK(reader.problems(objects).empty());
}

TEST_CASE("two pushes and a reader, one request at a time in any order, never leave a root that dangles") {
    const std::uint64_t rounds = full_run() ? 2000 : 60;
    std::uint64_t switches = 0;
    for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
        CAPTURE(seed);
        StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
        MemoryRemote remote{clock};
        Interleaving order{seed};
        WatchedRemote watched{remote, [&](RemoteCall, const std::string&) { order.turn(); }};
        Clone first{watched, seed * 3};
        Clone second{watched, seed * 3 + 1};
        const std::map<std::string, Bytes> common{{"a", noise_bytes(400, 1)}, {"s/b", noise_bytes(300'000, 2)}};
        auto mine = common;
        mine["mine"] = noise_bytes(100, seed);
        auto yours = common;
        yours["s/yours"] = noise_bytes(100, seed + 1);
        const auto a = first.add_tree("a", mine);
        const auto b = second.add_tree("b", yours);
        const auto again = first.add("again", noise_bytes(1000, seed + 2));
        order.run({[&] {
                       CHECK(first.push({a}).failures.empty());
                       CHECK(first.push({a, again}).failures.empty());
                   },
                   [&] { CHECK(second.push({b}).failures.empty()); },
                   [&] {
                       for (std::uint64_t i = 0; i < 3; ++i) {
                           order.turn();
                           check_roots(remote, seed * 100 + i);
                       }
                   }});
        check_roots(remote, seed);
        Clone last{remote, seed + 5000};
        CHECK(last.fetch({a, b, again}).failures.empty());
        CHECK(last.problems({a, b, again}).empty());
        switches += order.switches();
    }
    CHECK(switches > rounds);
}

}  // namespace
}  // namespace mlo::test
