// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/util/text.hpp>
#include <string>

#include <check_report_samples.hpp>

using namespace mlo::report;

TEST_CASE("JUnit has a testsuite for each check and a testcase for each finding") {
    CHECK(junit_of(report_of_all_outcomes()) == R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mlo drift" tests="7" failures="1" errors="1" skipped="2" time="2.005">
  <testsuite name="sales" tests="2" failures="0" errors="0" skipped="0" time="0.000" timestamp="2024-01-01T12:00:00" hostname="here">
    <testcase name="day: distribution" classname="sales" time="0.000">
      <system-out>median 0.698, was 0.498 (effect 0.25, threshold 0.1, p 0.003)</system-out>
    </testcase>
    <testcase name="shop: distribution" classname="sales" time="0.000">
      <system-out>median 0.698, was 0.498 (effect 0.25, threshold 0.1, p 0.003)
it failed, the check as a whole did not</system-out>
    </testcase>
    <system-out>1,000 rows against 2,000</system-out>
  </testsuite>
  <testsuite name="prices" tests="3" failures="1" errors="0" skipped="1" time="1.500" timestamp="2024-01-01T12:00:00" hostname="here">
    <testcase name="day: distribution" classname="prices" time="0.000" file="data/prices of today.csv">
      <system-out>median 0.698, was 0.498 (effect 0.25, threshold 0.1, p 0.003)</system-out>
    </testcase>
    <testcase name="size: missing" classname="prices" time="0.000" file="data/prices of today.csv">
      <skipped message="12 values are too few"/>
    </testcase>
    <testcase name="price: distribution" classname="prices" time="0.000" file="data/prices of today.csv">
      <failure message="median 0.698, was 0.498 (effect 0.25, threshold 0.1, p 0.003)" type="distribution">median 0.698, was 0.498 (effect 0.25, threshold 0.1, p 0.003)
  --&gt; data/prices of today.csv
  = 1,000 rows against 2,000
  = 'id' was not compared</failure>
    </testcase>
    <system-out>1,000 rows against 2,000</system-out>
  </testsuite>
  <testsuite name="few" tests="1" failures="0" errors="0" skipped="1" time="0.000" timestamp="2024-01-01T12:00:00" hostname="here">
    <testcase name="few" classname="few" time="0.000">
      <skipped message="1,000 rows against 2,000"/>
    </testcase>
    <system-out>1,000 rows against 2,000</system-out>
  </testsuite>
  <testsuite name="gone" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="2024-01-01T12:00:00" hostname="here">
    <testcase name="gone" classname="gone" time="0.000" file="drift.yaml" line="4">
      <error message="'gone.csv' is not there" type="MLO-K003">'gone.csv' is not there
  --&gt; drift.yaml:4:7
  = in 'drift.yaml'
  help: mlo pull gone.csv</error>
    </testcase>
  </testsuite>
</testsuites>
)xml");
}

TEST_CASE("JUnit of checks has no byte that XML cannot have") {
    const auto text = junit_of(hostile_report());
    CHECK(mlo::is_valid_utf8(text));
    const std::string bad = "\xef\xbf\xbd";
    const auto name = "a" + bad + bad + "&lt;&quot;&amp;'&#10;&#9;&#13;" + bad +
                      "|`{0}[x](javascript:y)\\\xf0\x9f\x98\x80" + bad + "[31m";
    CHECK(text.find("<testcase name=\"" + name + ": " + name + "\" classname=\"" + name + "\"") != text.npos);
    for (const char c : {'\x01', '\x1b', '\r', '\xff'}) CHECK(text.find(c) == text.npos);
}

