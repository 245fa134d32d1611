// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/errors.hpp>

#include "suite.hpp"

namespace mlo::test {
namespace {

/// Bytes without a period that a block size could hide.
std::string sample(std::size_t size) {
    std::string text(size, '\0');
    std::uint64_t state = 88172645463325252u;
    for (auto& c : text) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        c = static_cast<char>(state & 0xFFu);
    }
    return text;
}

}  // namespace

TEST_CASE("A value comes back as it was stored, to every connection") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        for (const std::size_t size : {0u, 1u, 4095u, 65'537u, (1u << 20) + 1u}) {
            const auto key = "values/" + std::to_string(size);
            const auto value = sample(size);
            CHECK(put(*remote, key, value) == PutResult::created);
            CHECK(get(*place.connect(), key) == value);
            CHECK(remote->stat(Key{key})->size_bytes == size);
        }
    });
}

TEST_CASE("A value of 64 MiB comes back as it was stored") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        const auto value = sample(64u << 20);
        CHECK(put(*remote, "packs/large", value) == PutResult::created);
        const bool is_equal = get(*remote, "packs/large") == value;
        CHECK(is_equal);
        CHECK(get(*remote, "packs/large", {33'333'333, 17}) == value.substr(33'333'333, 17));
    });
}

TEST_CASE("A second put changes nothing and says so") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        CHECK(put(*remote, "a/b", "first") == PutResult::created);
        CHECK(put(*remote, "a/b", "other, longer") == PutResult::existed);
        CHECK(put(*place.connect(), "a/b", "") == PutResult::existed);
        CHECK(get(*remote, "a/b") == "first");
    });
}

TEST_CASE("A replacement takes the place of a value, and needs none") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        for (const std::string_view value : {"first", "second, longer", ""}) {
            BytesSource source{value};
            remote->replace(Key{"listing"}, source);
            CHECK(get(*remote, "listing") == value);
            CHECK(remote->stat(Key{"listing"})->size_bytes == value.size());
        }
    });
}

TEST_CASE("A range yields what of it lies in the value") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        static_cast<void>(put(*remote, "a", "0123456789"));
        constexpr auto end = std::numeric_limits<std::uint64_t>::max();
        CHECK(get(*remote, "a", {0, 3}) == "012");
        CHECK(get(*remote, "a", {3, 4}) == "3456");
        CHECK(get(*remote, "a", {9, 1}) == "9");
        CHECK(get(*remote, "a", {7, 100}) == "789");
        CHECK(get(*remote, "a", {7, end}) == "789");
        CHECK(get(*remote, "a", {5, 0}).empty());
        CHECK(get(*remote, "a", {10, 1}).empty());
        CHECK(get(*remote, "a", {11, end}).empty());
        CHECK(get(*remote, "a", {end, end}).empty());
        static_cast<void>(put(*remote, "empty", ""));
        CHECK(get(*remote, "empty", {0, 1}).empty());
    });
}

TEST_CASE("An absent key is not found, whatever range is asked for, and has no status") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        static_cast<void>(put(*remote, "a/b", "x"));
        for (const std::string_view key : {"a/c", "c", "c/d", "a/b-", "a"}) {
            INFO(key);
            CHECK(failure([&] { return get(*remote, key); }) == errors::key_absent.id);
            CHECK(failure([&] { return get(*remote, key, {5, 0}); }) == errors::key_absent.id);
            CHECK_FALSE(remote->stat(Key{key}).has_value());
            CHECK_FALSE(remote::find_bytes(*remote, Key{key}, plenty).has_value());
        }
        CHECK(error_of([&] { return get(*remote, "a/c"); })->kind() == ErrorKind::not_found);
    });
}

TEST_CASE("Nothing is there before the first put") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        CHECK_FALSE(remote->stat(Key{"format"}).has_value());
        if (lists(*remote)) CHECK(list(*remote).empty());
        remote->remove(Key{"a/b"});
        CHECK(error_of([&] { return get(*remote, "format"); })->kind() == ErrorKind::not_found);
    });
}

