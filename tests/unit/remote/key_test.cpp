// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/key.hpp>

namespace mlo::test {
namespace {

using remote::Key;
using remote::Prefix;

}  // namespace

TEST_CASE("A key is made of plain lower-case components") {
    for (const std::string_view text : {"format", "packs/ab12", "a", "0", "a.b/c_d/e-f", "a..", "-", "_"}) {
        INFO(text);
        CHECK(Key::is_valid(text));
        CHECK(Key{text}.text() == text);
    }
}

TEST_CASE("What could leave the remote, hide in it, or be two things at once is no key") {
    using namespace std::string_view_literals;
    for (const auto text : {""sv, "/"sv, "/a"sv, "a/"sv, "a//b"sv, "."sv, ".."sv, "../a"sv, "a/../b"sv, ".tmp/a"sv,
                            "a/.b"sv, "A"sv, "a b"sv, "a\\b"sv, "a\0b"sv, "a\n"sv, "\xc3\xa4"sv, "a%2e"sv, "a:b"sv}) {
        INFO(text);
        CHECK_FALSE(Key::is_valid(text));
        CHECK(failure([&] { return Key{text}; }) == remote::errors::bad_key.id);
    }
}

TEST_CASE("Keys have a greatest length, and so have their components") {
    CHECK(Key::is_valid(std::string(200, 'a')));
    CHECK_FALSE(Key::is_valid(std::string(201, 'a')));
    const auto component = std::string(127, 'a');
    const auto longest = component + "/" + component + "/" + component + "/" + component + "a";
    CHECK(longest.size() == Key::max_bytes);
    CHECK(Key::is_valid(longest));
    CHECK_FALSE(Key::is_valid(longest + "a"));
}

TEST_CASE("A key knows its folder and its name") {
    CHECK(Key{"packs/ab/cd"}.folder() == "packs/ab");
    CHECK(Key{"packs/ab/cd"}.name() == "cd");
    CHECK(Key{"format"}.folder().empty());
    CHECK(Key{"format"}.name() == "format");
}

TEST_CASE("A prefix is whole components and a slash, or nothing") {
    CHECK(Prefix{}.text().empty());
    CHECK(Prefix{""}.folder().empty());
    CHECK(Prefix{"roots/p/"}.text() == "roots/p/");
    CHECK(Prefix{"roots/p/"}.folder() == "roots/p");
    for (const std::string_view text : {"roots", "/", "roots//", "../", ".tmp/"}) {
        INFO(text);
        CHECK(failure([&] { return Prefix{text}; }) == remote::errors::bad_key.id);
    }
}

}  // namespace mlo::test
