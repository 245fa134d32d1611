// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <limits>
#include <mlo/json/parse.hpp>
#include <mlo/util/text.hpp>
#include <string>
#include <utility>
#include <vector>

#include <check_report_samples.hpp>

using namespace mlo::report;

namespace {

std::string sarif_of(const CheckReport& report) {
    auto text = written(write_sarif, report);
    CHECK_NOTHROW(mlo::json::parse(text, "the report"));
    return text;
}

/// All that follows `key`, up to the end of the line.
std::vector<std::string> values_of(const std::string& text, std::string_view key) {
    std::vector<std::string> values;
    const auto start = "\"" + std::string{key} + "\": ";
    for (auto at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
        const auto from = at + start.size();
        auto value = text.substr(from, text.find('\n', from) - from);
        if (value.ends_with(',')) value.pop_back();
        values.push_back(std::move(value));
    }
    return values;
}

CheckReport report_of(Check check) {
    CheckReport report;
    report.tool = "mlo drift";
    report.title = "drift.yaml";
    report.checks = {std::move(check)};
    return report;
}

Check failed_check(std::string file) {
    auto check = check_of("prices", Check::Outcome::failed);
    check.file = std::move(file);
    check.findings = {finding_of("price", CheckFinding::Outcome::failed)};
    return check;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("SARIF has a result for each finding that did not pass") {
    const auto text = sarif_of(report_of_all_outcomes());
    const auto results = text.substr(text.find("\"results\""));
    CHECK(values_of(results, "ruleId") == Texts{"\"drift/distribution\"", "\"drift/missing\"", "\"drift/distribution\"",
                                                "\"drift\"", "\"drift/failed\""});
    CHECK(values_of(results, "ruleIndex") == Texts{"0", "1", "0", "2", "3"});
    CHECK(values_of(text, "id") ==
          Texts{"\"drift/distribution\"", "\"drift/missing\"", "\"drift\"", "\"drift/failed\""});
    // The first failed in a check that passed.
    CHECK(values_of(results, "level") == Texts{"\"note\"", "\"note\"", "\"error\"", "\"note\"", "\"error\""});
    CHECK(values_of(results, "uri") == Texts{"\"drift.yaml\"", "\"data/prices%20of%20today.csv\"",
                                             "\"data/prices%20of%20today.csv\"", "\"drift.yaml\"", "\"drift.yaml\""});
    CHECK(values_of(results, "startLine") == Texts{"4"});
    CHECK(values_of(text, "version") == Texts{"\"2.1.0\"", "\"1.2.3\""});
    CHECK(values_of(text, "executionSuccessful") == Texts{"false"});
    CHECK(values_of(text, "startTimeUtc") == Texts{"\"2024-01-01T12:00:00Z\""});
    CHECK(text.ends_with(R"(
        {
          "ruleId": "drift/failed",
          "ruleIndex": 3,
          "level": "error",
          "message": {
            "text": "gone: 'gone.csv' is not there\n  --> drift.yaml:4:7\n  = in 'drift.yaml'\n  help: mlo pull gone.csv"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "drift.yaml"
                },
                "region": {
                  "startLine": 4,
                  "startColumn": 7
                }
              }
            }
          ],
          "partialFingerprints": {
            "primaryLocationLineHash": "472e982d56216e88:1"
          },
          "properties": {
            "check": "gone"
          }
        }
      ]
    }
  ]
}
)"));
}

TEST_CASE("what is found again on another day is the same alert") {
    const auto fingerprint = [](const Check& check) {
        return values_of(sarif_of(report_of(check)), "primaryLocationLineHash");
    };
    const auto check = failed_check("drift.yaml");
    const auto first = fingerprint(check);
    CHECK(first == Texts{"\"e5c008afc660e28c:1\""});
    auto later = check;
    later.line = 9;
    later.current_rows = 5;
    later.summary = "other";
    later.findings[0].message = "median 0.7, was 0.498";
    later.findings[0].effect = 0.3;
    later.findings[0].outcome = CheckFinding::Outcome::undecided;
    CHECK(fingerprint(later).at(0) == first.at(0));
    auto other = check;
    other.name = "price";
    other.findings[0].subject = "sprice";
    CHECK(fingerprint(other) != first);
    auto twice = check;
    twice.findings.push_back(twice.findings[0]);
    CHECK(fingerprint(twice) == Texts{"\"e5c008afc660e28c:1\"", "\"e5c008afc660e28c:2\""});
}

TEST_CASE("each result has a place, as a URI") {
    for (const auto& [file, uri] : {std::pair{"a b#c?.csv", "a%20b%23c%3F.csv"},
                                    {"./data//x.csv", "data/x.csv"},
                                    {"c:x", "c%3Ax"},
                                    {"/data/x.csv", "file:///data/x.csv"},
                                    {"\xff\xc3\xa4", "%FF%C3%A4"},
                                    {"", "drift.yaml"}})
        CHECK(values_of(sarif_of(report_of(failed_check(file))), "uri") == Texts{'"' + std::string{uri} + '"'});
    auto report = report_of(failed_check(""));
    report.title.clear();
    CHECK(values_of(sarif_of(report), "uri") == Texts{"\"prices\""});
    report.checks[0].name.clear();
    CHECK(values_of(sarif_of(report), "uri") == Texts{"\"mlo\""});
}

TEST_CASE("nothing in a message of SARIF is a link or a placeholder") {
    auto check = failed_check("x");
    check.findings[0].message = "'{0}' 1 %, [x](javascript:y)";
    CHECK(sarif_of(report_of(check)).find(R"('{{0}}' 1 %, \\[x\\](javascript:y) (effect)") != std::string::npos);
    check.findings[0].message = "outside of [0, 1]";
    CHECK(sarif_of(report_of(check)).find("outside of [0, 1] (effect") != std::string::npos);
    const auto text = sarif_of(hostile_report());
    CHECK(mlo::is_valid_utf8(text));
    CHECK(values_of(text, "ruleId").size() == 3);
    CHECK(values_of(text, "id").size() == 2);
}

TEST_CASE("SARIF has no number that JSON has not") {
    auto check = failed_check("x");
    check.findings[0].effect = std::numeric_limits<double>::infinity();
    check.findings[0].p = std::numeric_limits<double>::quiet_NaN();
    const auto text = sarif_of(report_of(check));
    CHECK(values_of(text, "effect").empty());
    CHECK(values_of(text, "p").empty());
    CHECK(values_of(text, "threshold") == Texts{"0.1"});
}

TEST_CASE("SARIF has as many results as code scanning takes, the errors first") {
    auto check = check_of("wide", Check::Outcome::failed);
    check.findings.assign(30'000, finding_of("x", CheckFinding::Outcome::undecided));
    check.findings.push_back(finding_of("y", CheckFinding::Outcome::failed));
    const auto text = written(write_sarif, report_of(check));
    const auto levels = values_of(text.substr(text.find("\"results\"")), "level");
    CHECK(levels.size() == 25'000);
    CHECK(levels.front() == "\"error\"");
    CHECK(text.find("\"text\": \"5,001 results are left out\"") != text.npos);
}
