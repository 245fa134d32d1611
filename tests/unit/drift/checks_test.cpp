// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/drift/checks.hpp>
#include <mlo/yaml/parse.hpp>
#include <refused.hpp>

namespace mlo::drift {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace std::chrono_literals;
using test::refused;

std::vector<Check> read(const std::string& text) { return read_checks(yaml::parse(text, "drift.yaml")); }
/// One check with these further lines, each indented by four.
std::vector<Check> with(const std::string& lines) {
    return read("checks:\n  a:\n    current: x.csv\n    reference: y.csv\n" + lines);
}

TEST_CASE("a file of checks says what is compared with what") {
    const auto checks = read(
        "schema: mlo/drift-checks-v1\n"
        "defaults:\n  threshold: 0.2\n  least_rows: 50\n  types: {real: {threshold: 0.3}}\n  reading: {format: "
        "csv}\n"
        "checks:\n"
        "  orders:\n"
        "    current: {data: [a.csv, b.csv], window: {column: at, unit: ms, last: 1d, until: day, ago: 2h}}\n"
        "    reference: train@v1:orders.csv\n"
        "    threshold: 0.25\n    exclude: id\n    types: {text: {threshold: 0.4}}\n"
        "    columns: {qty: {method: ks, threshold: 0.01}}\n    report: orders.html\n"
        "  users:\n    current: users.csv\n    reference: users.profile\n    only: [age, city]\n");
    REQUIRE(checks.size() == 2);
    const auto& orders = checks[0];
    CHECK(orders.name == "orders");
    CHECK(orders.place == "drift.yaml:8:3");
    CHECK(orders.current.names == std::vector<std::string>{"a.csv", "b.csv"});
    REQUIRE(orders.current.window);
    CHECK(orders.current.window->column == "at");
    CHECK(orders.current.window->per_second == 1'000);
    CHECK(orders.current.window->last == 24h);
    CHECK(orders.current.window->ago == 2h);
    CHECK(orders.current.window->until == Window::Until::day);
    CHECK(orders.reference.names == std::vector<std::string>{"train@v1:orders.csv"});
    CHECK_FALSE(orders.reference.window);
    CHECK(orders.rules.threshold == 0.25);
    CHECK(orders.rules.least_values == 50);
    CHECK(orders.rules.excluded == std::set<std::string, std::less<>>{"id"});
    CHECK(orders.rules.given_threshold("price", table::Type::real) == 0.3);
    CHECK(orders.rules.given_threshold("name", table::Type::text) == 0.4);
    CHECK(orders.rules.given_threshold("qty", table::Type::integer) == 0.01);
    CHECK(orders.rules.method_of("qty", table::Type::integer) == Method::ks);
    CHECK_FALSE(orders.rules.method_of("price", table::Type::real));
    CHECK(orders.page == "orders.html");
    CHECK(orders.reading.format == "csv");
    CHECK(checks[1].rules.threshold == 0.2);
    CHECK(checks[1].rules.only == std::set<std::string, std::less<>>{"age", "city"});
    CHECK(checks[1].page.empty());
}

TEST_CASE("a window ends now, or at the last full hour or midnight in UTC") {
    const Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 2} + 3h + 4min + 5s + 6ms};
    const auto span = [&](Window::Until until, std::chrono::nanoseconds ago = {}) {
        const auto [from_us, until_us] = Window{.column = "t", .last = 90min, .until = until, .ago = ago}.span(now);
        CHECK(until_us - from_us == 90 * 60 * 1'000'000LL);
        return to_rfc3339(Timestamp{std::chrono::microseconds{until_us}});
    };
    CHECK(span(Window::Until::now) == "2026-05-02T03:04:05.006Z");
    CHECK(span(Window::Until::hour) == "2026-05-02T03:00:00Z");
    CHECK(span(Window::Until::day) == "2026-05-02T00:00:00Z");
    CHECK(span(Window::Until::day, 24h) == "2026-05-01T00:00:00Z");
    const Window early{.column = "t", .last = 1h, .until = Window::Until::day, .ago = {}};
    // Before 1970 it is the earlier midnight too.
    CHECK(early.span(Timestamp{-1s}).until_us == -86'400 * 1'000'000LL);
}

TEST_CASE("what cannot be is refused where it is written") {
    CHECK_THAT(refused([] { (void)read("checks: {}\n"); }), StartsWith("K010 drift.yaml:1:9 there is no check"));
    CHECK_THAT(refused([] { (void)read("{}\n"); }), Contains("'checks'"));
    CHECK_THAT(refused([] { (void)read("schema: mlo/drift-v1\nchecks: {a: {current: x, reference: y}}\n"); }),
               StartsWith("K010 drift.yaml:1:9 'mlo/drift-v1' is no schema"));
    CHECK_THAT(refused([] { (void)read("checks:\n  a:\n    current: x\n"); }), Contains("'reference'"));
    CHECK_THAT(refused([] { (void)read("checks:\n  a b: {current: x, reference: y}\n"); }),
               StartsWith("K010 drift.yaml:2:3 'a b' cannot be the name of a check"));
    CHECK_THAT(refused([] { (void)with("    treshold: 0.1\n"); }), Contains("drift.yaml:5:5") && Contains("threshold"));
    CHECK_THAT(refused([] { (void)with("    threshold: 1.5\n"); }), StartsWith("K010 drift.yaml:5:16"));
    CHECK_THAT(refused([] { (void)with("    threshold: .nan\n"); }), StartsWith("K010"));
    CHECK_THAT(refused([] { (void)with("    alpha: 0\n"); }), StartsWith("K010 drift.yaml:5:12"));
    CHECK_THAT(refused([] { (void)with("    least_rows: 1\n"); }), StartsWith("K010"));
    CHECK_THAT(refused([] { (void)with("    correction: fdr\n"); }),
               Contains("bh, holm, bonferroni, none") && Contains("'fdr'"));
    CHECK_THAT(refused([] { (void)with("    method: kss\n"); }), Contains("the nearest is 'ks'"));
    CHECK_THAT(refused([] { (void)with("    types: {timestamp: {threshold: 0.1}}\n"); }), StartsWith("K010"));
    CHECK_THAT(refused([] { (void)read("defaults: {columns: {}}\nchecks: {a: {current: x, reference: y}}\n"); }),
               Contains("drift.yaml:1:12") && Contains("'columns'"));
    CHECK_THAT(refused([] { (void)with("    columns: {p: {}}\n"); }), Contains("says nothing"));
    CHECK_THAT(refused([] { (void)read("checks: {a: {current: [], reference: y}}\n"); }), Contains("names no table"));
    CHECK_THAT(refused([] { (void)read("checks: {a: {current: '-', reference: y}}\n"); }), Contains("standard input"));
    const auto window = [](const std::string& text) {
        return refused([&] { (void)read("checks: {a: {current: {data: x, window: " + text + "}, reference: y}}\n"); });
    };
    CHECK_THAT(window("{column: t}"), Contains("'last'"));
    CHECK_THAT(window("{column: t, last: 0s}"), Contains("no time"));
    CHECK_THAT(window("{column: t, last: 3600}"), Contains("a duration"));
    CHECK_THAT(window("{column: t, last: 1 day}"), Contains("'1 day' is no duration"));
    CHECK_THAT(window("{column: t, last: 1001d}"), Contains("1,000 days"));
    CHECK_THAT(window("{column: t, last: 1d, until: week}"), Contains("now, hour, day"));
    CHECK_THAT(window("{column: t, last: 1d, unit: min}"), Contains("s, ms, us, ns"));
}

TEST_CASE("with a method a threshold is one of its score") {
    CHECK(with("    method: psi\n    threshold: 2.5\n")[0].rules.threshold == 2.5);
    CHECK(with("    columns: {p: {method: psi, threshold: 2.5}}\n")[0].rules.given_threshold("p", table::Type::real) ==
          2.5);
    CHECK_THAT(refused([] { (void)with("    method: psi\n    threshold: -1\n"); }), StartsWith("K010"));
    CHECK_THAT(refused([] { (void)with("    columns: {p: {threshold: 2.5}}\n"); }), StartsWith("K010"));
}

}  // namespace
}  // namespace mlo::drift
