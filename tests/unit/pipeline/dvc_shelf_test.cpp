// SPDX-License-Identifier: Apache-2.0
#include "dvc_shelf.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/workspace/tree_source.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

namespace fs = std::filesystem;

// What DVC calls a folder with "a" in the file "x" and "b" in "sub/y", and what it keeps of it.
constexpr auto folder_md5 = "ad2b3df70f06f4ea1e9c35315f0837c0.dir";
constexpr auto md5_of_a = "0cc175b9c0f1b6a831c399e269772661";
constexpr auto md5_of_b = "92eb5ffee6ae2fec3ad71c777531578f";

struct Fixture {
    test::Project project;
    std::unique_ptr<workspace::Workspace> workspace = project.open();
    Observer observer{*workspace, WithMd5::yes, store::LargeFiles::all_whole};
    dvc::Site site;
    std::unique_ptr<DvcShelf> shelf;

    Fixture() {
        const auto& root = workspace->layout().root;
        fs::create_directories(root + "/.dvc/tmp");
        site = {.workspace = root, .root = root, .tmp_dir = root + "/.dvc/tmp", .cache_dir = root + "/.dvc/cache"};
        static_cast<void>(workspace->store());
        shelf = std::make_unique<DvcShelf>(site, *workspace);
        project.folder().write("made/x", "a");
        project.folder().write("made/sub/y", "b");
    }
    [[nodiscard]] std::string place(const std::string& md5) const {
        return site.cache_dir + "/files/md5/" + md5.substr(0, 2) + '/' + md5.substr(2);
    }
    void keep(const std::string& md5, const std::string& text) const {
        project.folder().write(".dvc/cache/files/md5/" + md5.substr(0, 2) + '/' + md5.substr(2), text);
        fs::permissions(place(md5), fs::perms{0444});
    }
    PathState put(const std::string& path) {
        const auto state = observer.store(std::vector{path}).front().state;
        REQUIRE(state);
        CHECK(shelf->put(path, *state, observer));
        shelf->sync();
        return *state;
    }
};

}  // namespace

TEST_CASE("an output is in DVC's cache as DVC would have put it, and nowhere twice") {
    Fixture f;
    const auto state = f.put("made");
    CHECK(state.md5 == folder_md5);
    CHECK(f.project.folder().read(".dvc/cache/files/md5/ad/2b3df70f06f4ea1e9c35315f0837c0.dir") ==
          R"([{"md5": "92eb5ffee6ae2fec3ad71c777531578f", "relpath": "sub/y"}, )"
          R"({"md5": "0cc175b9c0f1b6a831c399e269772661", "relpath": "x"}])");
    for (const auto* md5 : {md5_of_a, md5_of_b}) {
        struct stat status {};
        REQUIRE(::stat(f.place(md5).c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == 0444);
        CHECK(status.st_nlink == 2);
    }
    CHECK(f.shelf->contains(folder_md5));
    CHECK(f.shelf->contains(md5_of_a));
}

TEST_CASE("what links in an output lead to is kept too, and a link that leads elsewhere by then is told") {
    Fixture f;
    f.project.folder().write("elsewhere", "c");
    fs::create_symlink("../elsewhere", f.project.folder().path("made/link"));
    const std::vector<std::string> made{"made"};
    const auto state = f.observer.store(made).front().state;
    REQUIRE(state);
    f.project.folder().write("elsewhere", "changed");
    CHECK_FALSE(f.shelf->put("made", *state, f.observer));
    const auto now = f.put("made");
    CHECK(f.shelf->contains(now.md5));
}

TEST_CASE("what DVC has made can be had from its cache") {
    Fixture f;
    const auto made = f.put("made");
    Fixture other;
    other.keep(md5_of_a, "a");
    other.keep(folder_md5, f.project.folder().read(".dvc/cache/files/md5/ad/2b3df70f06f4ea1e9c35315f0837c0.dir"));
    CHECK_FALSE(other.shelf->contains(folder_md5));
    CHECK_FALSE(other.shelf->take(folder_md5));
    other.keep(md5_of_b, "b");
    CHECK(other.shelf->contains(folder_md5));
    const auto taken = other.shelf->take(folder_md5);
    REQUIRE(taken);
    CHECK(taken->id == made.id);
    CHECK(taken->kind == store::ObjectKind::tree);
    CHECK(other.workspace->store().contains(*made.id));
    CHECK(other.shelf->take(md5_of_a)->id == hash::sha256(as_bytes("a")));
}

TEST_CASE("what DVC's cache has under a wrong name is not taken") {
    Fixture f;
    f.keep(md5_of_a, "b");
    CHECK_FALSE(f.shelf->take(md5_of_a));
    f.keep(folder_md5, "[]");
    CHECK_FALSE(f.shelf->take(folder_md5));
    CHECK_FALSE(f.shelf->take("00000000000000000000000000000000"));
    CHECK_FALSE(f.workspace->store().contains(hash::sha256(as_bytes("b"))));
}
