// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run_list.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <random>

#include "run_fixture.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

/// The names of all runs, page by page.
std::vector<std::string> names(RunStore& runs, ListRequest request, std::uint32_t limit) {
    request.limit = limit;
    std::vector<std::string> all;
    do {
        const auto page = list_runs(runs, request);
        CHECK(page.runs.size() <= limit);
        CHECK((page.next.empty() || page.runs.size() == limit));
        for (const auto& run : page.runs) all.push_back(run.name);
        request.after = page.next;
    } while (!request.after.empty());
    return all;
}

ListRequest sorted_by(SortKey::By by, std::string key, SortOrder order = SortOrder::ascending) {
    ListRequest request;
    request.sort = {by, std::move(key)};
    request.order = order;
    return request;
}

std::string run_with(Opened& opened, std::string_view name, const std::vector<double>& values) {
    auto given = draft(name.front() < 'd' ? "early" : "late");
    given.name = name;
    auto run = opened.runs.create(given, process()).id;
    std::int64_t step = 0;
    for (const auto value : values) {
        ++step;
        log(opened.runs, run, "m", {{step, 1, value}});
    }
    return run;
}

/// Six runs, half of them sealed; started one millisecond after the other.
void fill(Clone& clone, Opened& opened) {
    const auto nan = std::nan("");
    const auto inf = std::numeric_limits<double>::infinity();
    for (const auto& [name, values] : std::vector<std::pair<std::string, std::vector<double>>>{
             {"a", {3, 1}}, {"b", {9, -inf}}, {"c", {2}}, {"d", {1, nan}}, {"e", {}}, {"f", {0, 1}}, {"g", {5, inf}}}) {
        clone.clock.move(std::chrono::milliseconds{1});
        const auto run = run_with(opened, name, values);
        param(opened.runs, run, "lr", name < "d" ? "0.1" : "0.2");
        if (name != "c" && name != "f" && name != "g") {
            opened.runs.end(run, ending(name == "b" ? RunState::failed : RunState::finished));
            static_cast<void>(opened.archive.seal(run));
        }
    }
}

}  // namespace

TEST_CASE("runs are listed by any column in pages of any size, sealed and open ones alike") {
    using By = SortKey::By;
    using Names = std::vector<std::string>;
    Clone clone;
    Opened opened{clone};
    fill(clone, opened);
    for (const std::uint32_t limit : {1U, 2U, 3U, 100U}) {
        CHECK(names(opened.runs, {}, limit) == Names{"g", "f", "e", "d", "c", "b", "a"});
        CHECK(names(opened.runs, sorted_by(By::start, ""), limit) == Names{"a", "b", "c", "d", "e", "f", "g"});
        CHECK(names(opened.runs, sorted_by(By::metric_last, "m"), limit) == Names{"b", "a", "f", "c", "g", "d", "e"});
        CHECK(names(opened.runs, sorted_by(By::metric_last, "m", SortOrder::descending), limit) ==
              Names{"g", "c", "f", "a", "b", "d", "e"});
        CHECK(names(opened.runs, sorted_by(By::metric_max, "m", SortOrder::descending), limit) ==
              Names{"g", "b", "a", "c", "f", "d", "e"});
        CHECK(names(opened.runs, sorted_by(By::metric_min, "m"), limit) == Names{"b", "f", "a", "d", "c", "g", "e"});
        CHECK(names(opened.runs, sorted_by(By::metric_last, "none"), limit) ==
              Names{"g", "f", "e", "d", "c", "b", "a"});
        CHECK(names(opened.runs, sorted_by(By::name, "", SortOrder::descending), limit) ==
              Names{"g", "f", "e", "d", "c", "b", "a"});
        CHECK(names(opened.runs, sorted_by(By::param, "lr"), limit) == Names{"a", "b", "c", "d", "e", "f", "g"});
        CHECK(names(opened.runs, sorted_by(By::end, ""), limit) == Names{"a", "b", "d", "e", "g", "f", "c"});
        CHECK(names(opened.runs, sorted_by(By::state, ""), limit) == Names{"c", "f", "g", "a", "d", "e", "b"});
    }
}

TEST_CASE("a list keeps to experiments, states, deletion and a condition") {
    using Names = std::vector<std::string>;
    Clone clone;
    Opened opened{clone};
    fill(clone, opened);
    ListRequest request;
    request.experiments = {opened.runs.find_experiment("early")->id};
    CHECK(names(opened.runs, request, 2) == Names{"c", "b", "a"});
    CHECK(count_runs(opened.runs, request) == 3);
    request.states = {RunState::running, RunState::failed};
    CHECK(names(opened.runs, request, 2) == Names{"c", "b"});
    opened.archive.amend(opened.runs.resolve("b"),
                         {.revision = 1, .deleted = true, .name = {}, .note = {}, .tags = {}});
    CHECK(names(opened.runs, request, 2) == Names{"c"});
    request.deleted = Deleted::only;
    CHECK(names(opened.runs, request, 2) == Names{"b"});
    request.deleted = Deleted::all;
    CHECK(names(opened.runs, request, 1) == Names{"c", "b"});
    ListRequest condition = sorted_by(SortKey::By::metric_last, "m");
    condition.where = {"r.name > ? AND r.name <> ?", {std::string{"a"}, std::string{"c"}}};
    condition.deleted = Deleted::all;
    for (const std::uint32_t limit : {1U, 2U, 9U})
        CHECK(names(opened.runs, condition, limit) == Names{"b", "f", "g", "d", "e"});
    CHECK(count_runs(opened.runs, condition) == 5);
}

