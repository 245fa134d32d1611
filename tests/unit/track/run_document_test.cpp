// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run.hpp>

#include <catch2/catch.hpp>
#include <cmath>
#include <failure.hpp>
#include <limits>
#include <mlo/hash/digest.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>

#include "run_samples.hpp"

using namespace mlo;
using namespace mlo::track;
using test::failure;
using test::full_run;
using test::small_run;

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

std::string_view reading(const std::string& text) {
    return failure([&] { return parse_run(text, "run"); });
}

}  // namespace

TEST_CASE("a run document is written as its README says, and read back as it was") {
    CHECK(
        to_canonical_json(small_run()) ==
        R"({"attempt":1,"end":1700000005000,"experiment":{"created":0,"id":"0","name":"Default"},"name":"calm-otter-1",)"
        R"("run":"0123456789abcdef0123456789abcdef","schema":"mlo/run-v1","session":"ffffffffffffffffffffffffffffffff",)"
        R"("start":1700000000000,"status":"FINISHED"})");
    for (const auto& run : {small_run(), full_run()}) {
        const auto text = to_canonical_json(run);
        const auto back = parse_run(text, "run");
        CHECK(back == run);
        CHECK(to_canonical_json(back) == text);
    }
    const auto text = to_canonical_json(full_run());
    CHECK(
        text.find(R"("loss":{"count":3,"last":[2,1700000002000,{"$f":"nan"}],"max":[1,1700000001000,{"$f":"inf"}])") !=
        text.npos);
    CHECK(text.find(R"("command":["python",{"$b":"/w=="}])") != text.npos);
    CHECK(text.find(R"("gpu.count":2)") != text.npos);
}

