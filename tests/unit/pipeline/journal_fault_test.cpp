// SPDX-License-Identifier: Apache-2.0
// What becomes of the journal when the power goes, the disk is full or fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fault_fs.hpp>
#include <full.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/error.hpp>
#include <still_world.hpp>
#include <thread>
#include <write_path.hpp>

#include "journal_world.hpp"

using namespace mlo;
using namespace mlo::test;

namespace {

constexpr std::string_view root = "/w";
constexpr std::string_view committed_name = "committed";
constexpr std::uint64_t versions = 6;

/// The highest number that is elsewhere: in a file that is durable once it is written.
std::uint64_t committed(Dir& dir) {
    return dir.stat(committed_name) ? std::stoull(read_file(dir, committed_name, 100)) : 0;
}

/// Opens the journal as `mlo run` does; the highest number that it holds, 0 for none.
std::uint64_t adopt(Dir& dir, const Runtime& runtime, std::unique_ptr<Journal>& journal) {
    std::uint64_t last = 0;
    journal = std::make_unique<Journal>(
        dir, runtime,
        [&](const JournalEntry& each) {
            const auto number = std::stoull(each.run);
            CHECK((last == 0 || number == last + 1 || number <= last));
            last = number;
        },
        Journal::Syncing::by_append);
    return last;
}

/// Stages finish one after the other; after every second, all so far are put elsewhere, and the journal is cleared.
WritePath journaling() {
    return {.prepare =
                [] {
                    FaultFs fs{root};
                    const auto dir = fs.open_root(root);
                    StillWorld world{1};
                    std::unique_ptr<Journal> journal;
                    adopt(*dir, world.with(fs), journal);
                    journal->append(entry(1));
                    journal.reset();
                    dir->sync();
                    return fs;
                },
            .work =
                [seed = std::make_shared<std::uint64_t>(2)](FaultFs& fs, std::uint64_t& acknowledged) {
                    const auto dir = fs.open_root(root);
                    StillWorld world{++*seed};
                    std::unique_ptr<Journal> journal;
                    auto last = std::max(adopt(*dir, world.with(fs), journal), committed(*dir));
                    while (last < versions) {
                        journal->append(entry(static_cast<int>(++last)));
                        acknowledged = std::max(acknowledged, last);
                        if (last % 2 != 0) continue;
                        write_file_atomically(*dir, committed_name, std::to_string(last), 0666, world.random());
                        journal->clear();
                    }
                    acknowledged = versions;
                },
            .check =
                [](FaultFs& after, std::uint64_t acknowledged) {
                    const auto dir = after.open_root(root);
                    StillWorld world{3};
                    std::unique_ptr<Journal> journal;
                    const auto last = adopt(*dir, world.with(after), journal);
                    CHECK(std::max(last, committed(*dir)) >= std::max<std::uint64_t>(acknowledged, 1));
                    CHECK(std::max(last, committed(*dir)) <= std::max<std::uint64_t>(acknowledged, 1) + 1);
                }};
}

/// Waits until nothing that was appended can be lost.
void await_durable(const FaultFs& fs) {
    const auto is_journal = [](const std::string& path) { return path.ends_with(Journal::file_name); };
    for (auto open = fs.not_durable(); std::any_of(open.begin(), open.end(), is_journal); open = fs.not_durable())
        std::this_thread::yield();
}

}  // namespace

TEST_CASE("journal: after any power cut every acknowledged entry is there or elsewhere") {
    const auto counts = cut_everywhere(journaling(), 2'000, full_run() ? 100'000 : 10'000);
    CHECK(counts.exhaustive > 50);
    CHECK(counts.changes > 30);
}

TEST_CASE("journal: every failed call is reported, and the work can be done again") {
    const auto counts = fail_everywhere(journaling(), versions);
    CHECK(counts.runs > 40);
    CHECK(counts.reported > 40);
}

TEST_CASE("journal: what is done after a kill is durable") { CHECK(kill_everywhere(journaling(), versions) >= 30); }

TEST_CASE("journal: a full disk loses what did not fit, and nothing else") {
    for (const int error_number : {ENOSPC, EIO}) {
        FaultFs fs{root};
        StillWorld world{4};
        const auto dir = fs.open_root(root);
        std::unique_ptr<Journal> journal;
        adopt(*dir, world.with(fs), journal);
        journal->append(entry(1));
        // Half of the line is written.
        fs.fail({.at_call = 1, .error_number = error_number, .law = FaultLaw::from_then_on});
        CHECK_THROWS_AS(journal->append(entry(2)), Error);
        CHECK_THROWS_AS(journal->append(entry(2)), Error);
        {
            auto copy = fs.snapshot();
            const auto copied = copy.open_root(root);
            std::unique_ptr<Journal> reader;
            CHECK(adopt(*copied, world.with(copy), reader) == 1);
        }
        fs.heal();
        journal->append(entry(2));
        journal.reset();
        CHECK(adopt(*dir, world.with(fs), journal) == 2);
        for (const auto& each : dir->list()) CHECK_FALSE(each.name.ends_with(".tmp"));
    }
}

TEST_CASE("journal: what is appended becomes durable without anybody waiting") {
    FaultFs fs{root};
    StillWorld world{5};
    const auto dir = fs.open_root(root);
    std::string left;
    const auto tell = [&](const JournalEntry& each) { left += each.run + ' '; };
    {
        Journal journal{*dir, world.with(fs), tell};
        for (int number = 1; number < 4; ++number) {
            journal.append(entry(number));
            await_durable(fs);
        }
        journal.clear();
        journal.append(entry(4));
        await_durable(fs);
        auto after = fs.random_crash(1);
        const auto there = after.open_root(root);
        const Journal reader{*there, world.with(after), tell, Journal::Syncing::by_append};
        CHECK(left == "4 ");
    }
    left.clear();
    const Journal journal{*dir, world.with(fs), tell};
    CHECK(left == "4 ");
}

TEST_CASE("journal: a failed sync in the background costs nothing that is appended again") {
    FaultFs fs{root};
    StillWorld world{6};
    const auto dir = fs.open_root(root);
    std::string left;
    const auto tell = [&](const JournalEntry& each) { left += each.run + ' '; };
    {
        Journal journal{*dir, world.with(fs), tell};
        journal.append(entry(1));
        await_durable(fs);
        // The write goes well, the sync does not.
        fs.fail({.at_call = 2, .error_number = EIO});
        journal.append(entry(2));
        while (!fs.struck()) std::this_thread::yield();
        fs.heal();
        journal.append(entry(3));
        await_durable(fs);
        auto after = fs.random_crash(1);
        const auto there = after.open_root(root);
        const Journal reader{*there, world.with(after), tell, Journal::Syncing::by_append};
        CHECK(left == "1 2 3 ");
    }
}
