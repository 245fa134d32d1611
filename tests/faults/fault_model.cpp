// SPDX-License-Identifier: Apache-2.0
// What FaultFs keeps and loses: the rows of the table of real power cuts (ext4, xfs, btrfs), and what POSIX adds to
// them.
#include <catch2/catch.hpp>
#include <cerrno>
#include <fault_fs.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <set>

namespace mlo::test {
namespace {

constexpr std::string_view root = "/w";
constexpr std::size_t many = 100'000;

std::string content_of(FaultFs& fs, std::string_view name) {
    const auto dir = fs.open_root(root);
    return dir->stat(name) ? read_file(*dir, name, 1u << 20) : std::string{"(absent)"};
}

/// What a power cut now may leave of `name`, and whether every state was tried.
std::set<std::string> outcomes(const FaultFs& fs, std::string_view name) {
    std::set<std::string> seen;
    REQUIRE(fs.enumerate_crashes(many, [&](FaultFs& after) { seen.insert(content_of(after, name)); }) ==
            Coverage::every_state);
    return seen;
}

void write(Dir& dir, std::string_view name, std::string_view text) { dir.create(name, 0666)->write(as_bytes(text)); }

}  // namespace

TEST_CASE("a file that nobody synced may be absent, empty, torn or whole after a cut") {
    FaultFs fs{root};
    write(*fs.open_root(root), "a", "new");
    const auto seen = outcomes(fs, "a");
    CHECK(seen.contains("(absent)"));
    CHECK(seen.contains(""));
    CHECK(seen.contains("new"));
    CHECK(seen.contains(std::string(3, '\0')));
    CHECK(seen.size() >= 5);
}

TEST_CASE("syncing a file keeps its bytes but not its name") {
    FaultFs fs{root};
    const auto file = fs.open_root(root)->create("a", 0666);
    file->write(as_bytes("new"));
    file->sync();
    CHECK(outcomes(fs, "a") == std::set<std::string>{"(absent)", "new"});
}

TEST_CASE("syncing a folder keeps the names but not the bytes behind them") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    write(*dir, "t", "new");
    dir->rename("t", *dir, "a", Replace::yes);
    dir->sync();
    const auto seen = outcomes(fs, "a");
    CHECK_FALSE(seen.contains("(absent)"));
    CHECK(seen.contains(""));
    CHECK(seen.contains("new"));
}

TEST_CASE("synced bytes under a synced name are there after every cut") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("t", 0666);
    file->write(as_bytes("new"));
    file->sync();
    dir->rename("t", *dir, "a", Replace::yes);
    dir->sync();
    CHECK(outcomes(fs, "a") == std::set<std::string>{"new"});
    CHECK(fs.not_durable().empty());
}

TEST_CASE("syncing the file system keeps everything") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    dir->make_dir("d");
    write(*dir->open_dir("d"), "a", "new");
    write(*dir, "a", "new");
    CHECK_FALSE(fs.not_durable().empty());
    dir->sync_file_system();
    CHECK(fs.not_durable().empty());
    CHECK(outcomes(fs, "a") == std::set<std::string>{"new"});
}

TEST_CASE("a rename over a file leaves the old or the new one, never none") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    write(*dir, "a", "old");
    dir->sync_file_system();
    const auto file = dir->create("t", 0666);
    file->write(as_bytes("new"));
    file->sync();
    dir->rename("t", *dir, "a", Replace::yes);
    CHECK(outcomes(fs, "a") == std::set<std::string>{"old", "new"});
}

TEST_CASE("a file in a folder whose own name was not synced is lost with it") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    dir->make_dir("d");
    const auto below = dir->open_dir("d");
    const auto file = below->create("a", 0666);
    file->write(as_bytes("new"));
    file->sync();
    below->sync();
    std::set<bool> there;
    REQUIRE(fs.enumerate_crashes(many, [&](FaultFs& after) {
        there.insert(after.open_root(root)->stat("d").has_value());
    }) == Coverage::every_state);
    CHECK(there == std::set{false, true});
    dir->sync();
    fs.enumerate_crashes(
        many, [&](FaultFs& after) { CHECK(read_file(*after.open_root(root)->open_dir("d"), "a", 10) == "new"); });
}

TEST_CASE("a rename across folders may leave both names but never neither") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    dir->make_dir("d");
    write(*dir, "a", "x");
    dir->sync_file_system();
    dir->rename("a", *dir->open_dir("d"), "b", Replace::yes);
    std::set<std::pair<bool, bool>> seen;
    fs.enumerate_crashes(many, [&](FaultFs& after) {
        const auto now = after.open_root(root);
        seen.emplace(now->stat("a").has_value(), now->open_dir("d")->stat("b").has_value());
    });
    CHECK(seen == std::set<std::pair<bool, bool>>{{true, false}, {true, true}, {false, true}});
}

TEST_CASE("changes of different names are lost independently of their order") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    dir->make_symlink("1", "a");
    dir->make_symlink("2", "b");
    std::set<std::pair<bool, bool>> seen;
    fs.enumerate_crashes(many, [&](FaultFs& after) {
        const auto now = after.open_root(root);
        seen.emplace(now->stat("a").has_value(), now->stat("b").has_value());
    });
    CHECK(seen.size() == 4);
}

