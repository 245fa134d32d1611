// SPDX-License-Identifier: Apache-2.0
// What other tests rely on: the wrappers misbehave as they say, and an interleaving follows its seed alone.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <interleave.hpp>
#include <memory_remote.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/errors.hpp>
#include <remote_wrappers.hpp>
#include <seeded.hpp>

namespace mlo::test {
namespace {

using remote::Key;

const Error broken{mlo::errors::system_call, "the line broke"};

/// Who came when: three users that each take five turns.
std::string history(std::uint64_t seed) {
    Interleaving interleaving{seed};
    std::string order;
    std::vector<std::function<void()>> users;
    for (const char name : {'a', 'b', 'c'}) {
        users.emplace_back([&interleaving, &order, name] {
            for (int step = 0; step < 5; ++step) {
                interleaving.turn();
                order += name;
            }
        });
    }
    interleaving.run(users);
    return order;
}

}  // namespace

TEST_CASE("An interleaving is decided by its seed, and differs between seeds") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto order = history(seed);
        CHECK(order.size() == 15);
        CHECK(order == history(seed));
        orders.insert(order);
    }
    CHECK(orders.size() > 15);
}

TEST_CASE("An interleaving runs everybody to the end before it tells what one of them threw") {
    Interleaving interleaving{1};
    int ended = 0;
    CHECK(failure([&] {
              interleaving.run({[&] {
                                    interleaving.turn();
                                    throw Error{broken};
                                },
                                [&] {
                                    for (int step = 0; step < 10; ++step) interleaving.turn();
                                    ++ended;
                                }});
              return 0;
          }) == mlo::errors::system_call.id);
    CHECK(ended == 1);
}

TEST_CASE("Each wrapper misbehaves in its one way") {
    StillClock clock{Timestamp{}};
    MemoryRemote memory{clock};
    memory.set("a", "0123456789");

    SECTION("counting") {
        CountingRemote counting{memory};
        static_cast<void>(remote::get_bytes(counting, Key{"a"}, 100));
        CHECK(remote::put_bytes(counting, Key{"a"}, {}) == remote::PutResult::existed);
        static_cast<void>(remote::put_bytes(counting, Key{"b"}, as_bytes("123")));
        CHECK(counting.requests() == 3);
        CHECK(counting.count(RemoteCall::put) == 2);
        CHECK(counting.bytes_read() == 10);
        CHECK(counting.bytes_written() == 3);
    }
    SECTION("failing without effect, once") {
        FailingRemote failing{memory, 2, Error{broken}, FailureLaw::once, FailureMoment::before_effect};
        CHECK(failing.stat(Key{"a"}));
        CHECK(failure([&] { return remote::put_bytes(failing, Key{"b"}, {}); }) == mlo::errors::system_call.id);
        CHECK(failing.struck());
        CHECK_FALSE(memory.stat(Key{"b"}));
        CHECK(remote::put_bytes(failing, Key{"b"}, {}) == remote::PutResult::created);
    }
    SECTION("failing with the answer lost, from then on") {
        FailingRemote failing{memory, 1, Error{broken}, FailureLaw::from_then_on, FailureMoment::after_effect};
        CHECK(failure([&] { return remote::put_bytes(failing, Key{"b"}, {}); }) == mlo::errors::system_call.id);
        CHECK(memory.stat(Key{"b"}));
        CHECK(failure([&] { return failing.stat(Key{"b"}); }) == mlo::errors::system_call.id);
    }
    SECTION("cutting a transfer") {
        CuttingRemote cutting{memory, 4, Error{broken}};
        remote::BytesSink sink{100, "a"};
        CHECK(failure([&] { return cutting.get(Key{"a"}, {}, sink), 0; }) == mlo::errors::system_call.id);
        CHECK(as_text(sink.bytes()) == "0123");
        CHECK(failure([&] { return remote::put_bytes(cutting, Key{"b"}, as_bytes("01234")); }) ==
              mlo::errors::system_call.id);
        CHECK_FALSE(memory.stat(Key{"b"}));
        CHECK(remote::put_bytes(cutting, Key{"b"}, as_bytes("0123")) == remote::PutResult::created);
    }
    SECTION("corrupting a byte, also of a range") {
        CorruptingRemote corrupting{memory, "a", 4};
        CHECK(as_text(remote::get_bytes(corrupting, Key{"a"}, 100)) == "0123556789");
        remote::BytesSink sink{100, "a"};
        corrupting.get(Key{"a"}, {3, 3}, sink);
        CHECK(as_text(sink.bytes()) == "355");
    }
}

}  // namespace mlo::test
