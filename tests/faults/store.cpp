// SPDX-License-Identifier: Apache-2.0
// The store's write path: what an Ingest has committed is there, and sound, after any kill and any power cut.
#include <fmt/format.h>
#include <fault_fs.hpp>
#include <full.hpp>
#include <still_world.hpp>
#include <write_path.hpp>

#include <array>
#include <catch2/catch.hpp>
#include <mlo/store/check.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

namespace mlo::test {
namespace {

constexpr std::string_view root = "/w";
constexpr std::uint64_t batches = 3;

Bytes noise(std::uint64_t seed, std::size_t size) {
    SeededRandom random{seed};
    Bytes bytes(size);
    random.fill(bytes);
    return bytes;
}

/// What each batch adds; the last has one object in common with the first.
struct Batches {
    std::array<std::vector<Bytes>, batches> objects;
    std::array<std::vector<store::ObjectId>, batches> ids;

    explicit Batches(std::size_t large_bytes) {
        for (std::uint64_t batch = 0; batch < batches; ++batch) {
            for (std::uint64_t i = 0; i < 3; ++i) objects[batch].push_back(noise(batch * 10 + i, 50 + 700 * i));
            if (large_bytes > 0 && batch != 1) objects[batch].push_back(noise(100 + batch, large_bytes));
        }
        objects[2].push_back(objects[0][1]);
        for (std::uint64_t batch = 0; batch < batches; ++batch)
            for (const auto& bytes : objects[batch]) ids[batch].push_back(hash::sha256(bytes));
    }
};

/// Three batches into a store. The objects are files beside it, so that whole ones can be cloned.
struct Adding {
    Adding(std::size_t large_bytes, store::LargeFiles how, CloneSupport can_clone)
        : data{large_bytes}, form{how}, clones{can_clone} {}

    Batches data;
    store::LargeFiles form;
    CloneSupport clones;
    StillWorld world{5};

    [[nodiscard]] FaultFs prepare() const {
        FaultFs fs{root, clones};
        const auto dir = fs.open_root(root);
        dir->make_dir("store");
        for (std::uint64_t batch = 0; batch < batches; ++batch)
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i)
                dir->create(fmt::format("{}-{}", batch, i), 0666)->write(data.objects[batch][i]);
        dir->sync_file_system();
        return fs;
    }

    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        const auto dir = fs.open_root(root);
        store::ObjectStore store{dir->open_dir("store"), world.with(fs)};
        const auto progress = silent_progress().begin("adding", ProgressUnit::bytes);
        for (std::uint64_t batch = 0; batch < batches; ++batch) {
            const auto ingest = store.begin_ingest(form);
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i) {
                const auto blob = ingest->add_file(*dir->open(fmt::format("{}-{}", batch, i)), *progress);
                MLO_ASSERT(blob.id == data.ids[batch][i]);
            }
            ingest->commit();
            acknowledged = batch + 1;
        }
    }

    void check(FaultFs& after, std::uint64_t acknowledged) {
        const auto runtime = world.with(after);
        store::ObjectStore store{after.open_root(root)->open_dir("store"), runtime};
        for (const auto& problem : store::check(store, store::CheckDepth::data, runtime).problems)
            FAIL_CHECK(problem.subject << ": " << problem.text);
        for (std::uint64_t batch = 0; batch < acknowledged; ++batch)
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i) {
                if (!store.find(data.ids[batch][i]))
                    FAIL_CHECK("batch " << batch << " object " << i << " is lost");
                else
                    CHECK(store.read_all(data.ids[batch][i], 1u << 30) == data.objects[batch][i]);
            }
    }
};

WritePath adding(std::size_t large_bytes, store::LargeFiles form, CloneSupport clones = CloneSupport::no) {
    const auto shared = std::make_shared<Adding>(large_bytes, form, clones);
    return {.prepare = [shared] { return shared->prepare(); },
            .work = [shared](FaultFs& fs, std::uint64_t& acknowledged) { shared->work(fs, acknowledged); },
            .check = [shared](FaultFs& after, std::uint64_t acknowledged) { shared->check(after, acknowledged); }};
}

/// Takes every byte.
class Welcoming final : public store::Examiner {
public:
    void see(ByteView /*piece*/) override {}
    bool accepts() override { return true; }
};

/// Read-only files of another tool, which synced none of them, taken into a store by a link; and each linked from there
/// into a further folder.
struct Linking {
    Batches data{0};
    StillWorld world{8};

