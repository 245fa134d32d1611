// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <mlo/store/errors.hpp>

#include "store_fixture.hpp"

using namespace mlo;
using namespace mlo::test;
using store::LargeFiles;

namespace {

Bytes read_back(store::ObjectStore& store, const store::ObjectId& id) { return store.read_all(id, 1u << 30); }

Bytes write_out(StoreFixture& fixture, const store::ObjectId& id) {
    const auto folder = fixture.files().open();
    if (folder->stat("output")) folder->remove("output");
    const auto file = folder->create("output", 0644);
    fixture.store().write_to(id, *file);
    Bytes bytes(file->stat().size);
    REQUIRE(file->read(bytes, 0) == bytes.size());
    return bytes;
}

std::string error_id(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return std::string{error.code().id};
    }
    return "none";
}

}  // namespace

TEST_CASE("an object of any size comes back with its bytes, under its SHA-256, whatever its form") {
    StoreFixture fixture;
    const auto mode = GENERATE(LargeFiles::automatic, LargeFiles::whole, LargeFiles::chunked);
    for (const std::size_t size : {0u, 1u, 4096u, 262143u, 262144u, 262145u, 1u << 20, (16u << 20) + 1, 40u << 20}) {
        const auto bytes = noise(size, size);
        const auto blob = fixture.add(bytes, mode);
        CHECK(blob.id == hash::sha256(bytes));
        CHECK(blob.size_bytes == size);
        CHECK(read_back(fixture.store(), blob.id) == bytes);
        CHECK(write_out(fixture, blob.id) == bytes);
        CHECK(read_back(*fixture.reopen(), blob.id) == bytes);
        const auto info = fixture.store().find(blob.id);
        REQUIRE(info.has_value());
        CHECK(info->size_bytes == size);
        if (size < 262144)
            CHECK(info->form == store::Form::packed);
        else if (mode == LargeFiles::whole)
            CHECK(info->form == store::Form::whole);
        else if (mode == LargeFiles::chunked)
            CHECK(info->form == (size == 262144 ? info->form : store::Form::chunked));
    }
    CHECK(fixture.problems().empty());
}

TEST_CASE("one job and two jobs store the same chunks") {
    StoreFixture one{1};
    StoreFixture two{2};
    const auto bytes = noise(50 << 20, 7);
    CHECK(one.add(bytes).id == two.add(bytes).id);
    CHECK(one.pack_bytes() == two.pack_bytes());
}

TEST_CASE("adding the same bytes again stores nothing") {
    StoreFixture fixture;
    const auto small = noise(1000, 1);
    const auto large = noise(3 << 20, 2);
    fixture.add(small);
    fixture.add(large);
    const auto before = fixture.pack_bytes();
    fixture.add(small);
    fixture.add(large);
    CHECK(fixture.pack_bytes() == before);
}

TEST_CASE("five bytes inserted into a large object store a few chunks, not the object") {
    StoreFixture fixture;
    auto bytes = noise(64 << 20, 3);
    fixture.add(bytes);
    const auto before = fixture.pack_bytes();
    const auto extra = noise(5, 4);
    bytes.insert(bytes.begin() + (20 << 20), extra.begin(), extra.end());
    const auto blob = fixture.add(bytes);
    CHECK(fixture.pack_bytes() - before < 1 << 20);
    CHECK(read_back(fixture.store(), blob.id) == bytes);
}

TEST_CASE("what compresses is compressed and comes back") {
    StoreFixture fixture;
    Bytes bytes(2 << 20, std::byte{'a'});
    const auto blob = fixture.add(bytes);
    CHECK(fixture.pack_bytes() < 64 * 1024);
    CHECK(read_back(fixture.store(), blob.id) == bytes);
}

