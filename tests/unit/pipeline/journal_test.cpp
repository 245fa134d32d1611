// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <children.hpp>
#include <failure.hpp>
#include <limits>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <random>
#include <temporary_folder.hpp>
#include <thread>

#include "journal_format.hpp"
#include "journal_world.hpp"

using namespace mlo;
using namespace mlo::test;

namespace {

/// A record with everything that one can have.
StageRecord whole_record() {
    const auto id = store::ObjectId::parse("sha256:" + std::string(64, '7'));
    REQUIRE(id);
    StageRecord record;
    record.commands = {"python train.py \"a\"\n", "\xff"};
    record.command_form = CommandForm::list;
    record.wdir = "sub";
    record.deps = {{"data", {.kind = store::ObjectKind::tree, .id = *id, .size_bytes = 12, .files = 3}},
                   {"old.csv", {.md5 = std::string(32, 'a'), .is_dos2unix_md5 = true}}};
    const double infinity = std::numeric_limits<double>::infinity();
    record.params = {
        {"params.yaml",
         {{"a", {std::int64_t{-1}}}, {"b", {1.0}}, {"c", {Datum::List{{-infinity}, {}, {true}, {std::string{"x"}}}}}}},
        {"other.yaml", {{"", {Datum::Mapping{{"$f", {std::string{"no number"}}}, {"$$", {std::uint64_t{1} << 63}}}}}}}};
    record.environment = {{"set A", "\xfe"}, {"variable LANG", std::nullopt}};
    record.outs = {
        {"model", OutputRole::data, false, true, PathState{.id = *id, .is_executable = true, .size_bytes = 9}},
        {"plot.csv", OutputRole::plot, true, false, std::nullopt}};
    return record;
}

JournalEntry whole_entry() {
    return {.document = "train/pipeline.yaml",
            .stage = "fit@\xff",
            .run = "r1",
            .record = whole_record(),
            .duration_ms = 1234,
            .is_reusable = true};
}

bool same(const StageRecord& a, const StageRecord& b) {
    const auto same_params = [](const ParamsRecord& x, const ParamsRecord& y) {
        return x.file == y.file &&
               std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                          [](const auto& v, const auto& w) { return v.name == w.name && v.value == w.value; });
    };
    return a.commands == b.commands && a.command_form == b.command_form && a.wdir == b.wdir && a.deps == b.deps &&
           a.environment == b.environment && a.outs == b.outs &&
           std::equal(a.params.begin(), a.params.end(), b.params.begin(), b.params.end(), same_params);
}

std::string text_of(std::initializer_list<int> numbers) {
    std::string text{journal::header};
    for (const int number : numbers) text += journal::encode(entry(number));
    return text;
}

}  // namespace

TEST_CASE("journal: an entry comes back as it was") {
    const auto before = whole_entry();
    const auto after = journal::parse_entry(journal::to_json(before));
    CHECK(after.document == before.document);
    CHECK(after.stage == before.stage);
    CHECK(after.run == before.run);
    CHECK(after.duration_ms == before.duration_ms);
    CHECK(after.is_reusable == before.is_reusable);
    CHECK(same(after.record, before.record));
    CHECK(journal::to_json(after) == journal::to_json(before));
    CHECK(key_text(after.record) == key_text(before.record));
}

TEST_CASE("journal: the form of a line") {
    // The checksum is what xxhash.xxh3_128_hexdigest(JSON) of Python says.
    JournalEntry plain{.document = "pipeline.yaml", .stage = "fit", .run = "r", .record = {}, .duration_ms = 7};
    plain.record.commands = {"true"};
    plain.record.outs = {{"out", OutputRole::metric, true, false, PathState{.size_bytes = 3, .md5 = "m"}}};
    CHECK(
        journal::encode(plain) ==
        "b65392633636169019d212fc5f97cbfd "
        R"({"document":"pipeline.yaml","duration_ms":7,"record":{"command_form":"text","commands":["true"],"deps":[],)"
        R"("environment":[],"outs":[{"cached":true,"path":"out","persistent":false,"role":"metric","state":)"
        R"({"executable":false,"files":0,"id":null,"kind":"file","md5":"m","md5_dos2unix":false,"size":3}}],)"
        R"("params":[],"wdir":""},"reusable":false,"run":"r","stage":"fit"})"
        "\n");
}

