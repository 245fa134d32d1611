// SPDX-License-Identifier: Apache-2.0
#include "stage_locks.hpp"

#include <catch2/catch.hpp>
#include <mlo/pipeline/errors.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

StageRecord record(std::string command) {
    StageRecord made;
    made.commands = {std::move(command)};
    return made;
}

struct Fixture {
    test::Project project;
    std::unique_ptr<workspace::Workspace> workspace = project.open();
    StageLocks locks{*workspace};

    [[nodiscard]] std::string command(const std::string& stage) {
        StageLocks anew{*workspace};
        const auto found = anew.find("pipeline.yaml", stage);
        return found ? found->commands.front() : "";
    }
};

}  // namespace

TEST_CASE("what others wrote into a lock meanwhile stays") {
    Fixture f;
    f.locks.put("pipeline.yaml", "a", record("1"));
    f.locks.write();
    StageLocks others{*f.workspace};
    others.put("pipeline.yaml", "a", record("theirs"));
    others.put("pipeline.yaml", "b", record("theirs"));
    others.write();
    f.locks.put("pipeline.yaml", "c", record("2"));
    f.locks.write();
    CHECK(f.command("a") == "theirs");
    CHECK(f.command("b") == "theirs");
    CHECK(f.command("c") == "2");
    f.locks.put("pipeline.yaml", "b", record("ours"));
    f.locks.write();
    CHECK(f.command("b") == "ours");
    CHECK(f.command("a") == "theirs");
}

TEST_CASE("a lock is not written when nothing in it is new") {
    Fixture f;
    f.locks.put("pipeline.yaml", "a", record("1"));
    f.locks.write();
    const auto before = f.workspace->stat("pipeline.lock");
    REQUIRE(before);
    f.locks.put("pipeline.yaml", "a", record("1"));
    f.locks.write();
    f.locks.write();
    CHECK(f.workspace->stat("pipeline.lock") == before);
}

TEST_CASE("a lock that somebody broke meanwhile is not replaced") {
    Fixture f;
    f.locks.put("pipeline.yaml", "a", record("1"));
    f.locks.write();
    f.project.folder().write("pipeline.lock", "<<<<<<< ours\n");
    f.locks.put("pipeline.yaml", "b", record("2"));
    CHECK_THROWS_AS(f.locks.write(), Error);
    CHECK(f.project.folder().read("pipeline.lock") == "<<<<<<< ours\n");
}