TEST_CASE("nothing is visible before the commit, and an abandoned batch leaves a sound store") {
    StoreFixture fixture;
    const auto bytes = noise(5000, 5);
    {
        const auto ingest = fixture.store().begin_ingest(LargeFiles::chunked);
        const auto blob = fixture.add_file(*ingest, bytes);
        CHECK_FALSE(fixture.reopen()->find(blob.id).has_value());
    }
    CHECK_FALSE(fixture.reopen()->find(hash::sha256(bytes)).has_value());
    CHECK(fixture.problems().empty());
    CHECK(std::filesystem::is_empty(fixture.files().path("store/tmp")));
}

TEST_CASE("two batches at once both arrive") {
    StoreFixture fixture;
    const auto first = fixture.store().begin_ingest(LargeFiles::chunked);
    const auto other_store = fixture.reopen();
    const auto second = other_store->begin_ingest(LargeFiles::chunked);
    const auto a = fixture.add_file(*first, noise(3000, 10));
    const auto b = fixture.add_file(*second, noise(3000, 11));
    second->commit();
    first->commit();
    CHECK(fixture.store().find(a.id));
    CHECK(fixture.store().find(b.id));
    CHECK(fixture.problems().empty());
}

TEST_CASE("many batches leave few segments") {
    StoreFixture fixture;
    std::vector<store::ObjectId> ids;
    for (std::uint64_t i = 0; i < 200; ++i) ids.push_back(fixture.add(noise(100, 1000 + i)).id);
    const auto report = store::check(*fixture.reopen(), store::CheckDepth::data, fixture.runtime());
    CHECK(report.segments <= 9);
    CHECK(report.objects == 200);
    CHECK(report.problems.empty());
    for (const auto& id : ids) CHECK(fixture.store().find(id));
}

TEST_CASE("packs that no segment lists are adopted by the next writer") {
    StoreFixture fixture;
    const auto blob = fixture.add(noise(9000, 12));
    for (const auto& entry : std::filesystem::directory_iterator{fixture.files().path("store/index")})
        std::filesystem::remove(entry.path());
    CHECK_FALSE(fixture.reopen()->find(blob.id));
    fixture.add(noise(10, 13));
    CHECK(fixture.reopen()->find(blob.id));
    CHECK(fixture.problems().empty());
}

TEST_CASE("a pack that went missing is told with a way out, and that way works") {
    StoreFixture fixture;
    const auto bytes = noise(9000, 17);
    const auto blob = fixture.add(bytes);
    std::filesystem::remove_all(fixture.files().path("store/packs"));
    std::filesystem::create_directory(fixture.files().path("store/packs"));
    const auto store = fixture.reopen();
    try {
        static_cast<void>(read_back(*store, blob.id));
        FAIL("read without its pack");
    } catch (const Error& error) {
        CHECK(error.code().id == "S006");
        CHECK(error.hint_text().find("'index'") != std::string::npos);
    }
    std::filesystem::remove_all(fixture.files().path("store/index"));
    const auto mended = fixture.reopen();
    const auto ingest = mended->begin_ingest(LargeFiles::chunked);
    CHECK(fixture.add_file(*ingest, bytes).id == blob.id);
    ingest->commit();
    CHECK(read_back(*fixture.reopen(), blob.id) == bytes);
    CHECK(fixture.problems().empty());
}

TEST_CASE("a whole object that changed under its stamp's eyes is quarantined, not delivered") {
    StoreFixture fixture;
    const auto bytes = noise(300000, 14);
    const auto blob = fixture.add(bytes, LargeFiles::whole);
    const auto hex = blob.id.hex();
    const auto path = fixture.files().path("store/whole/" + hex.substr(0, 2) + "/" + hex.substr(2));
    std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    std::fstream{path, std::ios::in | std::ios::out | std::ios::binary} << "tampered";
    CHECK(error_id([&] { static_cast<void>(read_back(fixture.store(), blob.id)); }) == "S003");
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK_FALSE(std::filesystem::is_empty(fixture.files().path("store/quarantine")));
    CHECK(error_id([&] { static_cast<void>(read_back(fixture.store(), blob.id)); }) == "S002");
    fixture.add(bytes, LargeFiles::whole);
    CHECK(read_back(fixture.store(), blob.id) == bytes);
}