    [[nodiscard]] static FaultFs prepare() {
        FaultFs fs{root};
        const auto dir = fs.open_root(root);
        for (const auto* const name : {"store", "cache", "out"}) dir->make_dir(name);
        dir->sync_file_system();
        return fs;
    }
    [[nodiscard]] static std::string name_of(std::uint64_t batch, std::size_t i) {
        return fmt::format("{}-{}", batch, i);
    }

    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        const auto dir = fs.open_root(root);
        const auto cache = dir->open_dir("cache");
        const auto out = dir->open_dir("out");
        store::ObjectStore store{dir->open_dir("store"), world.with(fs)};
        const auto progress = silent_progress().begin("adding", ProgressUnit::bytes);
        Welcoming examiner;
        for (std::uint64_t batch = 0; batch < batches; ++batch) {
            const auto ingest = store.begin_ingest(store::LargeFiles::all_whole);
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i) {
                const auto name = name_of(batch, i);
                if (cache->stat(name)) cache->remove(name);
                cache->create(name, 0444)->write(data.objects[batch][i]);
                const auto blob = ingest->add_link(*cache, name, examiner, *progress);
                MLO_ASSERT(blob && blob->id == data.ids[batch][i]);
            }
            ingest->commit();
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i)
                MLO_ASSERT(store.link_to(data.ids[batch][i], *out, name_of(batch, i)));
            out->sync();
            acknowledged = batch + 1;
        }
    }

    void check(FaultFs& after, std::uint64_t acknowledged) {
        const auto runtime = world.with(after);
        const auto dir = after.open_root(root);
        store::ObjectStore store{dir->open_dir("store"), runtime};
        for (const auto& problem : store::check(store, store::CheckDepth::data, runtime).problems)
            FAIL_CHECK(problem.subject << ": " << problem.text);
        const auto out = dir->open_dir("out");
        for (std::uint64_t batch = 0; batch < batches; ++batch)
            for (std::size_t i = 0; i < data.objects[batch].size(); ++i) {
                const auto& bytes = data.objects[batch][i];
                if (batch < acknowledged) {
                    CHECK(store.contains(data.ids[batch][i]));
                    CHECK(out->stat(name_of(batch, i)).has_value());
                }
                if (store.contains(data.ids[batch][i])) CHECK(store.read_all(data.ids[batch][i], 1u << 20) == bytes);
                if (out->stat(name_of(batch, i))) CHECK(read_file(*out, name_of(batch, i), 1u << 20) == as_text(bytes));
            }
    }
};

WritePath linking() {
    const auto shared = std::make_shared<Linking>();
    return {.prepare = [] { return Linking::prepare(); },
            .work = [shared](FaultFs& fs, std::uint64_t& acknowledged) { shared->work(fs, acknowledged); },
            .check = [shared](FaultFs& after, std::uint64_t acknowledged) { shared->check(after, acknowledged); }};
}

/// A batch into a store one of whose segments has lost its header. Where it was the only one, the new one has its name.
struct Recovering {
    explicit Recovering(std::uint64_t segments) : before{segments} {}

    std::uint64_t before;  ///< batches, of a segment each
    Batches data{0};
    StillWorld world{6};
    std::string damaged_bytes = "MLOindx1 and nothing more";

