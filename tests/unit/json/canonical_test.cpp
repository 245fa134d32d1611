// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/canonical.hpp>

#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <mlo/hash/digest.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

using namespace mlo;

namespace {

Document golden(const std::string& name) {
    std::ifstream in{MLO_TEST_DATA "/json/" + name, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return json::parse(text, name);
}

double from_bits(std::string_view hex) {
    std::uint64_t bits = 0;
    REQUIRE(std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16).ec == std::errc{});
    return std::bit_cast<double>(bits);
}

void write_integer(json::CanonicalWriter& writer, std::string_view digits) {
    const auto end = digits.data() + digits.size();
    if (digits.starts_with('-')) {
        std::int64_t value = 0;
        REQUIRE(std::from_chars(digits.data(), end, value).ec == std::errc{});
        writer.integer(value);
    } else {
        std::uint64_t value = 0;
        REQUIRE(std::from_chars(digits.data(), end, value).ec == std::errc{});
        writer.unsigned_integer(value);
    }
}

/// Writes a value as the golden files spell it (tests/data/json/canonical.py).
void write(json::CanonicalWriter& writer, const Value& typed) {
    const auto member = typed.members().at(0);
    const auto kind = member.name();
    if (kind == "null") writer.null();
    if (kind == "bool") writer.boolean(member.value.as_boolean());
    if (kind == "int") write_integer(writer, member.value.as_string());
    if (kind == "real") writer.real(from_bits(member.value.as_string()));
    if (kind == "text") writer.string(member.value.as_string());
    if (kind == "bytes") writer.bytes(as_bytes(base64_decode(member.value.as_string()).value()));
    if (kind == "list") {
        writer.begin_array();
        for (const auto& item : member.value.items()) write(writer, item);
        writer.end_array();
    }
    if (kind == "object") {
        writer.begin_object();
        for (const auto& pair : member.value.items()) {
            writer.key(pair.items().at(0).as_string());
            write(writer, pair.items().at(1));
        }
        writer.end_object();
    }
}

}  // namespace

TEST_CASE("canonical JSON has the bytes and the hash of the reference implementation") {
    const auto cases = golden("canonical-values.json");
    REQUIRE(cases.root().size() >= 13);
    for (const auto& row : cases.root().items()) {
        INFO(row.get("name").as_string());
        json::CanonicalWriter writer;
        write(writer, row.get("value"));
        const auto text = writer.take();
        CHECK(text == row.get("canonical").as_string());
        CHECK(hash::sha256(as_bytes(text)).hex() == row.get("sha256").as_string());
    }
}

TEST_CASE("doubles have ECMAScript's shortest form, marked as doubles") {
    const auto cases = golden("canonical-doubles.json");
    REQUIRE(cases.root().size() > 500);
    for (const auto& row : cases.root().items()) {
        const auto value = from_bits(row.items().at(0).as_string());
        std::string text;
        json::append_real(text, value);
        CHECK(text == row.items().at(1).as_string());
        const auto back = json::parse(text, "f");
        CHECK(back.root().is(ValueKind::real));
        CHECK(back.root().as_real() == value);
    }
}

TEST_CASE("the order of the calls does not change canonical JSON") {
    json::CanonicalWriter a;
    a.begin_object().key("x").integer(1).key("a").begin_array().null().end_array().end_object();
    json::CanonicalWriter b;
    b.begin_object().key("a").begin_array().null().end_array().key("x").integer(1).end_object();
    const auto text = a.take();
    CHECK(text == R"({"a":[null],"x":1})");
    CHECK(text == b.take());
}

TEST_CASE("canonical JSON of a parsed document ignores its spelling") {
    const auto document =
        json::parse(R"( { "b" : 1.50e0, "a": [ "\u00e9", 18446744073709551615 ], "$x": null } )", "f");
    CHECK(json::canonical(document.root()) == R"({"$$x":null,"a":["é",18446744073709551615],"b":1.5})");
}

TEST_CASE("what canonical JSON had to mark is read back") {
    json::CanonicalWriter writer;
    const std::string raw{"\xff\x00x", 3};
    writer.begin_object().key("$k").real(-std::numeric_limits<double>::infinity()).key("b").bytes(as_bytes(raw));
    writer.key("n")
        .real(std::numeric_limits<double>::quiet_NaN())
        .key("s")
        .bytes(as_bytes("plain"))
        .key("i")
        .integer(3)
        .end_object();
    const auto document = json::parse(writer.take(), "f");
    const auto root = document.root();
    CHECK(json::canonical_key(root.members().at(0)) == "$k");
    CHECK(json::canonical_real(root.get("$$k")) == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(json::canonical_real(root.get("n"))));
    CHECK(json::canonical_real(root.get("i")) == 3.0);
    CHECK(json::canonical_bytes(root.get("b")) == raw);
    CHECK(json::canonical_bytes(root.get("s")) == "plain");
    CHECK_THROWS_AS(json::canonical_real(root.get("b")), Error);
    CHECK_THROWS_AS(json::canonical_bytes(root.get("n")), Error);
}

TEST_CASE("canonical JSON refuses a key twice, a value without a key, and text that is not UTF-8") {
    json::CanonicalWriter writer;
    writer.begin_object().key("a").null().key("a").null();
    CHECK_THROWS_AS(writer.end_object(), Error);
    json::CanonicalWriter keyless;
    keyless.begin_object();
    CHECK_THROWS_AS(keyless.null(), Error);
    CHECK_THROWS_AS(json::CanonicalWriter{}.string("\xff"), Error);
    CHECK_THROWS_AS(json::CanonicalWriter{}.take(), Error);
}
