// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <full.hpp>
#include <map>
#include <mlo/workspace/diff.hpp>
#include <random>
#include <refused.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;
using mlo::test::Project;

namespace {

namespace fs = std::filesystem;

/// What a path holds, for comparing: "f" or "x" and the content of a file, "l" and the target of a link, "e" for an
/// empty folder.
std::string described(const fs::path& path) {
    if (fs::is_symlink(path)) return "l" + fs::read_symlink(path).string();
    if (fs::is_directory(path)) return "e";
    std::ifstream file{path, std::ios::binary};
    const bool executable = (fs::status(path).permissions() & fs::perms::owner_exec) != fs::perms::none;
    return (executable ? "x" : "f") + std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// Files, links and empty folders below `folder`, by path: found without any code of mlo.
std::map<std::string, std::string> snapshot(const Project& project, const std::string& folder) {
    std::map<std::string, std::string> found;
    const fs::path root{project.folder().path()};
    if (fs::is_empty(root / folder)) found[folder] = "e";
    for (const auto& each : fs::recursive_directory_iterator{root / folder}) {
        const bool is_folder = each.is_directory() && !each.is_symlink();
        if (!is_folder || fs::is_empty(each.path()))
            found[each.path().lexically_relative(root)] = described(each.path());
    }
    return found;
}

/// The differences as lines_of() has them, sorted.
std::vector<std::string> expected_lines(const std::map<std::string, std::string>& before,
                                        const std::map<std::string, std::string>& after) {
    std::vector<std::string> lines;
    // A folder that is no longer empty, or has become so, is told by what is in it.
    const auto holds_more = [](const auto& other, const std::string& path) {
        const auto next = other.upper_bound(path + "/");
        return next != other.end() && next->first.starts_with(path + "/");
    };
    for (const auto& [path, old] : before) {
        const auto at = after.find(path);
        if (at == after.end()) {
            if (old != "e" || !holds_more(after, path)) lines.push_back("deleted " + path);
        } else if (old == "e" || at->second == "e") {
            if (old != at->second) lines.insert(lines.end(), {"deleted " + path, "added " + path});
        } else if ((old[0] == 'l') != (at->second[0] == 'l')) {
            lines.push_back("type changed " + path);
        } else if (old.substr(1) != at->second.substr(1)) {
            lines.push_back("modified " + path);
        } else if (old[0] != at->second[0]) {
            lines.push_back("mode changed " + path);
        }
    }
    for (const auto& [path, now] : after) {
        if (!before.contains(path) && (now != "e" || !holds_more(before, path))) lines.push_back("added " + path);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// Changes trees at random.
class Mutator {
public:
    Mutator(const Project& project, std::uint32_t seed) : root_{project.folder().path("d")}, engine_{seed} {
        fs::create_directory(root_);
    }

    void mutate() {
        const auto path = root_ / random_path();
        std::error_code ignored;
        switch (below(8)) {
            case 0:
            case 1:
            case 2:
                write(path);
                break;
            case 3:
                if (path != root_) fs::remove_all(path, ignored);
                break;
            case 4:
                fs::create_directories(path, ignored);
                break;
            case 5:
                fs::create_directories(path.parent_path(), ignored);
                fs::create_symlink("target" + std::to_string(below(3)), path, ignored);
                break;
            case 6:
                if (fs::is_regular_file(fs::symlink_status(path)))
                    fs::permissions(path, fs::perms::owner_exec,
                                    below(2) == 0 ? fs::perm_options::add : fs::perm_options::remove);
                break;
            default:
                fs::rename(path, root_ / random_path(), ignored);
        }
    }

private:
    void write(const fs::path& path) {
        std::error_code ignored;
        fs::create_directories(path.parent_path(), ignored);
        if (fs::is_directory(path, ignored) || fs::is_symlink(path)) return;
        std::ofstream file{path, std::ios::binary};
        file << std::string(below(4), static_cast<char>('a' + below(4)));
    }
    std::string random_path() {
        static constexpr std::array<std::string_view, 6> names{"a", "b", "a-b", "a b", "\xff", "z"};
        std::string path{names[below(names.size())]};
        for (auto depth = below(3); depth > 0; --depth) (path += '/') += names[below(names.size())];
        return path;
    }
    unsigned below(std::size_t limit) { return static_cast<unsigned>(engine_() % limit); }

    fs::path root_;
    std::mt19937 engine_;
};

std::vector<std::string> sorted_changes(const StatusReport& report) {
    REQUIRE(report.targets.size() == 1);
    REQUIRE(report.targets[0].problems.empty());
    auto lines = test::lines_of(report.targets[0].changes);
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

TEST_CASE("status sees exactly what changed in random trees, with and without a stat cache") {
    const std::uint32_t seeds = test::full_run() ? 400 : 15;
    for (std::uint32_t seed = 0; seed < seeds; ++seed) {
        Project project{1 + seed % 3};
        Mutator mutator{project, seed};
        for (int i = 0; i < 30; ++i) mutator.mutate();
        project.add({"d"});
        for (int round = 0; round < 4; ++round) {
            const auto before = snapshot(project, "d");
            INFO("seed " << seed << ", round " << round);
            CHECK(sorted_changes(project.status()).empty());
            for (int i = 0; i < 1 + round * 3; ++i) mutator.mutate();
            const auto expected = expected_lines(before, snapshot(project, "d"));
            CHECK(sorted_changes(project.status()) == expected);
            CHECK(sorted_changes(project.status(Trust::paranoid)) == expected);
            if (round % 2 == 0) fs::remove(project.folder().path(".mlo/statcache"));
            const auto outcome = project.add({"d"}).targets.at(0).outcome;
            CHECK((outcome == AddOutcome::unchanged) == expected.empty());
        }
    }
}

TEST_CASE("equal trees give equal pointers, whatever the number of threads") {
    std::vector<std::string> pointers;
    for (const std::uint32_t jobs : {1u, 2u, 7u}) {
        Project project{jobs};
        for (int i = 0; i < 700; ++i)
            project.folder().write("d/" + std::to_string(i % 9) + "/" + std::to_string(i), std::to_string(i));
        project.add({"d"});
        pointers.push_back(project.folder().read("d.mlo"));
    }
    CHECK(pointers[0] == pointers[1]);
    CHECK(pointers[0] == pointers[2]);
}

TEST_CASE("what status has read and add has not stored is stored by add") {
    Project project;
    project.folder().write("d/f", "one");
    project.add({"d"});
    project.folder().write("d/f", "two");
    CHECK(project.status().differs());
    const auto report = project.add({"d"});
    CHECK(report.targets.at(0).outcome == AddOutcome::updated);
    CHECK(project.open()->store().find(hash::sha256(as_bytes("two"))));
}

TEST_CASE("add stores again what the store has lost, and writes no pointer for it") {
    Project project;
    project.folder().write("d/f", "one");
    project.add({"d"});
    for (const auto* part : {"packs", "index", "whole"})
        fs::remove_all(project.folder().path(std::string{".mlo/"} + part));
    CHECK(project.status().targets.at(0).stored == Stored::no);
    const auto report = project.add({"d"});
    CHECK(report.targets.at(0).outcome == AddOutcome::unchanged);
    CHECK(report.to_stage.empty());
    CHECK_FALSE(project.status().differs());
}

namespace {

/// Runs an action whenever progress is told.
class ActingProgress final : public ProgressSink {
public:
    explicit ActingProgress(std::function<void()> action) : action_{std::move(action)} {}
    std::unique_ptr<Progress> begin(std::string_view, ProgressUnit) override {
        class Acting final : public Progress {
        public:
            explicit Acting(const std::function<void()>& action) : action_{action} {}
            void expect(std::uint64_t) override {}
            void advance(std::uint64_t) override { action_(); }

        private:
            const std::function<void()>& action_;
        };
        return std::make_unique<Acting>(action_);
    }

private:
    std::function<void()> action_;
};

}  // namespace

TEST_CASE("nothing is recorded when a file goes on changing while it is added") {
    Project project;
    project.folder().write("d/f", "x");
    project.folder().write("other", "x");
    std::size_t size = 1;
    ActingProgress progress{[&] { project.folder().write("d/f", std::string(++size, 'y')); }};
    project.watch(progress);
    CHECK(test::refused([&] {
              project.add({"d", "other"});
          }) == "W014  'd/f' changed while it was read = nothing was recorded");
    CHECK_FALSE(fs::exists(project.folder().path("d.mlo")));
    CHECK_FALSE(fs::exists(project.folder().path("other.mlo")));
}

TEST_CASE("a sparse file of 5 GiB is added, and seen to be unchanged") {
    if (!test::full_run()) return;
    Project project;
    project.folder().write("big", "start");
    fs::resize_file(project.folder().path("big"), std::uintmax_t{5} << 30);
    CHECK(project.add({"big"}).targets.at(0).pointer.size_bytes == std::uint64_t{5} << 30);
    CHECK_FALSE(project.status().differs());
}
