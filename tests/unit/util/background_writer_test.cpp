// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/util/background_writer.hpp>
#include <mlo/util/errors.hpp>
#include <random>
#include <temporary_folder.hpp>

using namespace mlo;
using mlo::test::failure;
using mlo::test::TemporaryFolder;

namespace {

std::string text(std::size_t size, unsigned seed) {
    std::mt19937 engine{seed};
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(engine());
    return bytes;
}

}  // namespace

TEST_CASE("what is written in the background arrives, in pieces of whatever size") {
    const auto jobs = GENERATE(1u, 2u);
    const auto total = GENERATE(std::size_t{0}, std::size_t{10}, Block::size_bytes - 1, Block::size_bytes,
                                Block::size_bytes + 1, 7 * Block::size_bytes + 4097);
    const auto piece = GENERATE(std::size_t{100'000}, 2 * Block::size_bytes + 3);
    const auto expected = text(total, 1);
    const TemporaryFolder folder;
    const auto file = folder.open()->create("file", 0666);
    BackgroundWriter writer{*file, jobs};
    for (std::size_t at = 0; at < total; at += piece)
        writer.write(as_bytes(expected).subspan(at, std::min(piece, total - at)));
    writer.finish();
    file->sync();
    CHECK((folder.read("file") == expected));
}

TEST_CASE("a failed write in the background is thrown by a later call") {
    const auto jobs = GENERATE(1u, 2u);
    const TemporaryFolder folder;
    folder.write("file", "x");
    const auto read_only = folder.open()->open("file");
    const auto block = text(Block::size_bytes, 2);
    BackgroundWriter writer{*read_only, jobs};
    CHECK(failure([&] {
              for (int i = 0; i < 9; ++i) writer.write(as_bytes(block));
              writer.finish();
              return 0;
          }) == errors::system_call.id);
    CHECK(folder.read("file") == "x");
}

TEST_CASE("a writer that is given up in the middle ends") {
    const TemporaryFolder folder;
    const auto file = folder.open()->create("file", 0666);
    const auto block = text(Block::size_bytes, 3);
    {
        BackgroundWriter writer{*file, 2};
        for (int i = 0; i < 6; ++i) writer.write(as_bytes(block));
    }
    CHECK(file->stat().size <= 6 * Block::size_bytes);
}
