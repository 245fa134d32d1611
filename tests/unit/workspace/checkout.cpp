// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <functional>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <random>

#include "checkout_world.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace mlo::workspace;

namespace {

const CheckoutRequest forced{.paths = {}, .in_the_way = InTheWay::move_to_trash};

std::vector<std::string> notes_of(const std::optional<Error>& error) {
    return error ? error->notes() : std::vector<std::string>{};
}

/// Puts something random at `path`: files of a few sizes, links, folders, empty ones among them.
void grow(const CheckoutWorld& world, std::mt19937_64& random, const std::string& path, int depth) {
    const auto pick = [&](std::uint64_t below) { return random() % below; };
    const std::string names[] = {"a", "b", "c.csv", "d d", "e\nf", "g'h", "\xff\xfe", "Z", "z"};
    for (const auto& name : names) {
        const auto here = path + "/" + name;
        switch (pick(depth > 0 ? 8 : 6)) {
            case 0:
                break;
            case 1:
                world.link(pick(2) == 0 ? "a" : "../nowhere", here);
                break;
            case 2:
                world.write(here, "");
                break;
            case 3:
                world.write(here, std::string(pick(5) * 100'000, static_cast<char>('a' + pick(26))));
                break;
            case 4:
                world.write(here, name);
                world.set_executable(here);
                break;
            case 5:
                world.write(here, std::to_string(pick(3)));
                break;
            default:
                world.make_folder(here);
                if (pick(4) > 0) grow(world, random, here, depth - 1);
        }
    }
}

/// Removes and replaces a part of what is there.
void mutate(const CheckoutWorld& world, std::mt19937_64& random) {
    for (const auto& [name, text] : world.snapshot())
        if (random() % 3 == 0) world.remove("data/" + name);
    for (const auto& [name, text] : world.snapshot())
        if (text.starts_with("file ") && random() % 3 == 0) world.write("data/" + name, text + "changed");
    world.make_folder("data/new");
    grow(world, random, "data/new", 1);
}

/// Does something when the writing begins: all has been looked at then, and nothing replaced.
class Interference final : public ProgressSink {
public:
    explicit Interference(std::function<void()> action) : action_{std::move(action)} {}
    std::unique_ptr<Progress> begin(std::string_view label, ProgressUnit unit) override {
        if (label == "checking out") action_();
        return silent_progress().begin(label, unit);
    }

private:
    std::function<void()> action_;
};

}  // namespace

TEST_CASE("what was added comes back: bytes, modes, links, empty folders, in either version") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        INFO("seed " << seed);
        CheckoutWorld world;
        std::mt19937_64 random{seed};
        world.make_folder("data");
        grow(world, random, "data", 2);
        const auto tree_a = world.snapshot();
        const auto pointer_a = world.add();
        mutate(world, random);
        const auto tree_b = world.snapshot();
        const auto pointer_b = world.add();

        const auto expect = [&](const std::string& pointer, const std::map<std::string, std::string>& tree) {
            world.put_pointer(pointer);
            const auto report = world.checkout();
            CHECK(report.failures.empty());
            CHECK(world.snapshot() == tree);
            CHECK_FALSE(world.status().differs());
            CHECK(world.leftovers().empty());
            CHECK(world.checkout().changes.empty());
        };
        expect(pointer_a, tree_a);
        expect(pointer_b, tree_b);
        world.remove("data");
        expect(pointer_a, tree_a);
        expect(pointer_b, tree_b);
    }
}

TEST_CASE("a modified file is in the way, and nothing at all is changed") {
    CheckoutWorld world;
    world.write("data/one", "1");
    world.write("data/two", "2");
    world.write("other", "o");
    const auto old = world.add();
    world.add("other");
    world.write("data/one", "new one");
    world.add();
    world.write("data/two", "stored nowhere");
    world.put_pointer(old);
    world.remove("other");
    const auto before = world.snapshot();

    const auto error = error_of([&] { return world.checkout(); });
    REQUIRE(error);
    CHECK(error->code().id == workspace::errors::files_in_the_way.id);
    CHECK(notes_of(error) == std::vector<std::string>{"'data/two'"});
    CHECK(world.snapshot() == before);
    CHECK_FALSE(world.exists("other"));
}

TEST_CASE("unknown files that the version lacks go only if their bytes are stored, and ignored ones stay") {
    CheckoutWorld world;
    world.write("data/kept", "k");
    world.write(".mloignore", "*.log\n");
    world.add();
    world.write("data/copy", "k");
    world.write("data/run.log", "noise");
    world.write("data/sub/deep.log", "noise");
    CHECK(world.checkout().changes.size() == 1);
    CHECK_FALSE(world.exists("data/copy"));
    CHECK(world.read("data/run.log") == "noise");
    CHECK(world.read("data/sub/deep.log") == "noise");

    world.write("data/sub/mine", "stored nowhere");
    const auto error = error_of([&] { return world.checkout(); });
    CHECK(notes_of(error) == std::vector<std::string>{"'data/sub/mine'"});
    CHECK(world.read("data/sub/mine") == "stored nowhere");
}

