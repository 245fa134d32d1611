// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <functional>
#include <memory_remote.hpp>
#include <mlo/remote/engine.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <remote_wrappers.hpp>
#include <seeded.hpp>

namespace mlo::test {
namespace {

using namespace std::chrono_literals;
using remote::Key;
using remote::PutResult;

const Error busy{remote::errors::busy, "busy"};
const Error refused{mlo::errors::permission_denied, "refused"};

/// Notes how long it was told to sleep.
class NotingClock final : public Clock {
public:
    Timestamp now() override { return Timestamp{now_}; }
    std::chrono::nanoseconds elapsed() override { return now_; }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override {
        now_ += duration;
        pauses.push_back(duration);
    }
    std::vector<std::chrono::nanoseconds> pauses;

private:
    std::chrono::nanoseconds now_{};
};

/// Every transfer from here breaks after so many bytes, until `cuts` of them did.
class BreakingRemote final : public WatchedRemote {
public:
    BreakingRemote(remote::Remote& inner, std::uint64_t after_bytes, int cuts)
        : WatchedRemote{inner}, after_bytes_{after_bytes}, cuts_{cuts} {}
    void get(const Key& key, remote::ByteRange range, remote::Sink& sink) override {
        ++requests;
        if (cuts_ == 0) return inner().get(key, range, sink);
        --cuts_;
        CuttingRemote{inner(), after_bytes_, busy}.get(key, range, sink);
    }
    int requests = 0;

private:
    std::uint64_t after_bytes_;
    int cuts_;
};

/// Hands a remote that lives elsewhere to the engine, which wants to own it.
std::unique_ptr<remote::Remote> borrowed(remote::Remote& remote) { return std::make_unique<WatchedRemote>(remote); }

class EngineFixture {
protected:
    std::unique_ptr<remote::Remote> engine(remote::Remote& inner, const remote::EngineOptions& options = {}) {
        return remote::with_engine(borrowed(inner), options, traffic_,
                                   {.fs = real_fs(),
                                    .clock = clock_,
                                    .random = random_,
                                    .log = silent_log(),
                                    .progress = silent_progress(),
                                    .stop = stop_.get_token(),
                                    .jobs = 1});
    }
    static std::string read(remote::Remote& remote, const std::string& key) {
        return std::string{as_text(remote::get_bytes(remote, Key{key}, 1u << 30))};
    }

