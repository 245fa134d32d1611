// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <mlo/store/object_id.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

/// The mode of a whole object that other tools may share.
inline constexpr std::uint32_t shared_mode = 0444;

/// Objects kept as one file each, for sharing blocks with the workspace. Thread-safe.
///
/// A whole object is trusted without hashing it only while its stamp (size, mtime, ctime, inode, device) is what it was
/// when it was hashed.
class WholeObjects {
public:
    /// `store` must outlive the object.
    WholeObjects(Dir& store, const Runtime& runtime) : store_{store}, runtime_{runtime} {}

    [[nodiscard]] std::optional<std::uint64_t> find_size(const ObjectId& id);
    /// Opens the object after making sure that it holds its bytes: by the stamp, else by hashing it. What is wrong is
    /// moved to quarantine/. Throws object_missing, object_corrupt.
    [[nodiscard]] std::unique_ptr<File> open_trusted(const ObjectId& id);
    /// Whether the object is there and holds its bytes; as open_trusted otherwise.
    [[nodiscard]] bool holds(const ObjectId& id);
    /// ObjectStore::link_to.
    [[nodiscard]] bool link_to(const ObjectId& id, Dir& target_folder, const std::string& name);
    /// Renames `temporary_name` in `tmp`, whose content is durable and has just been hashed to `id`, into its place.
    /// Its name is durable after sync_names. `hashed` is what stat said of a file that others can reach: it must not
    /// have changed since, else file_changed is thrown.
    void adopt(Dir& tmp, const std::string& temporary_name, const ObjectId& id, const std::optional<FileStat>& hashed);
    /// Makes the names in these folders of whole/ durable, and those of the folders. An object that was found here
    /// needs it like a new one: who put it there may have died before.
    void sync_names(const std::set<std::string>& folders);

    /// The object's place: folder within whole/, and name within that.
    [[nodiscard]] static std::string folder_of(const ObjectId& id) { return id.hex().substr(0, 2); }
    [[nodiscard]] static std::string name_of(const ObjectId& id) { return id.hex().substr(2); }

private:
    [[nodiscard]] std::unique_ptr<Dir> open_folder(const ObjectId& id);
    [[nodiscard]] bool has_stamp(Dir& folder, const ObjectId& id, const FileStat& status);
    void write_stamp(Dir& folder, const ObjectId& id, const FileStat& status);
    void quarantine(Dir& folder, const ObjectId& id);

    Dir& store_;
    Runtime runtime_;
};

}  // namespace mlo::store
