// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/filter.hpp>

using namespace mlo;
using namespace mlo::track::filter;

namespace {

std::string shown(const Key& key) {
    static constexpr const char* entities[] = {"metric", "param", "tag", "run", "input", "output"};
    static constexpr const char* summaries[] = {"", "|min", "|max", "|count", "|?min", "|?max", "|?count", "|?last"};
    return fmt::format("{}:{}{}", entities[static_cast<int>(key.entity)], key.name,
                       summaries[static_cast<int>(key.summary)]);
}

/// Prefix notation, for comparing.
std::string shown(const Expression& expression) {
    static constexpr const char* names[] = {"",      "",   "",       "number", "neg", "+", "-",  "*",
                                            "/",     "=",  "!=",     "<",      "<=",  ">", ">=", "like",
                                            "ilike", "in", "exists", "not",    "and", "or"};
    switch (expression.operation) {
        case Operation::number:
            return fmt::format("{}", expression.number);
        case Operation::text:
            return "'" + expression.text + "'";
        case Operation::key:
            return shown(expression.key);
        default:
            break;
    }
    std::string text = std::string{"("} + names[static_cast<int>(expression.operation)];
    for (const auto& operand : expression.operands) text += " " + shown(operand);
    return text + ")";
}

std::string read(std::string_view text) { return shown(parse(text)); }

/// The column that the message names, the message and the hint; empty for what is accepted.
std::string refused(std::string_view text) {
    try {
        (void)parse(text);
    } catch (const Error& error) {
        REQUIRE(error.code().id == track::errors::filter_invalid.id);
        return error.message() + (error.hint_text().empty() ? "" : " | " + error.hint_text());
    }
    return "";
}

}  // namespace

TEST_CASE("what MLflow's filters say is read with its meaning") {
    CHECK(read("metrics.loss < 0.5") == "(< metric:loss 0.5)");
    CHECK(read("metric.rmse >= 1e-3 and params.model = 'tree'") ==
          "(and (>= metric:rmse 0.001) (= param:model 'tree'))");
    CHECK(read("metrics.`f1 score` > 0.66") == "(> metric:f1 score 0.66)");
    CHECK(read("metrics.\"a/b-c\" > -1") == "(> metric:a/b-c (neg 1))");
    CHECK(read("params.\"random state\" = '8888' AND tags.mlflow.user != \"ada\"") ==
          "(and (= param:random state '8888') (!= tag:mlflow.user 'ada'))");
    CHECK(read("tags.x LIKE '%y%' AND tag.`a.b` ILIKE 'Z_'") == "(and (like tag:x '%y%') (ilike tag:a.b 'Z_'))");
    CHECK(read("params.x IS NULL AND params.y IS NOT NULL") == "(and (not (exists param:x)) (exists param:y))");
    CHECK(read("attributes.status = 'RUNNING'") == "(= run:status 'RUNNING')");
    CHECK(read("status != 'FAILED' AND attr.run_id IN ('a', 'b')") ==
          "(and (!= run:status 'FAILED') (in run:run_id 'a' 'b'))");
    CHECK(read("run_id NOT IN ('a')") == "(not (in run:run_id 'a'))");
    CHECK(read("attributes.`Run name` = 'x'") == "(= run:run_name 'x')");
    CHECK(read("start_time > 1664067852747") == "(> run:start_time 1664067852747)");
    CHECK(read("datasets.name = 'mnist' AND dataset.digest LIKE 'ab%' and dataset.context = 'train'") ==
          "(and (= input:path 'mnist') (like input:digest 'ab%') (= input:role 'train'))");
    CHECK(read("") == "(and)");
    CHECK(read("  ") == "(and)");
}

TEST_CASE("a name that ends like a summary is that metric where there is one, and quotes say which is meant") {
    CHECK(read("metrics.loss.min < 1") == "(< metric:loss.min|?min 1)");
    CHECK(read("metrics.loss.last < 1") == "(< metric:loss.last|?last 1)");
    CHECK(read("metrics.`loss.min` < 1") == "(< metric:loss.min 1)");
    CHECK(read("metrics.loss.mean < 1") == "(< metric:loss.mean 1)");
    CHECK(read("metrics.`val loss`.max > metrics.loss.count") == "(> metric:val loss|max metric:loss.count|?count)");
    CHECK(read("metrics.min < 1") == "(< metric:min 1)");
    CHECK(read("params.x.min = 'a'") == "(= param:x.min 'a')");
}

TEST_CASE("conditions are joined with OR, NOT and parentheses, values with arithmetic, IN and BETWEEN") {
    CHECK(read("status = 'a' OR status = 'b' AND NOT status = 'c'") ==
          "(or (= run:status 'a') (and (= run:status 'b') (not (= run:status 'c'))))");
    CHECK(read("(status = 'a' or status = 'b') and status = 'c'") ==
          "(and (or (= run:status 'a') (= run:status 'b')) (= run:status 'c'))");
    CHECK(read("metrics.a - metrics.b * 2 <= (metrics.c + 1) / 2") ==
          "(<= (- metric:a (* metric:b 2)) (/ (+ metric:c 1) 2))");
    CHECK(read("1 - 2 - 3 = -4") == "(= (- (- 1 2) 3) (neg 4))");
    CHECK(read("metrics.a BETWEEN 1 AND 2 AND metrics.b = 3") ==
          "(and (and (>= metric:a 1) (<= metric:a 2)) (= metric:b 3))");
    CHECK(read("metrics.a NOT BETWEEN 1 AND 2") == "(not (and (>= metric:a 1) (<= metric:a 2)))");
    CHECK(read("metrics.a IN (1, 2, 1+2)") == "(in metric:a 1 2 (+ 1 2))");
    CHECK(read("params.a NOT LIKE 'x%'") == "(not (like param:a 'x%'))");
    CHECK(read("inputs.id = 'sha256:00' AND outputs.path = 'model' AND outputs.size > 10") ==
          "(and (= input:id 'sha256:00') (= output:path 'model') (> output:size 10))");
    CHECK(read("params.name = 'it''s'") == "(= param:name 'it's')");
}

