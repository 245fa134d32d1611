// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/util/bytes.hpp>

using namespace mlo;
using namespace std::string_literals;

TEST_CASE("integers are little-endian in bytes") {
    Bytes bytes;
    append_le<std::uint8_t>(bytes, 0x01);
    append_le<std::uint16_t>(bytes, 0x0203);
    append_le<std::uint32_t>(bytes, 0x04050607);
    append_le<std::uint64_t>(bytes, 0x08090a0b0c0d0e0f);
    CHECK(as_text(bytes) == "\x01\x03\x02\x07\x06\x05\x04\x0f\x0e\x0d\x0c\x0b\x0a\x09\x08"s);
    CHECK(load_le<std::uint16_t>(ByteView{bytes}.subspan(1)) == 0x0203);
    store_le<std::uint16_t>(bytes, 0xfffe);
    CHECK(as_text(bytes).substr(0, 3) == "\xfe\xff\x02"s);
}

TEST_CASE("text and bytes are views of each other") {
    const auto text = "a\0\xff"s;
    CHECK(as_bytes(text).size() == 3);
    CHECK(as_text(as_bytes(text)) == text);
    Bytes bytes;
    append(bytes, as_bytes("ab"));
    append(bytes, {});
    append(bytes, as_bytes("c"));
    CHECK(as_text(bytes) == "abc");
}

TEST_CASE("a reader takes values one after the other") {
    const auto raw = "\x01\x02\x00xyz"s;
    ByteReader reader{as_bytes(raw)};
    CHECK(reader.integer<std::uint8_t>() == 1);
    CHECK(reader.integer<std::uint16_t>() == 2);
    CHECK(as_text(reader.take(2)) == "xy");
    CHECK(reader.remaining() == 1);
    CHECK(reader.take(0).empty());
    CHECK_FALSE(reader.failed());
    CHECK(as_text(reader.take(1)) == "z");
    CHECK(reader.remaining() == 0);
    CHECK_FALSE(reader.failed());
}

TEST_CASE("a reader that ran out yields zeros and stays failed") {
    const auto raw = "\x01\x02\x03"s;
    ByteReader reader{as_bytes(raw)};
    CHECK(reader.integer<std::uint32_t>() == 0);
    CHECK(reader.failed());
    CHECK(reader.remaining() == 0);
    CHECK(reader.integer<std::uint8_t>() == 0);
    CHECK(reader.take(0).empty());
    CHECK(reader.failed());
}

TEST_CASE("a reader is not fooled by a size near the largest integer") {
    const auto raw = "abc"s;
    ByteReader reader{as_bytes(raw)};
    CHECK(as_text(reader.take(1)) == "a");
    CHECK(reader.take(UINT64_MAX).empty());
    CHECK(reader.failed());
}
