// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/dvc/cache.hpp>
#include <mlo/dvc/errors.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <refused.hpp>
#include <still_world.hpp>
#include <temporary_folder.hpp>
#include <thread>

using namespace mlo;
using namespace mlo::test;

namespace {

std::string md5_of(std::string_view text) { return hash::to_hex(hash::md5(as_bytes(text))); }

/// A project with a store beside DVC's cache.
class Project {
public:
    explicit Project(dvc::Site::Sharing sharing = dvc::Site::Sharing::own)
        : store_{make_store(), runtime()},
          cache_{{.workspace = folder_.path(),
                  .root = folder_.path(),
                  .tmp_dir = folder_.path(".dvc/tmp"),
                  .cache_dir = folder_.path(".dvc/cache"),
                  .sharing = sharing},
                 runtime()} {}

    [[nodiscard]] Runtime runtime() { return world_.with(real_fs()); }
    [[nodiscard]] store::ObjectStore& store() { return store_; }
    [[nodiscard]] dvc::Cache& cache() { return cache_; }
    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

    store::ObjectId add(std::string_view text, store::LargeFiles form = store::LargeFiles::all_whole) {
        folder_.write("input", text);
        const auto ingest = store_.begin_ingest(form);
        const auto blob = ingest->add_file(*folder_.open()->open("input"), *silence());
        ingest->commit();
        return blob.id;
    }
    [[nodiscard]] std::string at(std::string_view md5) const {
        return folder_.path(".dvc/cache/files/md5/" + std::string{md5.substr(0, 2)} + "/" + std::string{md5.substr(2)});
    }
    [[nodiscard]] struct stat status(std::string_view md5) const {
        struct stat found {};
        REQUIRE(::stat(at(md5).c_str(), &found) == 0);
        return found;
    }
    void set(std::string_view md5, std::string_view text, mode_t mode) const {
        folder_.write(at(md5).substr(folder_.path().size() + 1), text);
        REQUIRE(::chmod(at(md5).c_str(), mode) == 0);
    }
    [[nodiscard]] std::string read(std::string_view md5) const {
        return folder_.read(at(md5).substr(folder_.path().size() + 1));
    }
    [[nodiscard]] static std::unique_ptr<Progress> silence() {
        return silent_progress().begin("", ProgressUnit::bytes);
    }
    /// All files of the cache.
    [[nodiscard]] std::size_t files() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folder_.path(".dvc/cache")})
            if (entry.is_regular_file()) ++count;
        return count;
    }

private:
    std::unique_ptr<Dir> make_store() {
        folder_.open()->make_dir("store");
        return folder_.open()->open_dir("store");
    }

    TemporaryFolder folder_;
    StillWorld world_{1};
    store::ObjectStore store_;
    dvc::Cache cache_;
};

}  // namespace

TEST_CASE("an object that the store keeps whole is linked into the cache as DVC would put it") {
    const auto before = ::umask(GENERATE(022u, 077u));
    Project project;
    for (const std::string text : {"", "abc"}) {
        const auto md5 = md5_of(text);
        const auto id = project.add(text);
        CHECK_FALSE(project.cache().contains(md5));
        project.cache().put(md5, project.store(), id);
        CHECK(project.cache().contains(md5));
        CHECK(project.read(md5) == text);
        CHECK(project.status(md5).st_nlink == 2);
        CHECK((project.status(md5).st_mode & 07777u) == 0444);
        project.cache().put(md5, project.store(), id);
        project.cache().sync();
    }
    CHECK(project.files() == 2);
    ::umask(before);
}

TEST_CASE("what the store does not keep whole is copied, and seen by others after sync") {
    const auto before = ::umask(GENERATE(022u, 077u));
    Project project;
    const auto md5 = md5_of("abc");
    const auto id = project.add("abc", store::LargeFiles::chunked);
    project.cache().put(md5, project.store(), id);
    project.cache().put(md5, project.store(), id);
    CHECK(project.cache().contains(md5));
    CHECK_FALSE(std::filesystem::exists(project.at(md5)));
    project.cache().sync();
    CHECK(project.read(md5) == "abc");
    CHECK(project.status(md5).st_nlink == 1);
    CHECK((project.status(md5).st_mode & 07777u) == 0444);
    CHECK(project.files() == 1);
    ::umask(before);
}

TEST_CASE("bytes are put under their name, many at once too, and dropped without sync") {
    Project project;
    {
        dvc::Cache other{{.workspace = project.folder().path(),
                          .root = project.folder().path(),
                          .tmp_dir = {},
                          .cache_dir = project.folder().path(".dvc/cache")},
                         project.runtime()};
        other.put_bytes(md5_of("[]") + ".dir", "[]");
    }
    CHECK(project.files() == 0);
    for (int i = 0; i < 100; ++i) project.cache().put_bytes(md5_of(std::to_string(i)) + ".dir", std::to_string(i));
    project.cache().sync();
    CHECK(project.files() == 100);
    CHECK(project.read(md5_of("7") + ".dir") == "7");
}

