// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/report/ci_log.hpp>
#include <string>

using namespace mlo::report;

namespace {

JobStage failed(std::string name) {
    JobStage stage;
    stage.name = std::move(name);
    stage.outcome = JobStage::Outcome::failed;
    stage.message = "it failed";
    return stage;
}

}  // namespace

TEST_CASE("a GitHub command escapes what would end its values") {
    CHECK(github_command("error", {{"file", "a:b,c%d\r\n"}, {"line", ""}, {"col", "3"}}, "x: 5%, y\r\nz::") ==
          "::error file=a%3Ab%2Cc%25d%0D%0A,col=3::x: 5%25, y%0D%0Az::");
    CHECK(github_command("endgroup", {}, "") == "::endgroup::");
    CHECK(github_command("group", {}, "%0A") == "::group::%250A");
}

TEST_CASE("annotations have their place, and are ten of a kind") {
    JobReport report;
    report.stages.push_back(failed("fit"));
    auto& stage = report.stages.back();
    stage.code = "MLO-P152";
    stage.file = "p.yaml";
    stage.line = 4;
    stage.column = 2;
    stage.notes = {"a note"};
    stage.help = "do that";
    report.stages.push_back(failed("fine"));
    report.stages.back().outcome = JobStage::Outcome::passed;
    report.stages.push_back(failed("nowhere"));
    report.stages.back().line = 7;
    report.warnings = {"w"};
    CHECK(github_annotations(report) ==
          std::vector<std::string>{
              "::error file=p.yaml,line=4,col=2,title=MLO-P152 fit::it failed%0Aa note%0Ahelp: do that",
              "::error title=nowhere::it failed", "::warning::w"});

    while (report.stages.size() < 11) report.stages.push_back(failed("more"));
    CHECK(github_annotations(report).size() == 11);
    report.stages.push_back(failed("last"));
    report.stages.back().message = "the last";
    const auto annotations = github_annotations(report);
    REQUIRE(annotations.size() == 11);
    CHECK(annotations[9] == "::error::2 more:%0Ait failed%0Athe last");
    report.warnings.assign(2000, "w");
    CHECK(github_annotations(report).size() == 20);
    CHECK(github_annotations(report).back().starts_with("::warning::1991 more:%0Aw%0A"));
    CHECK(github_annotations(report).back().size() < 200);
}

TEST_CASE("no line is a GitHub command") {
    const auto same = [](std::string_view text) { CHECK(without_github_commands(text) == text); };
    same("");
    same("fit | ::set-output name=a::1");
    same("a::b\n: :x\n# #[\n#[");
    CHECK(without_github_commands("::set-output name=a::1") == ": :set-output name=a::1");
    CHECK(without_github_commands(" \t\xc2\xa0\xe2\x80\x83\xe3\x80\x80::a::") ==
          " \t\xc2\xa0\xe2\x80\x83\xe3\x80\x80: :a::");
    CHECK(without_github_commands("a\n::stop-commands::x\r::b::") == "a\n: :stop-commands::x\r: :b::");
    CHECK(without_github_commands("x ##[error]a ##[##[") == "x ## [error]a ## [## [");
    CHECK(without_github_commands(":::a::") == ": ::a::");
    CHECK(without_github_commands("\v\f::a::") == "\v\f: :a::");
}

TEST_CASE("sections of GitLab") {
    CHECK(gitlab_section_start(12, "mlo 1/\xc3\xa4", "head\rsection_end:1:x\r") ==
          "\x1b[0Ksection_start:12:mlo_1___[collapsed=true]\r\x1b[0Kheadsection_end:1:x");
    CHECK(gitlab_section_end(13, "a-b.c_D9") == "\x1b[0Ksection_end:13:a-b.c_D9\r\x1b[0K");
    CHECK(without_gitlab_sections("\x1b[0Ksection_end:1:x\r\x1b[0Kz\n") == "\x1b[0Ksection_end:1:x\x1b[0Kz\n");
}

TEST_CASE("output as plain text") {
    CHECK(plain_output("10%\r20%\r\n\x1b[1;31mred\x1b[m\tx\x07\n") == "20%\nred\tx\n");
    CHECK(plain_output("\x1b]0;title\x07"
                       "a\x1b]8;;http://x\x1b\\b\x1b(Bc\x1b") == "abc");
    CHECK(plain_output("\x1b[31") == "");
    CHECK(plain_output("\x1b]open\nb") == "\nb");
    CHECK(plain_output("\xff\xc3\xa4\xe2\x82") == "\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(plain_output("\xc2\x9bx") == "x");
}
