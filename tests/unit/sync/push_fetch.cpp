// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/store/pack_index.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/sync/format.hpp>
#include <remote_wrappers.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

std::map<std::string, Bytes> sample_files() {
    return {{"a.txt", noise_bytes(100, 1)},
            {"b.txt", Bytes(5000, std::byte{'b'})},
            {"empty", {}},
            {"sub/c.bin", noise_bytes(700'000, 2)},
            {"sub/d", noise_bytes(300, 3)}};
}

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    CountingRemote counted{remote};
    Clone first{counted, 1};
    Clone second{counted, 2};
};

std::vector<std::string> keys_below(const MemoryRemote& remote, std::string_view prefix) {
    auto keys = remote.keys();
    std::erase_if(keys, [&](const auto& key) { return !key.starts_with(prefix); });
    return keys;
}

TEST_CASE("what one clone pushes, another fetches") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    const auto model = w.first.add("model", noise_bytes(300, 9));
    const auto pushed = w.first.push({data, model});
    CHECK(pushed.failures.empty());
    CHECK(pushed.objects == 2);
    CHECK(pushed.published == 2);
    const auto fetched = w.second.fetch({data, model});
    CHECK(fetched.failures.empty());
    CHECK(fetched.records == pushed.records);
    CHECK(w.second.problems({data, model}).empty());
    CHECK(w.second.read(model.object.id) == noise_bytes(300, 9));
    CHECK(keys_below(w.remote, "leases/").empty());
}

TEST_CASE("a push with nothing to do makes three requests, and a fetch of what is here none") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    static_cast<void>(w.first.push({data}));
    const auto keys = w.remote.keys();
    w.counted.reset();
    const auto report = w.first.push({data});
    CHECK(report.records == 0);
    CHECK(report.published == 0);
    CHECK(w.counted.requests() == 3);
    CHECK(w.remote.keys() == keys);
    w.counted.reset();
    CHECK(w.first.fetch({data}).records == 0);
    CHECK(w.counted.requests() == 0);
}

TEST_CASE("many small files take a few requests") {
    World w;
    std::map<std::string, Bytes> files;
    for (int i = 0; i < 3000; ++i) files[std::to_string(i)] = noise_bytes(200, static_cast<std::uint64_t>(i));
    const auto data = w.first.add_tree("data", files);
    static_cast<void>(w.first.push({data}));
    CHECK(w.counted.requests() < 30);
    w.counted.reset();
    CHECK(w.second.fetch({data}).failures.empty());
    CHECK(w.counted.requests() < 12);
    CHECK(w.second.problems({data}).empty());
}

