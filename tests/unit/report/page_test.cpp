// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/json/parse.hpp>
#include <mlo/report/page.hpp>
#include <string>

using namespace mlo::report;

namespace {

std::string written(const Page& page) {
    std::string text;
    write_page(page, [&](std::string_view piece) { text += piece; });
    return text;
}

/// The data of a page, as its scripts find it.
std::string data_of(const std::string& page) {
    constexpr std::string_view start = "<script type=\"application/json\" id=\"data\">";
    const auto from = page.find(start) + start.size();
    return page.substr(from, page.find("</script>", from) - from);
}

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
    return count;
}

Page page_of(std::vector<double> values) {
    Page page;
    page.title = "curves";
    page.runs.push_back({std::string(32, 'a'), "one", "Default", "FINISHED", 1000});
    PageCurves curves;
    CurveSampler sampler{values.size(), 1000};
    for (std::size_t i = 0; i < values.size(); ++i) sampler.add({static_cast<std::int64_t>(i) * 3, 2000, values[i]});
    curves.metrics.push_back({"loss", {{0, sampler.take(), values.back(), 0.5, std::nullopt}}});
    page.content = std::move(curves);
    return page;
}

}  // namespace

TEST_CASE("the data of a page are its curves") {
    constexpr auto inf = std::numeric_limits<double>::infinity();
    const auto text = data_of(written(page_of({0.5, std::nan(""), inf, -inf, 1.0 / 3, 5e-324})));
    CHECK(
        text ==
        R"({"runs":[{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"one","experiment":"Default","status":"FINISHED","started":1000}],)"
        R"("colored":true,"axis":"step","log":false,"smoothing":0,"metrics":[{"name":"loss","curves":[)"
        R"({"run":0,"total":6,"nan":1,"inf":1,"-inf":1,"last":4.94065646e-324,"least":0.5,"greatest":null,)"
        R"("points":{"steps":[0,3,3,3,3,3],"times":[2000,0,0,0,0,0],"values":[0.5,"nan","inf","-inf",0.333333333,4.94065646e-324]}}]}]})");
    CHECK_NOTHROW(mlo::json::parse(text, "the data"));
}

TEST_CASE("a page of a long curve has its means") {
    const auto text = data_of(written(page_of(std::vector<double>(10'000, 1))));
    const auto means = text.find("\"means\":{\"steps\":[");
    REQUIRE(means != text.npos);
    CHECK(count_of(text.substr(means), ",10") >= 900);  // counts
    CHECK(text.size() < 100'000);
}

TEST_CASE("no name leaves the place where it stands") {
    for (const std::string name : {"</script><script>alert(1)</script>", "<!--<script>", "]]>", "\" onload=\"x", "&lt;",
                                   "' x '", "\xff\xfe", "\u2028\u202e", "\\u003c/script>", "a\nb", "{{}}"}) {
        INFO(name);
        auto page = page_of({1});
        page.title = name;
        page.subtitle = name;
        page.notes = {name};
        page.runs[0].name = name;
        page.runs[0].experiment = name;
        std::get<PageCurves>(page.content).metrics[0].name = name;
        const auto text = written(page);
        const auto plain = written(page_of({1}));
        for (const auto* const tag : {"<script", "</script", "<!--", "<p", "<h1", "</title", "onload=", "<style"}) {
            // Within the data, only "<" must not be there.
            const auto inside = count_of(data_of(text), tag);
            if (tag[0] == '<') CHECK(inside == 0);
            CHECK(count_of(text, tag) - inside >= count_of(plain, tag) - count_of(data_of(plain), tag));
        }
        CHECK(count_of(text, "<script") == count_of(plain, "<script"));
        CHECK(count_of(text, "</script") == count_of(plain, "</script"));
        CHECK(count_of(text, "<!--") == count_of(plain, "<!--"));
        CHECK(count_of(text, "<p class=\"note\">") == 1);
        CHECK(count_of(text.substr(0, text.find("<style>")), "\" onload") == 0);
        CHECK_NOTHROW(mlo::json::parse(data_of(text), "the data"));
    }
}

TEST_CASE("columns tell numbers, texts, absent values and what is no number apart") {
    Page page;
    page.runs.resize(4);
    const PageColumn column{"params.lr", {PageCell{0.1}, PageCell{}, PageCell{std::nan("")}, PageCell{"nan"}}};
    page.content = PageScatter{column, column, Scale::logarithmic, Scale::linear};
    const auto scatter = data_of(written(page));
    CHECK(scatter.find(R"("cells":[0.1,null,{"f":"nan"},"nan"])") != scatter.npos);
    CHECK(scatter.find(R"("scatter":{"xlog":true,"ylog":false,)") != scatter.npos);
    page.content = PageParallel{{column, column}};
    CHECK_NOTHROW(mlo::json::parse(data_of(written(page)), "the data"));
}
