// SPDX-License-Identifier: Apache-2.0
#include "block_lines.hpp"

#include <catch2/catch.hpp>
#include <mlo/util/error.hpp>
#include <mlo/yaml/parse.hpp>
#include <random>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

/// Nothing, or what YAML says.
bool is_right(const std::string& text) {
    std::optional<Document> quick;
    try {
        quick = parse_plain_lines(text, "lines");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::config);
    }
    if (!quick) return true;
    for (const auto extensions : {yaml::Extensions::none, yaml::Extensions::dvc}) {
        try {
            if (!same_content(quick->root(), yaml::parse(text, "yaml", {}, extensions).root())) return false;
        } catch (const Error&) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("plain lines are what YAML makes of them") {
    const std::string text =
        "  fit@1:\n    cmd: python fit.py --lr=0.1 'a b' && x > y\n    deps:\n    - path: data/a.csv\n      hash: "
        "md5\n      md5: "
        "0a75d5a8d25edccea8d599313b6eaa21\n      size: 1234\n    - path: b\n      isexec: true\n    params:\n      "
        "params.yaml:\n"
        "        lr: 0.1\n        n: -3\n        none:\n        text: 'it is'\n        list:\n        - 1\n        - - "
        "2\n    outs: []\n";
    CHECK_FALSE(parse_plain_lines(text, "lines"));  // a list in a list
    auto simple = text;
    simple.replace(simple.find("        - - 2\n"), 14, "        - {}\n");
    REQUIRE(parse_plain_lines(simple, "lines"));
    CHECK(is_right(simple));
    CHECK(parse_plain_lines(simple, "lines")->root().get("fit@1").get("deps").size() == 2);
    for (const std::string line : {"a: b",     "a: 1",    "a: 01",         "a: 1e5",     "a: 1.",
                                   "a: .5",    "a: -.5",  "a: 0x1f",       "a: 1_0",     "a: 12345678901234567890",
                                   "a: 1e5f",  "a: 0b1",  "a: -1x",        "a: null",    "a: ~",
                                   "a: yes",   "a: True", "a: b: c",       "a: b #c",    "a: b#c",
                                   "a: b:",    "a: 'b",   "a: 'b'c",       "a: 'it''s'", "a: \"b\\n\"",
                                   "a: \"b\"", "a: ''",   "a: *b",         "a: &b c",    "a: !b c",
                                   "a: |",     "a: >-",   "a: [b]",        "a: {b: c}",  "a:  b",
                                   "a: b ",    "a : b",   "a b: c",        "null: a",    "true: a",
                                   "1: a",     "? a",     "- a",           "- a: b",     "-  a",
                                   "-",        "a:",      "a:b",           "a:\tb",      "a: é",
                                   "é: a",     "a: 1 #b", "a: 2026-11-22", "a: 1-2",     "a: -",
                                   "a: --- b", "--- a",   "a: %b",         "a: @b",      "a: `b",
                                   "a: (b",    "a: $b",   "a: _b",         "a: /b",      "<<: a",
                                   "a: <<",    "a: =",    "a: -0",         "a: -0.0",    "a: 0.10"}) {
        INFO(line);
        CHECK(is_right(line));
        CHECK(is_right(line + "\n"));
        CHECK(is_right("x:\n  " + line + "\n  y: z\n"));
        CHECK(is_right("x:\n- " + line + "\n- y\n"));
        CHECK(is_right(line + "\n more\n"));
        CHECK(is_right(line + "\n" + line + "\n"));
    }
}

TEST_CASE("lines put together at random are what YAML makes of them, or nothing") {
    const std::vector<std::string> pieces{"a:",    "b: c", "- d",    "- e: f", "- g:",  "h: 1", "'i': j",
                                          "k: []", "- []", "l: 'm'", "n: 0.5", "- - o", "# p",  ""};
    std::mt19937_64 random{20261122};
    int known = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        std::size_t indent = 2;
        for (auto i = random() % 6 + 1; i > 0; --i) {
            text += std::string(indent, ' ') + pieces[random() % pieces.size()] + "\n";
            indent = random() % 3 == 0 ? random() % 4 * 2 : indent + (random() % 2 == 0 ? 2 : 0);
        }
        INFO(text);
        REQUIRE(is_right(text));
        try {
            known += parse_plain_lines(text, "lines") ? 1 : 0;
        } catch (const Error&) {
            known += 0;
        }
    }
    CHECK(known > 1000);
}
