// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <barrier>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <map>
#include <mlo/util/errors.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using mlo::parallel_for;
using mlo::test::failure;

TEST_CASE("with one job every task runs in order on the caller's thread") {
    std::vector<std::size_t> order;
    std::set<std::thread::id> threads;
    parallel_for(100, 1, {}, [&](std::size_t index) {
        order.push_back(index);
        threads.insert(std::this_thread::get_id());
    });
    std::vector<std::size_t> expected(100);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = i;
    CHECK(order == expected);
    CHECK(threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("with several jobs every task runs once, and each thread sees rising indices") {
    std::mutex mutex;
    std::map<std::thread::id, std::vector<std::size_t>> seen;
    parallel_for(2000, 4, {}, [&](std::size_t index) {
        const std::scoped_lock lock{mutex};
        seen[std::this_thread::get_id()].push_back(index);
    });
    CHECK(seen.size() <= 4);
    std::set<std::size_t> all;
    std::size_t calls = 0;
    for (const auto& [thread, indices] : seen) {
        CHECK(std::is_sorted(indices.begin(), indices.end()));
        all.insert(indices.begin(), indices.end());
        calls += indices.size();
    }
    CHECK(calls == 2000);
    CHECK(all.size() == 2000);
    CHECK(*all.rbegin() == 1999);
}

TEST_CASE("as many tasks run at once as there are jobs, the caller's thread included") {
    std::barrier together{3};
    std::mutex mutex;
    std::set<std::thread::id> threads;
    parallel_for(3, 3, {}, [&](std::size_t) {
        together.arrive_and_wait();  // passes only if all three are running
        const std::scoped_lock lock{mutex};
        threads.insert(std::this_thread::get_id());
    });
    CHECK(threads.size() == 3);
    CHECK(threads.contains(std::this_thread::get_id()));
}

TEST_CASE("nothing to do is done at once") {
    int calls = 0;
    parallel_for(0, 4, {}, [&](std::size_t) { ++calls; });
    CHECK(calls == 0);
}

TEST_CASE("an exception ends the work and reaches the caller") {
    std::vector<std::size_t> started;
    CHECK_THROWS_WITH(parallel_for(100, 1, {},
                                   [&](std::size_t index) {
                                       started.push_back(index);
                                       if (index == 3) throw std::runtime_error{"third"};
                                   }),
                      "third");
    CHECK(started == std::vector<std::size_t>{0, 1, 2, 3});
}

namespace {

/// Says that the thread which owns it has ended.
struct AtThreadEnd {
    std::atomic<bool>* ended = nullptr;
    ~AtThreadEnd() {
        if (ended == nullptr) return;
        *ended = true;
        ended->notify_all();
    }
};

}  // namespace

TEST_CASE("the first exception is the one rethrown, whichever thread throws it") {
    std::barrier together{2};
    std::atomic<bool> helper_ended{false};
    const auto caller = std::this_thread::get_id();
    const auto task = [&](std::size_t) {
        together.arrive_and_wait();
        if (std::this_thread::get_id() == caller) {
            helper_ended.wait(false);
            throw std::runtime_error{"second"};
        }
        static thread_local AtThreadEnd at_end;
        at_end.ended = &helper_ended;
        throw std::runtime_error{"first"};
    };
    CHECK_THROWS_WITH(parallel_for(2, 2, {}, task), "first");
}

TEST_CASE("running tasks end before the exception is rethrown") {
    std::barrier together{2};
    std::atomic<bool> thrown{false};
    std::atomic<bool> ended{false};
    const auto task = [&](std::size_t index) {
        together.arrive_and_wait();
        if (index == 0) {
            thrown = true;
            thrown.notify_all();
            throw std::runtime_error{"zero"};
        }
        thrown.wait(false);
        ended = true;
    };
    CHECK_THROWS_WITH(parallel_for(2, 2, {}, task), "zero");
    CHECK(ended);
}

TEST_CASE("no further task starts once one has failed") {
    constexpr std::size_t endless = 50'000'000;
    std::atomic<std::size_t> last{0};
    const auto task = [&](std::size_t index) {
        if (index == 0) throw std::runtime_error{"zero"};
        last = index;
    };
    CHECK_THROWS_WITH(parallel_for(endless, 2, {}, task), "zero");
    CHECK(last < endless - 1);
}

TEST_CASE("a requested stop interrupts between tasks") {
    std::stop_source stop;
    std::vector<std::size_t> started;
    const auto work = [&] {
        parallel_for(100, 1, stop.get_token(), [&](std::size_t index) {
            started.push_back(index);
            if (index == 2) stop.request_stop();
        });
        return 0;
    };
    CHECK(failure(work) == mlo::errors::interrupted.id);
    CHECK(started == std::vector<std::size_t>{0, 1, 2});
    CHECK(failure(work) == mlo::errors::interrupted.id);
    CHECK(started.size() == 3);
}

TEST_CASE("a task's own failure goes before the stop that it leads to") {
    std::stop_source stop;
    CHECK_THROWS_WITH(parallel_for(10, 1, stop.get_token(),
                                   [&](std::size_t) {
                                       stop.request_stop();
                                       throw std::runtime_error{"own"};
                                   }),
                      "own");
}
