// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/parse.hpp>

#include <catch2/catch.hpp>
#include <document_emit.hpp>
#include <limits>
#include <mlo/json/errors.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/util/errors.hpp>
#include <random>
#include <refused.hpp>

using namespace mlo;

namespace {

Document parse(std::string_view text) { return json::parse(text, "f.json"); }

std::string refused(std::string_view text) {
    return test::refused([&] { (void)parse(text); });
}

}  // namespace

TEST_CASE("values have their JSON types") {
    const auto document =
        parse(R"([null, true, -9223372036854775808, 18446744073709551615, 1.0, 1e2, "é\ud83d\ude00", [], {}])");
    const auto items = document.root().items();
    CHECK(items.at(0).is_null());
    CHECK(items.at(1).as_boolean());
    CHECK(items.at(2).as_integer() == std::numeric_limits<std::int64_t>::min());
    CHECK(items.at(3).as_unsigned() == std::numeric_limits<std::uint64_t>::max());
    CHECK(items.at(4).is(ValueKind::real));
    CHECK(items.at(5).as_real() == 100.0);
    CHECK(items.at(6).as_string() == "é😀");
    CHECK(items.at(7).size() == 0);
    CHECK(items.at(8).members().empty());
}

TEST_CASE("values and keys know their line and column, in characters") {
    const auto document = parse("{\n  \"ä\\\"\": [1, \"ö\", -2.5e3],\r\n\t\"b\" : {\"c\":null}}");
    const auto root = document.root();
    CHECK(root.place() == "f.json:1:1");
    const auto members = root.members();
    CHECK(members.at(0).key.place() == "f.json:2:3");
    CHECK(members.at(0).value.place() == "f.json:2:10");
    CHECK(members.at(0).value.items().at(1).place() == "f.json:2:14");
    CHECK(members.at(0).value.items().at(2).place() == "f.json:2:19");
    CHECK(members.at(1).key.place() == "f.json:3:2");
    CHECK(root.get("b").get("c").place() == "f.json:3:13");
    CHECK(root.get("b").get("c").path() == "b.c");
    CHECK(members.at(0).value.items().at(2).path() == "ä\"[2]");
}

TEST_CASE("members keep their order and are found by name, many or few") {
    std::string text = "{";
    for (int i = 99; i >= 0; --i) text += "\"k" + std::to_string(i) + "\": " + std::to_string(i) + (i > 0 ? "," : "}");
    const auto document = parse(text);
    CHECK(document.root().members().at(0).name() == "k99");
    for (int i = 0; i < 100; ++i) CHECK(document.root().get("k" + std::to_string(i)).as_integer() == i);
    CHECK_FALSE(document.root().find("k100"));
    CHECK_FALSE(document.root().find(""));
}

TEST_CASE("what is no JSON is refused at its place") {
    CHECK(refused("") == "J001 f.json:1:1 not valid JSON: unexpected end of input; expected '[', '{', or a literal");
    CHECK(refused("[1,]") == "J001 f.json:1:4 not valid JSON: unexpected ']'; expected '[', '{', or a literal");
    CHECK(refused("{\"a\": 1}\n 2") ==
          "J001 f.json:2:2 not valid JSON: unexpected number literal; expected end of input");
    CHECK(refused("[\"\\ud800\"]").starts_with("J001 f.json:1:"));
    CHECK(refused("[01]").starts_with("J001 f.json:1:3"));
    CHECK(refused("['a']").starts_with("J001 f.json:1:2"));
    CHECK(refused("// c\n1").starts_with("J001 f.json:1:1"));
    CHECK(refused("\"a\tb\"").starts_with("J001 f.json:1:3"));
}

TEST_CASE("numbers beyond 64 bits or a double are refused, not rounded") {
    CHECK(refused("[18446744073709551616]") == "J002 f.json:1:2 the number '18446744073709551616' is out of range");
    CHECK(refused("[0, -9223372036854775809]") == "J002 f.json:1:5 the number '-9223372036854775809' is out of range");
    CHECK(refused("[1e999]") == "J002 f.json:1:2 the number '1e999' is out of range");
}