TEST_CASE("no byte of a pack is read twice, wherever large and small files lie") {
    World w;
    std::map<std::string, Bytes> files;
    for (std::uint64_t i = 0; i < 12; ++i) {
        files[fmt::format("{:02}", i)] = noise_bytes(700'000, i);
        files[fmt::format("{:02} small", i)] = noise_bytes(900, 100 + i);
        files[fmt::format("{:02} sub/large", i)] = noise_bytes(500'000, 200 + i);
    }
    const auto data = w.first.add_tree("data", files);
    const auto pushed = w.first.push({data});
    w.counted.reset();
    const auto fetched = w.second.fetch({data});
    CHECK(fetched.failures.empty());
    CHECK(fetched.records == pushed.records);
    // Beside the packs: the index.
    CHECK(w.counted.bytes_read() < pushed.bytes + 100'000);
    CHECK(w.counted.count(RemoteCall::get) < 12);
    CHECK(w.second.problems({data}).empty());
}

TEST_CASE("of what was edited here and there little more is read than the last version has") {
    World w;
    auto bytes = noise_bytes(8'000'000, 4);
    auto data = w.first.add("data", bytes);
    static_cast<void>(w.first.push({data}));
    for (std::uint64_t version = 1; version < 12; ++version) {
        for (std::uint64_t edit = 0; edit < 2; ++edit) {
            const auto noise = noise_bytes(60'000, 100 * version + edit);
            const auto offset = (version * 1'234'567 + edit * 3'456'789) % 7'900'000;
            std::copy(noise.begin(), noise.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        }
        data = w.first.add("data", bytes);
        static_cast<void>(w.first.push({data}));
    }
    w.counted.reset();
    CHECK(w.second.fetch({data}).failures.empty());
    CHECK(w.counted.bytes_read() < 10'000'000);
    CHECK(w.second.read(data.object.id) == bytes);
}

TEST_CASE("after a push of one thing the remote holds no byte of another") {
    World w;
    const auto secret = noise_bytes(5000, 77);
    const auto data = w.first.add_tree("data", sample_files());
    const auto other = w.first.add("other", secret);
    static_cast<void>(w.first.push({data}));
    const auto needle = std::string{as_text(secret).substr(1000, 24)};
    for (const auto& key : w.remote.keys()) CHECK(w.remote.value(key).find(needle) == std::string::npos);
    static_cast<void>(w.first.push({other}));
    bool is_there = false;
    for (const auto& key : w.remote.keys()) is_there |= w.remote.value(key).find(needle) != std::string::npos;
    CHECK(is_there);
}

TEST_CASE("an edit of a large file sends little more than the edit") {
    World w;
    auto bytes = noise_bytes(8'000'000, 4);
    const auto before = w.first.add("data", bytes);
    static_cast<void>(w.first.push({before}));
    bytes.insert(bytes.begin() + 4'000'000, {std::byte{1}, std::byte{2}});
    const auto after = w.first.add("data", bytes);
    const auto report = w.first.push({after});
    CHECK(report.bytes < 600'000);
    const auto fetched = w.second.fetch({after, before});
    CHECK(fetched.failures.empty());
    CHECK(w.second.read(after.object.id) == bytes);
}

TEST_CASE("an object kept whole is cut on the way, and its store keeps no chunk") {
    World w;
    const auto bytes = noise_bytes(3'000'000, 5);
    const auto model = w.first.add("model", bytes, store::LargeFiles::whole);
    REQUIRE(w.first.store().find(model.object.id)->form == store::Form::whole);
    const auto report = w.first.push({model});
    CHECK(report.records > 10);
    CHECK(w.first.store().find(model.object.id)->form == store::Form::whole);
    CHECK(w.second.fetch({model}).failures.empty());
    CHECK(w.second.read(model.object.id) == bytes);
    Clone third{w.remote, 3};
    const auto chunked = third.add("model", bytes, store::LargeFiles::chunked);
    CHECK(third.push({chunked}).records == 0);
}

TEST_CASE("an object that is not complete here is reported, and the others are pushed") {
    World w;
    const auto good = w.first.add("good", noise_bytes(100, 1));
    const sync::NamedRef bad{"bad", {hash::sha256(as_bytes("never stored")), store::ObjectKind::blob}};
    const auto report = w.first.push({bad, good});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].name == "bad");
    CHECK(report.failures[0].error.code().id == sync::errors::not_in_store.id);
    CHECK(report.objects == 1);
    const auto roots = keys_below(w.remote, "roots/");
    REQUIRE(roots.size() == 1);
    CHECK(w.remote.value(roots[0]).find(bad.object.id.hex()) == std::string::npos);
    CHECK(w.remote.value(roots[0]).find(good.object.id.hex()) != std::string::npos);
}

TEST_CASE("what another clone has published need not be here to be pushed again") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    static_cast<void>(w.first.push({data}));
    const auto report = w.second.push({data});
    CHECK(report.failures.empty());
    CHECK(report.records == 0);
    CHECK(keys_below(w.remote, "roots/").size() == 2);
}

TEST_CASE("a root set keeps what was published before, and drops what has expired") {
    World w;
    const auto a = w.first.add("a", noise_bytes(10, 1));
    const auto b = w.first.add("b", noise_bytes(10, 2));
    const auto c = w.first.add("c", noise_bytes(10, 3));
    static_cast<void>(w.first.push({a}));
    static_cast<void>(sync::push(w.first.peer(), {.objects = {b}, .expires_after = std::chrono::hours{1}}));
    auto roots = keys_below(w.remote, "roots/");
    CHECK(w.remote.value(roots.back()).find(a.object.id.hex()) != std::string::npos);
    CHECK(w.remote.value(roots.back()).find(b.object.id.hex() + " 1800003600") != std::string::npos);
    w.counted.reset();
    static_cast<void>(sync::push(w.first.peer(), {.objects = {b}, .expires_after = std::chrono::hours{1}}));
    CHECK(w.counted.requests() == 3);
    w.first.clock().sleep(std::chrono::hours{2}, {});
    static_cast<void>(w.first.push({c}));
    roots = keys_below(w.remote, "roots/");
    CHECK(w.remote.value(roots.back()).find(a.object.id.hex()) != std::string::npos);
    CHECK(w.remote.value(roots.back()).find(b.object.id.hex()) == std::string::npos);
}

TEST_CASE("a dry run counts what would be sent and writes nothing") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    const auto report = sync::push(w.first.peer(), {.objects = {data}, .dry_run = sync::DryRun::yes});
    CHECK(report.records > 5);
    CHECK(w.remote.keys().empty());
    CHECK(sync::not_pushed(w.first.peer(), {data}) == std::vector{data});
    static_cast<void>(w.first.push({data}));
    CHECK(sync::not_pushed(w.first.peer(), {data}).empty());
}

TEST_CASE("a push that ends at any request is completed by the next, and sends no pack twice") {
    for (std::uint64_t stop_at = 1;; ++stop_at) {
        StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
        MemoryRemote remote{clock};
        std::uint64_t calls = 0;
        bool is_cut = false;
        const auto watch = [&](RemoteCall, const std::string&) {
            if (is_cut || ++calls < stop_at) return;
            is_cut = true;
            throw Error{remote::errors::no_such_place, "the cable was pulled"};
        };
        const auto dead = [&](RemoteCall, const std::string&) {
            if (is_cut) throw Error{remote::errors::no_such_place, "the cable was pulled"};
        };
        WatchedRemote cut{remote, dead, watch};
        Clone writer{cut, 1};
        const auto data = writer.add_tree("data", sample_files());
        const auto failed = error_of([&] { return writer.push({data}); }).has_value();
        const auto packs = keys_below(remote, "packs/");
        const bool is_published = !keys_below(remote, "roots/").empty();
        Clone reader{remote, 2};
        CHECK(reader.fetch({data}).failures.empty() == (keys_below(remote, "index/").size() == 1));
        if (is_published) CHECK(reader.problems({data}).empty());

        calls = 0;
        stop_at += 1000;
        is_cut = false;
        CHECK(writer.push({data}).failures.empty());
        stop_at -= 1000;
        if (!packs.empty()) CHECK(keys_below(remote, "packs/") == packs);
        Clone later{remote, 3};
        CHECK(later.fetch({data}).failures.empty());
        CHECK(later.problems({data}).empty());
        if (!failed) {
            CHECK(stop_at > 8);
            break;
        }
    }
}

TEST_CASE("damage anywhere on the remote is found and named, and nothing of it is stored") {
    StillClock clock{Timestamp{}};
    MemoryRemote remote{clock};
    Clone writer{remote, 1};
    const auto data = writer.add_tree("data", {{"a", noise_bytes(300, 1)}, {"sub/b", noise_bytes(600'000, 2)}});
    static_cast<void>(writer.push({data}));
    const auto pack = keys_below(remote, "packs/").at(0);
    const auto index = keys_below(remote, "index/").at(0);
    const auto sound = std::pair{remote.value(pack), remote.value(index)};
    std::mt19937_64 random{1};
    const auto try_fetch = [&](const std::string& key) {
        Clone reader{remote, 2};
        std::vector<Error> errors;
        try {
            for (auto& failure : reader.fetch({data}).failures) errors.push_back(std::move(failure.error));
        } catch (const Error& error) {
            errors.push_back(error);
        }
        CHECK(reader.problems().empty());
        if (errors.empty()) {
            CHECK(reader.problems({data}).empty());  // the damage lies where nobody looks
        } else {
            CHECK(errors[0].message().find(key) != std::string::npos);
        }
        return !errors.empty();
    };
    int found = 0;
    for (int i = 0; i < 60; ++i) {
        auto bytes = sound.first;
        auto& byte = bytes[random() % bytes.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << (random() % 8)));
        remote.set(pack, bytes);
        found += try_fetch(pack) ? 1 : 0;
    }
    CHECK(found > 50);
    for (const auto size : {std::size_t{0}, sound.first.size() / 2, sound.first.size() - sound.first.size() / 3}) {
        remote.set(pack, sound.first.substr(0, size));
        CHECK(try_fetch(pack));
    }
    remote.set(pack, sound.first);
    for (int i = 0; i < 20; ++i) {
        auto bytes = sound.second;
        auto& byte = bytes[random() % bytes.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << (random() % 8)));
        remote.set(index, bytes);
        CHECK(try_fetch(index));
    }
    remote.set(index, sound.second);
    CHECK_FALSE(try_fetch(index));
}

TEST_CASE("a pack that the index names and that is not there is reported by its key") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    static_cast<void>(w.first.push({data}));
    const auto pack = keys_below(w.remote, "packs/").at(0);
    w.remote.remove(remote::Key{pack});
    const auto report = w.second.fetch({data});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.message().find(pack) != std::string::npos);
}

TEST_CASE("a place that says falsely that it has a value gets no push that counts") {
    for (const std::string below : {"index/", "roots/"}) {
        World w;
        const auto data = w.first.add("data", noise_bytes(10, 1));
        struct Liar final : WatchedRemote {
            std::string below;
            Liar(remote::Remote& inner, std::string which)
                : WatchedRemote{inner, [](RemoteCall, const std::string&) {}}, below{std::move(which)} {}
            remote::PutResult put(const remote::Key& key, remote::Source& source) override {
                if (key.text().starts_with(below)) return remote::PutResult::existed;
                return WatchedRemote::put(key, source);
            }
        } liar{w.remote, below};
        Clone clone{liar, 7};
        const auto same = clone.add("data", noise_bytes(10, 1));
        CHECK(failure([&] { return clone.push({same}); }) == remote::errors::bad_answer.id);
        CHECK(w.first.push({data}).failures.empty());
        CHECK(w.second.fetch({data}).failures.empty());
        CHECK(w.second.problems({data}).empty());
    }
}

TEST_CASE("what is only in a condemned pack is sent again") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    static_cast<void>(w.first.push({data}));
    const auto pack = keys_below(w.remote, "packs/").at(0);
    w.remote.set("condemned/1", "mlo condemned 1\npack " + pack.substr(6) + "\n");
    CHECK(w.first.push({data}).packs == 1);
    CHECK(keys_below(w.remote, "packs/").size() == 2);
    CHECK(w.first.push({data}).packs == 0);
}

TEST_CASE("more than 64 segments become one, and readers need no other") {
    World w;
    std::vector<sync::NamedRef> objects;
    for (std::uint64_t i = 0; i < 66; ++i) {
        objects.push_back(w.first.add(std::to_string(i), noise_bytes(50, i)));
        static_cast<void>(w.first.push({objects.back()}));
    }
    CHECK(keys_below(w.remote, "index/").size() == 67);
    CHECK(w.second.fetch(objects).failures.empty());
    CHECK(w.second.problems(objects).empty());
}

TEST_CASE("a remote of a newer format, and a place that is none, are refused") {
    World w;
    const auto data = w.first.add("data", noise_bytes(10, 1));
    w.remote.set("format", "mlo remote 2\n");
    CHECK(failure([&] { return w.first.push({data}); }) == sync::errors::remote_newer.id);
    w.remote.set("format", "something else\n");
    CHECK(failure([&] { return w.first.push({data}); }) == sync::errors::not_a_remote.id);
    CHECK(w.remote.keys() == std::vector<std::string>{"format"});
}

TEST_CASE("a remote that became newer since it was last used is neither written nor read") {
    World w;
    const auto data = w.first.add("data", noise_bytes(10, 1));
    static_cast<void>(w.first.push({data}));
    static_cast<void>(w.second.fetch({data}));
    w.remote.set("format", "mlo remote 2\n");
    const auto keys = w.remote.keys();
    const auto more = w.first.add("more", noise_bytes(20, 2));
    CHECK(failure([&] { return w.first.push({more}); }) == sync::errors::remote_newer.id);
    CHECK(failure([&] { return w.second.fetch({more}); }) == sync::errors::remote_newer.id);
    CHECK(w.remote.keys() == keys);
}

TEST_CASE("a check of a place that is none of ours, or newer, writes nothing") {
    World w;
    const auto first_failure = [&]() -> std::string_view {
        const auto report = sync::check(w.counted, w.first.runtime());
        return report.steps.back().failure ? report.steps.back().failure->code().id : "";
    };
    CHECK(first_failure().empty());
    CHECK(w.counted.count(RemoteCall::put) > 0);
    w.counted.reset();
    w.remote.set("format", "mlo remote 2\n");
    CHECK(first_failure() == sync::errors::remote_newer.id);
    w.remote.set("format", "something else\n");
    CHECK(first_failure() == sync::errors::not_a_remote.id);
    CHECK(w.counted.count(RemoteCall::put) == 0);
}

TEST_CASE("a remote that was used and is empty now is not begun anew") {
    World w;
    const auto data = w.first.add("data", noise_bytes(10, 1));
    static_cast<void>(w.first.push({data}));
    for (const auto& key : w.remote.keys()) w.remote.remove(remote::Key{key});
    CHECK(failure([&] { return w.first.push({data}); }) == sync::errors::remote_emptied.id);
    CHECK(w.remote.keys().empty());
}

TEST_CASE("an object that is nowhere is reported by who needs it") {
    World w;
    const sync::NamedRef lost{"lost", {hash::sha256(as_bytes("lost")), store::ObjectKind::blob}};
    const auto report = w.second.fetch({lost});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].name == "lost");
    CHECK(report.failures[0].error.code().id == sync::errors::not_on_remote.id);
}

