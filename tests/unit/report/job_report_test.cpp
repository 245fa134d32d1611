// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/report/job_report.hpp>
#include <mlo/util/text.hpp>
#include <string>

using namespace mlo::report;
using Outcome = JobStage::Outcome;

namespace {

template <typename Write>
std::string written(const Write& write, const JobReport& report) {
    std::string text;
    write(report, [&](std::string_view piece) { text += piece; });
    return text;
}

JobStage stage_of(std::string name, Outcome outcome, std::string word) {
    JobStage stage;
    stage.name = std::move(name);
    stage.outcome = outcome;
    stage.word = std::move(word);
    return stage;
}

JobReport report_of_all_kinds() {
    JobReport report;
    report.title = "pipeline.yaml";
    report.summary = "5 stages: 1 ran";
    report.host = "here";
    report.began_ms = 1'704'110'400'123;
    report.duration_ms = 61'005;
    report.stages.push_back(stage_of("old", Outcome::unchanged, "is up to date"));
    report.stages.push_back(stage_of("fit", Outcome::passed, "done"));
    report.stages.back().why = "raw changed";
    report.stages.back().duration_ms = 1'500;
    report.stages.back().cpu_ms = 2'100;
    report.stages.back().peak_memory_bytes = 52'428'800;
    report.stages.back().attempts = 1;
    report.stages.push_back(stage_of("boom", Outcome::failed, "failed"));
    auto& failed = report.stages.back();
    failed.code = "MLO-P152";
    failed.message = "stage 'boom' failed";
    failed.notes = {"in 'x'"};
    failed.help = "mlo runs show 1";
    failed.file = "pipeline.yaml";
    failed.line = 4;
    failed.column = 15;
    failed.attempts = 1;
    failed.duration_ms = 3'599'700;
    failed.output_end = "one\ntwo\n";
    report.stages.push_back(stage_of("behind", Outcome::skipped, "cannot run"));
    report.stages.push_back(stage_of("late", Outcome::stopped, "stopped"));
    report.warnings = {"a & b"};
    return report;
}

}  // namespace