TEST_CASE("duplicate keys are refused with both places, many or few") {
    CHECK(refused("{\"a\": 1,\n \"\\u0061\": 2}") == "U023 f.json:2:2 the key 'a' appears twice = first at f.json:1:2");
    CHECK(parse(R"({"a": {"b": 1}, "b": {"b": 1}})").root().size() == 2);
}

TEST_CASE("text that is not UTF-8 is refused with its line, and a byte order mark is skipped") {
    CHECK(refused("[\n\"\xff\"]") == "U025 f.json:2 'f.json' is not UTF-8 text");
    CHECK(refused("[\n\"\xed\xa0\x80\"]").starts_with("U025"));
    CHECK(parse("\xef\xbb\xbf[1]").root().items().at(0).place() == "f.json:1:2");
}

TEST_CASE("depth, size and number of values are bounded") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK_NOTHROW(parse(nested(100)));
    CHECK(refused(nested(101)) == "U024 f.json:1:101 nested more than 100 levels deep");
    CHECK(refused(std::string(1'000'000, '[')).starts_with("U024"));
    CHECK(test::refused([] { (void)json::parse("[1,2,3]", "f.json", {.nodes = 3}); }) ==
          "U024 f.json:1:6 more than 3 values");
    CHECK(test::refused([] { (void)json::parse("[1,2,3]", "f.json", {.size_bytes = 6}); }) ==
          "U024 f.json 'f.json' is larger than 6 B");
}

TEST_CASE("reading a value as what it is not says what was expected, where, and by which way") {
    const auto document = parse(R"({"jobs": "8", "n": -1, "f": {"deps": [1, {"p": true}]}})");
    const auto root = document.root();
    const auto message = [](auto read) { return test::refused(read); };
    CHECK(message([&] { (void)root.get("jobs").as_integer(); }) ==
          "U020 f.json:1:10 'jobs' must be an integer, not a string");
    CHECK(message([&] { (void)root.get("n").as_unsigned(); }) == "U020 f.json:1:20 'n' must not be negative");
    CHECK(message([&] { (void)root.get("f").get("deps").items().at(1).get("p").as_string(); }) ==
          "U020 f.json:1:48 'f.deps[1].p' must be a string, not a boolean");
    CHECK(message([&] { (void)root.items(); }) == "U020 f.json:1:1 the document must be a list, not a mapping");
    CHECK(message([&] { (void)root.get("f").get("dep"); }) == "U021 f.json:1:29 'f' lacks the key 'dep'");
    CHECK(message([&] {
              root.get("f").allow_only({"dep", "out"});
          }) == "U022 f.json:1:30 unknown key 'deps' help: did you mean 'dep'?");
    CHECK(message([&] { root.get("f").allow_only({"remote"}); }) == "U022 f.json:1:30 unknown key 'deps'");
    CHECK_NOTHROW(root.allow_only({"f", "n", "jobs", "x"}));
}

TEST_CASE("values outlive a move of their document") {
    auto document = parse(R"({"a": "text"})");
    const auto value = document.root().get("a");
    const auto moved = std::move(document);
    CHECK(value.as_string() == "text");
    CHECK(moved.root().get("a").as_string() == "text");
}

TEST_CASE("what a writer writes is read back the same") {
    std::mt19937_64 random{7};
    for (int round = 0; round < 300; ++round) {
        std::string text;
        json::Writer writer{text, round % 2 == 0 ? json::Layout::pretty : json::Layout::compact};
        test::write_random(writer, random, test::JsonBrackets{});
        const auto document = parse(text);
        std::string again;
        json::Writer second{again, round % 2 == 0 ? json::Layout::pretty : json::Layout::compact};
        test::emit(second, document.root(), test::JsonBrackets{});
        REQUIRE(again == text);
    }
}