TEST_CASE("a dry run of a fetch gets the folders, and counts the files that are missing") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    auto model = w.first.add("model", noise_bytes(300, 9));
    model.size_bytes = 300;
    static_cast<void>(w.first.push({data, model}));
    const auto dry = w.second.fetch({data, model}, sync::DryRun::yes);
    CHECK(dry.failures.empty());
    CHECK(dry.files == 6);
    CHECK(dry.file_bytes == 100 + 5000 + 700'000 + 300 + 300);
    CHECK(dry.records == 2);
    CHECK(w.second.store().contains(data.object.id));
    CHECK_FALSE(w.second.store().contains(model.object.id));
    const auto fetched = w.second.fetch({data, model});
    CHECK(fetched.files == 0);
    CHECK(w.second.problems({data, model}).empty());
    CHECK(w.second.fetch({data, model}, sync::DryRun::yes).files == 0);
}

TEST_CASE("through a folder it is the same") {
    TemporaryFolder place;
    StillClock clock{Timestamp{}};
    SeededRandom random{1};
    const Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 2};
    remote::Traffic traffic;
    const auto remote = remote::open_remote(place.path(), {"/", traffic}, runtime);
    Clone first{*remote, 1, 2};
    Clone second{*remote, 2, 2};
    const auto data = first.add_tree("data", sample_files());
    CHECK(first.push({data}).failures.empty());
    CHECK(second.fetch({data}).failures.empty());
    CHECK(second.problems({data}).empty());
}

