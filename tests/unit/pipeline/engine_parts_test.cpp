// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "condition_tests.hpp"
#include "job_of.hpp"
#include "path_order.hpp"
#include "secret_mask.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

Condition condition(Comparison comparison, Datum value) {
    Condition made;
    made.subject = Subject::param;
    made.file.written = "params.yaml";
    made.key = "lr";
    made.comparison = comparison;
    made.value = std::move(value);
    return made;
}

Datum text(const std::string& value) { return Datum{value}; }
Datum real(double value) { return Datum{value}; }
Datum integer(std::int64_t value) { return Datum{value}; }

}  // namespace

TEST_CASE("condition: numbers compare by value, whatever their kind") {
    const auto one = integer(1);
    const auto half = real(0.5);
    CHECK(holds(condition(Comparison::equal, real(1.0)), &one));
    CHECK_FALSE(holds(condition(Comparison::unequal, real(1.0)), &one));
    CHECK(holds(condition(Comparison::at_least, real(1.0)), &one));
    CHECK_FALSE(holds(condition(Comparison::above, real(1.0)), &one));
    CHECK(holds(condition(Comparison::below, integer(1)), &half));
    CHECK(holds(condition(Comparison::at_most, real(0.5)), &half));
    CHECK_FALSE(holds(condition(Comparison::at_most, text("0.5")), &half));
}

TEST_CASE("condition: what is not there equals nothing") {
    CHECK_FALSE(holds(condition(Comparison::equal, Datum{}), nullptr));
    CHECK(holds(condition(Comparison::unequal, integer(1)), nullptr));
    CHECK_FALSE(holds(condition(Comparison::at_least, integer(1)), nullptr));
    CHECK(describe_failure(condition(Comparison::equal, integer(1)), nullptr) == "params.yaml:lr is not there, not 1");
}

TEST_CASE("condition: one of a list, and branches by pattern") {
    const auto value = text("b");
    CHECK(holds(condition(Comparison::one_of, Datum{Datum::List{text("a"), text("b")}}), &value));
    CHECK_FALSE(holds(condition(Comparison::one_of, Datum{Datum::List{text("a")}}), &value));
    const auto branches = condition(Comparison::matches, Datum{Datum::List{text("main"), text("release/*")}});
    CHECK(holds(branches, "main"));
    CHECK(holds(branches, "release/2"));
    CHECK_FALSE(holds(branches, "feature"));
    CHECK_FALSE(holds(branches, ""));
    CHECK(holds(condition(Comparison::unequal, text("main")), std::string{"feature"}));
    const auto fits = [](const std::string& pattern, const std::string& branch) {
        return holds(condition(Comparison::matches, text(pattern)), branch);
    };
    CHECK(fits("*a*b", "xaybzab"));
    CHECK_FALSE(fits("*a*b", "xaybza"));
    CHECK(fits("v?.[0-9]", "v1.5"));
    CHECK_FALSE(fits("v?.[!0-9]", "v1.5"));
    CHECK(fits("[", "["));
    CHECK(fits("**", "any"));
}

TEST_CASE("secret mask: however the stream is cut, no secret is shown, and nothing else is lost") {
    const std::string stream = "a hunter2 b hunterhunter2, hunter22 hun";
    const std::string expected = "a *** b hunter***, ***2 hun";
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t second = first; second <= stream.size(); ++second) {
            SecretMask mask{{"hunter2"}};
            auto shown = mask.add(stream.substr(0, first));
            shown += mask.add(stream.substr(first, second - first));
            shown += mask.add(stream.substr(second));
            shown += mask.finish();
            REQUIRE(shown == expected);
        }
    }
}

TEST_CASE("secret mask: the longest secret counts, and without secrets all passes") {
    SecretMask mask{{"abcdef", "abc"}};
    auto shown = mask.add("abcdef abc");
    shown += mask.finish();
    CHECK(shown == "*** ***");
    SecretMask none;
    CHECK(none.add("abc") == "abc");
    CHECK(none.finish().empty());
}

TEST_CASE("retries: delays grow by the factor up to the longest, and vary by the jitter") {
    using std::chrono::seconds;
    Retries retries;
    retries.delay = seconds{10};
    retries.factor = 3;
    retries.longest = seconds{60};
    retries.jitter = 0;
    CHECK(delay_before(retries, 2, 0.9) == seconds{10});
    CHECK(delay_before(retries, 3, 0.9) == seconds{30});
    CHECK(delay_before(retries, 4, 0.9) == seconds{60});
    CHECK(delay_before(retries, 4000, 0.9) == seconds{60});
    retries.jitter = 0.5;
    CHECK(delay_before(retries, 2, 0.0) == seconds{5});
    CHECK(delay_before(retries, 2, 0.5) == seconds{10});
}

TEST_CASE("path order: what lies within a folder follows it at once") {
    CHECK(is_before("a", "a/b"));
    CHECK(is_before("a/b", "a!"));
    CHECK(is_before("a/b", "a0"));
    CHECK_FALSE(is_before("a", "a"));
    CHECK(lies_within("a/b", "a"));
    CHECK(lies_within("a", ""));
    CHECK_FALSE(lies_within("ab", "a"));
}
