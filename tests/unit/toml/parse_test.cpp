// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <mlo/toml/errors.hpp>
#include <mlo/toml/parse.hpp>
#include <mlo/util/errors.hpp>

using namespace mlo;
using Catch::Matchers::Contains;

namespace {

Error error_of(std::string_view text, const DocumentLimits& limits = {}) {
    try {
        (void)toml::parse(text, "p.toml", limits);
    } catch (const Error& error) {
        return error;
    }
    FAIL("accepted: " << text.substr(0, 200));
    throw 0;
}

std::string names_of(const Value& mapping) {
    std::string names;
    for (const auto& member : mapping.members()) names += std::string{member.name()} + ' ';
    return names;
}

}  // namespace

TEST_CASE("TOML has all kinds of values but null, and knows where they stand") {
    const auto document = toml::parse(
        "# numbers\nint = -1_000\nhex = 0xfF\nreal = 1e3\ninf = -inf\nnan = nan\nyes = true\n"
        "text = \"a\\u00e9\\n\"\nraw = 'C:\\x'\nlong = \"\"\"\none\n  two\"\"\"\nlist = [1, 'x', [2.5, {a = "
        "3}],]\nnone = []\n",
        "p.toml");
    const auto root = document.root();
    CHECK(root.get("int").as_integer() == -1000);
    CHECK(root.get("hex").as_integer() == 255);
    CHECK(root.get("real").as_real() == 1000.0);
    CHECK(root.get("real").is(ValueKind::real));
    CHECK(root.get("inf").as_real() == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(root.get("nan").as_real()));
    CHECK(root.get("yes").as_boolean());
    CHECK(root.get("text").as_string() == "a\u00e9\n");
    CHECK(root.get("raw").as_string() == "C:\\x");
    CHECK(root.get("long").as_string() == "one\n  two");
    CHECK(toml::parse("a = \"\"\"x \\\n  \u00e9\"\"\"", "p").root().get("a").as_string() == "x \u00e9");
    const auto list = root.get("list").items();
    REQUIRE(list.size() == 3);
    CHECK(list[2].items()[1].get("a").as_integer() == 3);
    CHECK(list[2].items()[1].get("a").place() == "p.toml:13:28");
    CHECK(root.get("none").size() == 0);
    CHECK(root.get("hex").place() == "p.toml:3:7");
    CHECK(root.members()[1].key.place() == "p.toml:3:1");
    CHECK(document.file() == "p.toml");
}

TEST_CASE("an empty TOML text is an empty mapping") {
    CHECK(toml::parse("", "p.toml").root().size() == 0);
    CHECK(toml::parse("\xef\xbb\xbf# only this\n", "p.toml").root().size() == 0);
}

TEST_CASE("members stand in the order in which names are first met") {
    const auto document = toml::parse(
        "z.b = 1\na = 2\nz.a = 3\n[m.n]\nx = 1\n[b]\n[m]\ny = 2\n[[t]]\nq = 1\n[[t]]\np = 2\nq = 3\n", "p.toml");
    const auto root = document.root();
    CHECK(names_of(root) == "z a m b t ");
    CHECK(names_of(root.get("z")) == "b a ");
    CHECK(names_of(root.get("m")) == "n y ");
    CHECK(names_of(root.get("t").items()[1]) == "p q ");
    CHECK(root.get("t").place() == "p.toml:9:1");
}

TEST_CASE("dates and times are spelled as Python prints them") {
    // tests/data/pipeline/params.json has DVC's own answers; these are the edges.
    const auto spelled = [](std::string_view moment) {
        return std::string{toml::parse("a = " + std::string{moment}, "p").root().get("a").as_string()};
    };
    CHECK(spelled("2020-01-31") == "2020-01-31");
    CHECK(spelled("10:20:30") == "10:20:30");
    CHECK(spelled("10:20:30.5") == "10:20:30.500000");
    CHECK(spelled("00:00:00.0000009") == "00:00:00");
    CHECK(spelled("2020-01-01T10:20:30Z") == "2020-01-01 10:20:30+00:00");
    CHECK(spelled("2020-01-01 10:20:30.123456789-05:30") == "2020-01-01 10:20:30.123456-05:30");
    CHECK(spelled("0001-12-31t23:59:59-00:30") == "0001-12-31 23:59:59-00:30");
}

