// SPDX-License-Identifier: Apache-2.0
// The bytes of events: as an independent script wrote them, and what is refused.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <mlo/ledger/errors.hpp>
#include <mlo/util/text.hpp>
#include <rules.hpp>

#include "ledger_fixture.hpp"

namespace mlo::test {
namespace {

std::string golden(const std::string& name) {
    std::ifstream file{MLO_TEST_DATA "/ledger/" + name, std::ios::binary};
    REQUIRE(file);
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_CASE("events are read and written as the golden ones") {
    const auto text = golden("events.jsonl");
    const auto hashes = golden("hashes.txt");
    const auto run = ledger::decode_run(text);
    REQUIRE(run.size() == 4);
    CHECK(ledger::encode_run(run) == text);
    std::string own;
    for (const auto& event : run) own += event.hash.to_string() + "\n";
    CHECK(own == hashes);
    CHECK(run[0].ids.size() == 3);
    CHECK(run[0].time == Timestamp{std::chrono::seconds{1'800'000'000}});
    CHECK(run[0].body == hash::sha256(as_bytes(R"({"name":"first","x":1})")));
    CHECK(run[1].subject == "caf\xc3\xa9 \"quoted\" \\");
    CHECK(run[2].time == Timestamp{std::chrono::milliseconds{500}});
    CHECK(ledger::Place::parse(run[2].subject) == ledger::Place{run[0].writer, 1});
    CHECK(ledger::find_kind(run[3].kind) == nullptr);
}

TEST_CASE("what a ledger appends are the golden bytes") {
    Place place;
    const std::string writer = "0123456789abcdef0123456789abcdef";
    place.clock.set(Timestamp{std::chrono::seconds{1'800'000'000}});
    const auto first =
        place.ledger.append(writer, sealed("run-1", {object("abc", store::ObjectKind::tree), object("abc"), object("")},
                                           R"({"name":"first","x":1})"));
    place.clock.sleep(std::chrono::nanoseconds{1}, {});
    const auto second = place.ledger.append(
        writer, {.kind = "experiment.created", .subject = "caf\xc3\xa9 \"quoted\" \\", .body = "{}"});
    const auto text = golden("events.jsonl");
    CHECK(text.starts_with(ledger::encode_run(std::vector{first, second})));
    CHECK(place.ledger.merge(text).added == 2);
    CHECK(place.ledger.is_retracted({writer, 1}));
    CHECK(place.ledger.verify().empty());
    CHECK(place.run(writer) == text);
}

/// The golden first event with one thing replaced.
std::string changed(std::string_view from, std::string_view to) {
    const auto text = golden("events.jsonl");
    auto line = text.substr(0, text.find('\n'));
    const auto at = line.find(from);
    REQUIRE(at != std::string::npos);
    return line.replace(at, from.size(), to);
}

TEST_CASE("what mlo would not have written is no event") {
    const std::string hex(64, 'f');
    CHECK(failure([&] { return ledger::decode(changed("run-1", "run-2")); }) == "none");
    const std::pair<std::string, std::string> changes[] = {{"{\"body", "{ \"body"},
                                                           {"\"version\":1,", ""},
                                                           {"\"version\":1", "\"version\":0"},
                                                           {"\"version\":1", "\"version\":1.0"},
                                                           {"\"version\":1", "\"more\":1,\"version\":1"},
                                                           {"\"seq\":1", "\"seq\":0"},
                                                           {"\"seq\":1", "\"seq\":-1"},
                                                           {"\"seq\":1", "\"seq\":2"},
                                                           {"\"seq\":1", "\"seq\":1e0"},
                                                           {"\"seq\":1", "\"seq\":\"1\""},
                                                           {"\"previous\":null", "\"previous\":\"sha256:" + hex + "\""},
                                                           {"run-1", ""},
                                                           {"run-1", std::string(251, 'x')},
                                                           {"run-1", "\\u0000"},
                                                           {"run-1", "\\u007f"},
                                                           {"run-1", "\x7f"},
                                                           {"run-1", "\xff"},
                                                           {"run-1", "\\ud800"},
                                                           {"run-1", "\\u0072un-1"},
                                                           {"run.sealed", "run..sealed"},
                                                           {"run.sealed", ".run"},
                                                           {"run.sealed", "run."},
                                                           {"run.sealed", ""},
                                                           {"run.sealed", "Run"},
                                                           {"run.sealed", std::string(65, 'x')},
                                                           {"run.sealed", "retract"},
                                                           {"0123", "012G"},
                                                           {"0123", "012"},
                                                           {"0123", "ABCD"},
                                                           {"08:00:00Z", "08:00:00"},
                                                           {"08:00:00Z", "24:00:00Z"},
                                                           {"08:00:00Z", "08:00:60Z"},
                                                           {"08:00:00Z", "08:00:00.0Z"},
                                                           {"08:00:00Z", "08:00:00.Z"},
                                                           {"08:00:00Z", "08:00:00.0000000001Z"},
                                                           {"08:00:00Z", "08:00:00+00:00"},
                                                           {"2027-01-15", "2027-02-29"},
                                                           {"2027-01-15", "2262-01-15"},
                                                           {"2027-01-15", "1677-12-31"},
                                                           {"2027-01-15T", "2027-01-15t"},
                                                           {"[\"blob\",", "[\"file\","},
                                                           {"[\"blob\",", "[\"tree\","},
                                                           {"[\"blob\",", "[\"blob\",1,"},
                                                           {"\"ids\":[", "\"ids\":[[],"},
                                                           {"\"ids\":[", "\"ids\":[[[[]]],"},
                                                           {"\"ids\":[", "\"ids\":{\"a\":["},
                                                           {"sha256:", "md5:"},
                                                           {"\"body\":\"", "\"body\":null,\"bodi\":\""},
                                                           {"\"body\":", "\"body\":null,\"body\":"}};
    for (const auto& [from, to] : changes) {
        INFO(from << " -> " << printable(to));
        CHECK(failure([&] { return ledger::decode(changed(from, to)); }) == ledger::errors::event_invalid.id);
    }
    CHECK(failure([&] { return ledger::decode(changed("\"version\":1", "\"version\":2")); }) ==
          ledger::errors::event_newer.id);
    for (const auto& text : {std::string{}, std::string{"null"}, std::string{"[]"}, std::string(2u << 20, ' '),
                             std::string(100'000, '['), changed("run-1", "run-1") + " "})
        CHECK(failure([&] { return ledger::decode(text); }) == ledger::errors::event_invalid.id);
}

TEST_CASE("a run of events that do not follow each other is none") {
    const auto lines = split(golden("events.jsonl"), '\n');
    const auto run = [&](std::initializer_list<int> order) {
        std::string text;
        for (const int line : order) text += lines[static_cast<std::size_t>(line)] + '\n';
        return failure([&] { return ledger::decode_run(text); });
    };
    CHECK(run({0, 1, 2, 3}) == "none");
    CHECK(run({1, 2}) == "none");
    const auto invalid = ledger::errors::event_invalid.id;
    CHECK(run({}) == invalid);
    CHECK(run({0, 2}) == invalid);
    CHECK(run({1, 0}) == invalid);
    CHECK(run({0, 0}) == invalid);
    CHECK(failure([&] { return ledger::decode_run(lines[0]); }) == invalid);
    CHECK(failure([&] { return ledger::decode_run(lines[0] + "\n\n"); }) == invalid);
    CHECK(failure([&] { return ledger::decode_run(changed("run-1", "run-2") + "\n" + lines[1] + "\n"); }) == invalid);
}

TEST_CASE("a time is read if it is written so") {
    for (const std::int64_t nanoseconds :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{1'800'000'000'123'456'789},
          std::int64_t{-9'000'000'000'000'000'000}, std::int64_t{9'200'000'000'000'000'000}}) {
        const Timestamp time{std::chrono::nanoseconds{nanoseconds}};
        CHECK(ledger::parse_rfc3339(to_rfc3339(time)) == time);
    }
}

TEST_CASE("canonical JSON is told from other JSON") {
    for (const auto* const text :
         {"{}", "[]", "null", "1", "1.0", "\"a\"", R"({"a":1,"b":[true,{"$f":"nan"}]})", R"({"$$f":"nan"})",
          R"({"$b":"/w=="})", R"({"$$b":1,"a":{"$$":{}}})", "18446744073709551615"})
        CHECK(ledger::is_canonical(text));
    for (const auto* const text :
         {"", "{} ", " {}", "{\"b\":1,\"a\":1}", "{\"a\":1,\"a\":1}", "1.00", "1e0", "-0.0", "\"\\u0061\"", "{",
          R"({"$f":"NaN"})", R"({"$f":1})", R"({"$b":"QQ=="})", R"({"$b":"/w"})", R"({"$a":1})", R"({"$a":1,"a":1})",
          R"({"$f":"nan","a":1})", "\"\xff\"", "nan"})
        CHECK_FALSE(ledger::is_canonical(text));
    CHECK_FALSE(ledger::is_canonical('"' + std::string(ledger::max_body_bytes, 'x') + '"'));
}

}  // namespace
}  // namespace mlo::test
