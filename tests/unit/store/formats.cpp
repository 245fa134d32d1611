// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <mlo/store/tree.hpp>
#include <mlo/util/error.hpp>
#include <sstream>

#include "chunker.hpp"
#include "recipe.hpp"
#include "store_fixture.hpp"

using namespace mlo;
using namespace mlo::store;

namespace {

/// The lines of golden.txt by their first word; make_golden.py beside it computes them from the README alone.
std::string golden(const std::string& key) {
    std::ifstream file{MLO_TEST_DATA "/store/golden.txt"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key + " ")) return line.substr(key.size() + 1);
    FAIL("golden.txt has no line '" << key << "'");
    return {};
}

Bytes stream(std::size_t size) {
    Bytes bytes;
    for (std::uint64_t i = 0; bytes.size() < size; ++i) {
        std::array<std::byte, 8> counter{};
        store_le(counter, i);
        append(bytes, hash::sha256(counter).bytes);
    }
    bytes.resize(size);
    return bytes;
}

std::vector<std::size_t> cut(ByteView data) {
    std::vector<std::size_t> sizes;
    while (!data.empty()) {
        sizes.push_back(next_chunk(data, ChunkerParameters{}));
        data = data.subspan(sizes.back());
    }
    return sizes;
}

std::string joined(const std::vector<std::size_t>& sizes) {
    std::ostringstream text;
    for (std::size_t i = 0; i < sizes.size(); ++i) text << (i == 0 ? "" : " ") << sizes[i];
    return text.str();
}

const auto digest_of = [](std::string_view text) { return hash::sha256(as_bytes(text)); };

Bytes golden_tree() {
    TreeWriter writer;
    writer.add({.name = "a",
                .kind = EntryKind::file,
                .executable = Executable::no,
                .size_bytes = 3,
                .id = digest_of("abc"),
                .target = {}});
    writer.add({.name = "dir",
                .kind = EntryKind::directory,
                .executable = Executable::no,
                .size_bytes = 70000,
                .id = digest_of("dir"),
                .target = {}});
    writer.add({.name = "link",
                .kind = EntryKind::symlink,
                .executable = Executable::no,
                .size_bytes = 6,
                .id = {},
                .target = "../a/b"});
    writer.add({.name = "run\n\xff",
                .kind = EntryKind::file,
                .executable = Executable::yes,
                .size_bytes = 0,
                .id = digest_of(""),
                .target = {}});
    return std::move(writer).finish();
}

bool reads(ByteView bytes) {
    try {
        TreeReader reader{bytes, hash::sha256(bytes)};
        TreeEntry entry;
        while (reader.next(entry)) {
        }
        return true;
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::corrupt);
        return false;
    }
}

}  // namespace

TEST_CASE("the chunker cuts where its description says") {
    const auto data = stream(3 << 20);
    REQUIRE(hash::sha256(data).hex() == golden("stream"));
    CHECK(joined(cut(data)) == golden("cuts"));
    CHECK(joined(cut(Bytes(600000))) == golden("zero-cuts"));
}

TEST_CASE("chunks keep their bounds, and their mean is near what is aimed at") {
    const auto data = test::noise(64 << 20, 1);
    const auto sizes = cut(data);
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        CHECK(sizes[i] > 16 << 10);
        CHECK(sizes[i] <= 256 << 10);
    }
    const auto mean = data.size() / sizes.size();
    CHECK(mean > 50 << 10);
    CHECK(mean < 100 << 10);
}

TEST_CASE("a directory is encoded byte for byte as described") {
    const auto bytes = golden_tree();
    CHECK(hash::to_hex(bytes) == golden("tree"));
    CHECK(hash::sha256(bytes).hex() == golden("tree-id"));
    TreeReader reader{bytes, hash::sha256(bytes)};
    TreeWriter again;
    for (TreeEntry entry; reader.next(entry);) again.add(entry);
    const auto written = std::move(again).finish();
    CHECK(written == bytes);
}

TEST_CASE("a directory listing that is cut short anywhere but between entries is refused") {
    const auto bytes = golden_tree();
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) accepted += reads(ByteView{bytes}.first(size)) ? 1u : 0u;
    CHECK(accepted == 4);  // after the header and after each entry but the last
}

