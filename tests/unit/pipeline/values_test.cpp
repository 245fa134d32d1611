// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/values.hpp>

#include <catch2/catch.hpp>
#include <limits>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

std::vector<std::string> addresses(const std::vector<ValueDifference>& differences) {
    std::vector<std::string> result;
    for (const auto& each : differences) result.push_back(each.path + ':' + each.key);
    return result;
}

}  // namespace

TEST_CASE("values are compared by file and key") {
    const std::vector<FileValues> before{{.path = "a", .values = {{"k", {1.0}}, {"same", {true}}}},
                                         {.path = "gone", .values = {{"", {std::int64_t{3}}}}}};
    const std::vector<FileValues> after{
        {.path = "a", .values = {{"k", {std::int64_t{1}}}, {"new", {}}, {"same", {true}}}},
        {.path = "b", .values = {{"x", {std::string{"t"}}}}}};
    using Addresses = std::vector<std::string>;
    CHECK(addresses(compare_values(before, after, Equal::leave_out)) == Addresses{"a:k", "a:new", "b:x", "gone:"});
    CHECK(addresses(compare_values(before, after, Equal::keep)) == Addresses{"a:k", "a:new", "a:same", "b:x", "gone:"});
    CHECK(compare_values(before, before, Equal::leave_out).empty());
    const auto differences = compare_values(before, after, Equal::leave_out);
    CHECK_FALSE(differences[1].before);
    CHECK(differences[1].after->is_null());
    CHECK_FALSE(differences[3].after);
}

TEST_CASE("a file that cannot be read on one side is not compared") {
    const std::vector<FileValues> before{{.path = "a", .values = {{"k", {1.0}}}}};
    const std::vector<FileValues> after{
        {.path = "a", .error = std::make_shared<const Error>(ErrorCode{"X001", ErrorKind::io, "", ""}, "broken")}};
    CHECK(compare_values(before, after, Equal::keep).empty());
    CHECK(compare_values(after, before, Equal::keep).empty());
}

TEST_CASE("only numbers have a difference") {
    const auto difference = [](Datum before, Datum after) {
        return difference_of({.path = "", .key = "", .before = std::move(before), .after = std::move(after)});
    };
    CHECK(difference({1.5}, {std::int64_t{4}}) == 2.5);
    CHECK(difference({std::int64_t{4}}, {std::uint64_t{1} << 63}) == 9223372036854775804.0);
    CHECK_FALSE(difference({true}, {std::int64_t{4}}));
    CHECK_FALSE(difference({std::string{"1"}}, {1.0}));
    CHECK_FALSE(difference({1.0}, {std::numeric_limits<double>::quiet_NaN()}));
    CHECK_FALSE(difference_of({.path = "", .key = "", .before = Datum{1.0}}));
}
