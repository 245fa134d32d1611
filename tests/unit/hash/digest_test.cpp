// SPDX-License-Identifier: Apache-2.0
#include <mlo/hash/digest.hpp>
#include <mlo/util/bytes.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using mlo::as_bytes;
using mlo::hash::Digest;
using mlo::hash::Sha256;

constexpr auto abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Digest digest_of(std::string_view text) { return mlo::hash::sha256(as_bytes(text)); }
std::string checksum_of(std::string_view text) { return mlo::hash::to_hex(mlo::hash::xxh3_128(as_bytes(text))); }

}  // namespace

TEST_CASE("SHA-256 gives the digests that FIPS 180-4 and sha256sum give") {
    CHECK(digest_of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(digest_of("abc").hex() == abc);
    CHECK(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(digest_of(std::string(1'000'000, 'a')).hex() ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest does not depend on how the bytes were cut, and finish starts anew") {
    Sha256 hasher;
    for (const auto* piece : {"", "a", "", "bc"}) hasher.update(as_bytes(std::string_view{piece}));
    CHECK(hasher.finish() == digest_of("abc"));
    CHECK(hasher.finish() == digest_of(""));
    hasher.update(as_bytes(std::string_view{"ab"}));
    auto moved = std::move(hasher);
    moved.update(as_bytes(std::string_view{"c"}));
    CHECK(moved.finish() == digest_of("abc"));
}

TEST_CASE("a digest has one spelling in text, and only that is read") {
    const auto digest = digest_of("abc");
    const auto text = std::string{"sha256:"} + abc;
    CHECK(digest.to_string() == text);
    CHECK(Digest::parse(text) == digest);

    auto upper = text;
    upper[7] = 'B';
    auto not_hex = text;
    not_hex.back() = 'g';
    for (const auto& wrong : {std::string{}, std::string{abc}, text.substr(0, 70), text + "0", text + " ", upper,
                              not_hex, "SHA256:" + text.substr(7), "md5:" + text.substr(7)}) {
        INFO(wrong);
        CHECK_FALSE(Digest::parse(wrong));
    }
}

TEST_CASE("a binary digest is the algorithm byte and 32 bytes, and only that is read") {
    const auto digest = digest_of("abc");
    const auto binary = digest.binary();
    CHECK(mlo::hash::to_hex(binary) == std::string{"01"} + abc);
    CHECK(Digest::from_binary(binary) == digest);

    std::vector<std::byte> wrong{binary.begin(), binary.end()};
    wrong.push_back(std::byte{0});
    CHECK_FALSE(Digest::from_binary(wrong));
    wrong.resize(32);
    CHECK_FALSE(Digest::from_binary(wrong));
    wrong.assign(binary.begin(), binary.end());
    wrong[0] = std::byte{2};
    CHECK_FALSE(Digest::from_binary(wrong));
}

TEST_CASE("XXH3-128 is written high half first, as xxh128sum does, for each of its code paths") {
    CHECK(checksum_of("") == "99aa06d3014798d86001c324468d497f");
    CHECK(checksum_of("abc") == "06b05ab6733a618578af5f94892f3950");
    CHECK(checksum_of(std::string(200, 'a')) == "cffe968d25cc79dac8654f5c46034008");
    CHECK(checksum_of(std::string(1000, 'a')) == "b01da365eddaa29cb3e7af627147db7c");
}
