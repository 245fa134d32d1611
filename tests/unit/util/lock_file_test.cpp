// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <functional>
#include <mlo/util/errors.hpp>
#include <mlo/util/lock_file.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace std::chrono_literals;
using mlo::test::error_of;
using mlo::test::failure;
using mlo::test::TemporaryFolder;

namespace {

/// Time passes by sleeping alone, and something may happen then.
class ScriptedClock final : public Clock {
public:
    Timestamp now() override { return Timestamp{1'700'000'000s} + slept_; }
    std::chrono::nanoseconds elapsed() override { return slept_; }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override {
        slept_ += duration;
        if (on_sleep) on_sleep(slept_);
    }

    std::function<void(std::chrono::nanoseconds)> on_sleep;

private:
    std::chrono::nanoseconds slept_{};
};

class RecordingLog final : public LogSink {
public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void log(LogLevel level, std::string_view text) override {
        if (level == LogLevel::warning) warnings.emplace_back(text);
    }

    std::vector<std::string> warnings;
};

struct Scene {
    TemporaryFolder folder;
    std::unique_ptr<Dir> dir = folder.open();
    ScriptedClock clock;
    RecordingLog log;
    std::stop_source stop;
    Runtime runtime{real_fs(), clock, system_random(), log, silent_progress(), stop.get_token()};

    [[nodiscard]] LockFile take(LockMode mode, WhenHeld when_held = WhenHeld::fail) {
        return LockFile{*dir, "lock", mode, "mlo add", when_held, runtime};
    }
    [[nodiscard]] std::string signature() const {
        return "mlo add (process " + std::to_string(::getpid()) + ", since 2023-11-14T22:13:20Z)";
    }
};

}  // namespace

TEST_CASE("a held lock names its holder to whoever does not want to wait") {
    Scene scene;
    const auto held = scene.take(LockMode::exclusive);
    CHECK(scene.folder.read("lock") == scene.signature() + "\n");
    const auto error = error_of([&] { return scene.take(LockMode::exclusive); });
    REQUIRE(error);
    CHECK(error->code().id == errors::lock_held.id);
    CHECK(error->kind() == ErrorKind::locked);
    CHECK(error->message() == "'" + scene.folder.path("lock") + "' is locked by " + scene.signature());
    CHECK(failure([&] { return scene.take(LockMode::shared); }) == errors::lock_held.id);
}

TEST_CASE("shared locks go together and do not sign") {
    Scene scene;
    const auto first = scene.take(LockMode::shared);
    const auto second = scene.take(LockMode::shared);
    CHECK(scene.folder.read("lock").empty());
    const auto error = error_of([&] { return scene.take(LockMode::exclusive); });
    REQUIRE(error);
    CHECK(error->message() == "'" + scene.folder.path("lock") + "' is locked by another process");
}

TEST_CASE("a lock ends with its object") {
    Scene scene;
    { const auto held = scene.take(LockMode::exclusive); }
    const auto again = scene.take(LockMode::exclusive);
    CHECK(failure([&] { return scene.take(LockMode::exclusive); }) == errors::lock_held.id);
}

TEST_CASE("a moved lock is still held, once") {
    Scene scene;
    auto first = scene.take(LockMode::exclusive);
    {
        const auto moved = std::move(first);
        CHECK(failure([&] { return scene.take(LockMode::exclusive); }) == errors::lock_held.id);
    }
    CHECK(failure([&] { return scene.take(LockMode::exclusive); }) == "none");
}

TEST_CASE("a waiter gets the lock when its holder ends, and a short wait is silent") {
    Scene scene;
    std::optional held{scene.take(LockMode::exclusive)};
    scene.clock.on_sleep = [&](auto slept) {
        if (slept > 500ms) held.reset();
    };
    const auto waited = scene.take(LockMode::exclusive, WhenHeld::wait);
    CHECK_FALSE(held);
    CHECK(scene.clock.elapsed() > 500ms);
    CHECK(scene.log.warnings.empty());
}

TEST_CASE("a waiter names the holder once after a second") {
    Scene scene;
    std::optional held{scene.take(LockMode::exclusive)};
    scene.clock.on_sleep = [&](auto slept) {
        if (slept > 5s) held.reset();
    };
    const auto waited = scene.take(LockMode::shared, WhenHeld::wait);
    CHECK(scene.log.warnings == std::vector<std::string>{"waiting for " + scene.signature()});
}

TEST_CASE("a waiter can be stopped") {
    Scene scene;
    const auto held = scene.take(LockMode::exclusive);
    scene.clock.on_sleep = [&](auto slept) {
        if (slept > 100ms) scene.stop.request_stop();
    };
    CHECK(failure([&] { return scene.take(LockMode::exclusive, WhenHeld::wait); }) == errors::interrupted.id);
}

TEST_CASE("rubbish in a lock file neither holds the lock nor reaches the terminal") {
    Scene scene;
    scene.folder.write("lock", "\x1b[31mevil\n");
    const auto rubbish = scene.dir->open_lock("lock");
    REQUIRE(rubbish->try_lock(LockMode::shared));
    const auto error = error_of([&] { return scene.take(LockMode::exclusive); });
    REQUIRE(error);
    CHECK_THAT(error->message(), Catch::EndsWith("is locked by \\x1b[31mevil"));
    CHECK(failure([&] { return scene.take(LockMode::shared); }) == "none");
}
