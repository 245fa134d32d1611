// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/results.hpp>

#include "ledger_fixture.hpp"
#include "result_body.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

hash::Digest id_of(std::string_view text) { return hash::sha256(as_bytes(text)); }

/// Keeps what is logged.
class Log final : public LogSink {
public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void log(LogLevel, std::string_view text) override { lines.emplace_back(text); }
    std::vector<std::string> lines;
};

OutputRecord file(std::string path, std::string_view content) {
    PathState state;
    state.id = id_of(content);
    state.size_bytes = content.size();
    OutputRecord out;
    out.path = std::move(path);
    out.state = state;
    return out;
}

StageResult result(std::string_view key, std::vector<OutputRecord> outs) {
    StageResult made;
    made.key = id_of(key);
    made.outs = std::move(outs);
    made.run = std::string(32, '7');
    made.duration_ms = 1500;
    return made;
}

struct Fixture {
    test::Place place;
    Log log;
    Results results{place.ledger, test::ada, log};

    void publish(const StageResult& result) {
        place.clock.sleep(std::chrono::seconds{1}, {});
        results.publish(std::vector{result});
    }
    [[nodiscard]] std::size_t events() { return place.content().size(); }
};

}  // namespace

TEST_CASE("a result is written as these bytes") {
    auto made = result("k", {file("m.json", "{}"), file("model", "weights"), file("plots", "tree")});
    made.outs[0].role = OutputRole::metric;
    made.outs[0].is_cached = false;
    made.outs[1].state->is_executable = true;
    made.outs[1].state->md5 = "d41d8cd98f00b204e9800998ecf8427e";
    made.outs[1].is_persistent = true;
    made.outs[2].role = OutputRole::plot;
    made.outs[2].state->kind = store::ObjectKind::tree;
    made.outs[2].state->files = 3;
    const auto text = to_canonical_json(made);
    CHECK(
        text ==
        R"({"duration_ms":1500,"outs":[)"
        R"({"cached":false,"id":")" +
            id_of("{}").to_string() + R"(","kind":"file","path":"m.json","role":"metric","size":2},)" +
            R"({"executable":true,"id":")" + id_of("weights").to_string() +
            R"(","kind":"file","md5":"d41d8cd98f00b204e9800998ecf8427e","path":"model","persistent":true,"size":7},)" +
            R"({"files":3,"id":")" + id_of("tree").to_string() +
            R"(","kind":"folder","path":"plots","role":"plot","size":4}],)" +
            R"("run":"77777777777777777777777777777777","schema":"mlo/stage-result-v1"})");
    const auto read = parse_result(text, "x");
    CHECK(read.outs == made.outs);
    CHECK(read.run == made.run);
    CHECK(read.duration_ms == 1500);
}

TEST_CASE("a body that differs in anything from what is written is refused") {
    const auto text = to_canonical_json(result("k", {file("a", "1"), file("b", "2")}));
    CHECK_NOTHROW(parse_result(text, "x"));
    const auto changed = [&](std::string_view from, std::string_view to) {
        auto copy = text;
        const auto at = copy.find(from);
        REQUIRE(at != copy.npos);
        return copy.replace(at, from.size(), to);
    };
    const std::vector<std::string> broken{
        "",
        "{}",
        "[]",
        text + " ",
        changed("duration_ms\":1500", "duration_ms\":\"1500\""),
        changed("duration_ms\":1500", "duration_ms\":1500.0"),
        changed("\"file\"", "\"blob\""),
        changed("\"path\":\"a\"", "\"path\":\"c\""),
        changed("\"path\":\"a\"", "\"path\":\"b\""),
        changed("\"path\":\"a\"", "\"path\":1"),
        changed("sha256:", "sha257:"),
        changed("\"size\":1", "\"size\":-1"),
        changed("\"size\":1", "\"size\":1,\"unknown\":1"),
        changed("stage-result-v1", "stage-result-v2"),
        changed("\"kind\":\"file\"", "\"executable\":false,\"kind\":\"file\""),
        changed("\"path\":\"a\",", "\"path\":\"a\",\"role\":\"data\","),
    };
    for (const auto& each : broken) {
        INFO(each);
        try {
            static_cast<void>(parse_result(each, "x/1"));
            FAIL("was read");
        } catch (const Error& error) {
            CHECK(error.code().id == errors::result_invalid.id);
        }
    }
}

