// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <listing.hpp>
#include <mlo/dvc/errors.hpp>
#include <object_name.hpp>
#include <refused.hpp>

using namespace mlo;
using namespace mlo::test;

namespace {

constexpr auto md5 = "d41d8cd98f00b204e9800998ecf8427e";

std::string listing(const std::vector<std::string>& paths) {
    std::string text = "[";
    for (const auto& path : paths)
        text += fmt::format("{}{{\"md5\": \"{}\", \"relpath\": \"{}\"}}", text.size() > 1 ? ", " : "", md5, path);
    return text + "]";
}

}  // namespace

TEST_CASE("a folder's listing is read as DVC writes it") {
    const auto entries = dvc::parse_listing(
        R"([{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a b/c"}, {"size": 3, "md5": "900150983cd24fb0d6963f7d28e17f72", "relpath": "\u00e4"}])",
        "x.dir");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].relpath == "a b/c");
    CHECK(entries[0].md5 == md5);
    CHECK(entries[1].relpath == "\xc3\xa4");
    CHECK(dvc::parse_listing("[]", "x.dir").empty());
    CHECK(dvc::parse_listing(listing({"a", "a-b", "a.b/c", "b/a", "b/b"}), "x.dir").size() == 5);
}

TEST_CASE("a listing that leads out of its folder, or says a thing twice, is refused") {
    for (const std::string path : {"", "/a", "..", "a/../b", "../a", "a/..", ".", "a//b", "a/", "./a", ".git",
                                   "a/.GIT/b", ".mlo", "a\\u0000b"}) {
        INFO(path);
        CHECK(refused([&] { return dvc::parse_listing(listing({"ok", path}), "x.dir"); }).starts_with("V007 "));
    }
    CHECK(refused([&] {
              return dvc::parse_listing(listing({"a", "b", "a"}), "x.dir");
          }) ==
          "V007  'x.dir' lists 'a': another entry has its place"
          " help: remove x.dir, and run the stage that makes it again");
    CHECK(refused([&] {
              return dvc::parse_listing(listing({"a/b", "a-c", "a"}), "x.dir");
          }) ==
          "V007  'x.dir' lists 'a/b': another entry has its place"
          " help: remove x.dir, and run the stage that makes it again");
}

TEST_CASE("what is no listing is refused") {
    for (const std::string text :
         {"", "{}", "[1]", "[{}]", R"([{"relpath": "a"}])", R"([{"md5": 1, "relpath": "a"}])",
          R"([{"md5": "..", "relpath": "a"}])", R"([{"md5": "D41D8CD98F00B204E9800998ECF8427E", "relpath": "a"}])",
          R"([{"md5": "d41d8cd98f00b204e9800998ecf8427e.dir", "relpath": "a"}])",
          R"([{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"})"}) {
        INFO(text);
        CHECK(refused([&] { return dvc::parse_listing(text, "x.dir"); }).starts_with("V007 "));
    }
}

TEST_CASE("only an MD5 names an object of the cache") {
    CHECK(dvc::name_of(md5)->bucket == "d4");
    CHECK(dvc::name_of(md5)->name == "1d8cd98f00b204e9800998ecf8427e");
    CHECK(dvc::name_of(std::string{md5} + ".dir")->name == "1d8cd98f00b204e9800998ecf8427e.dir");
    for (const std::string text : {"", ".dir", "../../../../../../../etc/passwd0", "d41d8cd98f00b204e9800998ecf8427",
                                   "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e.dir.dir"}) {
        INFO(text);
        CHECK_FALSE(dvc::name_of(text).has_value());
    }
}