TEST_CASE("force moves what is in the way to the trash, and the printed command brings it back") {
    CheckoutWorld world;
    world.write("data/it's\na file", "stored");
    world.write("data/folder/inner", "stored too");
    world.add();
    world.write("data/it's\na file", "mine");
    world.remove("data/folder");
    world.write("data/folder", "mine as well");
    const auto report = world.checkout(forced);
    CHECK(report.failures.empty());
    REQUIRE(report.trashed.size() == 2);
    CHECK(world.read("data/it's\na file") == "stored");
    CHECK(world.read("data/folder/inner") == "stored too");

    for (const auto& each : report.trashed) {
        CHECK(each.to.starts_with(world.path(".mlo/trash/")));
        const auto command = "exec bash -c \"$COMMAND\"";
        REQUIRE(::setenv("COMMAND", restore_command(each).c_str(), 1) == 0);
        CHECK(std::system(command) == 0);
    }
    CHECK(world.read("data/it's\na file") == "mine");
    CHECK(world.read("data/folder.from-trash") == "mine as well");
}

TEST_CASE("the trash is in the workspace where the store is on another file system") {
    CheckoutWorld world;
    const std::string elsewhere{"/dev/shm"};
    struct stat here {};
    struct stat there {};
    if (::stat(elsewhere.c_str(), &there) != 0 || ::stat(world.folder.path().c_str(), &here) != 0 ||
        here.st_dev == there.st_dev || ::access(elsewhere.c_str(), W_OK) != 0) {
        WARN("there is no second file system");
        return;
    }
    std::string template_name = elsewhere + "/mlo-test-XXXXXX";
    REQUIRE(::mkdtemp(template_name.data()) != nullptr);
    world.store_dir = template_name;
    world.write("data/a", "stored");
    world.add();
    world.write("data/a", "mine");
    const auto report = world.checkout(forced);
    REQUIRE(report.trashed.size() == 1);
    CHECK(report.trashed[0].to.starts_with(world.path(".mlo/trash/")));
    CHECK(world.read(".mlo/trash/.gitignore") == "*\n");
    CHECK(world.read("data/a") == "stored");
    std::filesystem::remove_all(template_name);
}

TEST_CASE("files, links and folders take each other's place") {
    CheckoutWorld world;
    world.write("data/a", "file");
    world.write("data/b/x/y", "deep");
    world.link("a", "data/c");
    const auto old_tree = world.snapshot();
    const auto old = world.add();
    world.remove("data");
    world.write("data/a/now/a/folder", "f");
    world.write("data/b", "now a file");
    world.write("data/c", "now a file, too");
    const auto new_tree = world.snapshot();
    const auto current = world.add();
    for (const auto& [pointer, tree] : {std::pair{old, old_tree}, {current, new_tree}, {old, old_tree}}) {
        world.put_pointer(pointer);
        CHECK(world.checkout().failures.empty());
        CHECK(world.snapshot() == tree);
    }
    SECTION("but not over a folder that holds something unknown") {
        world.write("data/b/x/mine", "stored nowhere");
        world.put_pointer(current);
        CHECK(failure([&] { return world.checkout(); }) == workspace::errors::files_in_the_way.id);
        CHECK(world.read("data/b/x/mine") == "stored nowhere");
        const auto report = world.checkout(forced);
        REQUIRE(report.trashed.size() == 1);
        CHECK(report.trashed[0].path == "data/b");
        CHECK(world.folder.read(report.trashed[0].to.substr(world.folder.path().size() + 1) + "/x/mine") ==
              "stored nowhere");
        CHECK(world.snapshot() == new_tree);
    }
}

TEST_CASE("a link that nobody added is in the way; the one that was added or checked out last is not") {
    CheckoutWorld world;
    world.make_folder("data");
    world.link("first", "data/link");
    const auto old = world.add();
    world.remove("data/link");
    world.link("second", "data/link");
    const auto current = world.add();
    world.put_pointer(old);
    CHECK(world.checkout().changes.size() == 1);
    world.put_pointer(current);
    CHECK(world.checkout().changes.size() == 1);
    CHECK(world.snapshot().at("link") == "link second");
    world.remove("data/link");
    world.link("stored nowhere", "data/link");
    CHECK(failure([&] { return world.checkout(); }) == workspace::errors::files_in_the_way.id);
}

TEST_CASE("a lost executable bit is put back without touching the content") {
    CheckoutWorld world;
    world.write("data/tool", "#!");
    world.set_executable("data/tool");
    world.add();
    std::filesystem::permissions(world.path("data/tool"), std::filesystem::perms{0640});
    const auto written = std::filesystem::last_write_time(world.path("data/tool"));
    const auto report = world.checkout();
    REQUIRE(report.changes.size() == 1);
    CHECK(report.changes[0].kind == ChangeKind::mode_changed);
    CHECK(world.snapshot().at("tool") == "program #!");
    CHECK((std::filesystem::status(world.path("data/tool")).permissions() & std::filesystem::perms{0777}) ==
          std::filesystem::perms{0750});
    CHECK(std::filesystem::last_write_time(world.path("data/tool")) == written);
}

