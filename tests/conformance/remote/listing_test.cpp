// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "suite.hpp"

namespace mlo::test {

TEST_CASE("A listing has every key once, in order of bytes, also where '/' sorts between other characters") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        if (!lists(*remote)) return;
        std::vector<std::string> keys{"b/1",   "a-b",   "a/x",   "a.b", "a/x-y", "a/x.y", "a0",   "format", "a/b/c",
                                      "a/b-c", "a/b.c", "a/b0c", "aa",  "a_",    "_",     "a/b_", "b-/1",   "b./1"};
        for (const auto& key : keys) static_cast<void>(put(*remote, key, key));
        std::sort(keys.begin(), keys.end());
        CHECK(list(*remote) == keys);
    });
}

TEST_CASE("A prefix selects whole components") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        if (!lists(*remote)) return;
        for (const std::string_view key :
             {"roots/p1/c1/1-a", "roots/p1/c1/2-b", "roots/p1/c2/1-c", "roots/p11/c1/1-d", "roots-x/1", "index/1"})
            static_cast<void>(put(*remote, key, ""));
        using Keys = std::vector<std::string>;
        CHECK(list(*remote, "roots/p1/c1/") == Keys{"roots/p1/c1/1-a", "roots/p1/c1/2-b"});
        CHECK(list(*remote, "roots/p1/") == Keys{"roots/p1/c1/1-a", "roots/p1/c1/2-b", "roots/p1/c2/1-c"});
        CHECK(list(*remote, "roots/").size() == 4);
        CHECK(list(*remote, "root/").empty());
        CHECK(list(*remote, "packs/").empty());
        CHECK(list(*remote, "index/1/").empty());
        CHECK(list(*remote, "roots/p1/c1/1-a/b/").empty());
        CHECK(list(*remote).size() == 6);
    });
}

TEST_CASE("A listing says how large each value is") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        if (!lists(*remote)) return;
        static_cast<void>(put(*remote, "a/1", ""));
        static_cast<void>(put(*remote, "a/2", "12345"));
        std::vector<std::uint64_t> sizes;
        remote->list(Prefix{"a/"}, [&](const remote::Listed& listed) { sizes.push_back(listed.info.size_bytes); });
        CHECK(sizes == std::vector<std::uint64_t>{0, 5});
    });
}

TEST_CASE("A listing of 1,200 keys is complete") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        if (!lists(*remote)) return;
        std::vector<std::string> keys;
        for (int number = 0; number < 1200; ++number) keys.push_back("index/" + std::to_string(10'000 + number));
        for (const auto& key : keys) static_cast<void>(put(*remote, key, ""));
        CHECK(list(*remote, "index/") == keys);
    });
}

TEST_CASE("A listing ends with what its visitor throws, and the visitor may use the remote") {
    on_every_place([](RemotePlace& place) {
        const auto remote = place.connect();
        if (!lists(*remote)) return;
        for (const std::string_view key : {"a/1", "a/2", "b/1"}) static_cast<void>(put(*remote, key, key));
        int visits = 0;
        CHECK(failure([&] {
                  remote->list(Prefix{}, [&](const remote::Listed&) {
                      if (++visits == 2) throw Error{errors::check_failed, "enough"};
                  });
                  return 0;
              }) == errors::check_failed.id);
        CHECK(visits == 2);
        remote->list(Prefix{"a/"}, [&](const remote::Listed& listed) {
            CHECK(get(*remote, listed.key.text()) == listed.key.text());
            remote->remove(listed.key);
        });
        CHECK(list(*remote) == std::vector<std::string>{"b/1"});
    });
}

}  // namespace mlo::test
