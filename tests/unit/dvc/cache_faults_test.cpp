// SPDX-License-Identifier: Apache-2.0
// DVC takes what is in its cache for good without looking: no cut and no failed call may leave anything else there.
#include <catch2/catch.hpp>
#include <fault_fs.hpp>
#include <full.hpp>
#include <mlo/dvc/cache.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <still_world.hpp>
#include <write_path.hpp>

using namespace mlo;
using namespace mlo::test;

namespace {

constexpr std::string_view root = "/w";
constexpr std::uint64_t rounds = 2;

std::string text_of(std::uint64_t number) { return std::string(600 * (number + 1), static_cast<char>('a' + number)); }
std::string md5_of(std::string_view text) { return hash::to_hex(hash::md5(as_bytes(text))); }

/// In each round one object is linked, one copied, and a listing put; between the rounds one is taken into another
/// store. Not at the end: a store's commit makes everything durable.
struct Putting {
    StillWorld world{7};

    [[nodiscard]] static dvc::Site site() {
        return {.workspace = "/w", .root = "/w", .tmp_dir = "/w/.dvc/tmp", .cache_dir = "/w/.dvc/cache"};
    }
    [[nodiscard]] static store::ObjectId id_of(std::uint64_t number) { return hash::sha256(as_bytes(text_of(number))); }

    [[nodiscard]] FaultFs prepare() {
        FaultFs fs{root};
        const auto dir = fs.open_root(root);
        dir->make_dir(".dvc");
        for (const auto* const name : {"whole", "packed", "third"}) dir->make_dir(name);
        const auto progress = silent_progress().begin("", ProgressUnit::bytes);
        for (std::uint64_t number = 0; number < 2 * rounds; ++number) {
            const bool is_whole = number % 2 == 0;
            store::ObjectStore store{dir->open_dir(is_whole ? "whole" : "packed"), world.with(fs)};
            dir->create(std::to_string(number), 0666)->write(as_bytes(text_of(number)));
            const auto ingest =
                store.begin_ingest(is_whole ? store::LargeFiles::all_whole : store::LargeFiles::chunked);
            static_cast<void>(ingest->add_file(*dir->open(std::to_string(number)), *progress));
            ingest->commit();
        }
        dir->sync_file_system();
        return fs;
    }

    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        const auto dir = fs.open_root(root);
        store::ObjectStore whole{dir->open_dir("whole"), world.with(fs)};
        store::ObjectStore packed{dir->open_dir("packed"), world.with(fs)};
        store::ObjectStore third{dir->open_dir("third"), world.with(fs)};
        dvc::Cache cache{site(), world.with(fs)};
        const auto progress = silent_progress().begin("", ProgressUnit::bytes);
        for (std::uint64_t round = 0; round < rounds; ++round) {
            if (round == 1) {
                const auto ingest = third.begin_ingest(store::LargeFiles::all_whole);
                MLO_ASSERT(cache.take(md5_of(text_of(1)), *ingest, *progress).has_value());
                ingest->commit();
                acknowledged = 2;
            }
            cache.put(md5_of(text_of(2 * round)), whole, id_of(2 * round));
            cache.put(md5_of(text_of(2 * round + 1)), packed, id_of(2 * round + 1));
            cache.put_bytes(md5_of("[]" + std::to_string(round)) + ".dir", "[]" + std::to_string(round));
            cache.sync();
            acknowledged = 2 * round + 1;
        }
    }

    void check(FaultFs& after, std::uint64_t acknowledged) {
        const auto dir = after.open_root(root);
        const dvc::Cache cache{site(), world.with(after)};
        store::ObjectStore third{dir->open_dir("third"), world.with(after)};
        for (std::uint64_t number = 0; number < 2 * rounds; ++number)
            check_object(cache, md5_of(text_of(number)), number / 2 * 2 < acknowledged);
        for (std::uint64_t round = 0; round < rounds; ++round) {
            check_object(cache, md5_of("[]" + std::to_string(round)) + ".dir", 2 * round < acknowledged);
        }
        if (acknowledged > 1) CHECK(as_text(third.read_all(id_of(1), 1u << 20)) == text_of(1));
    }
    static void check_object(const dvc::Cache& cache, const std::string& md5, bool is_promised) {
        const auto file = cache.open(md5);
        if (is_promised) CHECK(file != nullptr);
        if (file == nullptr) return;
        Bytes bytes(file->stat().size);
        static_cast<void>(file->read(bytes, 0));
        CHECK(hash::to_hex(hash::md5(bytes)) == md5.substr(0, 32));
    }
};

WritePath putting() {
    const auto shared = std::make_shared<Putting>();
    return {.prepare = [shared] { return shared->prepare(); },
            .work = [shared](FaultFs& fs, std::uint64_t& acknowledged) { shared->work(fs, acknowledged); },
            .check = [shared](FaultFs& after, std::uint64_t acknowledged) { shared->check(after, acknowledged); }};
}

}  // namespace

TEST_CASE("what was put into the cache survives any power cut, and nothing else is ever there", "[cache-cut]") {
    CHECK(cut_everywhere(putting(), 20, full_run() ? 100'000 : 500).changes > 50);
}

TEST_CASE("every failed call is reported, and no half object is left in the cache", "[cache-fail]") {
    CHECK(fail_everywhere(putting(), 2 * rounds - 1).reported > 150);
}

TEST_CASE("what a killed process left in the cache is durable once another has acknowledged it", "[cache-kill]") {
    CHECK(kill_everywhere(putting(), 2 * rounds - 1) > 150);
}

TEST_CASE("a failed call neither breaks DVC's list of paths in use nor forgets what is held", "[rwlock-fail]") {
    StillWorld world{3};
    const std::vector<std::string> read{"/w/in"};
    const std::vector<std::string> write{"/w/out"};
    for (std::uint64_t call = 1;; ++call) {
        FaultFs fs{root};
        fs.open_root(root)->make_dir(".dvc");
        bool struck = false;
        {
            dvc::PathLocks locks{Putting::site(), "mlo run", world.with(fs)};
            fs.fail({.at_call = call, .error_number = ENOSPC});
            bool is_held = false;
            try {
                is_held = !locks.try_acquire(read, write).has_value();
                CHECK(is_held);
                locks.release(read, write);
                is_held = false;
            } catch (const Error&) {
            }
            struck = fs.struck();
            fs.heal();
            if (is_held) locks.release(read, write);
            CHECK_FALSE(locks.try_acquire(read, write).has_value());
        }
        const auto tmp = fs.open_root(root)->open_dir(".dvc/tmp");
        CHECK(read_file(*tmp, "rwlock", 1000) == "{}");
        if (!struck) break;
    }
}
