// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/writer.hpp>

#include <catch2/catch.hpp>
#include <document_emit.hpp>
#include <limits>
#include <mlo/util/error.hpp>
#include <mlo/yaml/parse.hpp>
#include <random>

using namespace mlo;

TEST_CASE("mappings and lists are written in block style, in the order of the calls") {
    std::string out;
    yaml::Writer writer{out};
    writer.begin_mapping()
        .key("version")
        .integer(1)
        .key("path")
        .string("data.csv")
        .key("empty")
        .begin_mapping()
        .end_mapping();
    writer.key("stages")
        .begin_list()
        .begin_mapping()
        .key("cmd")
        .string("run it")
        .key("deps")
        .begin_list()
        .string("a")
        .end_list();
    writer.end_mapping().begin_list().integer(1).begin_list().end_list().end_list().null().end_list();
    writer.key("core").begin_mapping().key("jobs").real(2).key("on").boolean(true).end_mapping().end_mapping();
    CHECK(out == R"(version: 1
path: data.csv
empty: {}
stages:
  - cmd: run it
    deps:
      - a
  - - 1
    - []
  - null
core:
  jobs: 2.0
  "on": true
)");
}

TEST_CASE("a scalar alone is a document") {
    std::string out;
    yaml::Writer{out}.string("x: y");
    CHECK(out == "\"x: y\"\n");
}

TEST_CASE("strings are plain only where no version of YAML reads them as anything else") {
    for (const auto* text :
         {"a", "data/raw.csv", "/srv/data", "sha256:00ff", "s3://bucket/a_b", "with space", "a-b", "_x", "e3", "a#b"}) {
        const auto plain = yaml::scalar_text(text);
        INFO(plain);
        CHECK((plain == text) == (std::string{text}.find('#') == std::string::npos));
    }
    for (const auto* text :
         {"",       "yes",         "NO",         "On",   "y",  "null", "True", "~",   "1",   "1e3",  "0x1",
          ".5",     ".inf",        "-",          "-a",   "?",  ": a",  "a: b", "a:",  "#x",  "a #b", " lead",
          "trail ", "two  spaces", "@a",         "`a",   "%a", "!a",   "&a",   "*a",  "{a}", "[a]",  "a,b",
          "'a'",    "\"",          "2020-01-01", "1:20", "<<", "=",    "---",  "...", "é",   "nan"}) {
        INFO(text);
        CHECK(yaml::scalar_text(text).front() == '"');
    }
    CHECK(yaml::scalar_text("a\nb\t\x01\x7f\xc2\x85\\\"é") == R"("a\nb\t\x01\x7f\x85\\\"é")");
    CHECK(yaml::scalar_text("\xe2\x80\xa8\xef\xbb\xbf\xef\xbf\xbe") == R"("\u2028\ufeff\ufffe")");
}

TEST_CASE("doubles are written so that they read back as the same double") {
    CHECK(yaml::scalar_text(1.0) == "1.0");
    CHECK(yaml::scalar_text(1e300) == "1.0e+300");
    CHECK(yaml::scalar_text(-std::numeric_limits<double>::infinity()) == "-.inf");
    std::mt19937_64 random{11};
    for (int i = 0; i < 1000; ++i) {
        const auto value = std::bit_cast<double>(random());
        const auto document = yaml::parse("- " + yaml::scalar_text(value) + "\n", "f");
        const auto back = document.root().items().at(0).as_real();
        CHECK((back == value || (back != back && value != value)));
    }
}

TEST_CASE("what the writer writes is read back the same") {
    std::mt19937_64 random{3};
    for (int round = 0; round < 500; ++round) {
        std::string text;
        yaml::Writer writer{text};
        test::write_random(writer, random, test::YamlBrackets{});
        const auto document = yaml::parse(text, "f");
        std::string again;
        yaml::Writer second{again};
        test::emit(second, document.root(), test::YamlBrackets{});
        INFO(text);
        REQUIRE(again == text);
    }
}

TEST_CASE("any string survives as a value, a key and an element") {
    std::mt19937_64 random{5};
    for (int round = 0; round < 2000; ++round) {
        const auto string = test::random_text(random);
        std::string text;
        yaml::Writer writer{text};
        writer.begin_mapping()
            .key(string)
            .string(string)
            .key(string + "'")
            .begin_list()
            .string(string)
            .end_list()
            .end_mapping();
        const auto document = yaml::parse(text, "f");
        INFO(text);
        REQUIRE(document.root().members().at(0).name() == string);
        REQUIRE(document.root().get(string).as_string() == string);
        REQUIRE(document.root().get(string + "'").items().at(0).as_string() == string);
    }
}

TEST_CASE("calls out of order and text that is not UTF-8 are refused") {
    std::string out;
    yaml::Writer writer{out};
    CHECK_THROWS_AS(writer.key("a"), Error);
    writer.begin_mapping();
    CHECK_THROWS_AS(writer.integer(1), Error);
    CHECK_THROWS_AS(writer.end_list(), Error);
    CHECK_THROWS_AS(writer.key("\xff"), Error);
    writer.key("a");
    CHECK_THROWS_AS(writer.end_mapping(), Error);
}
