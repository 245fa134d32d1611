// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "suite.hpp"

namespace mlo::test {
namespace {

/// Runs `work(number)` in `count` threads that start together; returns how many threw.
template <class Work>
int together(int count, Work work) {
    std::latch start{count};
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> threads;
        for (int number = 0; number < count; ++number) {
            threads.emplace_back([&, number] {
                start.arrive_and_wait();
                try {
                    work(number);
                } catch (const std::exception&) {
                    ++failed;
                }
            });
        }
    }
    return failed;
}

}  // namespace

TEST_CASE("Of eight that put one key at once, one creates it, and the value is its alone") {
    on_every_place([](RemotePlace& place) {
        constexpr int writers = 8;
        const auto shared = place.connect();
        if (!shared->traits().has_exclusive_put || !place.keeps_puts_apart()) return;
        for (int round = 0; round < 20; ++round) {
            const auto key = "new-" + std::to_string(round) + "/key";
            std::mutex mutex;
            std::vector<int> creators;
            const auto failed = together(writers, [&](int number) {
                // Half of them over one connection, half over their own.
                const auto own = number % 2 == 0 ? place.connect() : nullptr;
                const std::string value(200'000, static_cast<char>('a' + number));
                const auto result = put(own ? *own : *shared, key, value);
                const std::lock_guard guard{mutex};
                if (result == PutResult::created) creators.push_back(number);
            });
            CHECK(failed == 0);
            REQUIRE(creators.size() == 1);
            CHECK(get(*shared, key) == std::string(200'000, static_cast<char>('a' + creators.front())));
        }
    });
}

TEST_CASE("A put is seen by nobody before it is complete") {
    on_every_place([](RemotePlace& place) {
        const auto writer = place.connect();
        const auto reader = place.connect();
        static_cast<void>(put(*writer, "packs/old", "x"));
        const std::string value(3u << 20, 'v');
        int looks = 0;
        TellingSource source{value, [&](std::uint64_t) {
                                 ++looks;
                                 CHECK_FALSE(reader->stat(Key{"packs/new"}).has_value());
                                 CHECK(failure([&] { return get(*reader, "packs/new"); }) == errors::key_absent.id);
                                 if (lists(*reader)) CHECK(list(*reader) == std::vector<std::string>{"packs/old"});
                             }};
        CHECK(writer->put(Key{"packs/new"}, source) == PutResult::created);
        CHECK(looks > 1);
        CHECK(get(*reader, "packs/new").size() == value.size());
    });
}

TEST_CASE("A reader beside replacements gets one of them, whole") {
    on_every_place([](RemotePlace& place) {
        constexpr int rounds = 50;
        constexpr std::size_t size = 150'000;
        static_cast<void>(put(*place.connect(), "listing", std::string(size, 'a')));
        std::atomic<bool> is_done = false;
        const auto failed = together(3, [&](int number) {
            const auto remote = place.connect();
            if (number == 0) {
                for (int round = 0; round < rounds; ++round) {
                    const std::string value(size, static_cast<char>('a' + round % 26));
                    BytesSource source{value};
                    remote->replace(Key{"listing"}, source);
                }
                is_done = true;
            } else {
                do {
                    const auto value = get(*remote, "listing");
                    if (value.size() != size || value.find_first_not_of(value.front()) != value.npos)
                        throw std::runtime_error{"a torn value"};
                } while (!is_done);
            }
        });
        CHECK(failed == 0);
    });
}

TEST_CASE("A writer that stores while another removes in the same folder loses nothing") {
    on_every_place([](RemotePlace& place) {
        const auto shared = place.connect();
        const auto failed = together(4, [&](int number) {
            for (int round = 0; round < 25; ++round) {
                const auto key = "leases/" + std::to_string(round) + "/" + std::to_string(number);
                if (put(*shared, key, key) != PutResult::created) throw std::runtime_error{"not created"};
                if (get(*shared, key) != key) throw std::runtime_error{"another value"};
                shared->remove(Key{key});
            }
        });
        CHECK(failed == 0);
        if (lists(*shared)) CHECK(list(*shared).empty());
    });
}

}  // namespace mlo::test
