// SPDX-License-Identifier: Apache-2.0
// The write path of a checkout: whatever cuts it short, each file has its old or its new content, and doing it again
// completes it.
#include <fault_fs.hpp>
#include <full.hpp>
#include <still_world.hpp>
#include <write_path.hpp>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/workspace.hpp>

using namespace mlo;
using namespace mlo::test;
using namespace mlo::workspace;

namespace {

constexpr std::string_view root = "/w";

Workspace open(FaultFs& fs, StillWorld& world) {
    return {{.root = std::string{root}, .store_dir = "/w/.mlo", .private_dir = "/w/.mlo", .git = {}},
            std::string{root},
            git::Environment{},
            world.with(fs)};
}

void put(Dir& dir, std::string_view name, std::string_view content) {
    if (dir.stat(name)) dir.remove(name);
    dir.create(name, 0666)->write(as_bytes(content));
}

/// From version one to version two, where one file is changed, one added, one removed, and a folder is new.
struct Switch {
    StillWorld world{3};
    InTheWay in_the_way = InTheWay::refuse;

    FaultFs prepare() {
        FaultFs fs{root};
        const auto dir = fs.open_root(root);
        dir->make_dir(".mlo");
        dir->make_dir("data");
        const auto data = dir->open_dir("data");
        const auto add_data = [&] {
            auto space = open(fs, world);
            const std::string path{"data"};
            static_cast<void>(add(space, {&path, 1}, store::LargeFiles::chunked));
        };
        put(*data, "changed", "two");
        put(*data, "added", "new");
        data->make_dir("folder");
        put(*data->open_dir("folder"), "inner", "deep");
        data->open_dir("folder")->make_symlink("inner", "link");
        add_data();
        dir->rename("data.mlo", *dir, "two", Replace::no);
        put(*data, "changed", "one");
        put(*data, "removed", "old");
        data->remove("added");
        data->open_dir("folder")->remove("inner");
        data->open_dir("folder")->remove("link");
        data->remove_dir("folder");
        add_data();
        dir->rename("two", *dir, "data.mlo", Replace::yes);
        if (in_the_way == InTheWay::move_to_trash) put(*data, "changed", "mine");
        dir->sync_file_system();
        return fs;
    }

    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        auto space = open(fs, world);
        const auto report = checkout(space, {.paths = {}, .in_the_way = in_the_way});
        for (const auto& failure : report.failures) throw failure.error;
        acknowledged = 1;
    }

    void check(FaultFs& after, std::uint64_t acknowledged) const {
        const auto dir = after.open_root(root)->open_dir("data");
        const std::string_view before = in_the_way == InTheWay::move_to_trash ? "mine" : "one";
        if (dir->stat("changed")) {
            const auto text = read_file(*dir, "changed", 100);
            CHECK((text == "two" || (acknowledged == 0 && text == before)));
        } else {
            // Between the move to the trash and the rename nothing is there; the old bytes are in the trash.
            CHECK(acknowledged == 0);
            CHECK(in_the_way == InTheWay::move_to_trash);
        }
        if (in_the_way == InTheWay::move_to_trash) CHECK(has_mine(after));
        if (dir->stat("added")) CHECK(read_file(*dir, "added", 100) == "new");
        if (dir->stat("removed")) CHECK(read_file(*dir, "removed", 100) == "old");
        if (dir->stat("folder")) {
            const auto folder = dir->open_dir("folder");
            CHECK(read_file(*folder, "inner", 100) == "deep");
            CHECK(folder->read_link("link") == "inner");
        }
        if (acknowledged == 0) return;
        CHECK(dir->stat("added"));
        CHECK(dir->stat("folder"));
        CHECK_FALSE(dir->stat("removed"));
        for (const auto& entry : dir->list()) CHECK_FALSE(is_temporary_name(entry.name));
    }

    /// The bytes that are stored nowhere are somewhere: in place or in a trash folder.
    static bool has_mine(FaultFs& after) {
        const auto dir = after.open_root(root);
        const auto holds = [](Dir& folder) {
            return folder.stat("changed") && read_file(folder, "changed", 100) == "mine";
        };
        if (holds(*dir->open_dir("data"))) return true;
        if (!dir->open_dir(".mlo")->stat("trash")) return false;
        const auto trash = dir->open_dir(".mlo/trash");
        for (const auto& time : trash->list())
            if (trash->open_dir(time.name)->stat("data") && holds(*trash->open_dir(time.name + "/data"))) return true;
        return false;
    }

    WritePath path() {
        return {.prepare = [this] { return prepare(); },
                .work = [this](FaultFs& fs, std::uint64_t& acknowledged) { work(fs, acknowledged); },
                .check = [this](FaultFs& after, std::uint64_t acknowledged) { check(after, acknowledged); }};
    }
};

}  // namespace

TEST_CASE("a power cut during a checkout leaves the old or the new content of each file", "[checkout-cut]") {
    Switch change;
    const auto counts = cut_everywhere(change.path(), full_run() ? 2000 : 100, full_run() ? 100'000 : 2000);
    CHECK(counts.changes > 10);
}

TEST_CASE("a power cut during a forced checkout never loses what was in the way", "[trash-cut]") {
    Switch change;
    change.in_the_way = InTheWay::move_to_trash;
    CHECK(cut_everywhere(change.path(), full_run() ? 2000 : 60, full_run() ? 100'000 : 1000).changes > 10);
}

TEST_CASE("a checkout whose calls fail reports it, leaves no half file, and completes when done again") {
    Switch change;
    const auto counts = fail_everywhere(change.path(), 1);
    CHECK(counts.reported > 20);
}

TEST_CASE("a checkout that was killed anywhere completes when done again", "[checkout-kill]") {
    Switch change;
    CHECK(kill_everywhere(change.path(), 1) > 20);
}

TEST_CASE("a full disk is told, the old content stays, and no temporary file does") {
    Switch change;
    auto fs = change.prepare();
    std::uint64_t calls = 0;
    {
        auto probe = change.prepare();
        probe.fail({.at_call = 0});
        std::uint64_t done = 0;
        change.work(probe, done);
        calls = probe.calls();
    }
    std::uint64_t refused = 0;
    for (std::uint64_t at = 1; at <= calls; ++at) {
        auto each = change.prepare();
        each.fail({.at_call = at, .error_number = 28 /* ENOSPC */, .law = FaultLaw::once});
        std::uint64_t done = 0;
        const auto error = error_of([&] {
            change.work(each, done);
            return 0;
        });
        each.heal();
        change.check(each, done);
        if (!error) continue;
        ++refused;
        const auto dir = each.open_root(root);
        for (const auto& folder : {"data", ""})
            for (const auto& entry : dir->open_dir(folder)->list()) CHECK_FALSE(is_temporary_name(entry.name));
    }
    CHECK(refused > 10);
}
