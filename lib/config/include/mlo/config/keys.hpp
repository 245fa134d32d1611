// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::config {

enum class ValueType : std::uint8_t {
    boolean,  ///< true or false
    integer,  ///< `values` is its range: "1..256"
    choice,   ///< one of `values`: "auto|whole"
    choices,  ///< some of `values`, each at most once, in order of preference
    path,     ///< absolute
    text,
    id,  ///< 32 lower-case hex digits
};

/// Who may set a key. local: everyone but the committed layer, which comes with a clone and is not trusted.
enum class Trust : std::uint8_t { any, local, repository_only };

/// One row of the table of keys, from which validation, help, completion and the manual page follow.
struct Key {
    std::string_view name;  ///< dotted; a segment in capitals stands for any name: "remote.NAME.url"
    ValueType type;
    std::string_view values;    ///< see ValueType
    std::string_view fallback;  ///< the default as text; empty if there is none or it is computed (`doc` says how)
    Trust trust;
    std::string_view doc;  ///< one or two sentences
};

/// Every setting of mlo, sorted by name.
[[nodiscard]] std::span<const Key> keys();

/// The row for `name`, if there is one.
[[nodiscard]] const Key* find_key(std::span<const Key> table, std::string_view name);

/// What values a key takes, for messages and manuals: "one of auto, whole, chunked".
[[nodiscard]] std::string describe_values(const Key& key);

/// The environment variable that sets `key`: MLO_CORE_JOBS. Nothing for keys with a free segment and those of the
/// repository alone.
[[nodiscard]] std::optional<std::string> variable_of(const Key& key);

/// The one spelling of a value that the user wrote as text ("Reflink, copy" is refused, "reflink, copy" becomes
/// "reflink,copy"); nothing if it does not fit the key.
[[nodiscard]] std::optional<std::string> canonical_value(const Key& key, std::string_view text);

}  // namespace mlo::config