TEST_CASE("journal: what is left is told in order, stays until it is cleared, and is joined by what comes") {
    const JournalFolder folder;
    { folder.open()->append(entry(1)); }
    {
        const auto journal = folder.open();
        CHECK(folder.left == "1 ");
        journal->append(entry(2));
        journal->append(entry(3));
    }
    {
        const auto journal = folder.open();
        CHECK(folder.left == "1 2 3 ");
        journal->append(entry(4));
        journal->clear();
        journal->append(entry(5));
    }
    {
        const auto journal = folder.open();
        CHECK(folder.left == "5 ");
        journal->clear();
    }
    CHECK_FALSE(folder.exists());
    const auto journal = folder.open();
    CHECK(folder.left.empty());
    CHECK_FALSE(folder.exists());
    CHECK(folder.warnings.empty());
}

TEST_CASE("journal: a tail that was cut off anywhere is dropped, and what was before it is there") {
    const auto text = text_of({1, 2, 3});
    for (std::size_t size = 0; size <= text.size(); ++size) {
        std::string told;
        const auto found = journal::read(std::string_view{text}.substr(0, size), "j",
                                         [&](const JournalEntry& each) { told += each.run + ' '; });
        const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n');
        CHECK(told == std::string_view{"1 2 3 "}.substr(
                          0, 2 * static_cast<std::size_t>(std::max(lines - 1, decltype(lines){0}))));
        CHECK(found.damaged == 0);
        CHECK((found.cut_off > 0) == (size > 0 && text[size - 1] != '\n'));
    }
}

TEST_CASE("journal: damage anywhere costs the lines that it is in, and is told") {
    const auto text = text_of({1, 2, 3, 4});
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const unsigned flip : {0x01u, 0x80u, 0x2au}) {
            auto damaged = text;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
            std::vector<std::string> told;
            journal::Found found;
            const auto error = error_of([&] {
                found = journal::read(damaged, "j", [&](const JournalEntry& each) { told.push_back(each.run); });
                return 0;
            });
            if (error) {
                CHECK(error->code().id == pipeline::errors::journal_newer.id);
                continue;
            }
            const auto begins_at = text.rfind('\n', at == 0 ? 0 : at - 1);
            INFO(at << ' ' << begins_at);
            CHECK(told.size() >= 2);
            CHECK(std::is_sorted(told.begin(), told.end()));
            CHECK(found.damaged + found.cut_off > 0);
        }
    }
}

TEST_CASE("journal: damage in a file is passed over with a warning, and what is well goes on") {
    const JournalFolder folder;
    auto text = text_of({1, 2, 3});
    text[text.find("\"run\":\"2\"") + 7] = '9';
    folder.write(text + "half a li");
    {
        const auto journal = folder.open();
        CHECK(folder.left == "1 3 ");
        REQUIRE(folder.warnings.size() == 1);
        CHECK(folder.warnings[0].find("passed over 1 damaged line;") != std::string::npos);
        journal->append(entry(4));
    }
    const auto journal = folder.open();
    CHECK(folder.left == "1 3 4 ");
    CHECK(folder.warnings.size() == 1);
}

TEST_CASE("journal: one of a newer mlo is left alone") {
    const JournalFolder folder;
    folder.write("mlo/pipeline-journal-v2\nwhatever\n");
    CHECK(failure([&] { return folder.open(); }) == pipeline::errors::journal_newer.id);
    CHECK(folder.read() == "mlo/pipeline-journal-v2\nwhatever\n");
}

TEST_CASE("journal: a second process has it once the first has ended, however that was") {
    const JournalFolder folder;
    Child first{[&](const auto& tell) {
        const auto journal = folder.open();
        journal->append(entry(1));
        tell(1);
        for (;;) ::pause();
    }};
    std::uint64_t number = 0;
    REQUIRE(first.hear(number));
    std::unique_ptr<Journal> second;
    std::jthread opener{[&] { second = folder.open(); }};
    // The log names who has it.
    while (folder.notes().find("mlo run") == std::string::npos) std::this_thread::yield();
    first.kill();
    opener.join();
    CHECK(folder.left == "1 ");
}

TEST_CASE("journal: several threads append, and nothing is lost") {
    const JournalFolder folder;
    {
        const auto journal = folder.open(Journal::Syncing::background);
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 50; ++i) journal->append(entry(100 * thread + i));
            });
    }
    const auto journal = folder.open();
    CHECK(std::count(folder.left.begin(), folder.left.end(), ' ') == 200);
    CHECK(folder.warnings.empty());
}
