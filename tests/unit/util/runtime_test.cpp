// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

using namespace mlo;
using namespace std::chrono_literals;
using mlo::test::failure;

TEST_CASE("a time is written in UTC with the digits it needs") {
    CHECK(to_rfc3339(Timestamp{}) == "1970-01-01T00:00:00Z");
    CHECK(to_rfc3339(Timestamp{1'795'262'400s}) == "2026-11-21T12:00:00Z");
    CHECK(to_rfc3339(Timestamp{1'795'262'400s + 500ms}) == "2026-11-21T12:00:00.5Z");
    CHECK(to_rfc3339(Timestamp{1'795'262'400s + 120us}) == "2026-11-21T12:00:00.00012Z");
    CHECK(to_rfc3339(Timestamp{1'795'262'400s + 1ns}) == "2026-11-21T12:00:00.000000001Z");
    CHECK(to_rfc3339(Timestamp{1'709'164'800s}) == "2024-02-29T00:00:00Z");
}

TEST_CASE("a time before the epoch is written, too") {
    CHECK(to_rfc3339(Timestamp{-1ns}) == "1969-12-31T23:59:59.999999999Z");
    CHECK(to_rfc3339(Timestamp{-1500ms}) == "1969-12-31T23:59:58.5Z");
    CHECK(to_rfc3339(Timestamp::min()) == "1677-09-21T00:12:43.145224192Z");
    CHECK(to_rfc3339(Timestamp::max()) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("random hex has two lower-case digits for each byte") {
    class Fixed final : public Random {
        void fill(std::span<std::byte> into) override {
            for (auto& byte : into) byte = std::byte{0x0a};
        }
    };
    Fixed random;
    CHECK(random.hex(3) == "0a0a0a");
    CHECK(random.hex(0).empty());
}

TEST_CASE("the system's random bytes do not repeat, however many") {
    CHECK(system_random().hex(32) != system_random().hex(32));
    const auto many = system_random().hex(1000);
    CHECK(many.size() == 2000);
    CHECK(many.substr(1000) != std::string(1000, '0'));
}

TEST_CASE("the monotonic clock does not run backwards") {
    const auto first = system_clock().elapsed();
    CHECK(system_clock().elapsed() >= first);
}

TEST_CASE("a sleep ends when a stop is requested") {
    std::stop_source stop;
    stop.request_stop();
    const auto start = system_clock().elapsed();
    system_clock().sleep(1h, stop.get_token());
    CHECK(system_clock().elapsed() - start < 1h);
}

TEST_CASE("a requested stop is thrown as an interruption") {
    std::stop_source stop;
    const Runtime runtime{real_fs(),    system_clock(),    system_random(),
                          silent_log(), silent_progress(), stop.get_token()};
    const auto check = [&] {
        runtime.check_stop();
        return 0;
    };
    CHECK(runtime.jobs == 1);
    CHECK(failure(check) == "none");
    stop.request_stop();
    CHECK(failure(check) == errors::interrupted.id);
}

TEST_CASE("a moment that was written down is read back") {
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2026-11-21T12:00:00.00012Z", "1969-12-31T23:59:58.5Z", "2024-02-29T00:00:00Z",
          "1677-09-21T00:12:43.145224192Z", "2262-04-11T23:47:16.854775807Z"}) {
        INFO(text);
        const auto moment = parse_rfc3339(text);
        REQUIRE(moment.has_value());
        CHECK(to_rfc3339(*moment) == text);
    }
    CHECK(to_rfc3339(parse_rfc3339("2026-11-21 14:30:00+02:30").value()) == "2026-11-21T12:00:00Z");
    CHECK(to_rfc3339(parse_rfc3339("2026-11-20t23:00:00-01:00").value()) == "2026-11-21T00:00:00Z");
    CHECK(to_rfc3339(parse_rfc3339("2026-11-21T12:00:00.1234567899Z").value()) == "2026-11-21T12:00:00.123456789Z");
    CHECK(to_rfc3339(parse_rfc3339("2016-12-31T23:59:60Z").value()) == "2017-01-01T00:00:00Z");
}

TEST_CASE("what is no moment is not read as one") {
    for (const char* text :
         {"", "2026-11-21", "2026-11-21T12:00:00", "2026-11-21T12:00Z", "2026-13-21T12:00:00Z", "2026-02-29T12:00:00Z",
          "2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:00:61Z", "2026-11-21T12:00:00.Z",
          "2026-11-21T12:00:00+24:00", "2026-11-21T12:00:00+02", "2026-11-21T12:00:00Z ", "+026-11-21T12:00:00Z",
          "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z", "9999-12-31T23:59:59Z"}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text).has_value());
    }
}
