// SPDX-License-Identifier: Apache-2.0
#include "stored_outputs.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "ledger_fixture.hpp"
#include "project.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

constexpr auto md5_of_a = "0cc175b9c0f1b6a831c399e269772661";

/// A stage with the output "out", of which a dvc.lock says that it is "a".
struct Fixture {
    test::Project project;
    test::Place place;
    std::unique_ptr<workspace::Workspace> workspace = project.open();
    Observer observer{*workspace, WithMd5::yes};
    EngineRequest request;
    SharedResults results{place.ledger, test::ada, silent_log()};
    StoredOutputs stored{{*workspace, observer, request, Dialect::dvc, &results, nullptr}};
    Stage stage;
    std::vector<OutputRecord> outs;

    Fixture() {
        StageOutput out;
        out.at.path = out.at.written = "out";
        stage.name = "s";
        stage.outs.push_back(out);
        OutputRecord record;
        record.path = "out";
        record.state.emplace().md5 = md5_of_a;
        record.state->size_bytes = 1;
        outs.push_back(record);
        static_cast<void>(workspace->private_dir());
    }
    store::ObjectRef keep(const std::string& text) {
        project.folder().write("kept", text);
        return {*observer.store(std::vector<std::string>{"kept"}).front().state->id, store::ObjectKind::blob};
    }
    [[nodiscard]] bool has_out() const { return std::filesystem::exists(project.folder().path("out")); }
};

}  // namespace

TEST_CASE("an output that only a dvc.lock names is restored by what others say that it is") {
    Fixture f;
    f.stored.identify(f.outs);
    CHECK_FALSE(f.outs.front().state->id);
    CHECK_FALSE(f.stored.restore(f.stage, f.outs));
    const auto a = f.keep("a");
    DvcAliases{f.place.ledger, test::bob}.publish({{md5_of_a, test::object("nobody has it")}, {md5_of_a, a}});
    f.stored.identify(f.outs);
    CHECK(f.outs.front().state->id == a.id);
    CHECK(f.stored.contains(f.outs));
    const auto restored = f.stored.restore(f.stage, f.outs);
    REQUIRE(restored);
    CHECK(restored->front().state->md5 == md5_of_a);
    CHECK(f.project.folder().read("out") == "a");
}

TEST_CASE("nobody is believed who calls something else so") {
    Fixture f;
    DvcAliases{f.place.ledger, test::bob}.publish({{md5_of_a, f.keep("b")}});
    f.stored.identify(f.outs);
    REQUIRE(f.outs.front().state->id);
    CHECK_FALSE(f.stored.restore(f.stage, f.outs));
}

TEST_CASE("a dry run restores nothing, and says whether it could") {
    Fixture f;
    f.request.plan = Plan::dry;
    const auto a = f.keep("a");
    CHECK_FALSE(f.stored.restore(f.stage, f.outs));
    DvcAliases{f.place.ledger, test::ada}.publish({{md5_of_a, a}});
    f.stored.identify(f.outs);
    CHECK(f.stored.restore(f.stage, f.outs));
    CHECK_FALSE(f.has_out());
}

TEST_CASE("what a remote has is asked for") {
    Fixture f;
    const auto elsewhere = hash::sha256(as_bytes("a"));
    DvcAliases{f.place.ledger, test::bob}.publish({{md5_of_a, {elsewhere, store::ObjectKind::blob}}});
    std::vector<store::ObjectRef> asked;
    f.request.fetch = [&](std::span<const store::ObjectRef> objects) {
        asked.assign(objects.begin(), objects.end());
        static_cast<void>(f.keep("a"));
    };
    f.stored.identify(f.outs);
    CHECK(f.stored.restore(f.stage, f.outs));
    CHECK(asked == std::vector<store::ObjectRef>{{elsewhere, store::ObjectKind::blob}});
    CHECK(f.has_out());
}