TEST_CASE("what is not TOML is told with its place") {
    const auto check = [](std::string_view text, std::string_view place) {
        const auto error = error_of(text);
        INFO(text << ": " << error.message());
        CHECK(error.code().id == toml::errors::not_toml.id);
        CHECK_THAT(error.message(), Contains("not valid TOML: "));
        CHECK(error.place() == place);
    };
    check("a = 1\nb = yes\n", "p.toml:2:5");
    check("a = 1\na = 2\n", "p.toml:2:5");
    check("[a]\n[a]\n", "p.toml:2:1");
    check("a = 99999999999999999999\n", "p.toml:1:25");
    check("a = 1 b = 2\n", "p.toml:1:7");
    check("a = 'x\n", "p.toml:1:7");
    check("a = [1\n", "p.toml:1:8");
    check("\u00e9\u00e9 = 1\n", "p.toml:1:1");
    check("'\u00e9\u00e9' = ?\n", "p.toml:1:8");
    check("a = 1\u00e9\n", "p.toml:1:6");
    check("\ufeefa = 1\n", "p.toml:1:1");
    check("[[[[a]\n", "p.toml:1:3");
    check("<<<<<<< ours\na = 1\n", "p.toml:1:1");
    CHECK(error_of("[a]\n[a]\n").message() == "not valid TOML: table header: cannot redefine existing table 'a'");
    CHECK_THAT(error_of("a = '\x07'").message(), !Contains("\x07"));
}

TEST_CASE("a TOML text beyond its limits is refused before it costs much") {
    const auto too_large = [](const std::string& text, const DocumentLimits& limits = {}) {
        const auto error = error_of(text, limits);
        INFO(text.substr(0, 100) << ": " << error.message());
        CHECK(error.code().id == errors::document_too_large.id);
        CHECK_THAT(error.place(), Contains("p.toml"));
    };
    const auto repeated = [](std::string_view piece, std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += piece;
        return text;
    };
    constexpr std::size_t many = 1'000'000;
    too_large("a" + repeated(".a", many) + " = 1");
    too_large("a" + repeated(" . 'a'", many) + " = 1");
    too_large("[a" + repeated(".a", many) + "]\nb = 1");
    too_large("[[a" + repeated(".a", many) + "]]\nb = 1");
    too_large("a = " + repeated("[", many));
    too_large(repeated("a={", many));
    too_large("a = " + repeated("{b.c.d.e.f.g=", 90));
    too_large("[x" + repeated(".x", 99) + "]\na = " + repeated("[{b=", 90));
    too_large("a = [" + repeated("0,", many) + "]", {.nodes = 1000});
    too_large(repeated("[[a]]\n", 2000), {.nodes = 1000});
    too_large(repeated("a", 2000) + " = 1", {.size_bytes = 1000});
    // The last levels are the document's own to count.
    too_large("a = " + repeated("[", 30) + repeated("]", 30), {.depth = 20});
    const auto fine = "a = " + repeated("[", 18) + "1.5" + repeated("]", 18) + "\n";
    CHECK_NOTHROW(toml::parse(fine, "p.toml", {.depth = 20}));
    // Dots and brackets in strings and comments are none of keys.
    const auto dots = repeated("[.", 500);
    CHECK_NOTHROW(toml::parse("a = '" + dots + "' # " + dots + "\nb = \"\\\"" + dots + "\"\nc = '''" + dots +
                                  "''\n'''''\nd = 1\n" + "e = \"\"\"\n" + dots + "\\\"\"\"\"\"\n",
                              "p.toml"));
    CHECK_THAT(error_of("a = \"\xff\"").message(), Contains("UTF-8"));
}

TEST_CASE("the library's version is known") { CHECK_THAT(toml::library_version(), Contains(".")); }