    [[nodiscard]] FaultFs prepare() {
        FaultFs fs{root};
        const auto dir = fs.open_root(root);
        dir->make_dir("store");
        for (std::uint64_t batch = 0; batch < before; ++batch) add(fs, batch);
        const auto index = dir->open_dir("store")->open_dir("index");
        const auto name = index->list().at(0).name;
        index->remove(name);
        index->create(name, 0444)->write(as_bytes(damaged_bytes));
        dir->sync_file_system();
        return fs;
    }
    void add(FaultFs& fs, std::uint64_t batch) {
        store::ObjectStore store{fs.open_root(root)->open_dir("store"), world.with(fs)};
        const auto ingest = store.begin_ingest(store::LargeFiles::chunked);
        for (const auto& bytes : data.objects[batch]) static_cast<void>(ingest->add_bytes(bytes));
        ingest->commit();
    }
    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        add(fs, 2);
        acknowledged = 1;
    }

    /// Whether the damaged bytes are kept in `folder` of the store.
    [[nodiscard]] bool are_kept_in(FaultFs& fs, std::string_view folder) const {
        const auto dir = fs.open_root(root)->open_dir("store");
        if (!dir->stat(folder)) return false;
        const auto place = dir->open_dir(folder);
        for (const auto& entry : place->list())
            if (read_file(*place, entry.name, 1u << 20) == damaged_bytes) return true;
        return false;
    }
    void check_batch(store::ObjectStore& store, std::uint64_t batch) const {
        for (std::size_t i = 0; i < data.objects[batch].size(); ++i) {
            if (!store.find(data.ids[batch][i]))
                FAIL_CHECK("batch " << batch << " object " << i << " is lost");
            else
                CHECK(store.read_all(data.ids[batch][i], 1u << 30) == data.objects[batch][i]);
        }
    }
    void check(FaultFs& after, std::uint64_t acknowledged) {
        const auto runtime = world.with(after);
        store::ObjectStore store{after.open_root(root)->open_dir("store"), runtime};
        if (acknowledged > 0) check_batch(store, 2);
        CHECK((are_kept_in(after, "index") || are_kept_in(after, "quarantine")));
        static_cast<void>(store.begin_ingest(store::LargeFiles::chunked));
        CHECK(are_kept_in(after, "quarantine"));
        for (const auto& problem : store::check(store, store::CheckDepth::data, runtime).problems)
            FAIL_CHECK(problem.subject << ": " << problem.text);
        for (std::uint64_t batch = 0; batch < before; ++batch) check_batch(store, batch);
    }
};

WritePath recovering(std::uint64_t segments) {
    const auto shared = std::make_shared<Recovering>(segments);
    return {.prepare = [shared] { return shared->prepare(); },
            .work = [shared](FaultFs& fs, std::uint64_t& acknowledged) { shared->work(fs, acknowledged); },
            .check = [shared](FaultFs& after, std::uint64_t acknowledged) { shared->check(after, acknowledged); }};
}

constexpr std::size_t large = 260 * 1024;

}  // namespace

TEST_CASE("small objects that the store has committed survive any power cut", "[store]") {
    const auto counts =
        cut_everywhere(adding(0, store::LargeFiles::chunked), full_run() ? 20'000 : 200, full_run() ? 100'000 : 5'000);
    CHECK(counts.changes > 40);
}

TEST_CASE("chunked objects that the store has committed survive any power cut", "[store]") {
    cut_everywhere(adding(large, store::LargeFiles::chunked), 20, full_run() ? 100'000 : 500);
}

TEST_CASE("whole objects that the store has committed survive any power cut", "[store]") {
    cut_everywhere(adding(large, store::LargeFiles::whole), 20, full_run() ? 100'000 : 500);
    cut_everywhere(adding(large, store::LargeFiles::automatic, CloneSupport::yes), 20, full_run() ? 100'000 : 500);
    cut_everywhere(adding(0, store::LargeFiles::all_whole), 20, full_run() ? 100'000 : 500);
}

TEST_CASE("the store reports every failed call and never acknowledges incomplete work", "[store]") {
    CHECK(fail_everywhere(adding(0, store::LargeFiles::chunked), batches).reported > 150);
}

TEST_CASE("the store reports every failed call while it keeps whole objects", "[store]") {
    CHECK(fail_everywhere(adding(large, store::LargeFiles::automatic, CloneSupport::yes), batches).reported > 150);
}

TEST_CASE("what a killed writer left is durable once another has acknowledged it", "[store]") {
    CHECK(kill_everywhere(adding(0, store::LargeFiles::chunked), batches) > 100);
    CHECK(kill_everywhere(adding(large, store::LargeFiles::chunked), batches) > 100);
    CHECK(kill_everywhere(adding(large, store::LargeFiles::whole), batches) > 100);
}

TEST_CASE("what was linked into and out of the store survives any power cut", "[store][links]") {
    CHECK(cut_everywhere(linking(), 50, full_run() ? 100'000 : 1'000).changes > 100);
}

TEST_CASE("links into and out of the store at failing calls and kills", "[store][links]") {
    CHECK(fail_everywhere(linking(), batches).reported > 150);
    CHECK(kill_everywhere(linking(), batches) > 100);
}

TEST_CASE("setting a damaged segment aside loses nothing at any cut, kill or failed call", "[store]") {
    for (const std::uint64_t segments : {1u, 2u}) {
        CHECK(cut_everywhere(recovering(segments), 200, full_run() ? 100'000 : 1'000).changes > 10);
        CHECK(fail_everywhere(recovering(segments), 1).reported > 50);
        CHECK(kill_everywhere(recovering(segments), 1) > 30);
    }
}

}  // namespace mlo::test
