// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlo::dvc {

constexpr std::string_view listing_suffix = ".dir";

/// Where an object of the cache is: folder within files/md5, and name within that.
struct ObjectName {
    std::string bucket;
    std::string name;
};

/// Nothing unless `md5` is 32 lower-case hex digits, and ".dir" or nothing: the text may come from anybody.
[[nodiscard]] inline std::optional<ObjectName> name_of(std::string_view md5) {
    auto digits = md5;
    if (digits.ends_with(listing_suffix)) digits.remove_suffix(listing_suffix.size());
    if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdef") != digits.npos) return std::nullopt;
    return ObjectName{std::string{md5.substr(0, 2)}, std::string{md5.substr(2)}};
}

}  // namespace mlo::dvc
