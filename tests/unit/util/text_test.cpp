// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <limits>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

using namespace std::string_literals;
using mlo::printable;
using Names = std::vector<std::string>;

TEST_CASE("UTF-8 is checked strictly") {
    for (const auto* const good : {"", "a", "\u00e9", "\u20ac", "\U0001f600", "\x7f", "\ued7f\uee00", "\U0010ffff"})
        CHECK(mlo::is_valid_utf8(good));
    CHECK(mlo::is_valid_utf8("a\0b"s));
    for (const auto* const bad : {
             "\x80", "\xff", "a\xc3", "\xc3(",                            // stray, never used, cut off, not continued
             "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",  // longer than need be
             "\xed\xa0\x80", "\xed\xbf\xbf",                              // surrogates
             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",                      // beyond U+10FFFF
             "\xe2\x82", "\xf0\x9f\x98", "\xe2\x82(",                     // cut off
         }) {
        CAPTURE(printable(bad));
        CHECK_FALSE(mlo::is_valid_utf8(bad));
    }
}

TEST_CASE("printable text has no byte that a terminal acts on") {
    CHECK(printable("plain \u00e9 \U0001f600 \"x\"") == "plain \u00e9 \U0001f600 \"x\"");
    CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(printable("\x1b[31m") == "\\x1b[31m");
    CHECK(printable("\x7f") == "\\x7f");
    CHECK(printable("\0"s) == "\\x00");
    CHECK(printable("it's \\ it") == "it\\'s \\\\ it");
    CHECK(printable("a\xff\xc3") == "a\\xff\\xc3");
    CHECK(printable("\xe2\x82") == "\\xe2\\x82");
}

TEST_CASE("printable text cannot turn its direction or use C1 controls") {
    CHECK(printable("\u009b") == "\\xc2\\x9b");
    CHECK(printable("\u00a1") == "\u00a1");
    CHECK(printable("a\u202egpj.exe") == "a\\xe2\\x80\\xaegpj.exe");
    CHECK(printable("\u2028") == "\\xe2\\x80\\xa8");
    CHECK(printable("\u2066") == "\\xe2\\x81\\xa6");
    CHECK(printable("\ufeff") == "\\xef\\xbb\\xbf");
}

TEST_CASE("quoted text stands in single quotes that it cannot close") {
    CHECK(mlo::quoted("a b") == "'a b'");
    CHECK(mlo::quoted("") == "''");
    CHECK(mlo::quoted("a' 'b") == "'a\\' \\'b'");
    CHECK(mlo::quoted("a\\") == "'a\\\\'");
}

TEST_CASE("bytes are shown with one decimal in the unit that fits") {
    CHECK(mlo::format_bytes(0) == "0 B");
    CHECK(mlo::format_bytes(1023) == "1023 B");
    CHECK(mlo::format_bytes(1024) == "1.0 KiB");
    CHECK(mlo::format_bytes(1536) == "1.5 KiB");
    CHECK(mlo::format_bytes(64u << 20) == "64.0 MiB");
    CHECK(mlo::format_bytes(std::uint64_t{1} << 63) == "8.0 EiB");
    CHECK(mlo::format_bytes(std::numeric_limits<std::uint64_t>::max()) == "16.0 EiB");
}

TEST_CASE("bytes are never shown as 1024 of a unit") {
    CHECK(mlo::format_bytes((1u << 20) - 1) == "1.0 MiB");
    CHECK(mlo::format_bytes((1u << 30) - 1) == "1.0 GiB");
    CHECK(mlo::format_bytes(1023 * 1024) == "1023.0 KiB");
}

