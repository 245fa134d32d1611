// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/store/transfer.hpp>

#include "catalog.hpp"
#include "ingest_state.hpp"
#include "store_fixture.hpp"

namespace mlo::test {
namespace {

/// A record as another store would send it.
struct Sent {
    store::RecordLocation place;
    Bytes record;

    explicit Sent(std::uint64_t seed) {
        const auto raw = noise(100'000, seed);
        const auto prepared = store::prepare_record(raw, hash::sha256(raw), store::RecordForm::raw, 0);
        place.info = prepared.info;
        std::array<std::byte, store::RecordHeader::size> header{};
        store::RecordHeader{prepared.info, prepared.checksum}.encode(header);
        append(record, header);
        append(record, raw);
    }
};

std::vector<Sent> make_records(std::uint64_t seed, std::size_t count) {
    std::vector<Sent> records;
    for (std::size_t i = 0; i < count; ++i) records.emplace_back(seed + i);
    return records;
}

store::RecordLocation find(const StoreFixture& fixture, const Sent& sent) {
    const auto dir = real_fs().open_root(fixture.files().path("store"));
    const auto found = store::Catalog{*dir}.find(sent.place.info.id);
    REQUIRE(found);
    return *found;
}

}  // namespace

TEST_CASE("records of one run lie together, whatever other runs add meanwhile") {
    StoreFixture fixture;
    const auto first = make_records(100, 30);
    const auto second = make_records(200, 30);
    {
        store::Importer importer{fixture.store()};
        store::Importer::Run one{importer};
        store::Importer::Run other{importer};
        for (std::size_t i = 0; i < first.size(); ++i) {
            static_cast<void>(one.add(first[i].place, first[i].record));
            static_cast<void>(other.add(second[i].place, second[i].record));
        }
        one.finish();
        other.finish();
        CHECK(importer.commit().empty());
    }
    for (const auto& records : {first, second}) {
        for (std::size_t i = 1; i < records.size(); ++i) {
            const auto before = find(fixture, records[i - 1]);
            const auto here = find(fixture, records[i]);
            CHECK(here.pack == before.pack);
            CHECK(here.offset == before.offset + before.size_bytes());
        }
    }
    CHECK(fixture.problems().empty());
}

TEST_CASE("a long run does not wait for its end in memory") {
    StoreFixture fixture;
    const auto records = make_records(300, 100);  // 10 MB
    store::Importer importer{fixture.store()};
    store::Importer::Run run{importer};
    for (const auto& sent : records) static_cast<void>(run.add(sent.place, sent.record));
    CHECK(importer.commit().empty());
    CHECK(fixture.reopen()->contains(records[79].place.info.id));
    CHECK_FALSE(fixture.reopen()->contains(records[99].place.info.id));
    run.finish();
    CHECK(importer.commit().empty());
    CHECK(fixture.reopen()->contains(records[99].place.info.id));
    CHECK(fixture.problems().empty());
}

}  // namespace mlo::test