TEST_CASE("a run document from elsewhere is refused for anything that mlo would not have written") {
    const auto text = to_canonical_json(full_run());
    REQUIRE(reading(text) == "none");
    const auto& refused = track::errors::run_invalid.id;
    for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{
             {"{\"attempt\"", "{ \"attempt\""},                      // not canonical
             {"\"attempt\":2", "\"attempt\":0"},                     //
             {"\"attempt\":2", "\"attempt\":4294967298"},            // beyond the type
             {"\"attempt\":2,", ""},                                 // absent
             {"\"attempt\":2", "\"attempt\":2.0"},                   //
             {"mlo/run-v1", "mlo/run-v2"},                           //
             {"\"end\":1700000005000", "\"end\":1699999999999"},     // before its start
             {"FAILED", "RUNNING"},                                  // with an end
             {"FAILED", "DONE"},                                     //
             {"\"lr\"", "\"../lr\""},                                //
             {"\"lr\"", "\"" + std::string(10'000, 'x') + "\""},     //
             {"\"loss\"", "\"/loss\""},                              //
             {"\"count\":3", "\"count\":0"},                         //
             {"\"count\":3", "\"count\":18446744073709551615"},      //
             {"\"path\":\"data\"", "\"path\":\"data\",\"what\":1"},  // unknown member
             {"\"kind\":\"tree\"", "\"kind\":\"link\""},             //
             {"\"role\":\"declared\"", "\"role\":\"guessed\""},      //
             {"sha256:", "sha512:"},                                 //
             {"\"exit_code\":3", "\"exit_code\":3000000000"},        //
             {"\"dirty\":true", "\"dirty\":null"},                   // would not be written
             {"\"parent\":\"aaaa", "\"parent\":\"AAAA"},             //
             {"\"size\":12", "\"size\":-1"},                         //
             {"\"size\":12", "\"size\":18446744073709551615"},       //
             {"0123456789abcdef0123456789abcdef", "../../etc/passwd"}}) {
        INFO(what << " -> " << with.substr(0, 80));
        CHECK(reading(replaced(text, what, with)) == refused);
    }
    CHECK(reading("") == refused);
    CHECK(reading("[]") == refused);
    CHECK(reading(std::string(100'000, '[')) == refused);
    CHECK(reading(text + "x") == refused);
}

TEST_CASE("a run that breaks the rules is not written either") {
    const auto writing = [](auto&& change) {
        auto run = full_run();
        change(run);
        return failure([&] { return to_canonical_json(run); });
    };
    const auto& refused = track::errors::run_invalid.id;
    CHECK(writing([](RunDocument&) {}) == "none");
    CHECK(writing([](RunDocument& run) { run.name = "a\nb"; }) == refused);
    CHECK(writing([](RunDocument& run) { run.user = "\xff"; }) == refused);
    CHECK(writing([](RunDocument& run) { run.experiment.name = "Default"; }) == refused);
    CHECK(writing([](RunDocument& run) { run.experiment.id = -1; }) == refused);
    CHECK(writing([](RunDocument& run) { std::swap(run.inputs[0], run.inputs[1]); }) == refused);
    CHECK(writing([](RunDocument& run) { run.metrics["loss"].min.reset(); }) == refused);
    CHECK(writing([](RunDocument& run) {
              run.metrics["loss"].min->value = 1e300;
              run.metrics["loss"].max->value = 1;
          }) == refused);
    CHECK(writing([](RunDocument& run) { run.params["p"] = std::string(6001, 'x'); }) == refused);
    CHECK(writing([](RunDocument& run) { run.params["p"] = std::string(6000, 'x'); }) == "none");
    CHECK(writing([](RunDocument& run) { run.parent = run.id; }) == refused);
}

TEST_CASE("names of metrics are plain paths, in any language") {
    for (const std::string_view good : {"loss", "val/loss", "lr-0.5 (no)", "a.b:c_d-e f", "p\xc3\xa9rte",
                                        "\xe6\x90\x8d\xe5\xa4\xb1", "..a", "a..", "..."}) {
        INFO(good);
        CHECK(key_problem(good).empty() == (good.find('(') == good.npos));
    }
    for (const std::string_view bad : {"", "../x", "a/../b", "a/..", "./a", "/a", "a/", "a//b", "a\nb", "a\tb", "\xff",
                                       "a\\b", "a'b", "a\"b", "a\x7f", "a\342\200\256b"}) {
        INFO(bad);
        CHECK_FALSE(key_problem(bad).empty());
    }
    CHECK_FALSE(key_problem(std::string_view{"a\0b", 3}).empty());
    CHECK(key_problem(std::string(250, 'k')).empty());
    CHECK_FALSE(key_problem(std::string(251, 'k')).empty());
    const auto error = test::error_of([] {
        check_key(std::string(10'000, 'k'), "metric");
        return 0;
    });
    REQUIRE(error);
    CHECK(error->code().id == track::errors::name_invalid.id);
    CHECK(error->message().size() < 200);
}

TEST_CASE("amendments and experiments are read back as they were, and strictly") {
    Amendment amendment{
        .revision = 3, .deleted = true, .name = "new", .note = "", .tags = {{"a", "1"}, {"b", std::nullopt}}};
    const auto text = to_canonical_json(amendment);
    CHECK(
        text ==
        R"({"deleted":true,"name":"new","note":"","revision":3,"schema":"mlo/run-amendment-v1","tags":{"a":"1","b":null}})");
    CHECK(parse_amendment(text, "a") == amendment);
    CHECK(failure([&] { return parse_amendment(replaced(text, "3", "0"), "a"); }) == track::errors::run_invalid.id);
    CHECK(failure([&] { return parse_amendment(replaced(text, "\"a\"", "\"..\""), "a"); }) ==
          track::errors::run_invalid.id);

    const ExperimentName experiment{.id = 123456789012345678, .name = "fraud", .created_ms = 7};
    CHECK(to_canonical_json(experiment) ==
          R"({"created":7,"id":"123456789012345678","name":"fraud","schema":"mlo/experiment-v1"})");
    CHECK(parse_experiment(to_canonical_json(experiment), "e") == experiment);
    CHECK(failure([&] {
              return parse_experiment(R"({"created":7,"id":"0","name":"fraud","schema":"mlo/experiment-v1"})", "e");
          }) == track::errors::run_invalid.id);
    CHECK(failure([&] {
              return parse_experiment(R"({"created":7,"id":"12x","name":"fraud","schema":"mlo/experiment-v1"})", "e");
          }) == track::errors::run_invalid.id);
}