TEST_CASE("What was removed is gone, a second time too, and can be stored again") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        static_cast<void>(put(*remote, "leases/a/1", "first"));
        static_cast<void>(put(*remote, "leases/a/2", "kept"));
        remote->remove(Key{"leases/a/1"});
        remote->remove(Key{"leases/a/1"});
        CHECK_FALSE(remote->stat(Key{"leases/a/1"}).has_value());
        CHECK(failure([&] { return get(*remote, "leases/a/1"); }) == errors::key_absent.id);
        if (lists(*remote)) CHECK(list(*remote) == std::vector<std::string>{"leases/a/2"});
        CHECK(put(*remote, "leases/a/1", "again") == PutResult::created);
        CHECK(get(*remote, "leases/a/1") == "again");
    });
}

TEST_CASE("Every key that is allowed works") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        std::string deep = "d";
        for (int depth = 0; depth < 100; ++depth) deep += "/d" + std::to_string(depth);
        const std::string longest = std::string(Key::max_component_bytes, 'x');
        const std::vector<std::string> keys{"0",
                                            "-",
                                            "_",
                                            "a..b",
                                            "a.",
                                            "con",
                                            "nul.txt",
                                            "a-b",
                                            "a.b",
                                            "a_b",
                                            "a/-",
                                            "a/0.0",
                                            deep,
                                            longest,
                                            "deep/" + longest + "/" + longest,
                                            "listing.tmp",
                                            "index/" + std::string(64, 'f') + ".idx"};
        for (const auto& key : keys) CHECK(put(*remote, key, "value of " + key) == PutResult::created);
        for (const auto& key : keys) CHECK(get(*remote, key) == "value of " + key);
    });
}

TEST_CASE("A put whose source fails leaves nothing, and can be repeated") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        const auto value = sample(3u << 20);
        for (const std::uint64_t fails_at : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2u << 20}}) {
            TellingSource source{value, [&](std::uint64_t offset) {
                                     if (offset >= fails_at) throw Error{mlo::errors::system_call, "read error"};
                                 }};
            CHECK(failure([&] { return remote->put(Key{"packs/a"}, source); }) == mlo::errors::system_call.id);
            CHECK_FALSE(remote->stat(Key{"packs/a"}).has_value());
            if (lists(*remote)) CHECK(list(*remote).empty());
        }
        CHECK(put(*remote, "packs/a", value) == PutResult::created);
        const bool is_equal = get(*remote, "packs/a") == value;
        CHECK(is_equal);
    });
}

TEST_CASE("A source that is shorter than it says is refused") {
    on_every_place([](RemotePlace& place) {
        struct Short final : remote::Source {
            std::uint64_t size_bytes() const override { return 100; }
            std::size_t read(std::span<std::byte> into, std::uint64_t) override {
                return std::min<std::size_t>(into.size(), 99);
            }
        } source;
        const auto remote = place.connect();
        CHECK(failure([&] { return remote->put(Key{"a"}, source); }) == errors::source_changed.id);
        CHECK_FALSE(remote->stat(Key{"a"}).has_value());
    });
}

TEST_CASE("A replacement that fails leaves the old value") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        static_cast<void>(put(*remote, "listing", "old"));
        TellingSource source{"new", [](std::uint64_t) { throw Error{mlo::errors::system_call, "read error"}; }};
        CHECK(failure([&] { return remote->replace(Key{"listing"}, source), 0; }) == mlo::errors::system_call.id);
        CHECK(get(*remote, "listing") == "old");
    });
}

TEST_CASE("A get passes on what its sink throws") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        static_cast<void>(put(*remote, "a", "0123456789"));
        BytesSink sink{9, "the value"};
        CHECK(failure([&] { return remote->get(Key{"a"}, {}, sink), 0; }) == errors::value_too_large.id);
        CHECK(get(*remote, "a") == "0123456789");
    });
}

}  // namespace mlo::test
