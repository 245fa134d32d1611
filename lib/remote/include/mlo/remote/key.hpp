// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace mlo::remote {

/// The name of a value: components of [a-z0-9._-], none of which starts with a dot, joined by '/'. So one key is the
/// same on a file system that folds case, in a URL and in a bucket, and names with a leading dot stay free for what a
/// scheme keeps beside the values. No key may be a folder of another ("a" and "a/b" cannot both be there).
class Key {
public:
    static constexpr std::size_t max_bytes = 512;
    static constexpr std::size_t max_component_bytes = 200;

    /// Throws bad_key (a bug of the caller: what comes from elsewhere is tried with is_valid).
    explicit Key(std::string_view text);
    [[nodiscard]] static bool is_valid(std::string_view text) noexcept;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// "packs" of "packs/ab12"; "" of "format".
    [[nodiscard]] std::string_view folder() const noexcept;
    /// "ab12" of "packs/ab12".
    [[nodiscard]] std::string_view name() const noexcept;

    friend auto operator<=>(const Key&, const Key&) = default;

private:
    std::string text_;
};

/// What the keys of a listing start with: whole components that end in '/', or nothing at all.
class Prefix {
public:
    /// All keys.
    Prefix() = default;
    /// "index/" or "roots/0123/": a valid key and a slash. Throws bad_key.
    explicit Prefix(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Without the slash at the end.
    [[nodiscard]] std::string_view folder() const noexcept;

private:
    std::string text_;
};

}  // namespace mlo::remote
