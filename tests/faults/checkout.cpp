// SPDX-License-Identifier: Apache-2.0
// checkout: each file is old or new after any kill and any power cut, and running it again completes.
#include <algorithm>
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

/// A file that is stored nowhere is in the way, and the user said to move it to the trash.
WritePath forcing() {
    static const std::string unsaved = "file what nobody has stored";
    const auto project = std::make_shared<Project>(Start::second_version_added, CloneSupport::no);
    return {
        .prepare =
            [project] {
                auto fs = project->prepare();
                const auto data = fs.open_root(project_root)->open_dir("data");
                data->remove("a");
                make_tree(*data, {{"a", unsaved}});
                data->sync_file_system();
                return fs;
            },
        .work =
            [project](FaultFs& fs, std::uint64_t& acknowledged) {
                project->checkout(fs, workspace::InTheWay::move_to_trash);
                acknowledged = 1;
            },
        .check =
            [project](FaultFs& after, std::uint64_t acknowledged) {
                TreeText all;
                read_tree(*after.open_root(project_root), "", all);
                CHECK(std::any_of(all.begin(), all.end(), [](const auto& entry) { return entry.second == unsaved; }));
                if (acknowledged == 1) CHECK(Project::data(after) == first_version());
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

TEST_CASE("a file that somebody writes while checkout is at work is not destroyed", "[checkout]") {
    Project project{Start::second_version_added, CloneSupport::no};
    auto fs = project.prepare();
    bool written = false;
    fs.before_each_change([&](std::uint64_t) {
        const auto data = fs.open_root(project_root)->open_dir("data");
        const auto entries = data->list();
        // Once there is a temporary file, all that stood in the way has been looked at.
        if (written ||
            std::none_of(entries.begin(), entries.end(), [](const auto& e) { return e.name.ends_with(".tmp"); }))
            return;
        written = true;
        data->remove("a");
        make_tree(*data, {{"a", "file written meanwhile"}});
    });
    CHECK_THROWS_WITH(project.checkout(fs), "'/w/data/a' changed while it was about to be replaced");
    CHECK(written);
    CHECK(Project::data(fs).at("a") == "file written meanwhile");
}

TEST_CASE("bytes that are stored nowhere survive a forced checkout, whenever it is cut, killed or failed",
          "[checkout]") {
    cut_everywhere(forcing(), full_run() ? 1'000 : 20, cuts(2'000));
    fail_everywhere(forcing(), 1);
    CHECK(kill_everywhere(forcing(), 1) > 100);
}

}  // namespace mlo::test
