// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/parse.hpp>

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/util/errors.hpp>
#include <refused.hpp>

using namespace mlo;

namespace {

Document parse(std::string_view text) { return yaml::parse(text, "f.yaml"); }

std::string refused(std::string_view text) {
    return test::refused([&] { (void)parse(text); });
}

ValueKind kind_of(const std::string& scalar) { return parse("- " + scalar + "\n").root().items().at(0).kind(); }

}  // namespace

TEST_CASE("plain scalars have the types of the YAML 1.2 core schema") {
    for (const auto* text : {"", "~", "null", "Null", "NULL"}) CHECK(kind_of(text) == ValueKind::null);
    for (const auto* text : {"true", "True", "TRUE", "false", "False", "FALSE"})
        CHECK(kind_of(text) == ValueKind::boolean);
    for (const auto* text : {"0", "-1", "+12", "007", "0o17", "0xfF", "9223372036854775807"})
        CHECK(kind_of(text) == ValueKind::integer);
    CHECK(kind_of("18446744073709551615") == ValueKind::unsigned_integer);
    for (const auto* text : {"1.", ".5", "-1.5", "1e3", "+1.5E-3", ".inf", "-.INF", "+.Inf", ".nan", ".NaN"}) {
        CHECK(kind_of(text) == ValueKind::real);
    }
    for (const auto* text :
         {"yes", "no",   "on", "off", "y",  "nULL", "tRUE",  "2020-01-01", "1:20",  "1_000", "0b1", "0o8",
          "0x",  "-0x1", ".",  "1e",  "e3", "+",    "-.nan", "inf",        "1.2.3", "=",     "1 2"}) {
        INFO(text);
        CHECK(kind_of(text) == ValueKind::string);
    }
}

