// SPDX-License-Identifier: Apache-2.0
// A store beside another tool's cache: every file whole, and linked instead of copied.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <fault_fs.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/util/errors.hpp>
#include <still_world.hpp>

#include "store_fixture.hpp"

using namespace mlo;
using namespace mlo::test;
using store::LargeFiles;

namespace {

/// Takes what has these bytes.
class Expecting final : public store::Examiner {
public:
    explicit Expecting(Bytes bytes) : bytes_{std::move(bytes)} {}
    void see(ByteView piece) override { append(seen_, piece); }
    bool accepts() override { return ++asked_ == 1 && seen_ == bytes_; }
    [[nodiscard]] int asked() const noexcept { return asked_; }

private:
    Bytes bytes_;
    Bytes seen_;
    int asked_ = 0;
};

std::unique_ptr<Progress> silence() { return silent_progress().begin("", ProgressUnit::bytes); }

void put(const TemporaryFolder& files, std::string_view name, ByteView bytes, std::uint32_t mode) {
    const auto file = files.open()->create(name, 0600);
    file->write(bytes);
    file->set_mode(mode);
}

FileStat status_of(Dir& dir, std::string_view name) {
    const auto status = dir.stat(name);
    REQUIRE(status.has_value());
    return *status;
}

std::string object_path(const store::ObjectId& id) {
    return "store/whole/" + id.hex().substr(0, 2) + "/" + id.hex().substr(2);
}

FileStat object_status(const StoreFixture& fixture, const store::ObjectId& id) {
    return status_of(*fixture.files().open()->open_dir("store/whole/" + id.hex().substr(0, 2)), id.hex().substr(2));
}

/// Whether the object is trusted without being hashed.
bool has_stamp(const StoreFixture& fixture, const store::ObjectId& id) {
    const auto text = fixture.files().read(object_path(id) + ".stamp");
    const auto stamp = as_bytes(text);
    const auto now = object_status(fixture, id);
    return load_le<std::uint64_t>(stamp.subspan(24)) == static_cast<std::uint64_t>(now.ctime_ns) &&
           load_le<std::uint64_t>(stamp.subspan(32)) == now.inode;
}

}  // namespace

TEST_CASE("a store of whole files keeps every file as one, whatever its size and the umask; bytes stay packed") {
    const auto umask = GENERATE(022u, 077u);
    const auto before = ::umask(umask);
    StoreFixture fixture;
    std::vector<std::pair<store::ObjectId, Bytes>> objects;
    const auto ingest = fixture.store().begin_ingest(LargeFiles::all_whole);
    for (const std::size_t size : {0u, 1u, 262143u, 262144u, 3u << 20}) {
        const auto bytes = noise(size, size);
        const auto blob = fixture.add_file(*ingest, bytes);
        CHECK(fixture.add_file(*ingest, bytes).id == blob.id);
        CHECK(blob.id == hash::sha256(bytes));
        CHECK(blob.size_bytes == size);
        objects.emplace_back(blob.id, bytes);
    }
    const auto tree = ingest->add_bytes(as_bytes("packed"));
    ingest->commit();
    ::umask(before);
    for (const auto& [id, bytes] : objects) {
        CHECK(fixture.store().find(id)->form == store::Form::whole);
        CHECK(fixture.store().read_all(id, 1u << 30) == bytes);
        CHECK(object_status(fixture, id).mode == 0444);
    }
    CHECK(fixture.store().find(tree)->form == store::Form::packed);
    CHECK(fixture.problems().empty());
}

