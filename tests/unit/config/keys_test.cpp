// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <mlo/config/keys.hpp>

using namespace mlo::config;

namespace {

constexpr Key wild[] = {
    {"remote.NAME.secret", ValueType::path, "", "", Trust::local, "a file"},
    {"remote.NAME.url", ValueType::text, "", "", Trust::any, "a place"},
};

const Key& key(std::string_view name) { return *find_key(keys(), name); }

}  // namespace

TEST_CASE("the table is sorted, documented, and its defaults are values") {
    CHECK(std::is_sorted(keys().begin(), keys().end(), [](const Key& a, const Key& b) { return a.name < b.name; }));
    for (const auto& row : keys()) {
        INFO(row.name);
        CHECK(row.doc.ends_with('.'));
        if (!row.fallback.empty()) CHECK(canonical_value(row, row.fallback) == row.fallback);
        CHECK_FALSE(describe_values(row).empty());
        CHECK(find_key(keys(), row.name) == &row);
    }
}

TEST_CASE("a key that names a path of this machine is never for the committed layer") {
    for (const auto& row : keys()) {
        if (row.type == ValueType::path) CHECK(row.trust == Trust::local);
    }
}

TEST_CASE("a segment in capitals stands for any plain name") {
    CHECK(find_key(wild, "remote.origin.url") == &wild[1]);
    CHECK(find_key(wild, "remote.my-2_x.secret") == &wild[0]);
    for (const char* name : {"remote..url", "remote.-x.url", "remote.a/b.url", "remote.origin", "remote.a.b.url",
                             "remote.a.urls", "remote", "", "."}) {
        INFO(name);
        CHECK(find_key(wild, name) == nullptr);
    }
}

TEST_CASE("values have one spelling") {
    CHECK(canonical_value(key("core.jobs"), "8") == "8");
    CHECK(canonical_value(key("core.jobs"), "008") == "8");
    CHECK(canonical_value(key("checkout.link"), " copy ,reflink") == "copy,reflink");
    CHECK(canonical_value(key("store.large"), "auto") == "auto");
    CHECK(canonical_value(key("store.dir"), "/data/gr\xc3\xbcn") == "/data/gr\xc3\xbcn");
}

TEST_CASE("what does not fit is refused") {
    for (const char* text : {"", "0", "1025", "-1", "4x", "4.0", " 4", "99999999999999999999", "four"}) {
        INFO(text);
        CHECK_FALSE(canonical_value(key("core.jobs"), text).has_value());
    }
    for (const char* text : {"", "hardlink", "reflink,reflink", "reflink,", ",", "Reflink", "reflink copy"}) {
        INFO(text);
        CHECK_FALSE(canonical_value(key("checkout.link"), text).has_value());
    }
    for (const char* text : {"", "relative", "~/x", "./x", "/bad\xff"}) {
        INFO(text);
        CHECK_FALSE(canonical_value(key("store.dir"), text).has_value());
    }
    for (const char* text : {"", "0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF"}) {
        INFO(text);
        CHECK_FALSE(canonical_value(key("project"), text).has_value());
    }
}

TEST_CASE("variables are named after keys") {
    CHECK(variable_of(key("core.jobs")) == "MLO_CORE_JOBS");
    CHECK(variable_of(key("checkout.link")) == "MLO_CHECKOUT_LINK");
    CHECK_FALSE(variable_of(key("project")).has_value());
    CHECK_FALSE(variable_of(wild[1]).has_value());
}
