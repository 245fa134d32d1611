// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <mlo/drift/evidently.hpp>
#include <mlo/json/parse.hpp>
#include <refused.hpp>
#include <samples.hpp>

#include "made_table.hpp"

namespace mlo::drift {
namespace {

using Catch::Matchers::Contains;
using test::MadeTable;
using test::refused;

/// The columns of tests/data/drift/make_evidently.py.
struct Made {
    explicit Made(const Value& columns, std::string_view side) {
        for (const auto& column : columns.items()) {
            const auto name = column.get("name").as_string();
            const auto type = column.get("type").as_string();
            const auto& made = column.get(side);
            const auto missing = made.get("missing").as_unsigned();
            const auto infinite = made.get("infinite").as_unsigned();
            std::vector<std::optional<double>> values;
            for (const double value : test::unsorted(test::spec_of(made.get("spec")))) {
                const auto place = values.size();
                values.emplace_back(value);
                if (missing > 0 && place % missing == 0) values.back().reset();
                if (infinite > 0 && place % infinite == 1) values.back() = std::numeric_limits<double>::infinity();
            }
            if (type == "text") {
                std::vector<std::optional<std::string>> texts(values.size());
                for (std::size_t i = 0; i < values.size(); ++i)
                    if (values[i]) texts[i] = std::string(1, static_cast<char>('a' + static_cast<int>(*values[i])));
                table.add(std::string{name}, texts);
                continue;
            }
            table.add(std::string{name}, type == "real" ? table::Type::real : table::Type::integer, values);
            Kept kept;
            for (const auto& value : values)
                if (value && std::isfinite(*value)) kept.push_back(*value);
            numbers.emplace(std::string{name}, std::move(kept));
        }
    }
    using Kept = std::vector<double>;
    MadeTable table;
    std::map<std::string, Kept, std::less<>> numbers;
};

class MadeValues final : public ValueSource {
public:
    MadeValues(const Made& reference, const Made& current) : reference_{reference}, current_{current} {}
    std::optional<std::vector<double>> numbers(Side side, std::string_view column) override {
        return (side == Side::reference ? reference_ : current_).numbers.find(column)->second;
    }
    std::optional<Occurrences> texts(Side /*side*/, std::string_view /*column*/) override { return std::nullopt; }

private:
    const Made& reference_;
    const Made& current_;
};

/// p within 1e-9, distances within 1e-12, down to where Evidently has no more digits: it subtracts from one, or nearly
/// equal numbers, before a root is taken.
bool agrees(Method method, double ours, double theirs) {
    if (method == Method::hellinger || method == Method::jensenshannon)
        return std::abs(ours * ours - theirs * theirs) <= 1e-14;
    const double relative = row_of(method).kind == ScoreKind::p ? 1e-9 : 1e-12;
    const double absolute = method == Method::z ? 1e-15 : method == Method::cramer_von_mises ? 1e-8 : 1e-300;
    return std::abs(ours - theirs) <= std::max(absolute, relative * theirs);
}

TEST_CASE("Evidently's verdict, methods, thresholds and scores are reproduced") {
    std::ifstream in{DRIFT_DATA "/evidently.json"};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto document = json::parse(text, "evidently.json");
    std::set<Method> seen;
    for (const auto& entry : document.root().get("cases").items()) {
        INFO(entry.place());
        const Made old_made{entry.get("columns"), "reference"};
        const Made new_made{entry.get("columns"), "current"};
        const auto reference = old_made.table.profile();
        const auto current = new_made.table.profile(&reference);
        Rules rules;
        rules.share = entry.get("share").as_real();
        if (!entry.get("method").is_null()) rules.method = method_named(entry.get("method").as_string());
        if (!entry.get("threshold").is_null()) rules.threshold = entry.get("threshold").as_real();
        MadeValues values{old_made, new_made};
        const auto report = compare_as_evidently(reference, current, rules, &values);
        CHECK(report.not_compared.empty());
        CHECK(report.has_drifted == entry.get("drifted").as_boolean());
        CHECK(static_cast<double>(report.drifted) == entry.get("count").as_real());
        const auto answer = entry.get("answer").items();
        REQUIRE(report.columns.size() == answer.size());
        for (const auto& said : answer) {
            const auto name = said.get("name").as_string();
            INFO(name);
            const auto found = std::ranges::find(report.columns, name, &EvidentlyColumn::name);
            REQUIRE(found != report.columns.end());
            const auto& row = row_of(found->method);
            CHECK((rules.method ? row.name : row.title) == said.get("method").as_string());
            CHECK(found->threshold == said.get("threshold").as_real());
            CHECK(found->has_drifted == said.get("drifted").as_boolean());
            REQUIRE(found->score.has_value() != said.get("score").is_null());
            if (!found->score) continue;
            INFO(row.name << " " << *found->score << " " << said.get("score").as_real());
            CHECK(agrees(found->method, *found->score, said.get("score").as_real()));
            seen.insert(found->method);
        }
    }
    // All but those that draw random numbers of their own, and the one that Evidently does not have.
    CHECK(seen.size() == methods().size() - 3);
}

TEST_CASE("what Evidently has no verdict on is named, and nothing else") {
    MadeTable a, b;
    std::vector<std::optional<double>> ones(100, 1.0), none(100);
    std::vector<std::optional<std::string>> few(100, "x"), all;
    for (int i = 0; i < 100; ++i) all.emplace_back(std::to_string(i));
    for (auto* const table : {&a, &b}) {
        table->add("one", table::Type::integer, ones);
        table->add("day", table::Type::date, ones);
        table->add("empty", table::Type::real, none);
        table->add("text", all);
    }
    a.add("other", few);
    b.add("other", table::Type::real, ones);
    b.add("fresh", table::Type::real, ones);
    const auto reference = a.profile();
    const auto current = b.profile(&reference);
    const auto report = compare_as_evidently(reference, current, {.share = 0.5});
    REQUIRE(report.columns.size() == 1);
    CHECK(report.columns[0].method == Method::z);
    CHECK(report.columns[0].type == EvidentlyType::category);
    CHECK(report.columns[0].score == 1.0);
    CHECK(report.share == 0);
    CHECK_FALSE(report.has_drifted);
    std::set<std::string> names;
    for (const auto& each : report.not_compared) names.insert(each.column);
    CHECK(names == std::set<std::string>{"day", "empty", "fresh", "other", "text"});
    // NaN is no drift.
    const auto flat = compare_as_evidently(reference, current, {.method = Method::chisquare, .only = {"one"}});
    CHECK_FALSE(flat.columns.at(0).score);
    CHECK_FALSE(flat.columns.at(0).has_drifted);
    CHECK_THAT(
        refused([&] { (void)compare_as_evidently(reference, current, {.method = Method::ks, .only = {"one"}}); }),
        Contains("K020"));
    CHECK_THAT(refused([&] { (void)compare_as_evidently(reference, current, {.only = {"two"}}); }), Contains("K002"));
    MadeTable many;
    std::vector<std::optional<double>> numbers;
    for (const double value : test::unsorted({.kind = "bell", .n = 3000})) numbers.emplace_back(value);
    many.add("x", table::Type::real, numbers);
    const auto summary = many.profile();
    CHECK_THAT(refused([&] { (void)compare_as_evidently(summary, summary, {}); }),
               Contains("K021") && Contains("the reference is a profile"));
}

}  // namespace
}  // namespace mlo::drift