TEST_CASE("link_to links a whole object, keeps it trusted, and says no to all others") {
    StoreFixture fixture;
    const auto bytes = noise(1000, 1);
    const auto whole = fixture.add(bytes, LargeFiles::all_whole).id;
    const auto packed = fixture.add(noise(1000, 2)).id;
    const auto files = fixture.files().open();
    CHECK(fixture.store().link_to(whole, *files, "linked"));
    CHECK(as_bytes(fixture.files().read("linked")).size() == 1000);
    CHECK(status_of(*files, "linked").inode == object_status(fixture, whole).inode);
    CHECK(status_of(*files, "linked").mode == 0444);
    CHECK(has_stamp(fixture, whole));
    CHECK(fixture.store().link_to(whole, *files, "linked"));
    CHECK_FALSE(fixture.store().link_to(packed, *files, "packed"));
    CHECK_FALSE(fixture.store().link_to(hash::sha256(as_bytes("none")), *files, "none"));
    CHECK_FALSE(files->stat("packed").has_value());
    CHECK(fixture.problems().empty());
}

TEST_CASE("link_to hands out no file that others may not read") {
    StoreFixture fixture;
    const auto before = ::umask(077);
    const auto id = fixture.add(noise(300'000, 1), LargeFiles::whole).id;
    ::umask(before);
    REQUIRE(object_status(fixture, id).mode == 0400);
    CHECK_FALSE(fixture.store().link_to(id, *fixture.files().open(), "linked"));
}

TEST_CASE("link_to never hands out bytes that are not the object's") {
    StoreFixture fixture;
    const auto id = fixture.add(noise(1000, 1), LargeFiles::all_whole).id;
    REQUIRE(::chmod(fixture.files().path(object_path(id)).c_str(), 0644) == 0);
    fixture.files().write(object_path(id), "rubbish");
    const auto files = fixture.files().open();
    CHECK(failure([&] { return fixture.store().link_to(id, *files, "linked"); }) == store::errors::object_corrupt.id);
    CHECK_FALSE(files->stat("linked").has_value());
    CHECK_FALSE(fixture.store().find(id).has_value());  // in quarantine

    SECTION("and the next one who adds it makes it whole again") {
        CHECK(fixture.add(noise(1000, 1), LargeFiles::all_whole).id == id);
        CHECK(fixture.store().link_to(id, *files, "linked"));
    }
}

TEST_CASE("what others did to a whole object is noticed when it is added again") {
    StoreFixture fixture;
    const std::size_t size = GENERATE(1000u, 300'000u);
    const auto bytes = noise(size, 1);
    const auto id = fixture.add(bytes, LargeFiles::all_whole).id;
    REQUIRE(::chmod(fixture.files().path(object_path(id)).c_str(), 0644) == 0);
    fixture.files().write(object_path(id), "rubbish");
    CHECK(fixture.add(bytes, LargeFiles::all_whole).id == id);
    CHECK(fixture.store().read_all(id, 1u << 30) == bytes);
    CHECK(fixture.problems().empty());
}

TEST_CASE("add_link takes a read-only file by its inode and leaves it as it is") {
    StoreFixture fixture;
    const std::size_t size = GENERATE(0u, 1000u, 300'000u);
    const auto bytes = noise(size, 1);
    put(fixture.files(), "cached", bytes, 0444);
    const auto files = fixture.files().open();
    const auto ingest = fixture.store().begin_ingest(LargeFiles::all_whole);
    Expecting examiner{bytes};
    const auto blob = ingest->add_link(*files, "cached", examiner, *silence());
    REQUIRE(blob.has_value());
    CHECK(blob->id == hash::sha256(bytes));
    CHECK(blob->size_bytes == size);
    CHECK(examiner.asked() == 1);
    CHECK_FALSE(fixture.store().contains(blob->id));
    ingest->commit();
    CHECK(fixture.store().find(blob->id)->form == store::Form::whole);
    CHECK(object_status(fixture, blob->id).inode == status_of(*files, "cached").inode);
    CHECK(status_of(*files, "cached").links == 2);
    CHECK(status_of(*files, "cached").mode == 0444);
    CHECK(has_stamp(fixture, blob->id));
    CHECK(fixture.store().read_all(blob->id, 1u << 30) == bytes);
    CHECK(fixture.problems().empty());
}

TEST_CASE("add_link copies what somebody may write, and takes nothing that is not there or not accepted") {
    StoreFixture fixture;
    const std::size_t size = GENERATE(1000u, 300'000u);
    const auto bytes = noise(size, 1);
    put(fixture.files(), "writable", bytes, 0644);
    put(fixture.files(), "other", noise(size, 2), 0444);
    const auto files = fixture.files().open();
    files->make_symlink("other", "link");
    files->make_dir("folder");
    const auto form = GENERATE(LargeFiles::all_whole, LargeFiles::chunked);
    const auto ingest = fixture.store().begin_ingest(form);
    Expecting right{bytes};
    const auto blob = ingest->add_link(*files, "writable", right, *silence());
    REQUIRE(blob.has_value());
    CHECK(right.asked() == 1);
    for (const auto* const name : {"other", "link", "folder", "nothing"}) {
        INFO(name);
        Expecting wrong{bytes};
        CHECK_FALSE(ingest->add_link(*files, name, wrong, *silence()).has_value());
    }
    ingest->commit();
    CHECK(fixture.store().read_all(blob->id, 1u << 30) == bytes);
    CHECK(status_of(*files, "writable").links == 1);
    CHECK(status_of(*files, "other").links == 1);
    CHECK_FALSE(fixture.store().contains(hash::sha256(noise(size, 2))));
    CHECK(fixture.problems().empty());
}

TEST_CASE("a linked file that somebody writes to before the commit is never stored under the old id") {
    StoreFixture fixture;
    const auto bytes = noise(1000, 1);
    put(fixture.files(), "cached", bytes, 0444);
    const auto files = fixture.files().open();
    const auto ingest = fixture.store().begin_ingest(LargeFiles::all_whole);
    Expecting examiner{bytes};
    const auto blob = ingest->add_link(*files, "cached", examiner, *silence());
    REQUIRE(blob.has_value());
    REQUIRE(::chmod(fixture.files().path("cached").c_str(), 0644) == 0);
    fixture.files().write("cached", "rubbish");
    CHECK(failure([&] { return ingest->commit(), 0; }) == store::errors::file_changed.id);
    CHECK_FALSE(fixture.store().contains(blob->id));
}

TEST_CASE("the same file linked by two at once has one object, and no name is left over") {
    StoreFixture fixture;
    const auto bytes = noise(1000, 1);
    put(fixture.files(), "cached", bytes, 0444);
    const auto files = fixture.files().open();
    const auto one = fixture.store().begin_ingest(LargeFiles::all_whole);
    const auto two = fixture.store().begin_ingest(LargeFiles::all_whole);
    for (auto* const ingest : {one.get(), two.get()}) {
        Expecting examiner{bytes};
        REQUIRE(ingest->add_link(*files, "cached", examiner, *silence()).has_value());
    }
    one->commit();
    two->commit();
    CHECK(status_of(*files, "cached").links == 2);
    CHECK(has_stamp(fixture, hash::sha256(bytes)));
}

TEST_CASE("a file whose blocks can be shared is cloned rather than linked") {
    FaultFs fs{"/w", CloneSupport::yes};
    StillWorld world{1};
    const auto dir = fs.open_root("/w");
    dir->make_dir("store");
    const auto bytes = noise(1000, 1);
    const auto file = dir->create("cached", 0444);
    file->write(bytes);
    store::ObjectStore store{dir->open_dir("store"), world.with(fs)};
    const auto ingest = store.begin_ingest(LargeFiles::all_whole);
    Expecting examiner{bytes};
    REQUIRE(ingest->add_link(*dir, "cached", examiner, *silence()).has_value());
    ingest->commit();
    CHECK(status_of(*dir, "cached").links == 1);
    CHECK(store.find(hash::sha256(bytes))->form == store::Form::whole);
}
