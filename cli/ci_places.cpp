// SPDX-License-Identifier: Apache-2.0
#include "ci_places.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <mlo/util/path.hpp>

#include "context.hpp"

namespace mlo::cli {

CiPlace ci_place(Context& ctx, std::string_view text, const std::string& folder) {
    CiPlace place{.file = std::string{text}};
    std::array<std::uint32_t, 2> numbers{};
    std::size_t count = 0;
    for (; count < numbers.size(); ++count) {
        const auto colon = place.file.rfind(':');
        if (colon == std::string::npos) break;
        const auto* const begin = place.file.data() + colon + 1;
        const auto* const end = place.file.data() + place.file.size();
        const auto read = std::from_chars(begin, end, numbers[count]);
        if (begin == end || read.ec != std::errc{} || read.ptr != end) break;
        place.file.resize(colon);
    }
    place.line = count == 2 ? numbers[1] : numbers[0];
    place.column = count == 2 ? numbers[0] : 0;
    const auto checkout = ctx.environment().get("GITHUB_WORKSPACE");
    if (checkout && !place.file.empty() && !place.file.starts_with('/')) {
        const auto full = path::join(folder, place.file);
        if (auto seen = path::below(full, path::normalize(*checkout))) place.file = std::move(*seen);
    }
    return place;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
    return name.data();
}

}  // namespace mlo::cli