TEST_CASE("a result is found by its key, with whose it is and when") {
    Fixture f;
    CHECK(f.results.find(id_of("k")).empty());
    f.publish(result("k", {file("model", "weights")}));
    f.publish(result("other", {file("model", "lighter")}));
    const auto found = f.results.find(id_of("k"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].outs == std::vector{file("model", "weights")});
    CHECK(found[0].key == id_of("k"));
    CHECK(found[0].writer == test::ada);
    CHECK(found[0].time_ms == 1'800'000'001'000);
    CHECK(found[0].run == std::string(32, '7'));
}

TEST_CASE("what is known already is dropped, and what differs is told beside it") {
    Fixture f;
    f.publish(result("k", {file("model", "weights")}));
    auto later = result("k", {file("model", "weights")});
    later.run = std::string(32, '8');
    later.duration_ms = 3;
    f.publish(later);
    CHECK(f.events() == 1);
    f.publish(result("k", {file("model", "noise")}));
    auto executable = result("k", {file("model", "noise")});
    executable.outs[0].state->is_executable = true;
    f.publish(executable);
    const auto found = f.results.find(id_of("k"));
    REQUIRE(found.size() == 3);
    CHECK(found[0].outs[0].state->id == id_of("weights"));
    CHECK(found[1].outs[0].state->id == id_of("noise"));
    CHECK(found[2].outs[0].state->is_executable);
    f.results.publish(std::vector{result("n", {file("a", "1")}), result("n", {file("a", "1")}), executable});
    CHECK(f.events() == 4);
}

TEST_CASE("the objects of cached outputs are kept by gc and sent by push") {
    Fixture f;
    auto made = result("k", {file("a", "1"), file("b", "2"), file("c", "3")});
    made.outs[1].is_cached = false;
    made.outs[2].state->kind = store::ObjectKind::tree;
    f.publish(made);
    const auto roots = f.place.ledger.roots();
    CHECK(roots.size() == 2);
    CHECK(std::find(roots.begin(), roots.end(), test::object("1")) != roots.end());
    CHECK(std::find(roots.begin(), roots.end(), test::object("3", store::ObjectKind::tree)) != roots.end());
}

TEST_CASE("a result of another clone is found once its events are here") {
    Fixture f;
    test::Place other;
    Log log;
    Results theirs{other.ledger, test::bob, log};
    theirs.publish(std::vector{result("k", {file("model", "weights")})});
    const auto body = to_canonical_json(result("k", {file("model", "weights")}));
    f.place.ledger.merge(other.run(test::bob));
    CHECK(f.results.find(id_of("k")).empty());  // its body was not sent
    f.place.ledger.merge_bodies(std::vector{body});
    const auto found = f.results.find(id_of("k"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].writer == test::bob);
    f.publish(result("k", {file("model", "weights")}));
    CHECK(f.events() == 1);
}

TEST_CASE("retracted, foreign and damaged results are passed over, the last with a warning") {
    Fixture f;
    f.publish(result("k", {file("model", "weights")}));
    const auto key = id_of("k").to_string();
    f.place.add(test::ada, {.kind = "stage.result", .subject = key, .body = R"({"schema":"mlo/stage-result-v9"})"});
    f.place.add(test::ada, {.kind = "run.sealed", .subject = key, .body = "{}"});
    CHECK(f.results.find(id_of("k")).size() == 1);
    REQUIRE(f.log.lines.size() == 1);
    CHECK(f.log.lines[0].find(test::ada + "/2") != std::string::npos);
    f.place.ledger.retract(test::ada, {test::ada, 1});
    CHECK(f.results.find(id_of("k")).empty());
    f.publish(result("k", {file("model", "weights")}));
    CHECK(f.results.find(id_of("k")).size() == 1);
}

TEST_CASE("a result of too many outputs is left out, and the others are published") {
    Fixture f;
    auto large = result("large", {});
    for (int i = 0; i < 20'000; ++i) large.outs.push_back(file(std::to_string(100'000 + i), std::to_string(i)));
    f.results.publish(std::vector{large, result("small", {file("a", "1")})});
    CHECK(f.results.find(large.key).empty());
    CHECK(f.results.find(id_of("small")).size() == 1);
    CHECK(f.log.lines.size() == 1);
}
