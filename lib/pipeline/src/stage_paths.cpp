// SPDX-License-Identifier: Apache-2.0
#include "stage_paths.hpp"

#include <algorithm>

#include <mlo/util/path.hpp>

namespace mlo::pipeline {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_scheme(char c) noexcept {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

}  // namespace

bool has_scheme(std::string_view text) noexcept {
    const auto end = text.find("://");
    return end != text.npos && end > 0 && is_letter(text.front()) &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), is_of_scheme);
}

Paths::Paths(std::string_view root) : root_{path::normalize(root)} {}

StagePath Paths::resolve(std::string written, std::string_view base, TextPlace place) const {
    StagePath made{.path = {}, .written = std::move(written), .reach = Reach::workspace, .place = place};
    if (path::is_plain_relative(made.written)) {
        made.path = path::join(base, made.written);
        return made;
    }
    if (has_scheme(made.written)) {
        made.path = made.written;
        made.reach = Reach::url;
        return made;
    }
    made.path = path::normalize(path::join(base, made.written));
    const bool is_absolute = made.path.starts_with('/');
    if (!is_absolute && !path::is_within(made.path, "")) made.path = path::normalize(path::join(root_, made.path));
    if (!made.path.starts_with('/')) return made;
    if (auto inside = path::below(made.path, root_)) {
        if (is_absolute) made.written = path::relative(*inside, base);
        made.path = std::move(*inside);
    } else {
        made.reach = Reach::outside;
    }
    return made;
}

}  // namespace mlo::pipeline
