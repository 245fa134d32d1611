// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <fault_fs.hpp>
#include <full.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/atomic_file.hpp>
#include <seeded.hpp>
#include <write_path.hpp>

namespace mlo::test {
namespace {

using remote::Key;

constexpr std::string_view root = "/w";
constexpr std::uint64_t steps = 7;

std::string content(std::string_view key) {
    std::string text;
    while (text.size() < 9'000) text += std::string{key} + " ";
    return text;
}

/// Stores, replaces and removes in a remote that is not there yet. Each step may be repeated.
struct Sharing {
    explicit Sharing(CloneSupport support) : clones{support} {}

    CloneSupport clones;
    SeededRandom random{7};
    StillClock clock{Timestamp{}};
    remote::Traffic traffic;

    [[nodiscard]] FaultFs prepare() const {
        FaultFs fs{root, clones};
        const auto dir = fs.open_root(root);
        dir->create("local", 0666)->write(as_bytes(content("packs/2")));
        dir->sync_file_system();
        return fs;
    }
    [[nodiscard]] std::unique_ptr<remote::Remote> open(FaultFs& fs) {
        return remote::open_remote("remote", {std::string{root}, traffic},
                                   {.fs = fs,
                                    .clock = clock,
                                    .random = random,
                                    .log = silent_log(),
                                    .progress = silent_progress(),
                                    .stop = {},
                                    .jobs = 1});
    }

    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        const auto place = open(fs);
        const auto put = [&](std::string_view key) {
            static_cast<void>(remote::put_bytes(*place, Key{key}, as_bytes(content(key))));
        };
        const auto replace = [&](std::string_view value) {
            remote::BytesSource source{value};
            place->replace(Key{"listing"}, source);
        };
        const std::array<std::function<void()>, steps> all{
            [&] { put("packs/1"); },
            [&] {
                remote::FileSource source{fs.open_root(root)->open("local")};
                static_cast<void>(place->put(Key{"packs/2"}, source));
            },
            [&] { put("roots/p/c/1"); },
            [&] { replace("first"); },
            [&] { replace("second"); },
            [&] { place->remove(Key{"packs/1"}); },
            [&] { put("roots/p/c/2"); }};
        for (const auto& step : all) {
            step();
            ++acknowledged;
        }
    }

    void check(FaultFs& after, std::uint64_t acknowledged) {
        const auto place = open(after);
        const auto expect = [&](std::string_view key, bool must_be, bool may_be) {
            const auto found = remote::find_bytes(*place, Key{key}, 1u << 20);
            if (found) CHECK(as_text(*found) == content(key));
            if (must_be && !found) FAIL_CHECK(key << " is lost after " << acknowledged << " steps");
            if (!may_be && found) FAIL_CHECK(key << " came back after " << acknowledged << " steps");
        };
        if (acknowledged == 0 && !place->stat(Key{"packs/1"})) return;
        expect("packs/1", acknowledged >= 1 && acknowledged < 5, acknowledged < 6);
        expect("packs/2", acknowledged >= 2, true);
        expect("roots/p/c/1", acknowledged >= 3, true);
        expect("roots/p/c/2", acknowledged >= 7, true);
        const auto listing = remote::find_bytes(*place, Key{"listing"}, 100);
        if (acknowledged >= 4) REQUIRE(listing);
        if (listing) CHECK((as_text(*listing) == "second" || (acknowledged < 5 && as_text(*listing) == "first")));
        place->list(remote::Prefix{}, [](const remote::Listed& listed) {
            const auto& key = listed.key.text();
            CHECK((key == "packs/1" || key == "packs/2" || key == "roots/p/c/1" || key == "roots/p/c/2" ||
                   key == "listing"));
        });
    }
};

WritePath sharing(CloneSupport clones) {
    const auto shared = std::make_shared<Sharing>(clones);
    return {.prepare = [shared] { return shared->prepare(); },
            .work = [shared](FaultFs& fs, std::uint64_t& acknowledged) { shared->work(fs, acknowledged); },
            .check = [shared](FaultFs& after, std::uint64_t acknowledged) { shared->check(after, acknowledged); }};
}

}  // namespace

TEST_CASE("what a folder remote acknowledged survives any power cut, and the rest is whole or absent", "[remote]") {
    const auto counts =
        cut_everywhere(sharing(CloneSupport::no), full_run() ? 5'000 : 100, full_run() ? 100'000 : 2'000);
    CHECK(counts.changes > 50);
    cut_everywhere(sharing(CloneSupport::yes), 100, full_run() ? 100'000 : 1'000);
}

TEST_CASE("a folder remote reports every failed call, and can be used again after it", "[remote]") {
    const auto counts = fail_everywhere(sharing(CloneSupport::no), steps);
    CHECK(counts.reported > 50);
}

TEST_CASE("what a killed writer left in a folder remote is made durable by the next", "[remote]") {
    CHECK(kill_everywhere(sharing(CloneSupport::no), steps) > 50);
}

}  // namespace mlo::test
