// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/pipeline/datum.hpp>
#include <mlo/yaml/parse.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

Datum datum(std::string_view text) { return to_datum(yaml::parse(text, "test.yaml").root()); }

}  // namespace

TEST_CASE("data are equal by kind and value, whatever the order of members") {
    CHECK(datum("{a: 1, b: [x, null]}") == datum("{b: [x, null], a: 1}"));
    CHECK(datum(".nan") == datum(".nan"));
    CHECK_FALSE(datum("1") == datum("1.0"));
    CHECK_FALSE(datum("1") == datum("'1'"));
    CHECK_FALSE(datum("[1, 2]") == datum("[2, 1]"));
    CHECK_FALSE(datum("{a: 1}") == datum("{a: 1, b: 1}"));
}

TEST_CASE("equal data have the same canonical text") {
    CHECK(canonical(datum("{b: [1, 1.0, true], a: null}")) == R"({"a":null,"b":[1,1.0,true]})");
    CHECK(canonical(datum("{a: {}, b: []}")) == canonical(datum("{b: [], a: {}}")));
}

TEST_CASE("members are found by name") {
    const auto top = datum("{a: {b: 3}}");
    REQUIRE(top.find("a") != nullptr);
    CHECK(*top.find("a")->find("b") == datum("3"));
    CHECK(top.find("b") == nullptr);
    CHECK(datum("[1]").find("a") == nullptr);
    CHECK(top.is_composite());
    CHECK_FALSE(datum("x").is_composite());
}
