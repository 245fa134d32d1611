// SPDX-License-Identifier: Apache-2.0
// What DVC answered for the projects of tests/data/pipeline/documents: record_documents.py there.
#include <catch2/catch.hpp>

#include <mlo/pipeline/pipeline.hpp>

#include <failure.hpp>

#include "loaded.hpp"
#include "oracle.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

struct Answer {
    std::optional<Error> refused;
    Pipeline pipeline;
};

Answer answer_of(const Value& given) {
    std::map<std::string, std::string> files;
    for (const auto& file : given.get("files").members()) files.emplace(file.name(), file.value.as_string());
    const auto document = std::string{given.get("document").as_string()};
    Answer made;
    made.refused = test::error_of([&] { made.pipeline = loaded(files.at(document), document, files); });
    return made;
}

/// An output of "a" in a folder "." is "a" to DVC as well.
std::string at_of(const StagePath& path) { return path.written.starts_with("ds://") ? "" : path.path; }

void check_paths(const std::vector<StagePath>& ours, const Value& recorded) {
    const auto theirs = recorded.items();
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        CHECK(ours[i].written == theirs[i].get("path").as_string());
        if (ours[i].reach == Reach::workspace) CHECK(at_of(ours[i]) == theirs[i].get("at").as_string());
        // Beyond the workspace DVC's answer names the folder that it was recorded in.
        if (ours[i].reach == Reach::outside) CHECK(theirs[i].get("at").as_string().starts_with("/"));
    }
}

void check_outs(const std::vector<StageOutput>& ours, const Value& recorded) {
    const auto theirs = recorded.items();
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const auto& out = ours[i];
        const auto& other = theirs[i];
        CHECK(out.at.written == other.get("path").as_string());
        CHECK(out.at.path == other.get("at").as_string());
        CHECK(out.is_cached == other.get("cache").as_boolean());
        CHECK(out.is_persistent == other.get("persist").as_boolean());
        CHECK(out.is_pushed == other.get("push").as_boolean());
        CHECK(out.remote == other.get("remote").as_string());
        const auto role = other.get("role").as_string();
        CHECK(out.role == (role == "data"     ? OutputRole::data
                           : role == "metric" ? OutputRole::metric
                                              : OutputRole::plot));
        const auto properties = test::recorded_datum(other.get("properties"));
        CHECK((out.properties.is_null() ? Datum{Datum::Mapping{}} : out.properties) == properties);
    }
}

void check_stage(const Stage& ours, const Value& theirs) {
    INFO("stage " << ours.name);
    CHECK(ours.name == theirs.get("name").as_string());
    if (theirs.find("error")) {
        CHECK(ours.broken != nullptr);
        return;
    }
    if (ours.broken) FAIL(ours.broken->message());
    const auto cmd = theirs.get("cmd");
    if (cmd.is(ValueKind::string)) {
        CHECK(ours.written_commands == std::vector<std::string>{std::string{cmd.as_string()}});
        CHECK(ours.command_form == CommandForm::text);
    } else {
        std::vector<std::string> commands;
        for (const auto& item : cmd.items()) commands.emplace_back(item.as_string());
        CHECK(ours.written_commands == commands);
        CHECK(ours.command_form == CommandForm::list);
    }
    CHECK((ours.wdir.empty() ? "." : ours.wdir) == theirs.get("wdir").as_string());
    check_paths(ours.deps, theirs.get("deps"));
    check_outs(ours.outs, theirs.get("outs"));
    CHECK(ours.is_frozen == theirs.get("frozen").as_boolean());
    CHECK(ours.always_runs == theirs.get("always_changed").as_boolean());
    CHECK(ours.description == theirs.get("desc").as_string());
    CHECK(ours.meta == test::recorded_datum(theirs.get("meta")));
    // DVC keeps the order in which files are met first; a lock, and mlo, have params.yaml first.
    std::map<std::string, std::vector<std::string>> params;
    for (const auto& entry : theirs.get("params").items()) {
        auto& keys = params[std::string{entry.get("file").as_string()}];
        for (const auto& key : entry.get("keys").items()) keys.emplace_back(key.as_string());
    }
    CHECK(ours.params.size() == params.size());
    for (const auto& entry : ours.params) CHECK(entry.keys == params[entry.file.written]);
}

void check_top(const Pipeline& ours, const Value& theirs) {
    const TopLevel none;
    const auto& top = ours.top_level.empty() ? none : ours.top_level.front();
    const auto paths = [&](const std::vector<StagePath>& list, const char* name) {
        std::vector<std::string> written;
        for (const auto& path : list) written.push_back(path.written);
        std::vector<std::string> other;
        for (const auto& item : theirs.get(name).items()) other.emplace_back(item.as_string());
        CHECK(written == other);
    };
    paths(top.params, "params");
    paths(top.metrics, "metrics");
    std::vector<std::pair<std::string, Datum>> plots;
    for (const auto& item : theirs.get("plots").items()) {
        if (item.is(ValueKind::string)) plots.emplace_back(item.as_string(), Datum{});
        if (!item.is(ValueKind::mapping)) continue;
        for (const auto& member : item.members()) plots.emplace_back(member.name(), test::recorded_datum(member.value));
    }
    CHECK(top.plots == plots);
    std::vector<std::pair<std::string, Datum>> artifacts;
    for (const auto& member : theirs.get("artifacts").members()) {
        artifacts.emplace_back(member.name(), test::recorded_datum(member.value));
    }
    CHECK(top.artifacts == artifacts);
}

void check_same(const Answer& ours, const Value& theirs) {
    if (theirs.find("refused") || theirs.find("top_error")) {
        CHECK(ours.refused);
        return;
    }
    if (ours.refused) FAIL(ours.refused->message());
    const auto stages = theirs.get("stages").items();
    REQUIRE(ours.pipeline.stages.size() == stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) check_stage(ours.pipeline.stages[i], stages[i]);
    check_top(ours.pipeline, theirs.get("top"));
}

bool is_broken(const Answer& ours) {
    return std::any_of(ours.pipeline.stages.begin(), ours.pipeline.stages.end(),
                       [](const Stage& stage) { return stage.broken != nullptr; });
}

}  // namespace

TEST_CASE("documents mean what they mean to DVC, and where not, on purpose") {
    const auto cases = test::recorded("documents.json");
    for (const auto& given : cases.root().items()) {
        INFO(given.get("name").as_string());
        const auto ours = answer_of(given);
        const auto stated = given.find("ours");
        if (!stated) {
            check_same(ours, given.get("answer"));
        } else if (stated->as_string() == "refused") {
            CHECK(ours.refused);
        } else {
            CHECK_FALSE(ours.refused);
            CHECK(is_broken(ours) == (stated->as_string() == "broken"));
        }
        if (!ours.refused) continue;
        // Whoever refuses says where, and what to do.
        CHECK_FALSE(ours.refused->place().empty());
    }
}