    StillClock world_{Timestamp{}};
    NotingClock clock_;
    SeededRandom random_{1};
    std::stop_source stop_;
    remote::Traffic traffic_;
    MemoryRemote memory_{world_};
};

}  // namespace

TEST_CASE_METHOD(EngineFixture, "Each operation is tried again after a failure of the network") {
    memory_.set("a/b", "old");
    const auto at_call = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
    const auto moment = GENERATE(FailureMoment::before_effect, FailureMoment::after_effect);
    FailingRemote failing{memory_, at_call, busy, FailureLaw::once, moment};
    const auto remote = engine(failing);
    CHECK(remote->stat(Key{"a/b"}).has_value());
    CHECK(remote::put_bytes(*remote, Key{"a/c"}, as_bytes("new")) == PutResult::created);
    remote::BytesSource newer{std::string_view{"newer"}};
    remote->replace(Key{"a/b"}, newer);
    std::vector<std::string> listed;
    remote->list(remote::Prefix{"a/"}, [&](const auto& each) { listed.push_back(each.key.text()); });
    CHECK(listed == std::vector<std::string>{"a/b", "a/c"});
    remote->remove(Key{"a/c"});
    CHECK(read(*remote, "a/b") == "newer");
    CHECK(memory_.keys() == std::vector<std::string>{"a/b"});
    CHECK(failing.struck());
    CHECK(traffic_.repeated == 1);
}

TEST_CASE_METHOD(EngineFixture, "A value that breaks off is gone on with behind the last byte that arrived") {
    const auto value = std::string(1000, 'x') + "the end";
    memory_.set("packs/a", value);
    BreakingRemote breaking{memory_, 400, 2};
    const auto remote = engine(breaking);
    CHECK(read(*remote, "packs/a") == value);
    CHECK(traffic_.received_bytes == value.size());
    CHECK(breaking.requests == 3);
    remote::BytesSink part{100, "a part"};
    BreakingRemote once{memory_, 3, 1};
    engine(once)->get(Key{"packs/a"}, {998, 5}, part);
    CHECK(as_text(part.bytes()) == "xxthe");
}

TEST_CASE_METHOD(EngineFixture, "A value that breaks off at its very end is not asked for again") {
    memory_.set("packs/a", "value");
    FailingRemote failing{memory_, 1, busy, FailureLaw::once, FailureMoment::after_effect};
    CountingRemote counting{failing};
    remote::BytesSink sink{100, "a value"};
    engine(counting)->get(Key{"packs/a"}, {0, 5}, sink);
    CHECK(as_text(sink.bytes()) == "value");
    CHECK(counting.requests() == 1);
}

TEST_CASE_METHOD(EngineFixture,
                 "A long transfer may break more often than an operation may fail, as long as it gets on") {
    memory_.set("packs/a", std::string(5'000'000, 'x'));
    BreakingRemote breaking{memory_, 100'000, 1000};
    CHECK(read(*engine(breaking, {.attempts = 2, .first_attempts = 2}), "packs/a").size() == 5'000'000);
    BreakingRemote stuck{memory_, 10, 1000};
    const auto remote = engine(stuck, {.attempts = 5, .first_attempts = 2});
    CHECK(failure([&] { return read(*remote, "packs/a"); }) == busy.code().id);
    CHECK(stuck.requests == 2);
}

TEST_CASE_METHOD(EngineFixture, "A host that never answered is given up sooner than one that did") {
    FailingRemote dead{memory_, 1, busy, FailureLaw::from_then_on, FailureMoment::before_effect};
    CountingRemote to_dead{dead};
    const auto error = error_of([&] { return engine(to_dead)->stat(Key{"a"}); });
    CHECK(to_dead.requests() == 3);
    REQUIRE(error);
    CHECK(error->notes() == std::vector<std::string>{"tried 3 times"});
    FailingRemote dying{memory_, 2, busy, FailureLaw::from_then_on, FailureMoment::before_effect};
    CountingRemote to_dying{dying};
    const auto remote = engine(to_dying);
    CHECK(!remote->stat(Key{"a"}));
    CHECK(failure([&] { return remote->stat(Key{"a"}); }) == busy.code().id);
    CHECK(to_dying.requests() == 11);
}

TEST_CASE_METHOD(EngineFixture, "What retrying cannot help is not tried again") {
    FailingRemote failing{memory_, 1, refused, FailureLaw::from_then_on, FailureMoment::before_effect};
    CountingRemote counting{failing};
    const auto remote = engine(counting);
    CHECK(failure([&] { return remote->stat(Key{"a"}); }) == refused.code().id);
    CHECK(failure([&] { remote->remove(Key{"a"}); }) == refused.code().id);
    CHECK(counting.requests() == 2);
    CHECK(clock_.pauses.empty());
}

TEST_CASE_METHOD(EngineFixture, "The pauses are random below a bound that doubles up to 20 seconds") {
    FailingRemote failing{memory_, 1, busy, FailureLaw::from_then_on, FailureMoment::before_effect};
    std::chrono::nanoseconds longest{};
    for (int i = 0; i < 50; ++i) {
        clock_.pauses.clear();
        CHECK(failure([&] { return engine(failing, {.first_attempts = 12})->stat(Key{"a"}); }) == busy.code().id);
        REQUIRE(clock_.pauses.size() == 11);
        std::chrono::nanoseconds bound = 250ms;
        for (const auto pause : clock_.pauses) {
            CHECK(pause < std::min<std::chrono::nanoseconds>(bound, 20s));
            longest = std::max(longest, pause);
            bound *= 2;
        }
    }
    CHECK(longest > 18s);
    CHECK(std::any_of(clock_.pauses.begin(), clock_.pauses.end(), [](auto pause) { return pause < 1s; }));
}

TEST_CASE_METHOD(EngineFixture,
                 "A server that names a pause gets it and the random one, but never more than a minute") {
    const auto [wished, least, most] = GENERATE(table<std::chrono::seconds, std::chrono::seconds, std::chrono::seconds>(
        {{7s, 7s, 8s}, {86'400s, 60s, 61s}, {0s, 0s, 1s}, {-5s, 0s, 1s}}));
    FailingRemote failing{memory_, 1, Error{remote::errors::busy, "busy"}.again_after(wished), FailureLaw::once,
                          FailureMoment::before_effect};
    CHECK(!engine(failing)->stat(Key{"a"}));
    REQUIRE(clock_.pauses.size() == 1);
    CHECK(clock_.pauses.front() >= least);
    CHECK(clock_.pauses.front() < most);
}

TEST_CASE_METHOD(EngineFixture, "A put whose answer was lost counts as created, and somebody else's value does not") {
    FailingRemote lost{memory_, 1, busy, FailureLaw::once, FailureMoment::after_effect};
    CHECK(remote::put_bytes(*engine(lost), Key{"a"}, as_bytes("mine")) == PutResult::created);
    memory_.set("b", "ours");
    FailingRemote other{memory_, 1, busy, FailureLaw::once, FailureMoment::before_effect};
    CHECK(remote::put_bytes(*engine(other), Key{"b"}, as_bytes("mine")) == PutResult::existed);
    CHECK(remote::put_bytes(*engine(memory_), Key{"a"}, as_bytes("mine")) == PutResult::existed);
    CHECK(memory_.value("b") == "ours");
}

TEST_CASE_METHOD(EngineFixture, "A listing that breaks off is gone on with, and meets each key once") {
    for (int i = 100; i < 200; ++i) memory_.set("index/" + std::to_string(i), "");
    class Breaking final : public WatchedRemote {
    public:
        using WatchedRemote::WatchedRemote;
        void list(const remote::Prefix& prefix, const std::function<void(const remote::Listed&)>& visit) override {
            int left = 60;
            inner().list(prefix, [&](const auto& listed) {
                if (left-- == 0 && !has_broken_) {
                    has_broken_ = true;
                    throw Error{busy};
                }
                visit(listed);
            });
        }

    private:
        bool has_broken_ = false;
    } breaking{memory_};
    std::vector<std::string> keys;
    engine(breaking)->list(remote::Prefix{"index/"}, [&](const auto& each) { keys.push_back(each.key.text()); });
    CHECK(keys == memory_.keys());
    CHECK(traffic_.repeated == 1);
}

TEST_CASE_METHOD(EngineFixture, "A rate is kept in both directions together, and no burst follows a pause") {
    const auto remote = engine(memory_, {.bytes_per_second = 1000});
    const auto seconds = [&] { return std::chrono::duration<double>{clock_.elapsed()}.count(); };
    static_cast<void>(remote::put_bytes(*remote, Key{"a"}, as_bytes(std::string(5000, 'x'))));
    CHECK(seconds() == Approx(5.0));
    CHECK(read(*remote, "a").size() == 5000);
    CHECK(seconds() == Approx(10.0));
    clock_.sleep(100s, {});
    CHECK(read(*remote, "a").size() == 5000);
    CHECK(seconds() == Approx(115.0));
    CHECK(traffic_.sent_bytes == 5000);
    CHECK(traffic_.received_bytes == 10000);
}

TEST_CASE_METHOD(EngineFixture, "Nothing is tried again once a stop was requested") {
    FailingRemote failing{memory_, 1, busy, FailureLaw::from_then_on, FailureMoment::before_effect};
    CountingRemote counting{failing};
    const auto remote = engine(counting);
    stop_.request_stop();
    CHECK(failure([&] { return remote->stat(Key{"a"}); }) == mlo::errors::interrupted.id);
    CHECK(counting.requests() <= 1);
}

}  // namespace mlo::test
