// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <root_set.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

store::ObjectRef object(std::string_view text, store::ObjectKind kind) { return {hash::sha256(as_bytes(text)), kind}; }

TEST_CASE("a root set is lines of kind, id and expiry, sorted by id") {
    sync::RootSet set;
    set.entries[object("abc", store::ObjectKind::tree)] = std::nullopt;
    set.entries[object("", store::ObjectKind::blob)] = 1'800'000'000;
    const std::string text =
        "mlo roots 1\n"
        "tree sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad -\n"
        "blob sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 1800000000\n";
    CHECK(set.encode() == text);
    REQUIRE(sync::RootSet::decode(text));
    CHECK(sync::RootSet::decode(text)->entries == set.entries);
}

TEST_CASE("a root set that encode would not have written is none") {
    const std::string line = "tree sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad -\n";
    CHECK(sync::RootSet::decode("mlo roots 1\n" + line));
    for (const std::string& text : std::vector<std::string>{
             std::string{}, std::string{"mlo roots 1"}, "mlo roots 2\n" + line, "mlo roots 1\n" + line + line,
             "mlo roots 1\n" + line.substr(0, line.size() - 1), "mlo roots 1\nlink" + line.substr(4),
             "mlo roots 1\n" + line.substr(0, line.size() - 2) + "01\n",
             "mlo roots 1\n" + line.substr(0, line.size() - 2) + "\n", "mlo roots 1\n\n"})
        CHECK_FALSE(sync::RootSet::decode(text));
}

TEST_CASE("of two expiries the later counts, and never is later than any") {
    const auto a = object("a", store::ObjectKind::blob);
    const auto merged = [&](sync::Expiry left, sync::Expiry right) {
        sync::RootSet set{{{a, left}}};
        set.merge({{{a, right}}});
        return set.entries.at(a);
    };
    CHECK(merged(5, 9) == sync::Expiry{9});
    CHECK(merged(9, 5) == sync::Expiry{9});
    CHECK(merged(9, std::nullopt) == std::nullopt);
    CHECK(merged(std::nullopt, 9) == std::nullopt);
}

TEST_CASE("the name of a root set is its number and the start of its hash") {
    REQUIRE(sync::RootName::parse("12-0123456789abcdef"));
    CHECK(sync::RootName::parse("12-0123456789abcdef")->seq == 12);
    CHECK(sync::RootName::parse("12-0123456789abcdef")->text() == "12-0123456789abcdef");
    for (const auto* const text : {"", "12", "012-0123456789abcdef", "12-0123456789abcde", "12-0123456789abcdeg",
                                   "-0123456789abcdef", "99999999999999999999-0123456789abcdef"})
        CHECK_FALSE(sync::RootName::parse(text));
}

}  // namespace
}  // namespace mlo::test
