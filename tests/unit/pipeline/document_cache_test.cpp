// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include <mlo/yaml/parse.hpp>

#include <seeded.hpp>
#include <temporary_folder.hpp>

#include "document_cache.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

struct Cached {
    test::TemporaryFolder folder;
    std::unique_ptr<Dir> dir = folder.open();
    test::SeededRandom random{1};
    std::string version = "1";
    int parsed = 0;

    std::int64_t last_of(const std::string& text, const std::string& file = "pipeline.yaml",
                         const char* rules = "mlo") {
        const DocumentLimits limits;
        const auto document = DocumentCache{{dir.get(), &random, version}}.get(text, file, rules, limits, [&] {
            ++parsed;
            return yaml::parse(text, file, limits);
        });
        return document.root().items().back().as_integer();
    }
    std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator{folder.path("")}) found.push_back(entry.path());
        return found;
    }
};

std::string large_text(int last) {
    std::string text;
    while (text.size() < DocumentCache::least_bytes) text += "- a line of some length\n";
    return text + fmt::format("- {}\n", last);
}

}  // namespace

TEST_CASE("a large document is parsed once for each text, rules and program") {
    Cached cached;
    for (int i = 0; i < 3; ++i) CHECK(cached.last_of(large_text(1)) == 1);
    CHECK(cached.parsed == 1);
    CHECK(cached.last_of(large_text(2)) == 2);
    CHECK(cached.last_of(large_text(2), "pipeline.yaml", "dvc") == 2);
    CHECK(cached.parsed == 3);
    cached.version = "2";
    CHECK(cached.last_of(large_text(2), "pipeline.yaml", "dvc") == 2);
    CHECK(cached.parsed == 4);
    CHECK(cached.files().size() == 1);
    // Another document has a place of its own.
    CHECK(cached.last_of(large_text(3), "other.yaml") == 3);
    CHECK(cached.last_of(large_text(2), "pipeline.yaml", "dvc") == 2);
    CHECK(cached.parsed == 5);
    CHECK(cached.files().size() == 2);
}

TEST_CASE("a small document is not kept") {
    Cached cached;
    for (int i = 0; i < 2; ++i) CHECK(cached.last_of("- 7\n") == 7);
    CHECK(cached.parsed == 2);
    CHECK(cached.files().empty());
}

TEST_CASE("a damaged file of a parsed document is made anew") {
    Cached cached;
    CHECK(cached.last_of(large_text(1)) == 1);
    const auto file = cached.files().front();
    const auto size = static_cast<std::size_t>(std::filesystem::file_size(file));
    int expected = 1;
    for (std::size_t at = 0; at < size; at += size / 50) {
        std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
        stream.seekg(static_cast<std::streamoff>(at));
        const auto byte = static_cast<char>(stream.get());
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put(static_cast<char>(byte ^ 0x10));
        stream.close();
        CHECK(cached.last_of(large_text(1)) == 1);
        CHECK(cached.parsed == ++expected);
    }
    std::filesystem::resize_file(file, size / 2);
    CHECK(cached.last_of(large_text(1)) == 1);
    CHECK(cached.parsed == ++expected);
    CHECK(cached.last_of(large_text(1)) == 1);
    CHECK(cached.parsed == expected);
}

TEST_CASE("where nothing can be kept, documents are parsed") {
    Cached cached;
    std::filesystem::remove_all(cached.folder.path(""));
    for (int i = 0; i < 2; ++i) CHECK(cached.last_of(large_text(1)) == 1);
    CHECK(cached.parsed == 2);
}
