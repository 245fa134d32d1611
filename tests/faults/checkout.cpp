// SPDX-License-Identifier: Apache-2.0
// checkout: each file is old or new after any kill and any power cut, and running it again completes.
#include <full.hpp>
#include <write_path.hpp>

#include "project.hpp"

namespace mlo::test {
namespace {

WritePath checking_out(Start start) {
    const auto project = std::make_shared<Project>(start, CloneSupport::yes);
    const auto& before = start == Start::first_version_missing ? TreeText{} : second_version();
    return {.prepare = [project] { return project->prepare(); },
            .work =
                [project](FaultFs& fs, std::uint64_t& acknowledged) {
                    project->checkout(fs);
                    acknowledged = 1;
                },
            .check =
                [project, before](FaultFs& after, std::uint64_t acknowledged) {
                    CHECK_FALSE(project->check_store(after).empty());
                    const auto found = Project::data(after);
                    if (acknowledged == 1) CHECK(found == first_version());
                    const auto is = [](const TreeText& tree, const auto& entry) {
                        const auto at = tree.find(entry.first);
                        return at != tree.end() && at->second == entry.second;
                    };
                    for (const auto& entry : found)
                        if (!is(first_version(), entry) && !is(before, entry))
                            FAIL_CHECK("neither old nor new: " << entry.first << " is " << entry.second);
                    // Whatever is there, running it again completes.
                    project->checkout(after);
                    CHECK(Project::data(after) == first_version());
                }};
}

std::uint64_t cuts(std::uint64_t quick) { return full_run() ? 100'000 : quick; }

}  // namespace

TEST_CASE("after any power cut each file is old or new, and checkout run again completes", "[checkout]") {
    cut_everywhere(checking_out(Start::second_version_added), full_run() ? 1'000 : 10, cuts(1'000));
    cut_everywhere(checking_out(Start::first_version_missing), full_run() ? 1'000 : 10, cuts(1'000));
}

TEST_CASE("checkout reports every failed call", "[checkout]") {
    fail_everywhere(checking_out(Start::second_version_added), 1);
    fail_everywhere(checking_out(Start::first_version_missing), 1);
}

TEST_CASE("what a killed checkout left is durable once another has acknowledged it", "[checkout]") {
    CHECK(kill_everywhere(checking_out(Start::second_version_added), 1) > 100);
    CHECK(kill_everywhere(checking_out(Start::first_version_missing), 1) > 100);
}

}  // namespace mlo::test
