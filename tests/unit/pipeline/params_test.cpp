// SPDX-License-Identifier: Apache-2.0
// Against what DVC found: tests/data/pipeline/record_params.py.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/params.hpp>
#include <mlo/util/errors.hpp>

#include "oracle.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

struct Answer {
    Datum value;
    std::string error;
    std::string message;
};

Answer read(std::string_view text, std::string_view file, const DocumentLimits& limits = {}) {
    try {
        return {read_params(text, file, limits), {}, {}};
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::config);
        CHECK(error.place().starts_with(file));
        return {{}, fmt::format("MLO-{}", error.code().id), error.place() + ": " + error.message()};
    }
}

std::string names_of(const Datum& datum) {
    std::string names;
    if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        for (const auto& member : *mapping) names += member.name + "{" + names_of(member.value) + "}";
    }
    return names;
}

}  // namespace

TEST_CASE("files of parameters hold what they hold for DVC") {
    const auto document = test::recorded("params.json");
    std::size_t read_by_both = 0;
    std::size_t number = 0;
    for (const auto& test_case : document.root().items()) {
        ++number;
        const auto file = test_case.get("file").as_string();
        const auto text = test_case.get("text").as_string();
        const bool differs = test_case.find("differs").has_value();
        const auto actual = read(text, file);
        INFO("case " << number << " of params.json: " << text << "\n--- " << actual.error << ' ' << actual.message);
        if (test_case.find("may")) continue;
        const auto expected = test_case.get(differs ? "ours" : "answer");
        if (const auto error = expected.find("error")) {
            CHECK_FALSE(actual.error.empty());
            if (differs) CHECK(actual.error == error->as_string());
            continue;
        }
        CHECK(actual.error.empty());
        const auto value = test::recorded_datum(expected.get("value"));
        CHECK(canonical(actual.value) == canonical(value));
        CHECK(names_of(actual.value) == names_of(value));
        ++read_by_both;
    }
    CHECK(read_by_both > 250);
}

TEST_CASE("keys lead to what they lead to in DVC") {
    const auto document = test::recorded("keys.json");
    const auto cases = document.root().items();
    const auto top = test::recorded_datum(cases.front().get("top"));
    for (std::size_t i = 1; i < cases.size(); ++i) {
        const auto key = cases[i].get("key").as_string();
        const auto expected = cases[i].get(cases[i].find("differs") ? "ours" : "answer").find("value");
        const auto* const found = find_key(top, key);
        INFO(key);
        REQUIRE((found != nullptr) == expected.has_value());
        if (found != nullptr) CHECK(canonical(*found) == canonical(test::recorded_datum(*expected)));
    }
    CHECK(find_key(top, "") == &top);
}

TEST_CASE("the end of a file's name tells its format") {
    CHECK(read("a = 1", "sub/p.TOML").error.empty());
    CHECK(read("a = 1", "p.Py").error.empty());
    CHECK(read("{\"a\": 1}", "p.JSON").error.empty());
    CHECK(read("a: 1", "p.yml").error.empty());
    CHECK(read("a: 1", "params").error.empty());
    CHECK(read("a: 1", ".py").error.empty());
    CHECK(read("a: 1", "sub/.json").error.empty());
    CHECK(read("a = 1", "p.json").error == "MLO-J001");
    CHECK(read("a: 1", "p.toml").error == "MLO-M001");
}

TEST_CASE("what is wrong with a file of parameters is told with its place") {
    const auto told = [](std::string_view text, std::string_view file = "p.py") { return read(text, file).message; };
    CHECK(told("x = 1\nclass A:\n    y = 'a\n") == "p.py:3:9: not valid Python: a text is not closed");
    CHECK(told("a = (1,\n") == "p.py:1:5: not valid Python: '(' is not closed");
    CHECK(told("a = [1)\n") == "p.py:1:7: not valid Python: ')' closes nothing");
    CHECK(told("class A:\nb = 1\n") == "p.py:2:1: not valid Python: an indented block must follow ':'");
    CHECK(told("a = 1\n  b = 2\n") == "p.py:2:3: not valid Python: the indent matches no block");
    CHECK(told("\xc3\xa9 = \x01") == "p.py:1:5: not valid Python: unexpected character '\\x01'");
    CHECK(told("a = \\ 1") == "p.py:1:5: not valid Python: a backslash must end its line");
    CHECK(told("# \xff\n").find("p.py:1") == 0);
    CHECK(told("[1]", "p.yaml") == "p.yaml:1:1: 'p.yaml' holds a list, not a mapping");
}

TEST_CASE("parameters beyond their limits are refused") {
    const auto repeated = [](std::string_view piece, std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += piece;
        return text;
    };
    const std::string too_large = fmt::format("MLO-{}", mlo::errors::document_too_large.id);
    CHECK(read("a = " + repeated("[", 200) + repeated("]", 200), "p.py").error == too_large);
    CHECK(read("a = " + repeated("(", 100) + "1" + repeated(")", 100), "p.py").error.empty());
    CHECK(read("a = [" + repeated("0,", 2000) + "]", "p.py", {.nodes = 1000}).error == too_large);
    CHECK(read(repeated("a = 1\n", 2000), "p.py", {.nodes = 1000}).error == too_large);
    CHECK(read(repeated("#", 2000), "p.py", {.size_bytes = 1000}).error == too_large);
    std::string classes;
    for (std::size_t i = 0; i < 150; ++i) classes += std::string(i, ' ') + "class A:\n";
    CHECK(read(classes, "p.py").error == too_large);
    // Brackets that are never read as a value may be as deep as they like.
    CHECK(read("f(" + repeated("[", 100'000) + repeated("]", 100'000) + ")\na = 1", "p.py").error.empty());
}

TEST_CASE("a name assigned often is found fast") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += fmt::format("a{} = {}\na{} = 'x'\n", i, i, i);
    const auto datum = read_params(text, "p.py");
    CHECK(std::get<Datum::Mapping>(datum.content).size() == 50'000);
    CHECK(*datum.find("a49999") == Datum{std::string{"x"}});
}
