// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <failure.hpp>
#include <functional>
#include <mlo/net/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <mutex>
#include <seeded.hpp>
#include <thread>

#include "sftp_wire.hpp"

namespace mlo::net {
namespace {

using namespace std::chrono_literals;
using test::failure;

/// What a scripted server and its session share.
class Line {
public:
    /// Called with each packet that arrives, without its length; answers with say().
    std::function<void(Line&, ByteView packet)> on_packet;

    void say(Bytes bytes) {
        const std::scoped_lock lock{mutex_};
        append(to_client_, bytes);
        changed_.notify_all();
    }
    void hang_up() {
        const std::scoped_lock lock{mutex_};
        is_cut_ = true;
        changed_.notify_all();
    }
    void take(ByteView first, ByteView second) {
        append(from_client_, first);
        append(from_client_, second);
        while (from_client_.size() >= 4) {
            const auto length = std::to_integer<std::size_t>(from_client_[1]) << 16 |
                                std::to_integer<std::size_t>(from_client_[2]) << 8 |
                                std::to_integer<std::size_t>(from_client_[3]);
            if (from_client_.size() < length + 4) return;
            const Bytes packet{from_client_.begin() + 4,
                               from_client_.begin() + static_cast<std::ptrdiff_t>(length) + 4};
            from_client_.erase(from_client_.begin(), from_client_.begin() + static_cast<std::ptrdiff_t>(length) + 4);
            on_packet(*this, packet);
        }
    }
    std::size_t receive(std::span<std::byte> into) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !to_client_.empty() || is_cut_; });
        const auto count = std::min(into.size(), to_client_.size());
        std::copy_n(to_client_.begin(), count, into.begin());
        to_client_.erase(to_client_.begin(), to_client_.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }
    [[nodiscard]] bool is_cut() const {
        const std::scoped_lock lock{mutex_};
        return is_cut_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Bytes to_client_;
    Bytes from_client_;
    bool is_cut_ = false;
};

class LineChannel final : public SftpChannel {
public:
    explicit LineChannel(Line& line) : line_{line} {}
    std::size_t receive(std::span<std::byte> into) override { return line_.receive(into); }
    bool send(ByteView first, ByteView second) override {
        if (line_.is_cut()) return false;
        line_.take(first, second);
        return true;
    }
    void cut() noexcept override { line_.hang_up(); }
    Error reason(ByteView) override { return Error{errors::connection_lost, "the line is cut"}; }
    void finish() noexcept override { line_.hang_up(); }
    const std::string& shown() const noexcept override { return shown_; }

private:
    Line& line_;
    std::string shown_ = "scripted";
};

struct Request {
    SftpType type;
    std::uint32_t id;
};
Request request_of(ByteView packet) {
    std::uint32_t id = 0;
    for (std::size_t i = 1; i < 5; ++i) id = id << 8 | std::to_integer<std::uint32_t>(packet[i]);
    return {static_cast<SftpType>(packet[0]), id};
}

Bytes version_packet(std::uint32_t version = 3) {
    SftpWriter writer{SftpType::version};
    return std::move(writer.number(version)).finish();
}
Bytes status_packet(std::uint32_t id, SftpStatus status) {
    SftpWriter writer{SftpType::status};
    return std::move(writer.number(id).number(static_cast<std::uint32_t>(status)).string("words").string("")).finish();
}
Bytes data_packet(std::uint32_t id, std::string_view text) {
    SftpWriter writer{SftpType::data};
    return std::move(writer.number(id).string(text)).finish();
}

/// A clock that moves when it is told to.
class MovedClock final : public Clock {
public:
    Timestamp now() override { return {}; }
    std::chrono::nanoseconds elapsed() override { return elapsed_.load(); }
    void sleep(std::chrono::nanoseconds, std::stop_token) override {}
    void move(std::chrono::nanoseconds by) { elapsed_ = elapsed_.load() + by; }

private:
    std::atomic<std::chrono::nanoseconds> elapsed_{};
};

class Fixture {
public:
    Runtime runtime() {
        return {.fs = real_fs(),
                .clock = clock,
                .random = random_,
                .log = silent_log(),
                .progress = silent_progress(),
                .stop = stop.get_token(),
                .jobs = 1};
    }
    /// A session with a server that says `version` and then does what `script` says with each request.
    std::unique_ptr<SftpSession> connect(std::function<void(Line&, Request)> script,
                                         Bytes greeting = version_packet()) {
        line.on_packet = [script = std::move(script), greeting = std::move(greeting)](Line& to, ByteView packet) {
            if (static_cast<SftpType>(packet[0]) == SftpType::init) return to.say(greeting);
            script(to, request_of(packet));
        };
        return std::make_unique<SftpSession>(std::make_unique<LineChannel>(line), runtime());
    }

    Line line;
    MovedClock clock;
    std::stop_source stop;

private:
    test::SeededRandom random_{1};
};

}  // namespace

