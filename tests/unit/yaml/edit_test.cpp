// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/edit.hpp>

#include <catch2/catch.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>
#include <refused.hpp>

using namespace mlo;

namespace {

std::string set(std::string_view text, std::string_view key, const yaml::Setting& setting) {
    return yaml::set_key(text, "c.yaml", split(key, '.'), setting);
}
std::string remove(std::string_view text, std::string_view key) {
    return yaml::remove_key(text, "c.yaml", split(key, '.'));
}

yaml::Setting text(std::string value) { return yaml::Setting{std::move(value)}; }

constexpr std::string_view config = R"(# settings of this project
core:
  remote: origin   # the default

  jobs: 8
# where data lives
remote:
  origin:
    url: "/srv/data"
    # kept for the old box
  backup: {url: s3://b}

# the end
)";

std::string with(std::string_view from, std::string_view to) {
    std::string copy{config};
    const auto at = copy.find(from);
    REQUIRE(at != std::string::npos);
    return copy.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a value is replaced and every other byte stays") {
    CHECK(set(config, "core.remote", text("backup")) == with("origin   # the", "backup   # the"));
    CHECK(set(config, "core.jobs", std::int64_t{4}) == with("jobs: 8", "jobs: 4"));
    CHECK(set(config, "remote.origin.url", text("a: b")) == with("\"/srv/data\"", "\"a: b\""));
    CHECK(set(config, "remote.backup", text("x")) == with("{url: s3://b}", "x"));
    CHECK(set("a: 'it''s # no' # yes\n", "a", true) == "a: true # yes\n");
    CHECK(set("a: [1, \"]\"] # yes\n", "a", 0.5) == "a: 0.5 # yes\n");
    CHECK(set("a: !!str \"b # c\"\n", "a", text("x")) == "a: x\n");
    CHECK(set("\"a\" : b\n", "a", text("x")) == "\"a\" : x\n");
    CHECK(set("a:   # empty\nb: 1\n", "a", text("x")) == "a: x   # empty\nb: 1\n");
}

TEST_CASE("a value of several lines is replaced whole") {
    CHECK(set("a: |\n  # text\n  more\n# comment\nb: 1\n", "a", text("x")) == "a: x\n# comment\nb: 1\n");
    CHECK(set("a:\n- 1\n- 2\n\nb: 1\n", "a", text("x")) == "a: x\n\nb: 1\n");
    CHECK(set("a: b\n  c\nd: 1\n", "a", text("x")) == "a: x\nd: 1\n");
    CHECK(set("a:\n  b: 1\n  # below\nc: 1\n", "a", text("x")) == "a: x\nc: 1\n");
}

TEST_CASE("a new key goes behind the last of its mapping, with its indent") {
    CHECK(set(config, "core.quiet", true) == with("  jobs: 8\n", "  jobs: 8\n  quiet: true\n"));
    CHECK(set(config, "remote.other.url", text("/x")) ==
          with("  backup: {url: s3://b}\n", "  backup: {url: s3://b}\n  other:\n    url: /x\n"));
    CHECK(set("a:\n    b: 1", "a.c.d", text("x")) == "a:\n    b: 1\n    c:\n      d: x");
    CHECK(set("a: 1\n...\n", "b", text("x")) == "a: 1\nb: x\n...\n");
}

TEST_CASE("an empty file, an empty mapping and null are filled") {
    CHECK(set("", "a.b", std::int64_t{1}) == "a:\n  b: 1\n");
    CHECK(set("# only this", "a", text("x")) == "# only this\na: x\n");
    CHECK(set("a: {} # c\n", "a.b", text("x")) == "a:\n  b: x # c\n");
    CHECK(set("a: # c\nd: 1\n", "a.b", text("x")) == "a: # c\n  b: x\nd: 1\n");
    CHECK(set("a: ~\n", "a.b", text("x")) == "a:\n  b: x\n");
}

TEST_CASE("lists are written on one line") {
    const std::vector<std::string> links{"reflink", "a, b", "yes", "s3://x:1"};
    const auto edited = set("checkout: {}\n", "checkout.link", links);
    CHECK(edited == "checkout:\n  link: [reflink, \"a, b\", \"yes\", s3://x:1]\n");
    CHECK(set("a: 1\n", "a", std::vector<std::string>{}) == "a: []\n");
}

TEST_CASE("a removed key takes its lines and the mappings that it leaves empty") {
    CHECK(remove(config, "core.remote") == with("  remote: origin   # the default\n", ""));
    CHECK(remove(config, "remote.origin.url") ==
          with("  origin:\n    url: \"/srv/data\"\n    # kept for the old box\n", ""));
    CHECK(remove("a:\n  b:\n    c: 1\n# end\n", "a.b.c") == "# end\n");
    CHECK(remove("# top\na: 1\nb: 2", "b") == "# top\na: 1\n");
    CHECK(remove(config, "core.none") == config);
    CHECK(remove("", "a.b") == "");
}

TEST_CASE("line ends and a byte order mark are kept") {
    CHECK(set("a:\r\n  b: 1\r\n", "a.c", text("x")) == "a:\r\n  b: 1\r\n  c: x\r\n");
    CHECK(set("a: 1 # c\r\n", "a", text("x")) == "a: x # c\r\n");
    CHECK(set("\xef\xbb\xbf"
              "a: 1\n",
              "a", text("x")) ==
          "\xef\xbb\xbf"
          "a: x\n");
    CHECK(set("é: {ü: 1} # ö\nb: 1\n", "é", text("x")) == "é: x # ö\nb: 1\n");
}

TEST_CASE("a layout that cannot be edited in place is refused, never rewritten") {
    const auto refused = [](std::string_view text, std::string_view key) {
        return test::refused([&] { (void)set(text, key, yaml::Setting{std::string{"x"}}); });
    };
    CHECK(refused("a: {b: 1}\n", "a.c") ==
          "Y007 c.yaml:1:4 cannot change this key without touching the rest of the file help: edit 'c.yaml' by hand");
    CHECK(refused("a: {b: 1}\n", "a.b").starts_with("Y007"));
    CHECK(refused("? a\n: 1\n", "a").starts_with("Y007 c.yaml:1:3"));
    CHECK(refused("a: &x {c: 1}\nb: *x\n", "b.c").starts_with("Y007 c.yaml:2:1"));
    CHECK(refused("a: &x 1\nb: *x\n", "a").starts_with("Y007"));
    CHECK(refused("a: 1\n", "a.b") == "U020 c.yaml:1:4 'a' must be a mapping, not an integer");
    CHECK(refused("- a\n", "a") == "U020 c.yaml:1:1 the document must be a mapping, not a list");
    CHECK(refused("a: [\n", "a").starts_with("Y001 c.yaml:"));
}
