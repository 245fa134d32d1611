// SPDX-License-Identifier: Apache-2.0
// add: what it acknowledged survives any kill and any power cut, and it records all or nothing.
#include <full.hpp>
#include <write_path.hpp>

#include "project.hpp"

namespace mlo::test {
namespace {

WritePath adding(Start start) {
    const auto project = std::make_shared<Project>(start, CloneSupport::no);
    const auto& expected = start == Start::nothing ? first_version() : second_version();
    return {.prepare = [project] { return project->prepare(); },
            .work =
                [project](FaultFs& fs, std::uint64_t& acknowledged) {
                    project->add(fs);
                    acknowledged = 1;
                },
            .check =
                [project, start, &expected](FaultFs& after, std::uint64_t acknowledged) {
                    CHECK(Project::data(after) == expected);
                    const auto pointer = project->check_store(after);
                    if (start == Start::nothing)
                        CHECK((acknowledged == 0 || !pointer.empty()));
                    else
                        CHECK_FALSE(pointer.empty());
                    if (acknowledged == 1) project->check_version(after, expected);
                }};
}

std::uint64_t cuts(std::uint64_t quick) { return full_run() ? 100'000 : quick; }

}  // namespace

TEST_CASE("what add has acknowledged survives any power cut, and the pointer never names what is not stored", "[add]") {
    cut_everywhere(adding(Start::nothing), full_run() ? 1'000 : 10, cuts(1'000));
    cut_everywhere(adding(Start::first_version_added), full_run() ? 1'000 : 10, cuts(1'000));
}

TEST_CASE("add reports every failed call, and records all or nothing", "[add]") {
    fail_everywhere(adding(Start::nothing), 1);
    fail_everywhere(adding(Start::first_version_added), 1);
}

TEST_CASE("what a killed add left is durable once another has acknowledged it", "[add]") {
    CHECK(kill_everywhere(adding(Start::nothing), 1) > 100);
    CHECK(kill_everywhere(adding(Start::first_version_added), 1) > 100);
}

}  // namespace mlo::test
