// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/profile/diff.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <span>

/// What is read as a profile is written again in the same way, differs from itself in nothing, and merges with itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto text = as_text(std::as_bytes(std::span{data, size}));
    try {
        const auto profile = profile::decode(text, "input");
        const auto again = profile::encode(profile);
        MLO_ASSERT(profile::encode(profile::decode(again, "again")) == again);
        MLO_ASSERT(profile::diff(profile, profile).empty());
        if (profile.rows > std::uint64_t{1} << 50u) return 0;
        auto twice = profile;
        profile::merge(twice, profile);
        MLO_ASSERT(profile::decode(profile::encode(twice), "merged").rows == 2 * profile.rows);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::unsupported) throw;
    }
    return 0;
}
