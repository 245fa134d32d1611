// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/check.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

constexpr std::uint64_t probe_bytes = 4096;

/// Throws check_failed unless `holds`.
void expect(bool holds, std::string_view what) {
    if (!holds) throw Error{errors::check_failed, std::string{what}};
}

class Checker {
public:
    Checker(Remote& remote, const Runtime& runtime)
        : remote_{remote}, runtime_{runtime}, key_{"check/" + runtime.random.hex(16)}, probe_(probe_bytes) {
        runtime.random.fill(probe_);
    }

    CheckReport look() {
        step("read", "read a value", [&] {
            // Nothing may have been pushed yet: that is an answer too.
            static_cast<void>(find_bytes(remote_, Key{"format"}, probe_bytes));
        });
        if (remote_.traits().can_list) step("list", "list keys", [&] { remote_.list(Prefix{"check/"}, [](auto&) {}); });
        return std::move(report_);
    }

    CheckReport write() {
        const auto put = [&] { return put_bytes(remote_, key_, probe_); };
        if (!step("put", "store a value",
                  [&] { expect(put() == PutResult::created, "a new key was there already"); })) {
            // Some places tell only then that they are for reading.
            if (remote_.traits().can_write) return std::move(report_);
            report_.steps.clear();
            return look();
        }
        step("get", "read it back", [&] { compare({}, probe_); });
        step("range", "read a part of it", [&] { compare({1000, 100}, ByteView{probe_}.subspan(1000, 100)); });
        step("stat", "ask for its size", [&] {
            const auto info = remote_.stat(key_);
            expect(info && info->size_bytes == probe_.size(), "the size is not that of what was stored");
        });
        step("put-twice", "store it again, which must change nothing", [&] {
            Bytes other(probe_bytes + 1);
            expect(put_bytes(remote_, key_, other) == PutResult::existed, "a value was stored over another one");
            compare({}, probe_);
        });
        if (remote_.traits().can_list)
            step("list", "find it in a listing",
                 [&] { expect(is_listed(), "the listing does not show what was stored"); });
        step("remove", "remove it", [&] {
            remote_.remove(key_);
            expect(!remote_.stat(key_), "what was removed is still there");
        });
        return std::move(report_);
    }

private:
    template <class Action>
    bool step(std::string_view name, std::string_view what, Action action) {
        runtime_.check_stop();
        CheckStep result{.name = name, .what = what, .took = {}, .failure = {}};
        const auto start = runtime_.clock.elapsed();
        try {
            action();
        } catch (const Error& error) {
            result.failure = error;
        }
        result.took = runtime_.clock.elapsed() - start;
        report_.steps.push_back(std::move(result));
        return !report_.steps.back().failure;
    }

    void compare(ByteRange range, ByteView expected) {
        BytesSink sink{probe_bytes + 1, quoted(key_.text())};
        remote_.get(key_, range, sink);
        expect(std::equal(expected.begin(), expected.end(), sink.bytes().begin(), sink.bytes().end()),
               "other bytes came back than were stored");
    }

    bool is_listed() {
        bool found = false;
        remote_.list(Prefix{"check/"}, [&](const Listed& listed) {
            found = found || (listed.key == key_ && listed.info.size_bytes == probe_.size());
        });
        return found;
    }

    Remote& remote_;
    const Runtime& runtime_;
    Key key_;
    Bytes probe_;
    CheckReport report_;
};

}  // namespace

bool CheckReport::is_sound() const noexcept {
    return std::none_of(steps.begin(), steps.end(), [](const CheckStep& step) { return step.failure.has_value(); });
}

CheckReport check_remote(Remote& remote, const Runtime& runtime) {
    Checker checker{remote, runtime};
    return remote.traits().can_write ? checker.write() : checker.look();
}

}  // namespace mlo::remote