TEST_CASE("parameters and tags are numbers where a number is asked of them") {
    CHECK(read("params.lr < 0.1") == "(< (number param:lr) 0.1)");
    CHECK(read("0.5 <= tags.weight") == "(<= 0.5 (number tag:weight))");
    CHECK(read("params.batch * 2 = metrics.steps") == "(= (* (number param:batch) 2) metric:steps)");
    CHECK(read("params.lr = '0.1'") == "(= param:lr '0.1')");
}

TEST_CASE("times may be written as dates") {
    CHECK(read("start_time >= '2026-01-31'") == "(>= run:start_time 1769817600000)");
    CHECK(read("'2026-01-31T01:00:00+01:00' = end_time") == "(= 1769817600000 run:end_time)");
    CHECK(refused("start_time > 'yesterday'") ==
          "this is no time at column 14 of the filter | write 2026-01-31 or 2026-01-31T12:00:00Z");
}

TEST_CASE("a mistake is shown with its column and a way out") {
    CHECK(refused("metrics.loss") ==
          "a condition belongs here, not a number at column 1 of the filter | compare the key with something: "
          "metrics.loss < 0.5");
    CHECK(refused("metrics.loss < ") == "something is missing at column 16 of the filter");
    CHECK(refused("metrics.loss < 'a'") == "a number belongs here, not text at column 16 of the filter");
    CHECK(refused("status = 1") ==
          "text belongs here, not a number at column 10 of the filter | put the value in quotes");
    CHECK(refused("params.a < 'b'") ==
          "text has no order, only =, !=, LIKE, ILIKE and IN compare it at column 1 of the filter");
    CHECK(refused("metrics.a LIKE 'x'") == "text belongs here, not a number at column 1 of the filter");
    CHECK(refused("metrics.a = 1 metrics.b = 2") ==
          "unexpected 'metrics.b' at column 15 of the filter | join conditions with AND or OR");
    CHECK(refused("(metrics.a = 1") == "')' is missing at column 15 of the filter");
    CHECK(refused("params.x = 'a") == "a quoted text has no end at column 12 of the filter");
    CHECK(refused("metric.x ! 1") == "unexpected '!' at column 10 of the filter");
    CHECK(refused("metrics. = 1") == "the name of the key is missing at column 10 of the filter");
    CHECK(refused("metrics.`` = 1") == "the name of the key is missing at column 1 of the filter");
    CHECK(refused("metrics.`a`.mean = 1") ==
          "a summary is missing at column 13 of the filter | write .min, .max, .last or .count");
    CHECK(refused("models.x = 1")
              .starts_with("unknown kind of key 'models' at column 1 of the filter | write metrics.NAME"));
    CHECK(refused("loss < 1").starts_with("unknown key 'loss' at column 1 of the filter | there are run_id, run_name"));
    CHECK(refused("inputs.colour = 'x'")
              .starts_with("unknown key 'colour' at column 1 of the filter | there are path, id"));
    CHECK(refused("metrics.a IN ()") == "unexpected ')' at column 15 of the filter");
    CHECK(refused("metrics.a NOT 1") == "LIKE, ILIKE, IN or BETWEEN is missing at column 15 of the filter");
    CHECK(refused("'a' IS NULL") == "only a key may be NULL at column 1 of the filter");
    CHECK(refused("(status = 'a') = 'b'") == "a condition cannot be compared at column 2 of the filter");
    CHECK(refused("metrics.a = 1e999") == "the number is out of range at column 13 of the filter");
    CHECK(refused("metrics.a = 1x") == "this is no number at column 13 of the filter");
    CHECK(refused("status = 'a' AND (AND)").starts_with("unknown key 'AND' at column 19"));
    CHECK(refused("params.a LIKE params.b").starts_with("a pattern in quotes belongs here at column 15"));
    std::string many = "1";
    for (int i = 0; i < 200; ++i) many += "+1";
    CHECK(refused(many + " = 1").starts_with("there are too many terms"));
    CHECK(refused(std::string(101, '(')).starts_with("the filter is nested too deeply"));
    CHECK(refused(std::string(max_bytes + 1, ' ')).starts_with("the filter is longer than"));
}

TEST_CASE("the mark of a mistake stands below its place") {
    try {
        (void)parse("params.\xc3\xa9 = 1");
        FAIL("accepted");
    } catch (const Error& error) {
        REQUIRE(error.notes().size() == 2);
        CHECK(error.notes()[0] == "params.\xc3\xa9 = 1");
        CHECK(error.notes()[1] == "       ^");
    }
}