TEST_CASE("Answers find their requests in whatever order they come") {
    Fixture fixture;
    std::vector<std::uint32_t> asked;
    const auto session = fixture.connect([&](Line& line, Request request) {
        asked.push_back(request.id);
        if (asked.size() < 3) return;
        for (auto id = asked.rbegin(); id != asked.rend(); ++id) line.say(data_packet(*id, std::to_string(*id)));
    });
    auto first = session->read("h", 0, 1);
    auto second = session->read("h", 1, 1);
    auto third = session->read("h", 2, 1);
    CHECK(as_text(first.get().data) == std::to_string(asked[0]));
    CHECK(as_text(third.get().data) == std::to_string(asked[2]));
    CHECK(as_text(second.get().data) == std::to_string(asked[1]));
}

TEST_CASE("Many threads share a session") {
    Fixture fixture;
    const auto session =
        fixture.connect([](Line& line, Request request) { line.say(status_packet(request.id, SftpStatus::ok)); });
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 200; ++round) good += session->remove("x").get().is_ok() ? 1 : 0;
            });
    }
    CHECK(good == 1600);
}

TEST_CASE("A status is an answer, and an answer that nobody waits for is dropped") {
    Fixture fixture;
    const auto session =
        fixture.connect([](Line& line, Request request) { line.say(status_packet(request.id, SftpStatus::failure)); });
    static_cast<void>(session->close("h"));
    const auto answer = session->make_dir("d").get();
    CHECK(answer.status == SftpStatus::failure);
    CHECK(answer.message == "words");
    CHECK(session->is_alive());
}

TEST_CASE("When the connection ends, all who wait and all who ask later get the reason") {
    Fixture fixture;
    const auto session = fixture.connect([](Line& line, Request request) {
        if (request.type == SftpType::close) line.hang_up();
    });
    auto waiting = session->read("h", 0, 1);
    auto other = session->stat("x");
    static_cast<void>(session->close("h"));
    CHECK(failure([&] { return waiting.get(); }) == errors::connection_lost.id);
    CHECK(failure([&] { return other.get(); }) == errors::connection_lost.id);
    CHECK_FALSE(session->is_alive());
    CHECK(failure([&] { return session->stat("x"); }) == errors::connection_lost.id);
    CHECK_FALSE(session->extensions().fsync);
}

TEST_CASE("An answer to no request, and what is no answer, ends the session") {
    for (const bool is_garbage : {false, true}) {
        Fixture fixture;
        const auto session = fixture.connect([&](Line& line, Request request) {
            line.say(is_garbage ? Bytes(100, std::byte{'x'}) : status_packet(request.id + 1, SftpStatus::ok));
        });
        CHECK(failure([&] { return session->stat("x").get(); }) == errors::not_sftp.id);
        CHECK(failure([&] { return session->stat("x").get(); }) == errors::not_sftp.id);
    }
}

TEST_CASE("A stop ends waiting at once, and who tidies up may still ask") {
    Fixture fixture;
    const auto session = fixture.connect([](Line& line, Request request) {
        if (request.type == SftpType::remove) line.say(status_packet(request.id, SftpStatus::ok));
    });
    auto waiting = session->read("h", 0, 1);
    std::jthread stopper{[&] { fixture.stop.request_stop(); }};
    CHECK(failure([&] { return waiting.get(); }) == mlo::errors::interrupted.id);
    CHECK(session->remove("x").get_within(10s)->is_ok());
    CHECK_FALSE(session->read("h", 0, 1).get_within(1ms).has_value());
}

TEST_CASE("A server that hangs is given up, but not one that was asked nothing") {
    Fixture fixture;
    const auto session = fixture.connect([](Line& line, Request request) {
        if (request.type == SftpType::remove) line.say(status_packet(request.id, SftpStatus::ok));
    });
    fixture.clock.move(1h);
    CHECK(session->remove("x").get().is_ok());
    auto waiting = session->read("h", 0, 1);
    fixture.clock.move(1h);
    CHECK(failure([&] { return waiting.get(); }) == errors::stalled.id);
    CHECK(failure([&] { return session->remove("x").get(); }) == errors::stalled.id);
}

TEST_CASE("What does not greet with version 3 is refused") {
    CHECK(failure([] { return Fixture{}.connect([](Line&, Request) {}, version_packet(2)) != nullptr; }) ==
          errors::no_sftp.id);
    CHECK(failure([] { return Fixture{}.connect([](Line&, Request) {}, Bytes(60, std::byte{'#'})) != nullptr; }) ==
          errors::not_sftp.id);
    Fixture fixture;
    fixture.line.on_packet = [](Line& line, ByteView) { line.hang_up(); };
    CHECK(failure([&] {
              return SftpSession{std::make_unique<LineChannel>(fixture.line), fixture.runtime()}.is_alive();
          }) == errors::connection_lost.id);
}

}  // namespace mlo::net
