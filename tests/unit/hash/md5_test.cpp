// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/bytes.hpp>
#include <utility>

using namespace mlo;
using namespace mlo::hash;

TEST_CASE("MD5 gives what RFC 1321 lists") {
    const std::pair<std::string_view, std::string_view> cases[]{
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"}};
    Md5 hasher;
    for (const auto& [text, expected] : cases) {
        CHECK(to_hex(md5(as_bytes(text))) == expected);
        for (const char c : text) hasher.update(as_bytes({&c, 1}));
        CHECK(to_hex(hasher.finish()) == expected);
    }
}