TEST_CASE("hostile directory listings are refused") {
    const auto entry = [](std::string_view kind, char flags, std::string_view name, std::uint64_t size, ByteView rest) {
        Bytes bytes;
        append(bytes, as_bytes(kind));
        bytes.push_back(static_cast<std::byte>(flags));
        append_le(bytes, static_cast<std::uint16_t>(name.size()));
        append_le(bytes, size);
        append(bytes, as_bytes(name));
        append(bytes, rest);
        return bytes;
    };
    const auto listing = [](const std::vector<Bytes>& entries) {
        Bytes bytes;
        append(bytes, as_bytes("mlo tree 1\n"));
        for (const auto& e : entries) append(bytes, e);
        return bytes;
    };
    const auto id = digest_of("").binary();
    REQUIRE(reads(listing({entry("f", 0, "ok", 0, id)})));
    for (const std::string_view name : {std::string_view{""}, std::string_view{"."}, std::string_view{".."},
                                        std::string_view{"a/b"}, std::string_view{"/"}, std::string_view{"a\0b", 3}}) {
        CHECK_FALSE(reads(listing({entry("f", 0, name, 0, id)})));
        TreeWriter writer;
        CHECK_THROWS_AS(writer.add({.name = name,
                                    .kind = EntryKind::file,
                                    .executable = Executable::no,
                                    .size_bytes = 0,
                                    .id = {},
                                    .target = {}}),
                        Error);
    }
    CHECK_FALSE(reads(listing({entry("f", 0, std::string(256, 'x'), 0, id)})));
    CHECK(reads(listing({entry("f", 0, std::string(255, 'x'), 0, id)})));
    CHECK_FALSE(reads(listing({entry("f", 0, "b", 0, id), entry("f", 0, "a", 0, id)})));
    CHECK_FALSE(reads(listing({entry("f", 0, "a", 0, id), entry("d", 0, "a", 0, id)})));
    CHECK_FALSE(reads(listing({entry("x", 0, "a", 0, id)})));
    CHECK_FALSE(reads(listing({entry("f", 2, "a", 0, id)})));
    CHECK_FALSE(reads(listing({entry("d", 1, "a", 0, id)})));
    CHECK_FALSE(reads(listing({entry("l", 0, "a", 0, {})})));
    CHECK_FALSE(reads(listing({entry("l", 0, "a", 5000, Bytes(5000, std::byte{'x'}))})));
    CHECK_FALSE(reads(listing({entry("l", 0, "a", 3, as_bytes(std::string_view{"a\0b", 3}))})));
    CHECK_FALSE(reads(listing({entry("l", 0, "a", ~std::uint64_t{0}, as_bytes("xyz"))})));
    auto other_algorithm = id;
    other_algorithm[0] = std::byte{9};
    CHECK_FALSE(reads(listing({entry("f", 0, "a", 0, other_algorithm)})));
    CHECK_FALSE(reads(as_bytes("mlo tree 2\n")));
}

TEST_CASE("a recipe is encoded byte for byte as described, and read back") {
    const auto data = stream(3 << 20);
    RecipeBuilder builder{[](ByteView) -> ObjectId { throw std::logic_error{"no piece expected"}; }};
    std::size_t at = 0;
    for (const auto size : cut(data)) {
        builder.add({hash::sha256(ByteView{data}.subspan(at, size)), size});
        at += size;
    }
    const auto recipe = std::move(builder).finish();
    const auto bytes = recipe.encode();
    CHECK(hash::sha256(bytes).hex() == golden("recipe-sha256"));
    CHECK(Recipe::decode(bytes, {}).entries == recipe.entries);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_THROWS_AS(Recipe::decode(ByteView{bytes}.first(size), {}), Error);
}

TEST_CASE("a long recipe is cut into pieces, of which an edit changes few") {
    std::map<ObjectId, Bytes> pieces;
    const auto build = [&](std::size_t edited) {
        RecipeBuilder builder{[&](ByteView piece) {
            const auto id = hash::sha256(piece);
            pieces[id].assign(piece.begin(), piece.end());
            return id;
        }};
        for (std::size_t i = 0; i < 200000; ++i)
            builder.add({digest_of(std::to_string(i == edited ? i + 1000000 : i)), 1 + i % 1000});
        return std::move(builder).finish();
    };
    const auto recipe = build(~std::size_t{0});
    CHECK(recipe.level >= 1);
    CHECK(recipe.encode().size() <= 65536);
    const auto before = pieces.size();
    const auto edited = build(100000);
    CHECK(pieces.size() - before <= 2u + recipe.level);

    std::size_t seen = 0;
    const auto read_piece = [&](const ObjectId& id) { return pieces.at(id); };
    for_each_chunk(edited, {}, read_piece, [&](const RecipeEntry& entry) {
        const RecipeEntry expected{digest_of(std::to_string(seen == 100000 ? seen + 1000000 : seen)), 1 + seen % 1000};
        if (entry != expected) FAIL("entry " << seen << " differs");
        ++seen;
    });
    CHECK(seen == 200000);
}