TEST_CASE("a check is a case of its own where no finding says what became of it") {
    CheckReport report;
    report.checks.push_back(check_of("all well", Check::Outcome::passed));
    report.checks.push_back(check_of("in sum", Check::Outcome::failed));
    report.checks.back().findings = {finding_of("a", CheckFinding::Outcome::passed)};
    report.checks.push_back(check_of("in doubt", Check::Outcome::undecided));
    report.checks.back().findings = {finding_of("a", CheckFinding::Outcome::failed)};
    const auto text = junit_of(report);
    CHECK(text.find("tests=\"5\" failures=\"1\" errors=\"0\" skipped=\"1\"") != text.npos);
    CHECK(text.find("<testcase name=\"all well\" classname=\"all well\" time=\"0.000\">\n      <system-out>") !=
          text.npos);
    CHECK(text.find("<testcase name=\"in sum\" classname=\"in sum\" time=\"0.000\">\n"
                    "      <failure message=\"1,000 rows against 2,000\" type=\"check\">") != text.npos);
    CHECK(text.find("<testcase name=\"in doubt\" classname=\"in doubt\" time=\"0.000\">\n      <skipped ") !=
          text.npos);
}

TEST_CASE("a report without checks has all forms") {
    const CheckReport report;
    CHECK(junit_of(report) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="-" tests="0" failures="0" errors="0" skipped="0" time="0.000">
</testsuites>
)");
    CHECK(to_markdown(report, 1000) == "### : 0 checks\n");
    CHECK(written(write_prometheus, report).empty());
    CHECK(written(write_sarif, report).find("\"results\": []") != std::string::npos);
}

TEST_CASE("the summary of checks has the worst first, and what they found") {
    CHECK(to_markdown(report_of_all_outcomes(), 1U << 20U) ==
          R"(### drift.yaml: 4 checks: 1 broken, 1 failed, 1 undecided, 1 passed

| check | result | time | summary |
| --- | --- | ---: | --- |
| gone | **broken** |  | 'gone.csv' is not there |
| prices | **failed** | 1.5 s | 1,000 rows against 2,000 |
| few | undecided |  | 1,000 rows against 2,000 |
| sales | passed |  | 1,000 rows against 2,000 |

#### gone

```text
'gone.csv' is not there
  --> drift.yaml:4:7
  = in 'drift.yaml'
  help: mlo pull gone.csv
```

#### prices

| column | what | result | effect | threshold | p | found |
| --- | --- | --- | ---: | ---: | ---: | --- |
| price | distribution | **failed** | 0.25 | 0.1 | 0.003 | median 0.698, was 0.498 |
| size | missing | undecided |  |  |  | 12 values are too few |

1 comparison passed
)");
}

TEST_CASE("nothing in the summary of checks is markup") {
    const auto text = to_markdown(hostile_report(), 1U << 20U);
    CHECK(mlo::is_valid_utf8(text));
    const std::string name = "a\xef\xbf\xbd&lt;\"&amp;' \xef\xbf\xbe\\|\\`{0}\\[x\\](javascript:y)\\\\\xf0\x9f\x98\x80";
    CHECK(text.find("### " + name + ": 3 checks: 1 broken, 2 failed\n") != text.npos);
    CHECK(text.find("\n#### " + name + "\n") != text.npos);
    CHECK(text.find("\n| " + name + " | " + name + " | **failed** | 0.25 | 0.1 | 0.003 | " + name + " |\n") !=
          text.npos);
}

TEST_CASE("the summary of checks keeps to its limit, and counts what it leaves out") {
    CheckReport report;
    report.title = "t";
    for (int i = 0; i < 3'000; ++i) {
        report.checks.push_back(check_of("check" + std::to_string(i), Check::Outcome::failed));
        for (int j = 0; j < 10; ++j)
            report.checks.back().findings.push_back(finding_of(std::to_string(j), CheckFinding::Outcome::failed));
    }
    const std::size_t limit = 1U << 20U;
    const auto text = to_markdown(report, limit);
    CHECK(text.size() <= limit);
    CHECK(text.size() > limit - 1000);
    CHECK(text.find("\n| check2999 | **failed** |") != text.npos);
    CHECK(text.ends_with(" findings more\n"));
    for (const std::size_t small : {0U, 10U, 300U, 1000U, 50'000U}) CHECK(to_markdown(report, small).size() <= small);
    const auto fewer = to_markdown(report, 50'000);
    CHECK(fewer.find(" more\n") != fewer.npos);
    CHECK(fewer.ends_with("\nand 30,000 findings more\n"));
}
