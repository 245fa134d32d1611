// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/report/job_report.hpp>
#include <string>

using namespace mlo::report;
using Outcome = JobStage::Outcome;

namespace {

std::string written(const JobReport& report) {
    std::string text;
    write_job_page(report, [&](std::string_view piece) { text += piece; });
    return text;
}

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
    return count;
}

JobStage stage_of(std::string name, Outcome outcome, std::vector<std::size_t> needs) {
    JobStage stage;
    stage.name = std::move(name);
    stage.outcome = outcome;
    stage.word = "word";
    stage.why = "why";
    stage.needs = std::move(needs);
    return stage;
}

}  // namespace

TEST_CASE("a page of a run has its parts") {
    JobReport report;
    report.title = "pipeline.yaml";
    report.summary = "3 stages";
    report.host = "here";
    report.began_ms = 1'704'110'400'000;
    report.duration_ms = 10'000;
    report.stages = {stage_of("a", Outcome::passed, {}), stage_of("b", Outcome::failed, {0}),
                     stage_of("c", Outcome::unchanged, {})};
    report.stages[0].attempts = 1;
    report.stages[0].duration_ms = 5'000;
    report.stages[0].output_end = "fine\n";
    report.stages[0].cpu_ms = 7'000;
    report.stages[0].peak_memory_bytes = 52'428'800;
    report.stages[1].attempts = 2;
    report.stages[1].began_ms = 5'000;
    report.stages[1].duration_ms = 5'000;
    report.stages[1].message = "it failed";
    report.stages[1].file = "pipeline.yaml";
    report.stages[1].line = 3;
    report.stages[1].column = 5;
    report.stages[1].notes = {"a note"};
    report.stages[1].output_end = "\x1b[31moh\x1b[0m\n";
    report.stages[1].is_output_cut = true;
    report.metrics = {{"m.json", "acc", 0.75, 0.5}};
    report.warnings = {"a warning"};
    const auto page = written(report);
    CHECK(page.find("2024-01-01 12:00:00 UTC on here") != page.npos);
    CHECK(count_of(page, "<g class=\"node ") == 3);
    CHECK(count_of(page, "class=\"edge\"") == 1);
    CHECK(page.find("<rect class=\"bar passed\" x=\"0.0\" y=\"24.0\" width=\"450.0\"") != page.npos);
    CHECK(page.find("<rect class=\"bar failed\" x=\"450.0\" y=\"46.0\" width=\"450.0\"") != page.npos);
    CHECK(page.find("<td>m.json:acc</td><td class=\"number\">0.5</td><td class=\"number\">0.75</td><td "
                    "class=\"number\">+0.25</td>") != page.npos);
    CHECK(page.find("<td>it failed<br><code>pipeline.yaml:3:5</code><br>a note</td>") != page.npos);
    CHECK(page.find("<details open><summary>b: the end</summary><pre>oh\n</pre>") != page.npos);
    CHECK(page.find("<details><summary>a</summary><pre>fine\n</pre>") != page.npos);
    CHECK(
        page.find("<td class=\"number\">5.0 s</td><td class=\"number\">7.0 s</td><td class=\"number\">50.0 MiB</td>") !=
        page.npos);
    CHECK(page.find("warning: a warning") != page.npos);
    // The worst first.
    CHECK(page.find("<tr><td>b</td>") < page.find("<tr><td>a</td>"));
}

TEST_CASE("a page of a run is text, without scripts and requests") {
    const std::string evil = "</style></svg></title></pre><script>x</script><img src=x onerror=y>\"'&\xff";
    JobReport report;
    report.title = report.summary = report.host = evil;
    report.warnings = {evil};
    report.stages = {stage_of(evil, Outcome::failed, {}), stage_of(evil, Outcome::passed, {0})};
    for (auto& stage : report.stages) {
        stage.attempts = 1;
        stage.word = stage.why = stage.message = stage.file = stage.run = stage.output_end = evil;
        stage.notes = {evil};
    }
    report.metrics = {{evil, evil, 1, {}}};
    const auto page = written(report);
    CHECK(page.find("<script") == page.npos);
    CHECK(page.find("<img") == page.npos);
    CHECK(page.find(" style=") == page.npos);
    CHECK(page.find("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-") !=
          page.npos);
    CHECK(count_of(page, "</style>") == 1);
    CHECK(count_of(page, "<svg") == count_of(page, "</svg>"));
}

TEST_CASE("a page of many stages has groups, and counts what it leaves out") {
    JobReport report;
    report.title = "t";
    report.stages.push_back(stage_of("split", Outcome::unchanged, {}));
    for (int i = 0; i < 3000; ++i) {
        report.stages.push_back(stage_of("part@" + std::to_string(i), i == 7 ? Outcome::failed : Outcome::passed, {0}));
        report.stages.back().attempts = 1;
    }
    const auto page = written(report);
    CHECK(count_of(page, "<g class=\"node ") == 2);
    CHECK(page.find("<g class=\"node failed\"><title>part (3,000)</title>") != page.npos);
    CHECK(count_of(page, "class=\"edge\"") == 1);
    CHECK(count_of(page, "<rect class=\"bar") == 500);
    CHECK(page.find("and 2,500 that began later") != page.npos);
    CHECK(page.find("and 1,001 more") != page.npos);
    for (auto& stage : report.stages) stage.name.erase(0, stage.name.find('@') + 1);
    CHECK(written(report).find("3,001 stages are too many to be drawn") != std::string::npos);
}
