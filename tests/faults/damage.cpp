// SPDX-License-Identifier: Apache-2.0
// Stored files that are not as they were written: every damage is either harmless or told, and the checker sees it.
#include <fmt/format.h>
#include <fault_fs.hpp>
#include <full.hpp>
#include <still_world.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/store/check.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

namespace mlo::test {
namespace {

constexpr std::string_view root = "/w";
constexpr std::size_t large = 300 * 1024;

Bytes noise(std::uint64_t seed, std::size_t size) {
    SeededRandom random{seed};
    Bytes bytes(size);
    random.fill(bytes);
    return bytes;
}

/// A store with some objects, whose files can be changed behind its back.
class DamagedStore {
public:
    explicit DamagedStore(store::LargeFiles form, std::vector<std::size_t> sizes) : fs_{root} {
        const auto dir = fs_.open_root(root);
        store::ObjectStore store{fs_.open_root(root), runtime()};
        const auto progress = silent_progress().begin("adding", ProgressUnit::bytes);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            objects_.push_back(noise(i, sizes[i]));
            dir->create("source", 0666)->write(objects_.back());
            const auto ingest = store.begin_ingest(form);
            ids_.push_back(ingest->add_file(*dir->open("source"), *progress).id);
            ingest->commit();
            dir->remove("source");
        }
    }

    [[nodiscard]] Runtime runtime() { return world_.with(fs_); }
    [[nodiscard]] Fs& fs() { return fs_; }
    [[nodiscard]] const std::vector<store::ObjectId>& ids() const { return ids_; }
    [[nodiscard]] const std::vector<Bytes>& objects() const { return objects_; }

    /// The stored files of a folder, sorted.
    [[nodiscard]] std::vector<std::string> files(std::string_view folder) {
        std::vector<std::string> names;
        for (const auto& entry : fs_.open_root(root)->open_dir(folder)->list()) names.push_back(entry.name);
        std::sort(names.begin(), names.end());
        return names;
    }
    [[nodiscard]] Bytes content(std::string_view folder, std::string_view name) {
        const auto text = read_file(*fs_.open_root(root)->open_dir(folder), name, 1u << 30);
        const auto view = as_bytes(text);
        return {view.begin(), view.end()};
    }
    void put(std::string_view folder, std::string_view name, ByteView bytes) {
        const auto dir = fs_.open_root(root)->open_dir(folder);
        dir->remove(name);
        dir->create(name, 0444)->write(bytes);
    }

    /// How an object is read: nothing if it is told that it cannot be.
    [[nodiscard]] std::optional<Bytes> read(const store::ObjectId& id) {
        return answered([&] {
            store::ObjectStore store{fs_.open_root(root), runtime()};
            return store.read_all(id, 1u << 30);
        });
    }
    [[nodiscard]] std::optional<Bytes> written_out(const store::ObjectId& id) {
        return answered([&] {
            const auto dir = fs_.open_root(root);
            if (dir->stat("out")) dir->remove("out");
            const auto file = dir->create("out", 0666);
            store::ObjectStore store{fs_.open_root(root), runtime()};
            store.write_to(id, *file);
            Bytes bytes(file->stat().size);
            static_cast<void>(file->read(bytes, 0));
            return bytes;
        });
    }
    /// What the checker finds; a store that refuses to be opened has told its one.
    [[nodiscard]] std::size_t problems() {
        return answered([&] {
                   store::ObjectStore store{fs_.open_root(root), runtime()};
                   return store::check(store, store::CheckDepth::data, runtime()).problems.size();
               })
            .value_or(1);
    }

    /// True if each object is read rightly or its loss is told; counts those that were told.
    [[nodiscard]] bool never_wrong(std::size_t& told) {
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            const auto found = read(ids_[i]);
            if (found && *found != objects_[i]) return false;
            if (!found) ++told;
        }
        return true;
    }

private:
    template <class Read>
    static auto answered(Read read) -> std::optional<decltype(read())> {
        try {
            return read();
        } catch (const Error& error) {
            CHECK(error.kind() != ErrorKind::internal);
            return std::nullopt;
        }
    }

    FaultFs fs_;
    StillWorld world_{9};
    std::vector<Bytes> objects_;
    std::vector<store::ObjectId> ids_;
};

