// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <temporary_folder.hpp>
#include <thread>

#include "content_of.hpp"

using namespace mlo;
using namespace std::string_literals;
using mlo::test::content_of;
using mlo::test::error_of;
using mlo::test::failure;
using mlo::test::TemporaryFolder;
namespace stdfs = std::filesystem;

namespace {

std::vector<std::pair<std::string, FileKind>> sorted_entries(Dir& dir) {
    std::vector<std::pair<std::string, FileKind>> entries;
    for (auto& entry : dir.list()) entries.emplace_back(std::move(entry.name), entry.kind);
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// Sets the umask and puts the old one back.
class Umask {
public:
    explicit Umask(mode_t mask) : old_{::umask(mask)} {}
    ~Umask() { ::umask(old_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

private:
    mode_t old_;
};

}  // namespace

TEST_CASE("a root is opened as the user named it, through symbolic links") {
    const TemporaryFolder folder;
    folder.write("real/file", "x");
    stdfs::create_symlink("real", folder.path("link"));
    CHECK(real_fs().open_root(folder.path("link"))->stat("file"));
    CHECK(real_fs().open_root(folder.path("real"))->path() == folder.path("real"));
    CHECK(failure([&] { return real_fs().open_root(folder.path("none")); }) == errors::path_not_found.id);
    CHECK(failure([&] { return real_fs().open_root(folder.path("real/file")); }) == errors::path_not_found.id);
    CHECK(failure([&] { return real_fs().open_root("relative"); }) == errors::assertion.id);
}

TEST_CASE("a folder below is opened by its relative path") {
    const TemporaryFolder folder;
    folder.write("a/b/file", "x");
    const auto root = folder.open();
    const auto deep = root->open_dir("a/b");
    CHECK(deep->path() == folder.path("a/b"));
    CHECK(deep->stat("file"));
    CHECK(root->open_dir("")->stat_self().inode == root->stat_self().inode);
    CHECK(root->open_dir(".")->stat_self().inode == root->stat_self().inode);
    CHECK(root->open_dir("a//b/./")->stat_self().inode == deep->stat_self().inode);
    CHECK(failure([&] { return root->open_dir("a/none"); }) == errors::path_not_found.id);
    CHECK(failure([&] { return root->open_dir("a/b/file"); }) == errors::path_not_found.id);
}

TEST_CASE("no path leads out of the folder that it starts from") {
    const TemporaryFolder folder;
    folder.write("root/a/file", "x");
    folder.write("outside/secret", "x");
    stdfs::create_symlink("../outside", folder.path("root/out"));
    stdfs::create_symlink(folder.path("outside"), folder.path("root/far"));
    stdfs::create_symlink("a", folder.path("root/within"));
    stdfs::create_symlink("nowhere", folder.path("root/dangling"));
    stdfs::create_symlink("loop", folder.path("root/loop"));
    const auto root = folder.open()->open_dir("root");
    for (const auto* const bad : {"out", "far", "within", "dangling", "loop", "out/.", "within/.", "a/../within", "..",
                                  "../outside", "a/../../outside", "/", "/etc"}) {
        CAPTURE(bad);
        CHECK(failure([&] { return root->open_dir(bad); }) == errors::leads_outside.id);
    }
}

TEST_CASE("an open folder stays the same one when its name is given to another") {
    const TemporaryFolder folder;
    folder.write("data/file", "ours");
    folder.write("outside/file", "theirs");
    const auto data = folder.open()->open_dir("data");
    stdfs::rename(folder.path("data"), folder.path("moved"));
    stdfs::create_directory_symlink("outside", folder.path("data"));
    CHECK(content_of(*data->open("file"), 99) == "ours");
    data->create("new", 0666)->write(as_bytes("x"));
    data->remove("file");
    CHECK(stdfs::exists(folder.path("moved/new")));
    CHECK_FALSE(stdfs::exists(folder.path("outside/new")));
    CHECK(folder.read("outside/file") == "theirs");
}

TEST_CASE("a folder swapped for a symbolic link at every moment never leads outside") {
    const TemporaryFolder folder;
    folder.write("root/data/sub/file", "ours");
    folder.write("outside/sub/file", "theirs");
    stdfs::create_directory_symlink(folder.path("outside"), folder.path("root/link"));
    const auto root = folder.open()->open_dir("root");
    std::atomic<bool> done{false};
    std::jthread swapper{[&, data = folder.path("root/data"), link = folder.path("root/link")] {
        while (!done) ::renameat2(AT_FDCWD, data.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
    }};
    std::size_t theirs = 0;
    std::size_t unexpected = 0;
    for (int i = 0; i < 5000; ++i) {
        try {
            if (content_of(*root->open_dir("data/sub")->open("file"), 99) != "ours") ++theirs;
        } catch (const Error& error) {
            // EAGAIN after many races in a row is system_call: refused, too.
            if (error.code().id != errors::leads_outside.id && error.code().id != errors::system_call.id) ++unexpected;
        }
    }
    done = true;
    CHECK(theirs == 0);
    CHECK(unexpected == 0);
}

TEST_CASE("a folder lists its entries, each time all of them") {
    const TemporaryFolder folder;
    folder.write("file", "x");
    folder.write("folder/inner", "x");
    stdfs::create_symlink("file", folder.path("link"));
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    const auto dir = folder.open();
    const auto entries = sorted_entries(*dir);
    CHECK(entries == std::vector<std::pair<std::string, FileKind>>{{"file", FileKind::regular},
                                                                   {"folder", FileKind::directory},
                                                                   {"link", FileKind::symlink},
                                                                   {"pipe", FileKind::other}});
    CHECK(sorted_entries(*dir) == entries);
    CHECK(sorted_entries(*dir->open_dir("folder")).size() == 1);
}

TEST_CASE("a folder of many entries is listed in full") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    std::vector<std::string> names;
    for (int i = 0; i < 3000; ++i) names.push_back("a-name-of-some-length-" + std::to_string(i));
    for (const auto& name : names) static_cast<void>(dir->create(name, 0600));
    std::sort(names.begin(), names.end());
    const auto entries = sorted_entries(*dir);
    REQUIRE(entries.size() == names.size());
    CHECK(std::equal(entries.begin(), entries.end(), names.begin(), [](auto& a, auto& b) { return a.first == b; }));
}

TEST_CASE("names are bytes: 255 of them, and no encoding is asked for") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    for (const auto& name : {std::string(255, 'n'), "\xff\xfe\x80"s, "a\nb"s, " "s, "..."s, "-rf"s, "\\"s}) {
        dir->create(name, 0666)->write(as_bytes(name));
        CHECK(content_of(*dir->open(name), 300) == name);
        REQUIRE(dir->list().size() == 1);
        CHECK(dir->list().front().name == name);
        dir->rename(name, *dir, "other", Replace::no);
        dir->remove("other");
    }
    CHECK(failure([&] { return dir->create(std::string(256, 'n'), 0666); }) == errors::system_call.id);
}

TEST_CASE("what is no single name never reaches the system") {
    const TemporaryFolder folder;
    folder.write("a/b", "x");
    const auto dir = folder.open();
    CHECK(failure([&] { return dir->open_dir("a\0b"s); }) == errors::assertion.id);
    CHECK(failure([&] {
              dir->make_symlink("a\0b"s, "link");
              return 0;
          }) == errors::assertion.id);
    for (const auto& bad : {""s, "."s, ".."s, "a/b"s, "/etc"s, "a\0b"s}) {
        CHECK(failure([&] { return dir->open(bad); }) == errors::assertion.id);
        CHECK(failure([&] { return dir->create(bad, 0666); }) == errors::assertion.id);
        CHECK(failure([&] { return dir->open_lock(bad); }) == errors::assertion.id);
        CHECK(failure([&] { return dir->stat(bad); }) == errors::assertion.id);
        CHECK(failure([&] { return dir->make_dir(bad); }) == errors::assertion.id);
        CHECK(failure([&] { return dir->read_link(bad); }) == errors::assertion.id);
        CHECK(failure([&] {
                  dir->make_symlink("x", bad);
                  return 0;
              }) == errors::assertion.id);
        CHECK(failure([&] {
                  dir->remove(bad);
                  return 0;
              }) == errors::assertion.id);
        CHECK(failure([&] {
                  dir->remove_dir(bad);
                  return 0;
              }) == errors::assertion.id);
        CHECK(failure([&] {
                  dir->rename(bad, *dir, "x", Replace::no);
                  return 0;
              }) == errors::assertion.id);
        CHECK(failure([&] {
                  dir->rename("a", *dir, bad, Replace::no);
                  return 0;
              }) == errors::assertion.id);
    }
}

TEST_CASE("stat tells of the name itself") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    folder.write("file", "12345");
    REQUIRE(::chmod(folder.path("file").c_str(), 0640) == 0);
    const timespec times[2] = {{1, 0}, {1'700'000'000, 123'456'789}};
    REQUIRE(::utimensat(AT_FDCWD, folder.path("file").c_str(), times, 0) == 0);
    stdfs::create_hard_link(folder.path("file"), folder.path("twin"));
    stdfs::create_symlink("nowhere", folder.path("link"));
    const auto file = dir->stat("file");
    REQUIRE(file);
    CHECK(file->kind == FileKind::regular);
    CHECK(file->size == 5);
    CHECK(file->mode == 0640);
    CHECK(file->mtime_ns == 1'700'000'000'123'456'789);
    CHECK(file->links == 2);
    CHECK(file->owner == ::getuid());
    CHECK(dir->stat("twin") == file);
    CHECK(dir->open("file")->stat() == *file);
    CHECK(dir->stat("link")->kind == FileKind::symlink);
    CHECK(dir->stat("absent") == std::nullopt);
    CHECK(dir->stat_self().kind == FileKind::directory);
    CHECK(dir->stat_self().device == file->device);
}

TEST_CASE("a time that does not fit is the nearest that does") {
    const TemporaryFolder folder;
    folder.write("file", "x");
    const auto dir = folder.open();
    const timespec times[2] = {{0, 0}, {12'622'780'800, 5}};  // the year 2370
    REQUIRE(::utimensat(AT_FDCWD, folder.path("file").c_str(), times, 0) == 0);
    struct stat stored {};
    REQUIRE(::stat(folder.path("file").c_str(), &stored) == 0);
    // Some file systems cannot store it, and cut it off themselves.
    if (stored.st_mtim.tv_sec == times[1].tv_sec) CHECK(dir->stat("file")->mtime_ns == INT64_MAX);
    const timespec early[2] = {{0, 0}, {-1, 999'999'999}};
    REQUIRE(::utimensat(AT_FDCWD, folder.path("file").c_str(), early, 0) == 0);
    CHECK(dir->stat("file")->mtime_ns == -1);
}

TEST_CASE("only a regular file is opened, and nothing makes us wait") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    folder.write("file", "x");
    folder.write("folder/inner", "x");
    stdfs::create_symlink("file", folder.path("link"));
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    folder.path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(listener);

    CHECK(content_of(*dir->open("file"), 9) == "x");
    CHECK(failure([&] { return dir->open("absent"); }) == errors::path_not_found.id);
    CHECK(failure([&] { return dir->open("link"); }) == errors::leads_outside.id);
    CHECK(failure([&] { return dir->open("pipe"); }) == errors::not_a_regular_file.id);
    CHECK(failure([&] { return dir->open("folder"); }) == errors::not_a_regular_file.id);
    CHECK(failure([&] { return dir->open("socket"); }) == errors::not_a_regular_file.id);
    CHECK(failure([&] { return dir->open_lock("link"); }) == errors::leads_outside.id);
    CHECK(failure([&] { return dir->open_lock("pipe"); }) == errors::not_a_regular_file.id);
    CHECK(error_of([&] { return dir->open("absent"); })->message() ==
          "cannot open '" + folder.path("absent") + "': No such file or directory");
}

TEST_CASE("a file is created only where nothing is") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    folder.write("file", "old");
    stdfs::create_symlink("elsewhere", folder.path("link"));
    CHECK(failure([&] { return dir->create("file", 0666); }) == errors::already_exists.id);
    CHECK(failure([&] { return dir->create("link", 0666); }) == errors::already_exists.id);
    CHECK_FALSE(stdfs::exists(folder.path("elsewhere")));
    CHECK(folder.read("file") == "old");
}

TEST_CASE("modes are subject to the umask, but set_mode is exact") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    const Umask mask{027};
    const auto file = dir->create("file", 0666);
    CHECK(dir->stat("file")->mode == 0640);
    CHECK(dir->make_dir("folder"));
    CHECK(dir->stat("folder")->mode == 0750);
    file->set_mode(0444);
    CHECK(dir->stat("file")->mode == 0444);
    CHECK(file->stat().mode == 0444);
}

TEST_CASE("making a folder tells whether there was one") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    folder.write("file", "x");
    CHECK(dir->make_dir("new"));
    CHECK_FALSE(dir->make_dir("new"));
    stdfs::create_directory_symlink("new", folder.path("link"));
    CHECK(failure([&] { return dir->make_dir("file"); }) == errors::already_exists.id);
    CHECK(failure([&] { return dir->make_dir("link"); }) == errors::already_exists.id);
}

TEST_CASE("a rename replaces only if it is told to") {
    const TemporaryFolder folder;
    folder.write("a", "A");
    folder.write("b", "B");
    folder.write("sub/c", "C");
    const auto dir = folder.open();
    const auto sub = dir->open_dir("sub");
    CHECK(failure([&] {
              dir->rename("a", *dir, "b", Replace::no);
              return 0;
          }) == errors::already_exists.id);
    CHECK(folder.read("a") == "A");
    CHECK(folder.read("b") == "B");
    dir->rename("a", *dir, "b", Replace::yes);
    CHECK(folder.read("b") == "A");
    CHECK_FALSE(dir->stat("a"));
    dir->rename("b", *sub, "d", Replace::no);
    CHECK(folder.read("sub/d") == "A");
    stdfs::create_symlink("nowhere", folder.path("link"));
    CHECK(failure([&] {
              sub->rename("d", *dir, "link", Replace::no);
              return 0;
          }) == errors::already_exists.id);
    CHECK(failure([&] {
              dir->rename("none", *dir, "x", Replace::yes);
              return 0;
          }) == errors::path_not_found.id);
}

TEST_CASE("a file and an empty folder are removed, each by its own call") {
    const TemporaryFolder folder;
    folder.write("file", "x");
    folder.write("full/file", "x");
    const auto dir = folder.open();
    dir->make_dir("empty");
    stdfs::create_directory_symlink("full", folder.path("link"));
    CHECK(failure([&] {
              dir->remove_dir("file");
              return 0;
          }) != "none");
    CHECK(failure([&] {
              dir->remove("empty");
              return 0;
          }) != "none");
    CHECK(failure([&] {
              dir->remove_dir("full");
              return 0;
          }) == errors::already_exists.id);
    CHECK(failure([&] {
              dir->remove("absent");
              return 0;
          }) == errors::path_not_found.id);
    dir->remove("file");
    dir->remove_dir("empty");
    dir->remove("link");
    CHECK(sorted_entries(*dir).size() == 1);
    CHECK(folder.read("full/file") == "x");
}

TEST_CASE("a symbolic link keeps its target's bytes") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    const auto target = "../\xff\n" + std::string(1000, 't');
    dir->make_symlink(target, "link");
    CHECK(dir->read_link("link") == target);
    folder.write("file", "x");
    CHECK(failure([&] { return dir->read_link("file"); }) != "none");
    CHECK(failure([&] {
              dir->make_symlink("x", "file");
              return 0;
          }) == errors::already_exists.id);
}
