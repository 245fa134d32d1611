// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/runtime.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using mlo::test::failure;
using mlo::test::TemporaryFolder;
namespace stdfs = std::filesystem;

namespace {

/// 0, 1, 2, ... for ever.
class CountingRandom final : public Random {
public:
    void fill(std::span<std::byte> into) override {
        for (auto& byte : into) byte = std::byte{next_++};
    }

private:
    unsigned char next_ = 0;
};

}  // namespace

TEST_CASE("a temporary file's name is hidden and different every time") {
    CountingRandom random;
    CHECK(temporary_name("pack", random) == ".pack-0001020304050607.tmp");
    CHECK(temporary_name("pack", random) == ".pack-08090a0b0c0d0e0f.tmp");
}

TEST_CASE("a file appears under its name when it is committed") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    CountingRandom random;
    AtomicFile file{*dir, "file", 0666, random};
    file.write("half ");
    file.write("done");
    CHECK_FALSE(dir->stat("file"));
    CHECK(dir->list().front().name == ".mlo-0001020304050607.tmp");
    file.commit(Replace::no);
    CHECK(folder.read("file") == "half done");
    CHECK(dir->list().size() == 1);
}

TEST_CASE("a file that is not committed leaves nothing behind") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    CountingRandom random;
    { AtomicFile{*dir, "file", 0666, random}.write("never"); }
    CHECK(dir->list().empty());
}

TEST_CASE("a commit that may not replace fails and leaves the old file alone") {
    const TemporaryFolder folder;
    folder.write("file", "old");
    const auto dir = folder.open();
    CountingRandom random;
    {
        AtomicFile file{*dir, "file", 0666, random};
        file.write("new");
        CHECK(failure([&] {
                  file.commit(Replace::no);
                  return 0;
              }) == errors::already_exists.id);
    }
    CHECK(folder.read("file") == "old");
    CHECK(dir->list().size() == 1);
}

TEST_CASE("a committed file survives its object even if the name is taken away") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    CountingRandom random;
    {
        AtomicFile file{*dir, "file", 0666, random};
        file.commit(Replace::no);
        dir->rename("file", *dir, ".mlo-0001020304050607.tmp", Replace::no);
    }
    CHECK(dir->list().size() == 1);
}

TEST_CASE("writing atomically replaces a file or a symbolic link, never what the link leads to") {
    const TemporaryFolder folder;
    folder.write("file", "old");
    folder.write("target", "target");
    stdfs::create_symlink("target", folder.path("link"));
    const auto dir = folder.open();
    CountingRandom random;
    const auto old_inode = dir->stat("file")->inode;
    const auto kept = dir->open("file");  // so that its number is not given to the new file
    write_file_atomically(*dir, "file", "new", 0666, random);
    write_file_atomically(*dir, "link", "new", 0666, random);
    CHECK(folder.read("file") == "new");
    CHECK(dir->stat("file")->inode != old_inode);
    CHECK(folder.read("target") == "target");
    CHECK(dir->stat("link")->kind == FileKind::regular);
    CHECK(dir->list().size() == 3);
}

TEST_CASE("a name of 255 bytes is written atomically, too") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    CountingRandom random;
    const std::string name(255, 'n');
    write_file_atomically(*dir, name, "x", 0600, random);
    CHECK(read_file(*dir, name, 1) == "x");
    CHECK(dir->stat(name)->mode == 0600);
}

TEST_CASE("a whole file is read up to the limit and not a byte beyond") {
    const TemporaryFolder folder;
    using namespace std::string_literals;
    const auto content = "a\0b\xff\n"s;
    folder.write("file", content);
    folder.write("empty", "");
    const auto dir = folder.open();
    CHECK(read_file(*dir, "file", 5) == content);
    CHECK(read_file(*dir, "file", 1u << 20) == content);
    CHECK(read_file(*dir, "empty", 0) == "");
    CHECK(failure([&] { return read_file(*dir, "file", 4); }) == errors::too_large.id);
    CHECK(failure([&] { return read_file(*dir, "file", 0); }) == errors::too_large.id);
    CHECK(failure([&] { return read_file(*dir, "absent", 9); }) == errors::path_not_found.id);
}

TEST_CASE("a file that holds more than its size says is read in full, or refused") {
    // The kernel's own files say 0 and hold more, as a file does that grows while it is read.
    const auto dir = real_fs().open_root("/proc/self");
    REQUIRE(dir->stat("status")->size == 0);
    const auto content = read_file(*dir, "status", 1u << 20);
    CHECK_THAT(content, Catch::StartsWith("Name:") && Catch::EndsWith("\n"));
    CHECK(failure([&] { return read_file(*dir, "status", 10); }) == errors::too_large.id);
}
