// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/store/pack_index.hpp>
#include <mlo/sync/errors.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

struct ForgedRecord {
    store::ObjectId id;
    store::RecordForm form;
    Bytes payload;
};

/// Writes a remote as mlo would, except that the records need not be what their ids say.
void forge(MemoryRemote& remote, const std::vector<ForgedRecord>& records) {
    SeededRandom random{7};
    store::PackBuilder builder{{}, 4096};
    for (const auto& record : records) {
        const auto size = static_cast<std::uint32_t>(record.payload.size());
        builder.add({.id = record.id,
                     .form = record.form,
                     .compression = store::Compression::none,
                     .flags = record.form == store::RecordForm::recipe ? store::flag_proven : std::uint8_t{0},
                     .stored_bytes = size,
                     .raw_bytes = size},
                    hash::xxh3_128(record.payload), record.payload);
    }
    const auto pack = builder.finish();
    TemporaryFolder folder;
    const auto cache = folder.open();
    store::PackIndex index{*cache, random};
    const auto segment = index.write({pack}, store::PackIndex::Supersede::none);
    remote.set("format", "mlo remote 1\n");
    remote.set("packs/" + pack.name.hex(), as_text(builder.bytes()));
    remote.set("index/" + segment.hex(), folder.read(segment.hex() + ".idx"));
}

/// A recipe of level 0, by lib/store/README.md.
Bytes encode_recipe(const std::vector<std::pair<store::ObjectId, std::uint64_t>>& chunks) {
    Bytes bytes;
    for (const auto value : {1, 0, 14, 16, 18, 0, 0, 0}) bytes.push_back(static_cast<std::byte>(value));
    std::uint64_t size = 0;
    for (const auto& chunk : chunks) size += chunk.second;
    append_le(bytes, size);
    append_le(bytes, std::uint64_t{chunks.size()});
    for (const auto& [id, bytes_covered] : chunks) {
        append(bytes, id.bytes);
        append_le(bytes, bytes_covered);
    }
    return bytes;
}

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    Clone clone{remote, 1};
    store::ObjectId wanted = hash::sha256(as_bytes("what is wanted"));

    /// Fetches `wanted`, which must fail, and leave nothing that looks like it.
    Error fetch() {
        auto report = clone.fetch({{"data", {wanted, store::ObjectKind::blob}}});
        REQUIRE(report.failures.size() == 1);
        CHECK_FALSE(clone.store().contains(wanted));
        CHECK(clone.problems().empty());
        // So the true bytes can still be stored.
        const auto ingest = clone.store().begin_ingest(store::LargeFiles::chunked);
        CHECK(ingest->add_bytes(as_bytes("what is wanted")) == wanted);
        ingest->commit();
        CHECK(as_text(clone.read(wanted)) == "what is wanted");
        return report.failures.front().error;
    }
};

Bytes to_bytes(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

TEST_CASE("a record that is sound but not what its id says is refused", "[hostile]") {
    World w;
    forge(w.remote, {{w.wanted, store::RecordForm::raw, to_bytes("something else")}});
    CHECK(w.fetch().code().id == sync::errors::remote_corrupt.id);
}

TEST_CASE("a recipe whose chunks are sound but make up something else is refused", "[hostile]") {
    World w;
    const auto chunk = to_bytes("something else");
    forge(w.remote, {{hash::sha256(chunk), store::RecordForm::raw, chunk},
                     {w.wanted, store::RecordForm::recipe, encode_recipe({{hash::sha256(chunk), chunk.size()}})}});
    CHECK(w.fetch().code().id == sync::errors::remote_corrupt.id);
}

TEST_CASE("a recipe that names a chunk which is nowhere, or itself, is refused", "[hostile]") {
    World w;
    SECTION("nowhere") {
        forge(w.remote, {{w.wanted, store::RecordForm::recipe, encode_recipe({{hash::sha256(as_bytes("x")), 1}})}});
    }
    SECTION("itself") { forge(w.remote, {{w.wanted, store::RecordForm::recipe, encode_recipe({{w.wanted, 14}})}}); }
    CHECK(w.fetch().code().id == sync::errors::not_on_remote.id);
}

TEST_CASE("a recipe without its chunks, as a broken push may leave it, does not make an object pushed") {
    World w;
    const auto bytes = noise_bytes(3'000'000, 5);
    const auto model = w.clone.add("model", bytes, store::LargeFiles::whole);
    const auto chunk = to_bytes("a chunk that is not there");
    forge(w.remote,
          {{model.object.id, store::RecordForm::recipe, encode_recipe({{hash::sha256(chunk), chunk.size()}})}});
    CHECK(sync::not_pushed(w.clone.peer(), {model}) == std::vector{model});
    CHECK(w.clone.push({model}).records > 10);
    CHECK(sync::not_pushed(w.clone.peer(), {model}).empty());
}

TEST_CASE("a recipe that is none is refused", "[hostile]") {
    World w;
    forge(w.remote, {{w.wanted, store::RecordForm::recipe, to_bytes("no recipe at all, but long enough for one")}});
    CHECK(w.fetch().code().id == sync::errors::remote_corrupt.id);
}

TEST_CASE("keys and lists that no mlo writes are named, and nothing is done", "[hostile]") {
    World w;
    const auto data = w.clone.add("data", noise_bytes(10, 1));
    SECTION("an index key that is no hash") { w.remote.set("index/x", ""); }
    SECTION("a root set that is none") {
        w.remote.set("roots/" + w.clone.peer().project + "/" + w.clone.peer().clone + "/1-0123456789abcdef",
                     "nonsense");
    }
    SECTION("a list of condemned packs that is none") { w.remote.set("condemned/1", "mlo condemned 1\nevery pack\n"); }
    const auto keys = w.remote.keys();
    try {
        static_cast<void>(w.clone.push({data}));
        FAIL("the push went on");
    } catch (const Error& error) {
        CHECK(error.code().id == sync::errors::remote_corrupt.id);
        CHECK(error.message().find(keys.front()) != std::string::npos);
    }
    CHECK(w.remote.keys() == keys);
}

}  // namespace
}  // namespace mlo::test
