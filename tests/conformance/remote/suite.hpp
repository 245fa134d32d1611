// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <functional>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <string>
#include <vector>

#include "places.hpp"

namespace mlo::test {

using remote::ByteRange;
using remote::BytesSink;
using remote::BytesSource;
using remote::Key;
using remote::Prefix;
using remote::PutResult;
using remote::Remote;
namespace errors = remote::errors;

constexpr std::uint64_t plenty = 1u << 30;

/// Runs `check` on a fresh place of each kind.
inline void on_every_place(const std::function<void(RemotePlace&)>& check) {
    for (const auto& kind : place_kinds()) {
        DYNAMIC_SECTION(kind.name) {
            const auto place = kind.make();
            check(*place);
        }
    }
}

inline PutResult put(Remote& remote, std::string_view key, std::string_view value) {
    return remote::put_bytes(remote, Key{key}, as_bytes(value));
}
inline std::string get(Remote& remote, std::string_view key, ByteRange range = {}) {
    BytesSink sink{plenty, std::string{key}};
    remote.get(Key{key}, range, sink);
    return std::string{as_text(sink.bytes())};
}
inline std::vector<std::string> list(Remote& remote, std::string_view prefix = "") {
    std::vector<std::string> keys;
    remote.list(Prefix{prefix}, [&](const remote::Listed& listed) { keys.push_back(listed.key.text()); });
    return keys;
}

/// Whether the place lists. Some tell only when they are asked.
inline bool lists(Remote& remote) {
    try {
        static_cast<void>(list(remote, "absent/"));
    } catch (const Error& error) {
        if (&error.code() != &errors::listing_refused) throw;
    }
    return remote.traits().can_list;
}

/// A source that calls `between` with the offset before it hands out bytes there.
class TellingSource final : public remote::Source {
public:
    TellingSource(std::string_view bytes, std::function<void(std::uint64_t)> between)
        : bytes_{bytes}, between_{std::move(between)} {}
    std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        between_(offset);
        return bytes_.read(into, offset);
    }

private:
    BytesSource bytes_;
    std::function<void(std::uint64_t)> between_;
};

}  // namespace mlo::test
