// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/key.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

bool is_component(std::string_view text) noexcept {
    return !text.empty() && text.size() <= Key::max_component_bytes && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
           });
}

}  // namespace

bool Key::is_valid(std::string_view text) noexcept {
    if (text.size() > max_bytes) return false;
    while (true) {
        const auto slash = text.find('/');
        if (!is_component(text.substr(0, slash))) return false;
        if (slash == text.npos) return true;
        text.remove_prefix(slash + 1);
    }
}

Key::Key(std::string_view text) : text_{text} {
    if (!is_valid(text)) throw Error{errors::bad_key, fmt::format("{} is no key of a remote", quoted(text))};
}

std::string_view Key::folder() const noexcept {
    const auto slash = text_.rfind('/');
    return slash == text_.npos ? std::string_view{} : std::string_view{text_}.substr(0, slash);
}

std::string_view Key::name() const noexcept {
    return std::string_view{text_}.substr(text_.rfind('/') + 1);  // npos + 1 is 0
}

Prefix::Prefix(std::string_view text) : text_{text} {
    if (text.empty()) return;
    if (!text.ends_with('/') || !Key::is_valid(text.substr(0, text.size() - 1)))
        throw Error{errors::bad_key, fmt::format("{} is no prefix of keys", quoted(text))};
}

std::string_view Prefix::folder() const noexcept {
    return std::string_view{text_}.substr(0, text_.empty() ? 0 : text_.size() - 1);
}

}  // namespace mlo::remote
