// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mlo/store/object_id.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::store {

enum class EntryKind : std::uint8_t { file, directory, symlink };
enum class Executable : std::uint8_t { no, yes };

/// "file", "directory", "symlink": as every JSON output spells it.
[[nodiscard]] std::string_view to_string(EntryKind kind) noexcept;

/// One entry of a directory. The views live as long as the bytes they were read from.
struct TreeEntry {
    std::string_view name;  ///< bytes, 1 to 255, a valid name (tree_name_problem)
    EntryKind kind = EntryKind::file;
    Executable executable = Executable::no;  ///< files only
    std::uint64_t size_bytes = 0;  ///< file: its bytes; directory: all files below it; symlink: length of the target
    ObjectId id;                   ///< files and directories
    std::string_view target;       ///< symlinks

    friend bool operator==(const TreeEntry&, const TreeEntry&) = default;
};

/// Why `name` cannot stand in a tree: empty, ".", "..", over 255 bytes, with '/' or NUL; "" if it can. Names that a
/// checkout refuses
/// (`.git`, `.mlo`) are the workspace's matter.
[[nodiscard]] std::string_view tree_name_problem(std::string_view name) noexcept;

/// Encodes one directory (format: lib/store/README.md). Entries must come sorted by name, bytewise, without duplicates.
class TreeWriter {
public:
    TreeWriter();
    /// Throws tree_invalid for a bad name, a name out of order, an empty symlink target or one over 4095 bytes or with
    /// a NUL.
    void add(const TreeEntry& entry);
    [[nodiscard]] Bytes finish() && { return std::move(bytes_); }

private:
    Bytes bytes_;
    std::string last_name_;
};

/// Reads the entries of an encoded directory, checking each. The bytes must outlive the reader and its entries.
class TreeReader {
public:
    /// Throws tree_invalid, naming `id`, if the header is not a tree's or is of a newer format.
    TreeReader(ByteView bytes, const ObjectId& id);
    /// Reads the next entry into `entry`; false at the end. Throws tree_invalid for everything that TreeWriter would
    /// not have written.
    [[nodiscard]] bool next(TreeEntry& entry);

private:
    ByteReader reader_;
    ObjectId id_;
    std::string_view last_name_;
};

}  // namespace mlo::store
