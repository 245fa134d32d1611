// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/drift/method.hpp>
#include <set>
#include <string>

namespace mlo::drift {
namespace {

TEST_CASE("each method is found by its name and by its alias, and by no other text") {
    std::set<std::string_view> names;
    for (const auto& row : methods()) {
        CHECK(names.insert(row.name).second);
        CHECK(method_named(row.name) == row.method);
        if (!row.alias.empty()) {
            CHECK(names.insert(row.alias).second);
            CHECK(method_named(row.alias) == row.method);
        }
        CHECK(row_of(row.method).name == row.name);
        CHECK(row.threshold > 0);
    }
    CHECK_FALSE(method_named(""));
    CHECK_FALSE(method_named("KS"));
}

}  // namespace
}  // namespace mlo::drift
