// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mlo/store/object_id.hpp>
#include <mlo/store/tree.hpp>

namespace mlo {
class Dir;
class Random;
}  // namespace mlo

namespace mlo::workspace {

enum class PointerKind : std::uint8_t { file, directory };

/// What a pointer file says: which bytes belong at one path. The file NAME.mlo lies beside the data NAME
/// (format: mlo-pointer(5)).
struct Pointer {
    std::string name;  ///< of the data: bytes, one component
    store::ObjectId id;
    PointerKind kind = PointerKind::file;
    store::Executable executable = store::Executable::no;  ///< files only
    std::uint64_t size_bytes = 0;                          ///< of the file, or of all files below the directory
    std::uint64_t files = 0;                               ///< directories: files and links below it

    [[nodiscard]] store::ObjectKind object_kind() const noexcept {
        return kind == PointerKind::file ? store::ObjectKind::blob : store::ObjectKind::tree;
    }
    friend bool operator==(const Pointer&, const Pointer&) = default;
};

inline constexpr std::string_view pointer_suffix = ".mlo";
inline constexpr std::uint64_t pointer_size_limit = 64 * 1024;
/// A longer name leaves no room for the suffix.
inline constexpr std::size_t pointer_name_limit = 255 - pointer_suffix.size();

/// True for NAME.mlo with a NAME, so not for `.mlo`.
[[nodiscard]] bool is_pointer_name(std::string_view file_name) noexcept;

/// The text of the pointer file: the same bytes for the same pointer, always.
[[nodiscard]] std::string format_pointer(const Pointer& pointer);

/// Reads the text of the pointer file of `name`, with which it must agree. `shown` is the pointer's path for places and
/// messages. Throws pointer_invalid, pointer_newer, pointer_name_mismatch, and what yaml::parse throws.
[[nodiscard]] Pointer parse_pointer(std::string_view text, std::string_view name, std::string_view shown);

/// As parse_pointer, whatever name it says: between two sides of a merge a file may have been renamed.
[[nodiscard]] Pointer parse_pointer_of_any_name(std::string_view text, std::string_view shown);

/// Reads the pointer file of `name` in `folder`. Throws as parse_pointer does, or path_not_found.
[[nodiscard]] Pointer read_pointer(Dir& folder, std::string_view name, std::string_view shown);

/// NAME.mlo.
[[nodiscard]] std::string pointer_name(std::string_view name);

/// Writes NAME.mlo in `folder`, atomically and durably.
void write_pointer(Dir& folder, const Pointer& pointer, Random& random);

}  // namespace mlo::workspace