/// Changes one byte of the payload of the record of `id`, and its checksum with it, as somebody would who wants to be
/// believed.
bool forge_record(DamagedStore& damaged, const store::ObjectId& id) {
    constexpr std::size_t digest_at = 16, checksum_at = 48, header_size = 64;
    for (const auto& name : damaged.files("packs")) {
        auto bytes = damaged.content("packs", name);
        const auto found = std::search(bytes.begin(), bytes.end(), id.bytes.begin(), id.bytes.end());
        if (found == bytes.end() || found - bytes.begin() < 8 + static_cast<std::ptrdiff_t>(digest_at)) continue;
        const auto record = std::span{bytes}.subspan(static_cast<std::size_t>(found - bytes.begin()) - digest_at);
        if (as_text(record.first(4)) != "MLOr") continue;
        const auto payload = record.subspan(header_size, load_le<std::uint32_t>(record.subspan(8)));
        payload[payload.size() / 2] ^= std::byte{1};
        const auto checksum = hash::xxh3_128(payload);
        std::copy(checksum.begin(), checksum.end(), record.begin() + checksum_at);
        damaged.put("packs", name, bytes);
        return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a flipped bit in any stored byte yields the right bytes or an error, and the checker reports it",
          "[damage]") {
    DamagedStore damaged{store::LargeFiles::chunked, {0, 40, 900}};
    REQUIRE(damaged.problems() == 0);
    std::size_t told = 0;
    for (const auto* const folder : {"packs", "index"}) {
        for (const auto& name : damaged.files(folder)) {
            const auto sound = damaged.content(folder, name);
            for (std::size_t at = 0; at < sound.size(); ++at) {
                auto bytes = sound;
                bytes[at] ^= static_cast<std::byte>(1u << (at % 8));
                damaged.put(folder, name, bytes);
                INFO(folder << "/" << name << " byte " << at);
                CHECK(damaged.never_wrong(told));
                CHECK(damaged.problems() > 0);
            }
            damaged.put(folder, name, sound);
        }
    }
    CHECK(told > 1000);
    CHECK(damaged.problems() == 0);
}

TEST_CASE("a file cut at any length yields the right bytes or an error, and the checker reports it", "[damage]") {
    DamagedStore damaged{store::LargeFiles::chunked, {40, 900}};
    std::size_t told = 0;
    for (const auto* const folder : {"packs", "index"}) {
        for (const auto& name : damaged.files(folder)) {
            const auto sound = damaged.content(folder, name);
            for (std::size_t size = 0; size < sound.size(); ++size) {
                damaged.put(folder, name, ByteView{sound}.first(size));
                INFO(folder << "/" << name << " cut to " << size);
                CHECK(damaged.never_wrong(told));
                CHECK(damaged.problems() > 0);
            }
            damaged.put(folder, name, sound);
        }
    }
    CHECK(told > 1000);
}

TEST_CASE("files that changed places yield the right bytes or an error, and the checker reports it", "[damage]") {
    DamagedStore damaged{store::LargeFiles::chunked, {40, 40, 40}};
    std::size_t told = 0;
    for (const auto* const folder : {"packs", "index"}) {
        const auto names = damaged.files(folder);
        for (const auto& left : names) {
            for (const auto& right : names) {
                if (left == right) continue;
                const auto mine = damaged.content(folder, left);
                damaged.put(folder, left, damaged.content(folder, right));
                CHECK(damaged.never_wrong(told));
                CHECK(damaged.problems() > 0);
                damaged.put(folder, left, mine);
            }
        }
    }
    CHECK(told > 0);
}

TEST_CASE("a record that lies consistently about its bytes is never believed", "[damage]") {
    DamagedStore damaged{store::LargeFiles::chunked, {900, large}};
    std::vector<store::ObjectId> chunks;
    {
        // Chunks have no names of their own here: what begins as the object does is its first chunk.
        store::ObjectStore store{damaged.fs().open_root(root), damaged.runtime()};
        for (std::size_t size = 16 * 1024; size <= 256 * 1024 && chunks.empty(); ++size) {
            const auto id = hash::sha256(ByteView{damaged.objects()[1]}.first(size));
            if (store.find(id)) chunks.push_back(id);
        }
    }
    REQUIRE(chunks.size() == 1);
    for (const auto& [record, object] : {std::pair{damaged.ids()[0], 0u}, std::pair{chunks[0], 1u}}) {
        REQUIRE(damaged.read(damaged.ids()[object]) == damaged.objects()[object]);
        REQUIRE(forge_record(damaged, record));
        CHECK_FALSE(damaged.read(damaged.ids()[object]).has_value());
        CHECK_FALSE(damaged.written_out(damaged.ids()[object]).has_value());
        CHECK(damaged.problems() > 0);
    }
}

TEST_CASE("a whole object that was changed in place is found by its stamp and put in quarantine", "[damage]") {
    for (const std::size_t at : {std::size_t{0}, large / 2, large - 1}) {
        DamagedStore damaged{store::LargeFiles::whole, {large}};
        const auto folder = "whole/" + damaged.ids()[0].hex().substr(0, 2);
        auto bytes = damaged.objects()[0];
        bytes[at] ^= std::byte{1};
        damaged.put(folder, damaged.ids()[0].hex().substr(2), bytes);
        CHECK(damaged.problems() == 1);
        CHECK_FALSE(damaged.written_out(damaged.ids()[0]).has_value());
        CHECK(damaged.files("quarantine").size() == 1);
    }
}

}  // namespace mlo::test