TEST_CASE("a whole object whose stamp is lost is hashed, trusted and stamped again") {
    StoreFixture fixture;
    const auto bytes = noise(300000, 15);
    const auto hex = fixture.add(bytes, LargeFiles::whole).id.hex();
    const auto stamp = fixture.files().path("store/whole/" + hex.substr(0, 2) + "/" + hex.substr(2) + ".stamp");
    REQUIRE(std::filesystem::remove(stamp));
    CHECK(read_back(fixture.store(), hash::sha256(bytes)) == bytes);
    CHECK(std::filesystem::exists(stamp));
}

TEST_CASE("a store of a newer format is refused") {
    StoreFixture fixture;
    fixture.files().write("store/format", "mlo store 2\n");
    CHECK(error_id([&] { static_cast<void>(fixture.reopen()); }) == "S001");
    fixture.files().write("store/format", "rubbish\n");
    CHECK(error_id([&] { static_cast<void>(fixture.reopen()); }) == "S004");
}

TEST_CASE("an object that is not there is missing, and a larger one than allowed is refused") {
    StoreFixture fixture;
    CHECK(error_id([&] { static_cast<void>(read_back(fixture.store(), hash::sha256({}))); }) == "S002");
    const auto blob = fixture.add(noise(1000, 16));
    CHECK(error_id([&] { static_cast<void>(fixture.store().read_all(blob.id, 999)); }) == "S007");
}

TEST_CASE("no single damaged byte in pack or segment yields wrong bytes or passes the check") {
    StoreFixture fixture{1};
    std::vector<std::pair<store::ObjectId, Bytes>> objects;
    {
        const auto ingest = fixture.store().begin_ingest(LargeFiles::chunked);
        for (std::uint64_t i = 0; i < 3; ++i) {
            auto bytes = noise(60 + i, 20 + i);
            if (i == 2) bytes.assign(500, std::byte{'z'});
            objects.emplace_back(fixture.add_file(*ingest, bytes).id, bytes);
        }
        ingest->commit();
    }
    for (const auto* const folder : {"packs", "index"}) {
        const auto path = std::filesystem::directory_iterator {
            fixture.files().path(std::string{"store/"} + folder)
            } -> path();
        const auto sound = fixture.files().read(std::filesystem::relative(path, fixture.files().path()).string());
        std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
        for (std::size_t at = 0; at < sound.size(); ++at) {
            auto damaged = sound;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
            std::ofstream{path, std::ios::binary} << damaged;
            INFO(folder << " byte " << at);
            std::size_t wrong = 0;
            try {
                const auto store = fixture.reopen();
                for (const auto& [id, bytes] : objects) {
                    try {
                        if (read_back(*store, id) != bytes) ++wrong;
                    } catch (const Error& error) {
                        CHECK(error.kind() != ErrorKind::internal);
                        CHECK(error.kind() != ErrorKind::not_found);
                    }
                }
                CHECK_FALSE(store::check(*store, store::CheckDepth::data, fixture.runtime()).problems.empty());
            } catch (const Error& error) {
                CHECK((error.kind() == ErrorKind::corrupt || error.kind() == ErrorKind::unsupported));
            }
            CHECK(wrong == 0);
        }
        for (std::size_t size = 0; size < sound.size(); size += 7) {
            std::ofstream{path, std::ios::binary} << sound.substr(0, size);
            try {
                const auto store = fixture.reopen();
                CHECK_FALSE(store::check(*store, store::CheckDepth::data, fixture.runtime()).problems.empty());
            } catch (const Error& error) {
                CHECK(error.kind() == ErrorKind::corrupt);
            }
        }
        std::ofstream{path, std::ios::binary} << sound;
    }
    CHECK(fixture.problems().empty());
}