TEST_CASE("numbers have their values") {
    const auto document = parse("[-9223372036854775808, 0o17, 0x1F, 1e3, -.5, -.inf, .nan, 007, 18446744073709551615]");
    const auto items = document.root().items();
    CHECK(items.at(0).as_integer() == std::numeric_limits<std::int64_t>::min());
    CHECK(items.at(1).as_integer() == 15);
    CHECK(items.at(2).as_integer() == 31);
    CHECK(items.at(3).as_real() == 1000.0);
    CHECK(items.at(4).as_real() == -0.5);
    CHECK(items.at(5).as_real() == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(items.at(6).as_real()));
    CHECK(items.at(7).as_integer() == 7);
    CHECK(items.at(8).as_unsigned() == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("quoted and block scalars are strings, and so is what has the tag of one") {
    for (const auto* text : {"\"1\"", "'true'", "\"\"", "!!str 1", "! 1"}) CHECK(kind_of(text) == ValueKind::string);
    const auto document = parse("a: |\n  1\n  2\nb: >-\n  x\n  y\n");
    CHECK(document.root().get("a").as_string() == "1\n2\n");
    CHECK(document.root().get("b").as_string() == "x y");
    CHECK(parse("\"\\N\\_\\x82é\\L\\0\"").root().as_string() ==
          std::string_view{"\xc2\x85\xc2\xa0\xc2\x82é\xe2\x80\xa8\0", 12});
}

TEST_CASE("core tags are checked and other tags refused") {
    CHECK(parse("!!map {a: !!int \"3\", b: !!float 3, c: !!null \"\", d: !!seq [!!bool true]}")
              .root()
              .get("b")
              .as_real() == 3.0);
    CHECK(refused("a: !!int 3.5\n") == "Y006 f.yaml:1:4 '3.5' does not have the type of its tag '!!int'");
    CHECK(refused("a: !!binary AA==\n") == "Y004 f.yaml:1:4 the tag '!!binary' is not supported here");
    CHECK(refused("a: !!set {b}\n").starts_with("Y004 f.yaml:1:4"));
    CHECK(refused("a: !thing b\n") == "Y004 f.yaml:1:4 the tag '!thing' is not supported here");
    CHECK(refused("!!int a: b\n").starts_with("Y004 f.yaml:1:1"));
}

TEST_CASE("values and keys know their line and column, in characters") {
    const auto document = parse("# é\nstages:\n  - name: ünï\n    deps: [a, \"ö\", {p: 1}]\r\n\r\nlast: |\n  text\n");
    const auto root = document.root();
    CHECK(root.place() == "f.yaml:2:1");
    const auto stage = root.get("stages").items().at(0);
    CHECK(root.get("stages").place() == "f.yaml:3:3");
    CHECK(stage.place() == "f.yaml:3:5");
    CHECK(stage.get("name").place() == "f.yaml:3:11");
    CHECK(stage.members().at(1).key.place() == "f.yaml:4:5");
    CHECK(stage.get("deps").items().at(1).place() == "f.yaml:4:15");
    CHECK(stage.get("deps").items().at(2).get("p").place() == "f.yaml:4:24");
    CHECK(stage.get("deps").items().at(2).get("p").path() == "stages[0].deps[2].p");
    CHECK(root.members().at(1).key.place() == "f.yaml:6:1");
    CHECK(root.get("last").place() == "f.yaml:6:7");
}

TEST_CASE("a key is the text of its scalar") {
    const auto document = parse("1: a\ntrue: b\n? long\n: c\n\"<<\": d\n'': e\n");
    const auto root = document.root();
    CHECK(root.get("1").as_string() == "a");
    CHECK(root.get("true").as_string() == "b");
    CHECK(root.get("long").as_string() == "c");
    CHECK(root.get("<<").as_string() == "d");
    CHECK(root.get("").as_string() == "e");
}

TEST_CASE("keys that are no text are refused") {
    CHECK(refused("? [a]\n: b\n") == "Y004 f.yaml:1:3 a key must be a string, not a list or mapping");
    CHECK(refused("~: b\n") == "Y004 f.yaml:1:1 a key must be a string, not null");
    CHECK(refused("a: &x b\n*x : c\n") == "Y004 f.yaml:2:1 an alias cannot be a key");
    CHECK(refused("a: &x {b: 1}\n<<: *x\n") ==
          "Y004 f.yaml:2:1 merge keys ('<<') are not supported help: write the merged keys out, or quote a key that is "
          "really named '<<'");
}

TEST_CASE("duplicate keys are refused with both places, however they are spelt") {
    CHECK(refused("a: 1\nb: 2\n'a': 3\n") == "U023 f.yaml:3:1 the key 'a' appears twice = first at f.yaml:1:1");
    CHECK(refused("x: {1: a, \"1\": b}\n") == "U023 f.yaml:1:11 the key '1' appears twice = first at f.yaml:1:5");
}

TEST_CASE("an alias is the value that it names, at that value's place") {
    const auto document = parse("a: &x {b: [1, 2]}\nc: [*x, *x]\n&k d: *k\n");
    const auto items = document.root().get("c").items();
    CHECK(same_content(items.at(0), document.root().get("a")));
    CHECK(items.at(1).get("b").items().at(1).place() == "f.yaml:1:15");
    CHECK(items.at(1).get("b").path() == "a.b");
    CHECK(document.root().get("d").as_string() == "d");
}

TEST_CASE("aliases count as what they stand for, in number and in depth") {
    std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c <= 'z'; ++c) {
        const std::string previous{static_cast<char>(c - 1)};
        laughs += std::string{c} + ": &" + c + " [";
        for (int i = 0; i < 9; ++i) laughs += (i == 0 ? "*" : ",*") + previous;
        laughs += "]\n";
    }
    CHECK(refused(laughs).starts_with("U024 f.yaml:7:"));
    std::string ladder = "a0: &a0 " + std::string(40, '[') + std::string(40, ']') + "\n";
    for (int i = 1; i < 4; ++i) {
        const auto n = std::to_string(i);
        ladder += "a" + n + ": &a" + n + " " + std::string(40, '[') + "*a" + std::to_string(i - 1) +
                  std::string(40, ']') + "\n";
    }
    CHECK(refused(ladder) == "U024 f.yaml:3:49 nested more than 100 levels deep");
    CHECK(refused("a: &x [1, *x]\n") == "Y004 f.yaml:1:11 an alias within what it names");
    CHECK(refused("a: *x\n") == "Y001 f.yaml:1:4 not valid YAML: the referenced anchor is not defined");
}

TEST_CASE("one document is read, and whatever follows it refused") {
    CHECK(parse("").root().is_null());
    CHECK(parse("# nothing\n").root().is_null());
    CHECK(parse("%YAML 1.2\n---\na: 1\n...\n# end\n").root().get("a").as_integer() == 1);
    CHECK(refused("a: 1\n---\nb: 2\n") == "Y003 f.yaml:2:1 only one YAML document may stand here");
    CHECK(refused("a: 1\n...\nb\n").starts_with("Y003 f.yaml:3:1"));
}

TEST_CASE("the byte that the library reads without end is refused at once") {
    CHECK(refused(",") == "Y003 f.yaml:1:1 only one YAML document may stand here");
    CHECK(refused("a: 1\n---\n,\n").starts_with("Y003 f.yaml:2:1"));
    CHECK(refused("---\n,").starts_with("Y003"));
}

TEST_CASE("merge conflict markers have an error of their own") {
    const std::string expected =
        "Y002 f.yaml:2:1 'f.yaml' has merge conflict markers help: settle the conflict and remove the lines with "
        "<<<<<<<, ======= and >>>>>>>";
    CHECK(refused("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n") == expected);
    CHECK(refused("a: 1\r\n=======\r\nb: 2\r\n") == expected);
    CHECK(refused("a: 1\n||||||| base\nb: 2\n") == expected);
    CHECK(refused("a: 1\n>>>>>>> other\n") == expected);
    CHECK(parse("a: |\n  <<<<<<< HEAD\nb: '======='\n").root().get("a").as_string() == "<<<<<<< HEAD\n");
    CHECK(parse("a: |\n  x\n  ========\n").root().get("a").as_string() == "x\n========\n");
}

TEST_CASE("text that the library would misread is refused at its place") {
    CHECK(refused("a: \x04 b\n") == "Y001 f.yaml:1:4 not valid YAML: control character '\\x04'");
    CHECK(refused(std::string_view{"a\0: b\n", 6}).starts_with("Y001 f.yaml:1:2"));
    CHECK(refused("a: b\rc: d\n") == "Y001 f.yaml:1:5 not valid YAML: control character '\\r'");
    CHECK(refused("a: b\nc: \xff\n") == "U025 f.yaml:2 'f.yaml' is not UTF-8 text");
    CHECK(parse("\xef\xbb\xbf"
                "a: 1\n")
              .root()
              .members()
              .at(0)
              .key.place() == "f.yaml:1:1");
}

TEST_CASE("broken YAML is refused with the place and the library's reason") {
    CHECK(refused("a: [b, c\n").starts_with("Y001 f.yaml:2:1 not valid YAML: "));
    CHECK(refused("a: b: c\n").starts_with("Y001 f.yaml:1:5 not valid YAML: "));
    CHECK(refused("a: &x\n  b: [\n\t}\n").starts_with("Y001 f.yaml:3:1 a tab"));
    CHECK(refused("a: @x\n").starts_with("Y001 f.yaml:1:4 not valid YAML: "));
}

TEST_CASE("a tab where only spaces may stand is named, wherever the library stumbles over it") {
    const std::string what = " a tab in the indentation, where YAML takes spaces alone help: write spaces in its place";
    CHECK(refused("a:\n\t- b\n") == "Y001 f.yaml:2:1" + what);
    CHECK(refused("a:\n\tb:\n\t\tc: 1\n") == "Y001 f.yaml:2:1" + what);
    CHECK(refused("a:\n  b: 1\n  \tc: 1\n") == "Y001 f.yaml:3:3" + what);
    CHECK(refused("a:\r\n  b: |\r\n    x\r\n\ty\r\n") == "Y001 f.yaml:4:1" + what);
    CHECK(refused("a:\n  -\tb: 1\n") == "Y001 f.yaml:2:4" + what);
    CHECK(parse("a:\t1\nb: {c: 1,\n\td: 2}\n").root().get("b").get("d").as_integer() == 2);
}

TEST_CASE("a quote that is never closed is refused, where the library takes the end of the text for one") {
    const auto never_closed = [](std::string_view place, char quote) {
        return fmt::format("Y001 f.yaml:{} not valid YAML: the quote {} is never closed", place, quote);
    };
    CHECK(refused("a: \"x\n") == never_closed("1:4", '"'));
    CHECK(refused("a: 'it''s\n\n  ") == never_closed("1:4", '\''));
    CHECK(refused("b: 1\na: &name !!str # '\n  \"\\\"\nc: \\\"\n") == never_closed("3:3", '"'));
    CHECK(refused("- \"\n") == never_closed("1:3", '"'));
    CHECK(refused("\"a\n") == never_closed("1:1", '"'));
    CHECK(parse("a: &x \"y\n  z\" # '\n").root().get("a").as_string() == "y z");
    CHECK(parse("a: ! it's\n").root().get("a").as_string() == "it's");
    CHECK(parse("a: ''''\n").root().get("a").as_string() == "'");
    CHECK(parse("\"a\": \n").root().get("a").is_null());
}

TEST_CASE("depth, size and number of values are bounded") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK_NOTHROW(parse(nested(100)));
    CHECK(refused(nested(101)) == "U024 f.yaml:1:101 nested more than 100 levels deep");
    CHECK(refused(nested(100'000)).starts_with("U024"));
    CHECK_FALSE(refused(std::string(100'000, '[')) == "nothing");
    CHECK(refused(std::string(100'000, '-')).starts_with("nothing"));
    std::string dashes;
    for (int i = 0; i < 1000; ++i) dashes += "- ";
    CHECK(refused(dashes) == "U024 f.yaml:1:201 nested more than 100 levels deep");
    CHECK(test::refused([] { (void)yaml::parse("[1,2,3]", "f", {.nodes = 3}); }) == "U024 f:1:6 more than 3 values");
    CHECK(test::refused([] { (void)yaml::parse("abcd", "f", {.size_bytes = 3}); }) == "U024 f 'f' is larger than 3 B");
}

TEST_CASE("integers that do not fit are refused with the advice to quote them") {
    CHECK(refused("commit: 1234567890123456789012\n") ==
          "Y005 f.yaml:1:9 the number '1234567890123456789012' is out of range help: put it in quotes if it is text");
    CHECK(refused("x: -9223372036854775809\n").starts_with("Y005"));
    CHECK(refused("x: 1e999\n").starts_with("Y005"));
}

TEST_CASE("what DVC's reader takes beyond YAML 1.2 is read where it is wanted") {
    const auto read = [](std::string_view text) { return yaml::parse(text, "f.yaml", {}, yaml::Extensions::dvc); };
    const auto document = read(
        "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: [4]}\nc: {<<: *a, x: 5}\nd:\n  y: 6\n  <<: [*a, *b]\n  w: 7\n"
        "e: {<<: []}\nf: &f {<<: *b}\ng: {<<: *f}\n\"<<\": 8\n");
    const auto root = document.root();
    const auto same = [&](std::string_view key, std::string_view expected) {
        CHECK(same_content(root.get(key), yaml::parse(expected, "expected").root()));
    };
    same("c", "{x: 5, y: 2}");
    same("d", "{y: 6, w: 7, x: 1, z: [4]}");
    same("e", "{}");
    same("f", "{y: 3, z: [4]}");
    same("g", "{y: 3, z: [4]}");
    CHECK(root.get("<<").as_integer() == 8);
    CHECK(root.get("d").members()[2].key.place() == "f.yaml:6:3");
    CHECK(root.get("d").get("z").place() == "f.yaml:2:17");
    const auto refusal = [&](std::string_view text) -> std::string {
        try {
            read(text);
        } catch (const Error& error) {
            return error.place() + ' ' + std::string{error.code().id};
        }
        return "accepted";
    };
    CHECK(refusal("a: &a {b: &b 1}\nc: {<<: *b}\n") == "f.yaml:2:9 Y004");
    CHECK(refusal("a: {<<: {b: 1}}\n") == "f.yaml:1:9 Y004");
    CHECK(refusal("a: {<<: 1}\n") == "f.yaml:1:9 Y004");
    CHECK(refusal("a: {<<: }\n") == "f.yaml:1:9 Y004");
    CHECK(refusal("a: &a {<<: *a}\n") == "f.yaml:1:12 Y004");
    CHECK(refusal("a: &a\n  b: {<<: [*a]}\n") == "f.yaml:2:12 Y004");
    CHECK(refusal("a: &a {x: 1}\nb: {<<: [[*a]]}\n") == "f.yaml:2:10 Y004");
    CHECK(refusal("a: &a {x: 1}\nb: {<<: *a, <<: *a}\n") == "f.yaml:2:13 Y004");
    CHECK(refusal("a: &a {x: 1}\nb: {<<: *a, y: 1, y: 2}\n") == "f.yaml:2:19 U023");
    std::string many = "a: &a {k0: 1";
    for (int i = 1; i < 100; ++i) many += fmt::format(", k{}: 1", i);
    many += "}\nb: {<<: [";
    for (int i = 0; i < 100; ++i) many += "*a,";
    try {
        (void)yaml::parse(many + "]}\n", "f.yaml", {.nodes = 5000}, yaml::Extensions::dvc);
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.code().id == errors::document_too_large.id);
        CHECK(error.place() == "f.yaml:2:5");
    }
    // Numbers: tests/data/pipeline/params.json has more, with DVC's own answers.
    CHECK(read("1_000").root().as_integer() == 1000);
    CHECK(read("-0b11").root().as_integer() == -3);
    CHECK(read("0_1.5_0").root().as_real() == 1.5);
    CHECK(read("1_0e_1").root().as_string() == "1_0e_1");
    CHECK(yaml::parse("1_000", "f").root().as_string() == "1_000");
}
