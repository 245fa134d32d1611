// SPDX-License-Identifier: Apache-2.0
// Where the stat cache is when the work tree is on a network file system.
#include <catch2/catch.hpp>
#include <fault_fs.hpp>
#include <memory_tree.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <mlo/workspace/status.hpp>
#include <mlo/workspace/workspace.hpp>
#include <seeded.hpp>

namespace mlo::test {
namespace {

using workspace::StatCache;
using workspace::Workspace;

constexpr std::string_view cache_folder = "/local/cache/mlo";

/// Work trees without git below `/net`, in memory. The clock is far ahead, so that all that is read is settled.
class Network {
public:
    Network() {
        for (const auto* folder : {"/net", "/local"}) static_cast<void>(workspace::make_folders(fs, folder));
    }

    Workspace open(const std::string& name, std::string cache_dir = std::string{cache_folder}) {
        const auto root = "/net/" + name;
        static_cast<void>(workspace::make_folders(fs, root + "/.mlo"));
        return Workspace{{.root = root,
                          .store_dir = root + "/.mlo",
                          .private_dir = root + "/.mlo",
                          .cache_dir = std::move(cache_dir),
                          .git = {}},
                         root,
                         git::Environment{},
                         {fs, clock_, random_, silent_log(), silent_progress(), {}, 1}};
    }

    /// Tracks one file in `data`; returns how many a new process knows of.
    std::size_t add(const std::string& name, const std::string& cache_dir = std::string{cache_folder}) {
        {
            auto space = open(name, cache_dir);
            space.root().make_dir("data");
            make_tree(*space.open_folder("data"), {{"f", "file of " + name}});
            const std::vector<std::string> paths{"data"};
            static_cast<void>(workspace::add(space, paths, store::LargeFiles::automatic));
        }
        auto space = open(name, cache_dir);
        CHECK(workspace::status(space, {}, workspace::Trust::stat_cache).targets.size() == 1);
        return StatCache::load(space.stat_cache_dir()).folder("data").size();
    }

    bool has_own(const std::string& name) {
        return fs.open_root("/net/" + name + "/.mlo")->stat("statcache").has_value();
    }
    std::size_t cached_work_trees() {
        std::size_t count = 0;
        const auto folder = fs.open_root("/local/cache/mlo/work-trees");
        for (const auto& entry : folder->list())
            if (folder->open_dir(entry.name)->stat("statcache")) ++count;
        return count;
    }

    FaultFs fs{"/"};

private:
    StillClock clock_{Timestamp{std::chrono::nanoseconds{4'000'000'000'000'000'000}}};
    SeededRandom random_{5};
};

}  // namespace

TEST_CASE("on a local file system the stat cache is in the private folder") {
    Network network;
    CHECK(network.add("one") == 1);
    CHECK(network.has_own("one"));
    CHECK_FALSE(network.fs.open_root("/local")->stat("cache"));
}

TEST_CASE("on a network file system it is in the user's cache folder, one for each work tree") {
    Network network;
    network.fs.put_on_network("/net");
    CHECK(network.add("one") == 1);
    CHECK(network.cached_work_trees() == 1);
    CHECK(network.add("two") == 1);
    CHECK(network.cached_work_trees() == 2);
    CHECK_FALSE(network.has_own("one"));
    CHECK_FALSE(network.has_own("two"));
}

TEST_CASE("a work tree made anew at the same path knows nothing of the one before") {
    Network network;
    network.fs.put_on_network("/net");
    CHECK(network.add("one") == 1);
    const auto net = network.fs.open_root("/net");
    net->rename("one", *net, "moved", Replace::no);
    auto again = network.open("one");
    CHECK(StatCache::load(again.stat_cache_dir()).folder("data").size() == 0);
}

TEST_CASE("without a local cache folder it stays in the private folder") {
    Network network;
    network.fs.put_on_network("/net");
    SECTION("there is none") { CHECK(network.add("one", "") == 1); }
    SECTION("it is on the network too") { CHECK(network.add("one", "/net/home/.cache/mlo") == 1); }
    SECTION("it cannot be made") {
        make_tree(*network.fs.open_root("/local"), {{"cache", "file in the way"}});
        CHECK(network.add("one") == 1);
    }
    CHECK(network.has_own("one"));
}

}  // namespace mlo::test