TEST_CASE("a listed run has the columns that were asked for") {
    Clone clone;
    Opened opened{clone};
    fill(clone, opened);
    ListRequest request = sorted_by(SortKey::By::name, "");
    request.limit = 1;
    request.metrics = {"m", "none"};
    request.params = {"lr", "none"};
    const auto page = list_runs(opened.runs, request);
    REQUIRE(page.runs.size() == 1);
    const auto& run = page.runs[0];
    CHECK(run.metrics.size() == 1);
    CHECK(run.metrics.at("m").max == Point{1, 1, 3});
    CHECK(run.params == std::map<std::string, std::string>{{"lr", "0.1"}});
    CHECK(run.experiment == "early");
    CHECK(run.is_sealed);
    CHECK(run.exit_code == 0);
}

TEST_CASE("parameters and tags that are numbers are listed as numbers, before the others") {
    using Names = std::vector<std::string>;
    Clone clone;
    Opened opened{clone};
    const Names ascending{"-2", "1e-3", "0.5", "9", "10", "1E+2", "0x10", "big", "nan"};
    for (const auto& value : ascending) {
        auto given = draft();
        given.name = value;
        const auto run = opened.runs.create(given, process()).id;
        param(opened.runs, run, "p", value);
        tag(opened.runs, run, "t", value);
    }
    auto none = draft();
    none.name = "none";
    static_cast<void>(opened.runs.create(none, process()));
    Names upwards = ascending;
    upwards.emplace_back("none");
    const Names downwards{"1E+2", "10", "9", "0.5", "1e-3", "-2", "nan", "big", "0x10", "none"};
    for (const std::uint32_t limit : {1U, 2U, 3U, 100U}) {
        CHECK(names(opened.runs, sorted_by(SortKey::By::param, "p"), limit) == upwards);
        CHECK(names(opened.runs, sorted_by(SortKey::By::param, "p", SortOrder::descending), limit) == downwards);
        CHECK(names(opened.runs, sorted_by(SortKey::By::tag, "t", SortOrder::descending), limit) == downwards);
    }
}

TEST_CASE("all that runs recorded is listed with them when all is asked for") {
    using Names = std::vector<std::string>;
    Clone clone;
    Opened opened{clone};
    fill(clone, opened);
    const auto last = opened.runs.resolve("g");
    log(opened.runs, last, "other", {{0, 1, 1}});
    tag(opened.runs, last, "team", "risk");
    ListRequest request;
    request.values = Values::all;
    const auto page = list_runs(opened.runs, request);
    CHECK(page.runs[0].metrics.size() == 2);
    CHECK(page.runs[0].metrics.at("m") == opened.runs.get(last).metrics.at("m"));
    CHECK(page.runs[0].params == std::map<std::string, std::string>{{"lr", "0.2"}});
    CHECK(page.runs[0].tags == std::map<std::string, std::string>{{"team", "risk"}});
    CHECK(page.runs[6].params == std::map<std::string, std::string>{{"lr", "0.1"}});

    auto keys = keys_of_runs(opened.runs, {});
    CHECK(keys.metrics == Names{"m", "other"});
    CHECK(keys.params == Names{"lr"});
    CHECK(keys.tags == Names{"team"});
    request.where = {"r.name < ?", {std::string{"g"}}};
    keys = keys_of_runs(opened.runs, request);
    CHECK(keys.metrics == Names{"m"});
    CHECK(keys.tags.empty());
}

TEST_CASE("the place to go on from is refused if it was made up, or belongs to another order") {
    Clone clone;
    Opened opened{clone};
    fill(clone, opened);
    ListRequest request;
    request.limit = 2;
    const auto next = list_runs(opened.runs, request).next;
    for (const std::string& bad :
         {std::string{"x"}, std::string{"AAAA"}, base64_encode(as_bytes("2 0 1 0 \ni1")), next.substr(4)}) {
        request.after = bad;
        CHECK(failure([&] { return list_runs(opened.runs, request); }) == track::errors::page_invalid.id);
    }
    request.after = next;
    request.sort.by = SortKey::By::end;
    CHECK(failure([&] { return list_runs(opened.runs, request); }) == track::errors::page_invalid.id);
}