TEST_CASE("what a killed checkout left behind is removed, within targets and beside them") {
    CheckoutWorld world;
    world.write("data/a", "a");
    world.add();
    world.write(".mlo-0123456789abcdef.tmp/sub/x", "partial");
    world.write("data/.mlo-fedcba9876543210.tmp", "partial");
    CHECK_FALSE(world.status().differs());
    CHECK(world.checkout().changes.empty());
    CHECK(world.leftovers().empty());
}

TEST_CASE("the status after a fresh checkout reads no file") {
    CheckoutWorld world;
    for (int i = 0; i < 50; ++i) world.write("data/" + std::to_string(i), std::to_string(i));
    world.add();
    world.remove("data");
    world.remove(".mlo/statcache");
    CHECK(world.checkout().written_files == 50);
    auto space = world.open();
    const auto cache = StatCache::load(space.private_dir());
    CHECK(cache.folder("data").size() == 50);
}

TEST_CASE("a part of a folder is checked out alone") {
    CheckoutWorld world;
    world.write("data/train/a", "a");
    world.write("data/train/b", "b");
    world.write("data/val/a", "a");
    world.add();
    world.remove("data");
    CHECK(world.checkout({.paths = {"data/train/a"}}).written_files == 1);
    CHECK(world.snapshot() == std::map<std::string, std::string>{{"train", "folder"}, {"train/a", "file a"}});
    world.write("data/val/mine", "stored nowhere, and not asked for");
    CHECK(world.checkout({.paths = {"data/train"}}).written_files == 1);
    CHECK(world.read("data/val/mine") == "stored nowhere, and not asked for");
    const auto report = world.checkout({.paths = {"data/nothing"}});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.code().id == workspace::errors::not_in_version.id);
    CHECK(failure([&] { return world.checkout({.paths = {"untracked"}}); }) == workspace::errors::not_tracked.id);
}

TEST_CASE("a dry run tells all and changes nothing") {
    CheckoutWorld world;
    world.write("data/a", "a");
    world.write("data/b", "b");
    world.add();
    world.remove("data/a");
    world.write("data/b", "mine");
    const auto before = world.snapshot();
    const auto report = world.checkout({.paths = {}, .in_the_way = InTheWay::move_to_trash, .dry_run = DryRun::yes});
    CHECK(report.changes.size() == 2);
    CHECK(report.trashed.size() == 1);
    CHECK(world.snapshot() == before);
    CHECK_FALSE(world.exists(".mlo/trash"));
}

TEST_CASE("a target whose objects are missing is told, and the others are done") {
    CheckoutWorld world;
    world.write("data/a", "a");
    world.write("other", "o");
    world.add();
    world.add("other");
    world.remove("data");
    world.remove("other");
    const auto gone = hash::sha256(as_bytes("never stored"));
    world.plant(std::array{file_entry("a", gone, 12)});
    const auto report = world.checkout();
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].path == "data");
    CHECK(report.failures[0].error.code().id == workspace::errors::objects_missing.id);
    CHECK(report.failures[0].error.notes() == std::vector<std::string>{"'data/a'"});
    CHECK(world.read("other") == "o");
    CHECK_FALSE(world.exists("data"));
}

TEST_CASE("depth 200 and names of 255 bytes come and go") {
    CheckoutWorld world;
    std::string deep = "data";
    for (int i = 0; i < 60; ++i) deep += "/" + std::string(20, 'd');
    world.write(deep + "/" + std::string(255, 'n'), "deep");
    for (std::string at = "data/s"; at.size() < 406; at += "/s") world.make_folder(at);
    const auto tree = world.snapshot();
    world.add();
    world.remove("data");
    CHECK(world.checkout().failures.empty());
    CHECK(world.snapshot() == tree);
}

TEST_CASE("a file that changes after it was looked at is left alone, and other targets are done",
          "[checkout-recheck]") {
    CheckoutWorld world;
    world.write("data/a", "one");
    world.write("data/gone", "one");
    world.write("other", "o");
    const auto old = world.add();
    world.add("other");
    world.write("data/a", "two");
    world.remove("data/gone");
    world.add();
    world.put_pointer(old);
    world.remove("other");
    Interference edit{[&] { world.write("data/a", "edited meanwhile"); }};
    Interference make{[&] { world.write("data/gone", "made meanwhile"); }};
    for (auto* const each : {&edit, &make}) {
        world.progress = each;
        world.remove("other");
        const auto report = world.checkout();
        REQUIRE(report.failures.size() == 1);
        CHECK(report.failures[0].error.code().id == workspace::errors::changed_meanwhile.id);
        CHECK(world.read("other") == "o");
        CHECK(world.leftovers().empty());
        world.progress = &silent_progress();
        if (each == &make) {
            CHECK(world.read("data/gone") == "made meanwhile");
            continue;
        }
        CHECK(world.read("data/a") == "edited meanwhile");
        world.write("data/a", "two");
        std::filesystem::remove(world.path("data/gone"));
    }
}
