// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/writer.hpp>

#include <catch2/catch.hpp>
#include <limits>
#include <mlo/util/error.hpp>

using namespace mlo;

namespace {

void write_sample(json::Writer& writer) {
    writer.begin_object().key("name").string("a \"b\"\n\x01é").key("empty").begin_array().end_array();
    writer.key("list").begin_array().integer(-1).real(2).boolean(true).null().begin_object().end_object().end_array();
    writer.key("big").unsigned_integer(std::numeric_limits<std::uint64_t>::max()).end_object();
}

}  // namespace

TEST_CASE("pretty JSON has one member a line and two spaces a level") {
    std::string out;
    json::Writer writer{out, json::Layout::pretty};
    write_sample(writer);
    CHECK(writer.complete());
    CHECK(out == R"({
  "name": "a \"b\"\n\u0001é",
  "empty": [],
  "list": [
    -1,
    2.0,
    true,
    null,
    {}
  ],
  "big": 18446744073709551615
})");
}

TEST_CASE("compact JSON has no white space") {
    std::string out;
    json::Writer writer{out, json::Layout::compact};
    write_sample(writer);
    CHECK(out == R"({"name":"a \"b\"\n\u0001é","empty":[],"list":[-1,2.0,true,null,{}],"big":18446744073709551615})");
}

TEST_CASE("the output can be drained while it is written") {
    std::string out;
    std::string drained;
    json::Writer writer{out, json::Layout::compact};
    writer.begin_array();
    for (int i = 0; i < 3; ++i) {
        writer.integer(i);
        drained += out;
        out.clear();
    }
    writer.end_array();
    CHECK(drained + out == "[0,1,2]");
}

TEST_CASE("a path that is not UTF-8 is written as base64 under a key that says so") {
    std::string out;
    json::Writer writer{out, json::Layout::compact};
    writer.begin_object();
    json::write_path(writer, "path", "données");
    json::write_path(writer, "origin", "a\xff");
    writer.end_object();
    CHECK(out == R"({"path":"données","origin_bytes":"Yf8="})");
}

TEST_CASE("numbers that JSON lacks are written as canonical JSON has them") {
    std::string out;
    json::Writer writer{out, json::Layout::compact};
    writer.begin_array()
        .real(std::numeric_limits<double>::quiet_NaN())
        .real(-std::numeric_limits<double>::infinity())
        .end_array();
    CHECK(out == R"([{"$f":"nan"},{"$f":"-inf"}])");
}

TEST_CASE("calls out of order are refused") {
    std::string out;
    json::Writer writer{out, json::Layout::compact};
    CHECK_THROWS_AS(writer.key("a"), Error);
    writer.begin_object();
    CHECK_THROWS_AS(writer.integer(1), Error);
    CHECK_THROWS_AS(writer.end_array(), Error);
    writer.key("a");
    CHECK_THROWS_AS(writer.key("b"), Error);
    CHECK_THROWS_AS(writer.end_object(), Error);
    writer.null().end_object();
    CHECK_THROWS_AS(writer.null(), Error);
}
