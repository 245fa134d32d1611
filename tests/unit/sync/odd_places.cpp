// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <remote_wrappers.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

constexpr remote::Traits lists_for_nobody{
    .scheme = "memory", .can_write = true, .can_list = false, .never_lists = true, .can_range = true};

std::map<std::string, Bytes> sample_files(std::uint64_t seed) {
    return {{"a", noise_bytes(300, seed)}, {"sub/b", noise_bytes(700'000, seed + 1)}};
}

/// A place that nobody can list, and two clones that push there.
struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock, lists_for_nobody};
    Clone first{remote, 1};
    Clone second{remote, 2};
    Clone reader{remote, 3};
};

std::size_t count_below(const MemoryRemote& remote, std::string_view prefix) {
    const auto keys = remote.keys();
    return static_cast<std::size_t>(
        std::count_if(keys.begin(), keys.end(), [&](const auto& key) { return key.starts_with(prefix); }));
}

/// Keeps half of each pack that it is sent, and then breaks off.
class TearingRemote final : public WatchedRemote {
public:
    using WatchedRemote::WatchedRemote;
    remote::PutResult put(const remote::Key& key, remote::Source& source) override {
        if (!key.text().starts_with("packs/")) return WatchedRemote::put(key, source);
        Bytes half(source.size_bytes() / 2);
        static_cast<void>(source.read(half, 0));
        static_cast<void>(remote::put_bytes(inner(), key, half));
        throw Error{remote::errors::busy, "broken off"};
    }
};

}  // namespace

TEST_CASE("where nobody can list, clones push and fetch by the listing") {
    World w;
    const auto one = w.first.add_tree("one", sample_files(1));
    const auto two = w.second.add_tree("two", sample_files(10));
    CHECK(w.first.push({one}).failures.empty());
    CHECK(w.second.push({two}).failures.empty());
    CHECK(w.reader.fetch({one, two}).failures.empty());
    CHECK(w.reader.problems({one, two}).empty());
    const auto keys = w.remote.keys();
    CHECK(w.first.push({one}).records == 0);
    CHECK(w.remote.keys() == keys);
}

TEST_CASE("what another push took out of the listing is sent again, and no root set goes below one that counts") {
    World w;
    const auto one = w.first.add_tree("one", sample_files(1));
    static_cast<void>(w.first.push({one}));
    w.remote.set("listing", "mlo listing 1\n");
    const auto more = w.first.add_tree("more", sample_files(20));
    CHECK(w.first.push({one, more}).failures.empty());
    CHECK(w.reader.fetch({one, more}).failures.empty());
    CHECK(w.reader.problems({one, more}).empty());
    const auto roots = "roots/" + std::string(32, 'a') + "/" + w.first.peer().clone + "/";
    CHECK(count_below(w.remote, roots + "1-") == 1);
    CHECK(count_below(w.remote, roots + "2-") == 1);
}

TEST_CASE("where only these credentials cannot list, nothing is pushed") {
    StillClock clock{Timestamp{}};
    auto traits = lists_for_nobody;
    traits.never_lists = false;
    MemoryRemote remote{clock, traits};
    Clone clone{remote, 1};
    const auto data = clone.add_tree("data", sample_files(1));
    CHECK(failure([&] { return clone.push({data}); }) == remote::errors::listing_refused.id);
    CHECK(remote.keys().empty());
}

TEST_CASE("a pack that was delivered twice is taken for what it is") {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote memory{clock};
    struct Twice final : WatchedRemote {
        using WatchedRemote::WatchedRemote;
        remote::PutResult put(const remote::Key& key, remote::Source& source) override {
            if (key.text().starts_with("packs/")) static_cast<void>(WatchedRemote::put(key, source));
            return WatchedRemote::put(key, source);
        }
    } twice{memory};
    Clone clone{twice, 1};
    Clone reader{memory, 2};
    const auto data = clone.add_tree("data", sample_files(1));
    CHECK(clone.push({data}).failures.empty());
    CHECK(reader.fetch({data}).failures.empty());
    CHECK(reader.problems({data}).empty());
}

TEST_CASE("a place that has everything already is not believed for ever") {
    StillClock clock{Timestamp{}};
    MemoryRemote memory{clock};
    struct Full final : WatchedRemote {
        using WatchedRemote::WatchedRemote;
        remote::PutResult put(const remote::Key& key, remote::Source& source) override {
            if (key.text().starts_with("leases/")) return remote::PutResult::existed;
            return WatchedRemote::put(key, source);
        }
    } full{memory};
    Clone clone{full, 1};
    const auto data = clone.add_tree("data", sample_files(1));
    CHECK(failure([&] { return clone.push({data}); }) == remote::errors::bad_answer.id);
}

TEST_CASE("a pack that broke off half-way is not taken for one that arrived") {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote memory{clock};
    TearingRemote tearing{memory};
    Clone clone{memory, 1};
    const auto data = clone.add_tree("data", sample_files(1));
    sync::Peer torn{clone.store(),      tearing,         clone.peer().project,
                    clone.peer().clone, clone.runtime(), clone.peer().transfers};
    CHECK(failure([&] { return sync::push(torn, {.objects = {data}}); }) == remote::errors::busy.id);
    CHECK(count_below(memory, "packs/") == 1);
    const auto report = clone.push({data});
    CHECK(report.failures.empty());
    CHECK(report.resumed_packs == 0);
    Clone reader{memory, 2};
    CHECK(reader.fetch({data}).failures.empty());
    CHECK(reader.problems({data}).empty());
}

}  // namespace mlo::test
