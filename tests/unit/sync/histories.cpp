// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <full.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

using Files = std::map<std::string, Bytes>;

/// A small change, as people make them: a file added, removed, edited in the middle, moved.
void mutate(Files& files, std::mt19937_64& random) {
    const auto name = [&] {
        return (random() % 3 == 0 ? "sub/" : "") + std::string{"f"} + std::to_string(random() % 12);
    };
    const auto kind = random() % 4;
    if (kind == 0 || files.empty()) {
        files[name()] = noise_bytes(random() % 5 == 0 ? 400'000 + random() % 100'000 : random() % 3000, random());
        return;
    }
    auto at = files.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random() % files.size()));
    if (kind == 1) {
        files.erase(at);
    } else if (kind == 2) {
        const auto more = noise_bytes(random() % 50 + 1, random());
        at->second.insert(at->second.begin() + static_cast<std::ptrdiff_t>(at->second.size() / 2), more.begin(),
                          more.end());
    } else {
        auto bytes = std::move(at->second);
        files.erase(at);
        files[name()] = std::move(bytes);
    }
}

TEST_CASE("two clones that push and pull random histories hold the same versions in the end") {
    const std::uint64_t histories = full_run() ? 200 : 8;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        CAPTURE(seed);
        StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
        MemoryRemote remote{clock};
        Clone clones[] = {Clone{remote, seed}, Clone{remote, seed + 1000}};
        std::mt19937_64 random{seed};
        Files files{{"first", noise_bytes(10, seed)}};
        std::vector<sync::NamedRef> versions;
        for (int step = 0; step < 12; ++step) {
            auto& writer = clones[random() % 2];
            for (auto n = random() % 3 + 1; n > 0; --n) mutate(files, random);
            if (files.empty()) files["last"] = {};
            versions.push_back(writer.add_tree("data", files));
            CHECK(writer.push({versions.back()}).failures.empty());
            auto& other = clones[random() % 2];
            CHECK(other.fetch({versions[random() % versions.size()]}).failures.empty());
        }
        for (auto& clone : clones) {
            CHECK(clone.fetch(versions).failures.empty());
            CHECK(clone.problems(versions).empty());
        }
        for (const auto& version : versions)
            CHECK(clones[0].read(version.object.id) == clones[1].read(version.object.id));
    }
}

}  // namespace
}  // namespace mlo::test
