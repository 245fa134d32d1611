// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <memory_remote.hpp>
#include <mlo/remote/check.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/read_only.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <remote_wrappers.hpp>
#include <seeded.hpp>

namespace mlo::test {
namespace {

using remote::Key;
namespace errors = remote::errors;

class CheckFixture {
public:
    CheckFixture() = default;

protected:
    remote::CheckReport check(remote::Remote& remote) {
        return remote::check_remote(remote, {.fs = real_fs(),
                                             .clock = clock_,
                                             .random = random_,
                                             .log = silent_log(),
                                             .progress = silent_progress(),
                                             .stop = {},
                                             .jobs = 1});
    }
    /// The names of the steps, those that failed with a '!'.
    std::vector<std::string> steps(remote::Remote& remote) {
        std::vector<std::string> names;
        for (const auto& step : check(remote).steps)
            names.push_back((step.failure ? "!" : "") + std::string{step.name});
        return names;
    }

    StillClock clock_{Timestamp{}};
    SeededRandom random_{1};
    MemoryRemote memory_{clock_};
};

using Names = std::vector<std::string>;
const Error refused{mlo::errors::permission_denied, "refused"};

}  // namespace

TEST_CASE_METHOD(CheckFixture, "A sound remote passes every step and is left as it was") {
    memory_.set("check/other", "somebody else's");
    CHECK(steps(memory_) == Names{"put", "get", "range", "stat", "put-twice", "list", "remove"});
    CHECK(check(memory_).is_sound());
    CHECK(memory_.keys() == Names{"check/other"});
}

TEST_CASE_METHOD(CheckFixture, "A remote that gives back other bytes is found out") {
    CorruptingRemote corrupting{memory_, "check/", 1050};
    CHECK(steps(corrupting) == Names{"put", "!get", "!range", "stat", "!put-twice", "list", "remove"});
    CHECK_FALSE(check(corrupting).is_sound());
    CHECK(check(corrupting).steps[1].failure->code().id == errors::check_failed.id);
}

TEST_CASE_METHOD(CheckFixture, "A remote that overwrites is found out") {
    class Overwriting final : public WatchedRemote {
    public:
        using WatchedRemote::WatchedRemote;
        remote::PutResult put(const Key& key, remote::Source& source) override {
            const bool is_there = inner().stat(key).has_value();
            inner().replace(key, source);
            return is_there ? remote::PutResult::existed : remote::PutResult::created;
        }
    } overwriting{memory_};
    CHECK(steps(overwriting) == Names{"put", "get", "range", "stat", "!put-twice", "!list", "remove"});
}

TEST_CASE_METHOD(CheckFixture, "What cannot be stored ends the check") {
    WatchedRemote refusing{memory_, [](RemoteCall call, const std::string&) {
                               if (call == RemoteCall::put) throw Error{refused};
                           }};
    CHECK(steps(refusing) == Names{"!put"});
}

TEST_CASE_METHOD(CheckFixture, "Every other failure is one step's, and the probe is removed all the same") {
    for (const auto& [call, failing] : {std::pair{RemoteCall::stat, Names{"!stat", "!remove"}},
                                        {RemoteCall::list, Names{"!list"}},
                                        {RemoteCall::get, Names{"!get", "!range", "!put-twice"}}}) {
        WatchedRemote refusing{memory_, [call = call](RemoteCall made, const std::string&) {
                                   if (made == call) throw Error{refused};
                               }};
        auto found = steps(refusing);
        std::erase_if(found, [](const std::string& name) { return !name.starts_with('!'); });
        CHECK(found == failing);
        CHECK(memory_.keys().empty());
    }
}

TEST_CASE_METHOD(CheckFixture, "A remote that may only be read is looked at, even an empty one") {
    auto read_only = remote::read_only(std::make_unique<WatchedRemote>(memory_), Error{refused});
    CHECK(steps(*read_only) == Names{"read", "list"});
    CHECK(check(*read_only).is_sound());
    CHECK(memory_.keys().empty());
}

TEST_CASE_METHOD(CheckFixture,
                 "Who is denied reading, since no credentials were shown, learns how to approve the remote") {
    const Error refusal = Error{refused}.hint("mlo remote trust origin");
    const auto hint_of = [&](const ErrorCode& code) {
        auto read_only = remote::read_only(std::make_unique<WatchedRemote>(memory_,
                                                                           [&](RemoteCall, const std::string&) {
                                                                               throw Error{code, "no"};
                                                                           }),
                                           Error{refusal});
        try {
            static_cast<void>(read_only->stat(remote::Key{"format"}));
        } catch (const Error& error) {
            return error.hint_text();
        }
        return std::string{"nothing was thrown"};
    };
    CHECK(hint_of(remote::errors::access_denied) == "mlo remote trust origin");
    CHECK(hint_of(remote::errors::needs_approval) == "mlo remote trust origin");
    CHECK(hint_of(remote::errors::busy).empty());
}

TEST_CASE_METHOD(CheckFixture, "A remote that cannot list is not asked to") {
    MemoryRemote plain{clock_, {.scheme = "memory", .can_write = true, .can_list = false, .can_range = true}};
    CHECK(steps(plain) == Names{"put", "get", "range", "stat", "put-twice", "remove"});
}

TEST_CASE_METHOD(CheckFixture, "A read-only remote reads, and refuses whatever writes with the error it was given") {
    memory_.set("a/b", "value");
    auto remote = remote::read_only(std::make_unique<WatchedRemote>(memory_), Error{refused}.hint("ask"));
    CHECK(as_text(remote::get_bytes(*remote, Key{"a/b"}, 100)) == "value");
    CHECK(remote->stat(Key{"a/b"})->size_bytes == 5);
    CHECK_FALSE(remote->traits().can_write);
    CHECK(remote->traits().can_list);
    remote::BytesSource source{"other"};
    CHECK(error_of([&] { return remote->put(Key{"c"}, source); })->hint_text() == "ask");
    CHECK(failure([&] { return remote->replace(Key{"a/b"}, source), 0; }) == mlo::errors::permission_denied.id);
    CHECK(failure([&] { return remote->remove(Key{"a/b"}), 0; }) == mlo::errors::permission_denied.id);
    CHECK(memory_.value("a/b") == "value");
    CHECK(memory_.keys() == Names{"a/b"});
}

}  // namespace mlo::test