TEST_CASE("JUnit has a testcase for each stage") {
    CHECK(written(write_junit, report_of_all_kinds()) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mlo run" tests="5" failures="1" errors="1" skipped="1" time="61.005">
  <testsuite name="pipeline.yaml" tests="5" failures="1" errors="1" skipped="1" time="61.005" timestamp="2024-01-01T12:00:00" hostname="here">
    <testcase name="old" classname="pipeline.yaml" time="0.000">
      <system-out>is up to date</system-out>
    </testcase>
    <testcase name="fit" classname="pipeline.yaml" time="1.500">
      <system-out>done: raw changed</system-out>
    </testcase>
    <testcase name="boom" classname="pipeline.yaml" time="3599.700" file="pipeline.yaml" line="4">
      <failure message="stage 'boom' failed" type="MLO-P152">stage 'boom' failed
  --&gt; pipeline.yaml:4:15
  = in 'x'
  help: mlo runs show 1

its output:
one
two
</failure>
    </testcase>
    <testcase name="behind" classname="pipeline.yaml" time="0.000">
      <skipped message="cannot run"/>
    </testcase>
    <testcase name="late" classname="pipeline.yaml" time="0.000">
      <error message="stopped" type="stopped"/>
    </testcase>
    <system-err>warning: a &amp; b
</system-err>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("JUnit has no byte that XML cannot have") {
    JobReport report;
    report.title = "t";
    report.host = "h";
    report.stages.push_back(
        stage_of("a\x01\xff<\"&'\n\t\r\xef\xbf\xbe\xed\xa0\x80\xf0\x9f\x98\x80", Outcome::failed, "failed"));
    report.stages.back().message = "m]]>";
    report.stages.back().output_end =
        std::string{"nul \0 \x1b[31mred\x1b[0m \x7f \xc3\xa4 \xc3]]>\r\nover\rwritten", 42};
    const auto text = written(write_junit, report);
    CHECK(mlo::is_valid_utf8(text));
    const std::string bad = "\xef\xbf\xbd";
    // A surrogate is no UTF-8: three bytes, each replaced.
    const auto name = "a" + bad + bad + "&lt;&quot;&amp;'&#10;&#9;&#13;" + bad + bad + bad + bad + "\xf0\x9f\x98\x80";
    CHECK(text.find("name=\"" + name + "\"") != text.npos);
    CHECK(text.find("m]]&gt;") != text.npos);
    CHECK(text.find("nul  red  \xc3\xa4 " + bad + "]]&gt;\nwritten") != text.npos);
    CHECK(text.find('\x1b') == text.npos);
    CHECK(text.find('\r') == text.npos);
}

TEST_CASE("the summary has what was done, the worst first") {
    auto report = report_of_all_kinds();
    report.metrics = {{"m.json", "acc", 0.75, 0.5}, {"m.json", "new", 1, {}}, {"m.json", "same", 2, 2}};
    CHECK(to_markdown(report, 1U << 20U) == R"(### pipeline.yaml: 5 stages: 1 ran

| stage | result | time | why |
| --- | --- | ---: | --- |
| boom | **failed** | 1 h 0 min | stage 'boom' failed (pipeline.yaml:4) |
| fit | done | 1.5 s | raw changed |
| behind | cannot run |  |  |
| late | stopped |  |  |

1 stage up to date

warning: a &amp; b

| metric | before | now | change |
| --- | ---: | ---: | ---: |
| m.json:acc | 0.5 | 0.75 | +0.25 |
| m.json:new |  | 1 |  |
| m.json:same | 2 | 2 |  |

<details><summary>the output of boom</summary>

```text
one
two
```

</details>
)");
}

TEST_CASE("nothing in the summary is markup") {
    JobReport report;
    report.title = "a|b*c_d`e[f](g)<script>\\";
    report.stages.push_back(stage_of("x|y\n<b>", Outcome::failed, "failed"));
    report.stages.back().message = "@all #1 ~~x~~ $x$";
    report.stages.back().output_end = "````\n</details><script>\n";
    const auto text = to_markdown(report, 1U << 20U);
    CHECK(text.starts_with("### a\\|b\\*c\\_d\\`e\\[f\\](g)&lt;script&gt;\\\\: "));
    CHECK(text.find("| x\\|y &lt;b&gt; | **failed** |  | \\@all \\#1 \\~\\~x\\~\\~ \\$x\\$ |\n") != text.npos);
    CHECK(text.find("<summary>the output of x|y &lt;b&gt;</summary>\n\n`````text\n````\n</details><script>\n`````\n") !=
          text.npos);
}

TEST_CASE("the summary keeps to its limit, and counts what it leaves out") {
    JobReport report;
    report.title = "t";
    for (int i = 0; i < 20'000; ++i) {
        report.stages.push_back(stage_of("stage" + std::to_string(i), Outcome::failed, "failed"));
        report.stages.back().output_end = std::string(200, 'x');
    }
    const std::size_t limit = 1U << 20U;
    const auto text = to_markdown(report, limit);
    CHECK(text.size() <= limit);
    CHECK(text.size() > limit - 1000);
    CHECK(text.find("| stage19999 |") != text.npos);
    CHECK(text.find("\nand the output of ") != text.npos);
    for (const std::size_t small : {0U, 10U, 300U, 1000U, 50'000U}) CHECK(to_markdown(report, small).size() <= small);
    CHECK(to_markdown(report, 50'000).find("\nand ") != std::string::npos);
}

TEST_CASE("OpenMetrics has each label once") {
    auto report = report_of_all_kinds();
    report.stages.push_back(report.stages[1]);
    report.stages.back().name = "q\"\\\n\xff";
    report.stages.push_back(report.stages[1]);
    constexpr auto inf = std::numeric_limits<double>::infinity();
    report.metrics = {{"m.json", "acc", 0.1, {}},
                      {"m.json", "n", 3, {}},
                      {"m.json", "nan", std::nan(""), {}},
                      {"m.json", "inf", -inf, {}}};
    const std::string bad = "\xef\xbf\xbd";
    CHECK(written(write_open_metrics, report) == R"(# TYPE mlo_stages gauge
# HELP mlo_stages Stages of the pipeline by what became of them.
mlo_stages{outcome="up_to_date"} 1
mlo_stages{outcome="passed"} 3
mlo_stages{outcome="skipped"} 1
mlo_stages{outcome="stopped"} 1
mlo_stages{outcome="failed"} 1
# TYPE mlo_run_duration_seconds gauge
# UNIT mlo_run_duration_seconds seconds
mlo_run_duration_seconds 61.005
# TYPE mlo_stage_duration_seconds gauge
# UNIT mlo_stage_duration_seconds seconds
# HELP mlo_stage_duration_seconds Of the stages that ran.
mlo_stage_duration_seconds{stage="fit"} 1.5
mlo_stage_duration_seconds{stage="boom"} 3599.7
mlo_stage_duration_seconds{stage="q\"\\\n)" + bad + R"("} 1.5
# TYPE mlo_stage_cpu_seconds gauge
# UNIT mlo_stage_cpu_seconds seconds
# HELP mlo_stage_cpu_seconds Time on processors, of all processes of the stage.
mlo_stage_cpu_seconds{stage="fit"} 2.1
mlo_stage_cpu_seconds{stage="boom"} 0
mlo_stage_cpu_seconds{stage="q\"\\\n)" + bad + R"("} 2.1
# TYPE mlo_stage_peak_memory_bytes gauge
# UNIT mlo_stage_peak_memory_bytes bytes
# HELP mlo_stage_peak_memory_bytes Of the largest process of the stage.
mlo_stage_peak_memory_bytes{stage="fit"} 52428800
mlo_stage_peak_memory_bytes{stage="boom"} 0
mlo_stage_peak_memory_bytes{stage="q\"\\\n)" + bad + R"("} 52428800
# TYPE mlo_metric gauge
# HELP mlo_metric What the stages have measured.
mlo_metric{file="m.json",key="acc"} 0.1
mlo_metric{file="m.json",key="n"} 3
mlo_metric{file="m.json",key="nan"} NaN
mlo_metric{file="m.json",key="inf"} -Inf
# EOF
)");
}
