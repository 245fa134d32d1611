// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/util/background_writer.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <temporary_folder.hpp>

#include "content_of.hpp"

using namespace mlo;
using mlo::test::content_of;
using mlo::test::failure;
using mlo::test::TemporaryFolder;

TEST_CASE("a file reads from any offset up to its end") {
    const TemporaryFolder folder;
    folder.write("file", "0123456789");
    const auto file = folder.open()->open("file");
    CHECK(content_of(*file, 4) == "0123");
    CHECK(content_of(*file, 4, 8) == "89");
    CHECK(content_of(*file, 4, 10) == "");
    CHECK(content_of(*file, 4, 1u << 30) == "");
    CHECK(content_of(*file, 0) == "");
}

TEST_CASE("a new file takes what is appended and reads it back") {
    const TemporaryFolder folder;
    const auto file = folder.open()->create("file", 0666);
    file->write(as_bytes("one "));
    CHECK(content_of(*file, 99) == "one ");
    file->write({});
    file->write(as_bytes("two"));
    CHECK(content_of(*file, 99) == "one two");
    CHECK(file->stat().size == 7);
}

TEST_CASE("writing past the cache loses no byte, whatever is written in between") {
    const TemporaryFolder folder;
    const auto file = folder.open()->create("file", 0666);
    file->set_caching(Caching::bypassed);
    Block block;
    static_cast<void>(block.fill(as_bytes(std::string(Block::size_bytes, 'a'))));
    std::string expected(2 * Block::size_bytes, 'a');
    file->write(block.bytes());
    file->write(block.bytes());
    file->write(as_bytes("odd"));
    file->write(block.bytes());
    expected += "odd" + std::string(Block::size_bytes, 'a');
    CHECK((folder.read("file") == expected));
}

TEST_CASE("what is read once is read like anything else, wherever it lies") {
    const TemporaryFolder folder;
    std::string expected;
    for (int i = 0; i < 9; ++i) expected += std::string(1u << 20, static_cast<char>('a' + i));
    folder.write("file", expected);
    const auto file = folder.open()->open("file");
    for (const std::uint64_t offset : {0u, 1u, 4'000'000u, 9u << 20, 20u << 20}) {
        for (const std::uint64_t size : {0u, 1u, 5'000'000u, 30u << 20}) {
            file->read_once(offset, size);
            std::string bytes(size, '\0');
            const auto count = file->read(std::as_writable_bytes(std::span{bytes}), offset);
            bytes.resize(count);
            CHECK((bytes == (offset < expected.size() ? expected.substr(offset, size) : "")));
        }
    }
}

TEST_CASE("a file opened for reading cannot be written") {
    const TemporaryFolder folder;
    folder.write("file", "x");
    const auto file = folder.open()->open("file");
    CHECK(failure([&] {
              file->write(as_bytes("y"));
              return 0;
          }) == errors::system_call.id);
    CHECK(folder.read("file") == "x");
}

TEST_CASE("a clone has the content of its source, or the target is untouched") {
    const TemporaryFolder folder;
    const std::string content(100'000, 'c');
    folder.write("source", content);
    const auto dir = folder.open();
    const auto source = dir->open("source");
    const auto target = dir->create("target", 0666);
    const bool cloned = target->clone_from(*source);
    CHECK((folder.read("target") == (cloned ? content : "")));
    CHECK(dir->stat("target")->inode != dir->stat("source")->inode);
}

TEST_CASE("a clone into a file that is not open for writing is refused") {
    const TemporaryFolder folder;
    folder.write("source", "s");
    folder.write("target", "t");
    const auto dir = folder.open();
    CHECK_FALSE(dir->open("target")->clone_from(*dir->open("source")));
    CHECK(folder.read("target") == "t");
}

TEST_CASE("a mapping shows the file and outlives it") {
    const TemporaryFolder folder;
    folder.write("file", "mapped");
    folder.write("empty", "");
    const auto dir = folder.open();
    const auto mapping = dir->open("file")->map(6);
    dir->remove("file");
    CHECK(as_text(mapping->bytes()) == "mapped");
    CHECK(dir->open("empty")->map(0)->bytes().empty());
}

TEST_CASE("a file that is shorter than expected is not mapped") {
    const TemporaryFolder folder;
    folder.write("file", "mapped");
    folder.write("empty", "");
    const auto dir = folder.open();
    const auto file = dir->open("file");
    CHECK(file->map(5)->bytes().size() == 6);
    CHECK(failure([&] { return file->map(7); }) == errors::system_call.id);
    CHECK(failure([&] { return dir->open("empty")->map(1); }) == errors::system_call.id);
    std::filesystem::resize_file(folder.path("file"), 3);
    CHECK(failure([&] { return file->map(6); }) == errors::system_call.id);
}

TEST_CASE("an exclusive lock excludes all others, shared ones only exclusive ones") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    const auto first = dir->open_lock("lock");
    const auto second = dir->open_lock("lock");
    auto third = dir->open_lock("lock");
    REQUIRE(first->try_lock(LockMode::shared));
    CHECK(second->try_lock(LockMode::shared));
    CHECK_FALSE(third->try_lock(LockMode::exclusive));
}

TEST_CASE("a lock ends with its file object, and an own one may change its mode") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    auto holder = dir->open_lock("lock");
    const auto other = dir->open_lock("lock");
    REQUIRE(holder->try_lock(LockMode::exclusive));
    CHECK_FALSE(other->try_lock(LockMode::shared));
    CHECK(holder->try_lock(LockMode::shared));
    CHECK(other->try_lock(LockMode::shared));
    CHECK_FALSE(holder->try_lock(LockMode::exclusive));
    holder.reset();
    CHECK(other->try_lock(LockMode::exclusive));
}

TEST_CASE("a lock does not end when another file object of the same process is closed") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    const auto holder = dir->open_lock("lock");
    REQUIRE(holder->try_lock(LockMode::exclusive));
    static_cast<void>(dir->open_lock("lock"));
    static_cast<void>(dir->open("lock"));
    CHECK_FALSE(dir->open_lock("lock")->try_lock(LockMode::exclusive));
}

TEST_CASE("a lock file keeps its content until it is rewritten as a whole") {
    const TemporaryFolder folder;
    folder.write("lock", "a longer text");
    const auto file = folder.open()->open_lock("lock");
    CHECK(content_of(*file, 99) == "a longer text");
    file->rewrite(as_bytes("short"));
    CHECK(folder.read("lock") == "short");
    file->rewrite(as_bytes("again"));
    CHECK(folder.read("lock") == "again");
}