TEST_CASE("counts are shown with separators, and their noun agrees") {
    CHECK(mlo::format_count(0) == "0");
    CHECK(mlo::format_count(999) == "999");
    CHECK(mlo::format_count(1000) == "1,000");
    CHECK(mlo::format_count(1234567) == "1,234,567");
    CHECK(mlo::format_count(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
    CHECK(mlo::plural(1, "entry", "entries") == "1 entry");
    CHECK(mlo::plural(0, "entry", "entries") == "0 entries");
    CHECK(mlo::plural(2000, "file", "files") == "2,000 files");
}

TEST_CASE("sizes are parsed with binary and decimal units") {
    CHECK(mlo::parse_bytes("0") == 0);
    CHECK(mlo::parse_bytes("64") == 64);
    CHECK(mlo::parse_bytes("64B") == 64);
    CHECK(mlo::parse_bytes("64 B") == 64);
    CHECK(mlo::parse_bytes("64K") == 65536);
    CHECK(mlo::parse_bytes("64k") == 65536);
    CHECK(mlo::parse_bytes("64KiB") == 65536);
    CHECK(mlo::parse_bytes("64kib") == 65536);
    CHECK(mlo::parse_bytes("64KB") == 64000);
    CHECK(mlo::parse_bytes("10MB") == 10'000'000);
    CHECK(mlo::parse_bytes("1.5 GiB") == 1610612736);
    CHECK(mlo::parse_bytes("0.1 KiB") == 102);
    CHECK(mlo::parse_bytes("1.000000001 GB") == 1'000'000'001);
    CHECK(mlo::parse_bytes("2T") == std::uint64_t{2} << 40);
    CHECK(mlo::parse_bytes("3PiB") == std::uint64_t{3} << 50);
}

TEST_CASE("a size is at most 2^63 bytes") {
    CHECK(mlo::parse_bytes("9223372036854775808") == std::uint64_t{1} << 63);
    CHECK(mlo::parse_bytes("9223372036854775809") == std::nullopt);
    CHECK(mlo::parse_bytes("18446744073709551617") == std::nullopt);
    CHECK(mlo::parse_bytes("99999999999999999999999") == std::nullopt);
    CHECK(mlo::parse_bytes("8EiB") == std::uint64_t{1} << 63);
    CHECK(mlo::parse_bytes("8.000000001EiB") == std::nullopt);
    CHECK(mlo::parse_bytes("9EiB") == std::nullopt);
    CHECK(mlo::parse_bytes("16EiB") == std::nullopt);
    CHECK(mlo::parse_bytes("7.999999999 EiB") > std::uint64_t{7} << 60);
}

TEST_CASE("what is no size is not guessed at") {
    for (const auto* const bad :
         {"",       " ",     "K",   "-1",    "+1",    "1.",    ".5K",  "1.5",     "1.5B", "1,5K",
          "1e3",    "64 ",   " 64", "64  K", "64X",   "64KBB", "64iB", "64 KiB ", "0x10", "1.0000000001K",
          "1.2.3K", "64K 1", "1 ",  "nan",   "64Kb/s"}) {
        CAPTURE(bad);
        CHECK(mlo::parse_bytes(bad) == std::nullopt);
    }
}

TEST_CASE("a misspelling finds the word that was meant") {
    const Names commands{"add", "checkout", "commit", "diff", "gc", "pull", "push", "status"};
    CHECK(mlo::closest_match("psuh", commands) == "push");
    CHECK(mlo::closest_match("comit", commands) == "commit");
    CHECK(mlo::closest_match("checkuot", commands) == "checkout");
    CHECK(mlo::closest_match("chekcuot", commands) == "checkout");
    CHECK(mlo::closest_match("statsu", commands) == "status");
    CHECK(mlo::closest_match("stats", commands) == "status");
    CHECK(mlo::closest_match("ad", commands) == "add");
    CHECK(mlo::closest_match("dd", commands) == "add");
    CHECK(mlo::closest_match("push", commands) == "push");
}

TEST_CASE("no word is suggested rather than a wrong one") {
    const Names commands{"add", "checkout", "commit", "diff", "gc", "pull", "push", "status"};
    CHECK(mlo::closest_match("frobnicate", commands) == std::nullopt);
    CHECK(mlo::closest_match("puhs", Names{"push", "puss"}) == std::nullopt);
    CHECK(mlo::closest_match("puxx", commands) == std::nullopt);
    CHECK(mlo::closest_match("ckceuto", commands) == std::nullopt);
    CHECK(mlo::closest_match("", commands) == std::nullopt);
    CHECK(mlo::closest_match("x", Names{"y"}) == std::nullopt);
    CHECK(mlo::closest_match("", Names{"y"}) == std::nullopt);
    CHECK(mlo::closest_match("add", {}) == std::nullopt);
    CHECK(mlo::closest_match("anything", Names{""}) == std::nullopt);
}

TEST_CASE("no word is suggested when two are as near") {
    CHECK(mlo::closest_match("pul", Names{"pull", "pus"}) == std::nullopt);
    CHECK(mlo::closest_match("cat", Names{"bat", "hat"}) == std::nullopt);
    CHECK(mlo::closest_match("cat", Names{"bat", "hat", "cat"}) == "cat");
    CHECK(mlo::closest_match("cat", Names{"cat", "bat", "hat"}) == "cat");
    CHECK(mlo::closest_match("cats", Names{"cat", "cat"}) == "cat");
    CHECK(mlo::closest_match("cat", Names{"bat", "hat", "bat"}) == std::nullopt);
}

TEST_CASE("a suggestion is one swap, not two changes, away") {
    // Optimal string alignment: no letter is edited twice, so "ca" is three edits from "abc".
    CHECK(mlo::closest_match("ab", Names{"ba"}) == "ba");
    CHECK(mlo::closest_match("abcdef", Names{"badcfe"}) == std::nullopt);
    CHECK(mlo::closest_match("abcdef", Names{"badcef"}) == "badcef");
}

TEST_CASE("a very long word is not compared at all") {
    CHECK(mlo::closest_match(std::string(256, 'a'), Names{std::string(255, 'a')}) == std::string(255, 'a'));
    CHECK(mlo::closest_match(std::string(257, 'a'), Names{std::string(256, 'a')}) == std::nullopt);
}

TEST_CASE("a text splits into one piece more than it has separators") {
    CHECK(mlo::split("a,b,,c", ',') == Names{"a", "b", "", "c"});
    CHECK(mlo::split("", ',') == Names{""});
    CHECK(mlo::split(",", ',') == Names{"", ""});
    CHECK(mlo::split("abc", ',') == Names{"abc"});
}

TEST_CASE("trimming takes white space off both ends only") {
    CHECK(mlo::trim(" \t\r\n\v\fa b\n") == "a b");
    CHECK(mlo::trim("") == "");
    CHECK(mlo::trim(" \n ") == "");
    CHECK(mlo::trim("\u00a0") == "\u00a0");
}

TEST_CASE("base64 agrees with the vectors of RFC 4648") {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xfb\xff\xfe", "+//+"}};
    for (const auto& [plain, encoded] : vectors) {
        CHECK(mlo::base64_encode(mlo::as_bytes(plain)) == encoded);
        CHECK(mlo::base64_decode(encoded) == plain);
    }
}

TEST_CASE("base64 gives every byte back") {
    std::string all;
    for (int value = 0; value < 256; ++value) all += static_cast<char>(value);
    for (const auto size : {254u, 255u, 256u}) {
        const auto plain = all.substr(0, size);
        CHECK(mlo::base64_decode(mlo::base64_encode(mlo::as_bytes(plain))) == plain);
    }
}

TEST_CASE("base64 that no encoder would have written is refused") {
    for (const auto* const bad : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v",
                                  "Zm9v\n", "Zm9-", "Zm_v", "Zm=v", "\xc3\xa9==", "Zg=a"}) {
        CAPTURE(bad);
        CHECK(mlo::base64_decode(bad) == std::nullopt);
    }
    CHECK(mlo::base64_decode("Zg=\0"s) == std::nullopt);
}