TEST_CASE("folders of the cache are DVC's, for a group where it is shared") {
    const auto before = ::umask(027);
    const auto sharing = GENERATE(dvc::Site::Sharing::own, dvc::Site::Sharing::group);
    Project project{sharing};
    const auto md5 = md5_of("abc");
    project.cache().put_bytes(md5, "abc");
    project.cache().sync();
    for (const std::string folder : {".dvc/cache", ".dvc/cache/files", ".dvc/cache/files/md5"}) {
        struct stat found {};
        REQUIRE(::stat(project.folder().path(folder).c_str(), &found) == 0);
        CHECK((found.st_mode & 07777u) == (sharing == dvc::Site::Sharing::own ? 0750 : 02775));
    }
    CHECK((project.status(md5).st_mode & 07777u) == 0444);
    ::umask(before);
}

TEST_CASE("a file in the cache that cannot be what its name says is replaced") {
    Project project;
    const auto md5 = md5_of("abc");
    project.set(md5, "", 0444);
    SECTION("by a link") { project.cache().put(md5, project.store(), project.add("abc")); }
    SECTION("by a copy") {
        project.cache().put(md5, project.store(), project.add("abc", store::LargeFiles::chunked));
        project.cache().sync();
    }
    SECTION("by bytes") {
        project.cache().put_bytes(md5, "abc");
        project.cache().sync();
    }
    CHECK(project.read(md5) == "abc");
}

TEST_CASE("a file of the cache is taken into the store without a copy, if its bytes have that MD5") {
    Project project;
    const auto md5 = md5_of("abc");
    project.set(md5, "abc", 0444);
    project.set(md5_of("x"), "other", 0444);
    const auto ingest = project.store().begin_ingest(store::LargeFiles::all_whole);
    const auto progress = Project::silence();
    const auto blob = project.cache().take(md5, *ingest, *progress);
    REQUIRE(blob.has_value());
    CHECK(blob->id == hash::sha256(as_bytes("abc")));
    CHECK_FALSE(project.cache().take(md5_of("x"), *ingest, *progress).has_value());
    CHECK_FALSE(project.cache().take(md5_of("y"), *ingest, *progress).has_value());
    CHECK_FALSE(project.cache().take("../../../etc/passwd", *ingest, *progress).has_value());
    ingest->commit();
    CHECK(project.status(md5).st_nlink == 2);
    CHECK(project.store().contains(blob->id));
    CHECK_FALSE(project.store().contains(hash::sha256(as_bytes("other"))));
}

TEST_CASE("a folder's listing is believed only if it has its MD5") {
    Project project;
    const std::string text = R"([{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}])";
    const auto md5 = md5_of(text) + ".dir";
    CHECK_FALSE(project.cache().folder(md5).has_value());
    project.set(md5, text, 0444);
    CHECK(project.cache().folder(md5).value().at(0).relpath == "a");
    CHECK_FALSE(project.cache().folder(md5_of(text)).has_value());
    project.set(md5, text, 0644);
    project.set(md5, text + " ", 0444);
    CHECK(refused([&] { return project.cache().folder(md5); }).starts_with("V006 "));
    const auto wrong = md5_of("{}") + ".dir";
    project.set(wrong, "{}", 0444);
    CHECK(refused([&] { return project.cache().folder(wrong); }).starts_with("V007 "));
}

TEST_CASE("what is there is opened, and nothing else") {
    Project project;
    const auto md5 = md5_of("abc");
    CHECK(project.cache().open(md5) == nullptr);
    project.set(md5, "abc", 0444);
    CHECK(project.cache().open(md5)->stat().size == 3);
    CHECK(project.cache().open("../../../etc/passwd") == nullptr);
    CHECK_FALSE(project.cache().contains("../../../etc/passwd"));
}

TEST_CASE("nothing is written through a symbolic link in the workspace") {
    Project project;
    std::filesystem::create_directories(project.folder().path(".dvc"));
    std::filesystem::create_directories(project.folder().path("elsewhere"));
    std::filesystem::create_symlink("../elsewhere", project.folder().path(".dvc/cache"));
    const auto refusal = refused([&] { return project.cache().put_bytes(md5_of("abc"), "abc"), 0; });
    CHECK(refusal.starts_with("U007 "));
    CHECK(refusal.ends_with(" help: dvc config --local cache.dir PATH"));
    CHECK(std::filesystem::is_empty(project.folder().path("elsewhere")));
}

TEST_CASE("several threads put the same objects") {
    Project project;
    std::vector<store::ObjectId> ids;
    for (int i = 0; i < 20; ++i)
        ids.push_back(
            project.add(std::to_string(i), i % 2 == 0 ? store::LargeFiles::all_whole : store::LargeFiles::chunked));
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                for (int i = 0; i < 20; ++i)
                    project.cache().put(md5_of(std::to_string(i)), project.store(),
                                        ids.at(static_cast<std::size_t>(i)));
            });
    }
    project.cache().sync();
    CHECK(project.files() == 20);
    for (int i = 0; i < 20; ++i) CHECK(project.read(md5_of(std::to_string(i))) == std::to_string(i));
}
