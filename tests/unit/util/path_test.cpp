// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/util/path.hpp>

namespace path = mlo::path;
using namespace std::string_literals;

TEST_CASE("a path joins with one slash, and an absolute right side wins") {
    CHECK(path::join("a", "b/c") == "a/b/c");
    CHECK(path::join("a/", "b") == "a/b");
    CHECK(path::join("/", "b") == "/b");
    CHECK(path::join("a", "/b") == "/b");
    CHECK(path::join("", "b") == "b");
    CHECK(path::join("a", "") == "a");
    CHECK(path::join("", "") == "");
}

TEST_CASE("the parent and the name of a path make up the path") {
    const auto parts = [](std::string_view whole) { return std::pair{path::parent(whole), path::name(whole)}; };
    using Parts = std::pair<std::string_view, std::string_view>;
    CHECK(parts("a/b") == Parts{"a", "b"});
    CHECK(parts("a/b/c") == Parts{"a/b", "c"});
    CHECK(parts("a") == Parts{"", "a"});
    CHECK(parts("/a") == Parts{"/", "a"});
    CHECK(parts("/a/b") == Parts{"/a", "b"});
    CHECK(parts("a/b/") == Parts{"a", "b"});
    CHECK(parts("a//b") == Parts{"a", "b"});
    CHECK(parts("/") == Parts{"/", ""});
    CHECK(parts("") == Parts{"", ""});
}

TEST_CASE("a path is normalised by its text alone") {
    CHECK(path::normalize("a/./b//c/") == "a/b/c");
    CHECK(path::normalize("a/../b") == "b");
    CHECK(path::normalize("a/b/../../c") == "c");
    CHECK(path::normalize("a/..") == "");
    CHECK(path::normalize(".") == "");
    CHECK(path::normalize("./") == "");
    CHECK(path::normalize("") == "");
    CHECK(path::normalize("/") == "/");
    CHECK(path::normalize("//a//") == "/a");
    CHECK(path::normalize("/a/..") == "/");
    CHECK(path::normalize("...") == "...");
    CHECK(path::normalize("..a/.b") == "..a/.b");
}

TEST_CASE("dots beyond the start stay in a relative path and end at the root of an absolute one") {
    CHECK(path::normalize("../a") == "../a");
    CHECK(path::normalize("../../a") == "../../a");
    CHECK(path::normalize("a/../../b") == "../b");
    CHECK(path::normalize("../a/../..") == "../..");
    CHECK(path::normalize("/..") == "/");
    CHECK(path::normalize("/../../a") == "/a");
}

TEST_CASE("a path becomes absolute from the current folder") {
    CHECK(path::absolute("a", "/home/u") == "/home/u/a");
    CHECK(path::absolute("../v/./a", "/home/u") == "/home/v/a");
    CHECK(path::absolute("/etc//x", "/home/u") == "/etc/x");
    CHECK(path::absolute("", "/home/u") == "/home/u");
    CHECK(path::absolute("../../../..", "/home/u") == "/");
}

TEST_CASE("what is below a folder is told apart from what merely starts with its name") {
    CHECK(path::below("/w/a/b", "/w") == "a/b");
    CHECK(path::below("/w", "/w") == "");
    CHECK(path::below("/work", "/w") == std::nullopt);
    CHECK(path::below("/", "/w") == std::nullopt);
    CHECK(path::below("/a", "/") == "a");
    CHECK(path::below("/", "/") == "");
    CHECK(path::below("a", "/") == std::nullopt);
    CHECK(path::below("a", "..") == std::nullopt);
}

TEST_CASE("the way from one folder to another climbs to their common ancestor") {
    CHECK(path::relative("/w/a/b", "/w") == "a/b");
    CHECK(path::relative("/w/a", "/w/b/c") == "../../a");
    CHECK(path::relative("/w", "/w") == ".");
    CHECK(path::relative("/w", "/w/a") == "..");
    CHECK(path::relative("/", "/a/b") == "../..");
    CHECK(path::relative("/a", "/") == "a");
    CHECK(path::relative("/work", "/w") == "../work");
}

TEST_CASE("a path is within itself and every ancestor") {
    CHECK(path::is_within("a", "a"));
    CHECK(path::is_within("a/b", "a"));
    CHECK(path::is_within("a/b", ""));
    CHECK(path::is_within("", ""));
    CHECK(path::is_within("/a", "/"));
    CHECK(path::is_within("/a/b", "/a"));
    CHECK_FALSE(path::is_within("ab", "a"));
    CHECK_FALSE(path::is_within("a", "a/b"));
    CHECK_FALSE(path::is_within("", "a"));
    CHECK_FALSE(path::is_within("/a", ""));
    CHECK_FALSE(path::is_within("a", "/"));
}

TEST_CASE("a path that climbs is not within what it climbs out of") {
    CHECK_FALSE(path::is_within("..", ""));
    CHECK_FALSE(path::is_within("../a", ""));
    CHECK_FALSE(path::is_within("../..", ".."));
    CHECK_FALSE(path::is_within("a", "../b"));
    CHECK_FALSE(path::is_within("..", "../a"));
    CHECK_FALSE(path::is_within("..", "a"));
    CHECK(path::is_within("a", ".."));
    CHECK(path::is_within("", ".."));
    CHECK(path::is_within("../a", ".."));
    CHECK(path::is_within("../a", "../.."));
    CHECK(path::is_within("a", "../.."));
}

TEST_CASE("a path falls apart into its components") {
    CHECK(path::components("a/b") == std::vector{"a"s, "b"s});
    CHECK(path::components("/a//b/") == std::vector{"a"s, "b"s});
    CHECK(path::components("").empty());
    CHECK(path::components("/").empty());
}

TEST_CASE("a plain relative path cannot leave its folder by text") {
    for (const auto* const good : {"a", "a/b", ".a", "a..", "...", "a b/\xff"}) CHECK(path::is_plain_relative(good));
    for (const auto* const bad : {"", "/", "/a", "a/", "a//b", ".", "..", "a/.", "./a", "../a", "a/../b", "a/.."}) {
        CAPTURE(bad);
        CHECK_FALSE(path::is_plain_relative(bad));
    }
    CHECK_FALSE(path::is_plain_relative("a\0b"s));
}