TEST_CASE("a removal may be undone until its folder is synced") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    write(*dir, "a", "old");
    dir->sync_file_system();
    dir->remove("a");
    CHECK(outcomes(fs, "a") == std::set<std::string>{"(absent)", "old"});
    CHECK_FALSE(fs.not_durable().empty());
    dir->sync();
    CHECK(outcomes(fs, "a") == std::set<std::string>{"(absent)"});
}

TEST_CASE("bytes synced before an append survive it, the appended ones may be torn") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("a", 0666);
    file->write(as_bytes("abc"));
    dir->sync_file_system();
    file->write(as_bytes("def"));
    for (const auto& seen : outcomes(fs, "a")) CHECK(seen.starts_with("abc"));
    CHECK(outcomes(fs, "a").contains("abc"));
    CHECK(outcomes(fs, "a").contains("abcdef"));
}

TEST_CASE("large files are torn within and at block boundaries") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const std::string text(10'000, 'x');
    write(*dir, "a", text);
    dir->sync();
    std::set<std::size_t> sizes;
    bool hole_in_full_size = false;
    fs.enumerate_crashes(many, [&](FaultFs& after) {
        const auto found = content_of(after, "a");
        sizes.insert(found.size());
        hole_in_full_size = hole_in_full_size || (found.size() == text.size() && found != text && found.front() == 'x');
    });
    CHECK(sizes == std::set<std::size_t>{0, 4608, 8192, 10'000});
    CHECK(hole_in_full_size);
}

TEST_CASE("after a failed sync a later one that succeeds does not bring the bytes back") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("a", 0666);
    file->write(as_bytes("new"));
    fs.fail({.at_call = 1, .error_number = EIO});
    CHECK_THROWS_AS(file->sync(), Error);
    CHECK_NOTHROW(file->sync());
    CHECK_NOTHROW(dir->sync_file_system());
    CHECK(outcomes(fs, "a").contains(""));
    CHECK_FALSE(fs.not_durable().empty());
}

TEST_CASE("after a failed sync of a folder a later one does not bring its names back") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("a", 0666);
    file->sync();
    fs.fail({.at_call = 1, .error_number = EIO});
    CHECK_THROWS_AS(dir->sync(), Error);
    CHECK_NOTHROW(dir->sync());
    CHECK(outcomes(fs, "a").contains("(absent)"));
}

TEST_CASE("a change of mode is durable only with the whole file system") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("a", 0666);
    dir->sync_file_system();
    file->set_mode(0400);
    file->sync();
    std::set<std::uint32_t> modes;
    fs.enumerate_crashes(many, [&](FaultFs& after) { modes.insert(after.open_root(root)->stat("a")->mode); });
    CHECK(modes == std::set<std::uint32_t>{0400, 0644});
}

TEST_CASE("random cuts choose among the allowed states and repeat with their seed") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    write(*dir, "a", "one");
    write(*dir, "b", "two");
    const auto allowed = outcomes(fs, "a");
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        auto after = fs.random_crash(seed);
        auto again = fs.random_crash(seed);
        const auto found = content_of(after, "a");
        CHECK(found == content_of(again, "a"));
        seen.insert(found);
    }
    CHECK(seen == allowed);
}

TEST_CASE("what a cut left is durable") {
    FaultFs fs{root};
    write(*fs.open_root(root), "a", "one");
    for (std::uint64_t seed = 0; seed < 50; ++seed) CHECK(fs.random_crash(seed).not_durable().empty());
}

TEST_CASE("more states than the limit are sampled, with both extremes") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    for (char c = 'a'; c <= 'z'; ++c) write(*dir, std::string{c}, "text");
    std::set<std::size_t> counts;
    std::size_t states = 0;
    CHECK(fs.enumerate_crashes(100, [&](FaultFs& after) {
        counts.insert(after.open_root(root)->list().size());
        ++states;
    }) == Coverage::some_states);
    CHECK(states == 101);
    CHECK(counts.contains(0));
    CHECK(counts.contains(26));
}

TEST_CASE("a fault strikes once, or from its call on") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    fs.fail({.at_call = 2, .error_number = ENOSPC});
    dir->make_dir("a");
    CHECK_THROWS_WITH(dir->make_dir("b"), "cannot make folder '/w/b': No space left on device");
    CHECK(fs.struck());
    dir->make_dir("b");
    fs.fail({.at_call = 2, .error_number = EMFILE, .law = FaultLaw::from_then_on});
    CHECK_FALSE(fs.struck());
    dir->make_dir("c");
    CHECK_THROWS_AS(dir->open_dir("a"), Error);
    CHECK_THROWS_AS(dir->list(), Error);
    fs.heal();
    CHECK(dir->list().size() == 3);
}

TEST_CASE("a write that fails has written a part") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    const auto file = dir->create("a", 0666);
    fs.fail({.at_call = 1, .error_number = ENOSPC});
    CHECK_THROWS_AS(file->write(as_bytes("abcd")), Error);
    CHECK(content_of(fs, "a") == "ab");
}

TEST_CASE("the hook sees each change before it happens and may look at cuts") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    std::vector<std::size_t> entries;
    fs.before_each_change([&](std::uint64_t) {
        std::size_t most = 0;
        fs.enumerate_crashes(many,
                             [&](FaultFs& after) { most = std::max(most, after.open_root(root)->list().size()); });
        entries.push_back(most);
    });
    dir->make_dir("a");
    dir->make_dir("b");
    dir->sync();
    CHECK(entries == std::vector<std::size_t>{0, 1, 2});
}

}  // namespace mlo::test