TEST_CASE("a part of a folder is found without getting the rest, and written out") {
    World w;
    const auto data = w.first.add_tree("data", sample_files());
    static_cast<void>(w.first.push({data}));
    const workspace::Entry top{
        .kind = store::EntryKind::directory, .executable = {}, .size_bytes = 0, .id = data.object.id, .target = {}};
    const auto entry = sync::find_entry(w.second.peer(), top, "sub/d");
    REQUIRE(entry);
    CHECK_FALSE(sync::find_entry(w.second.peer(), top, "sub/nothing"));
    CHECK_FALSE(sync::find_entry(w.second.peer(), top, "a.txt/x"));
    CHECK_FALSE(w.second.store().contains(entry->id));
    CHECK(w.second.fetch({{"data/sub/d", {entry->id, store::ObjectKind::blob}}}).failures.empty());
    TemporaryFolder out;
    sync::write_entry(w.second.store(), *entry, *out.open(), "d", w.second.runtime());
    CHECK(out.read("d") == as_text(noise_bytes(300, 3)));
    CHECK(failure([&] {
              sync::write_entry(w.second.store(), *entry, *out.open(), "d", w.second.runtime());
              return 0;
          }) == sync::errors::destination_exists.id);
    CHECK(out.open()->list().size() == 1);
}

}  // namespace
}  // namespace mlo::test
