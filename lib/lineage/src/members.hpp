// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/store/object_store.hpp>
#include <mlo/store/tree.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::lineage {

/// A file or folder within a folder.
struct Member {
    std::string path;  ///< within it
    store::ObjectKind kind = store::ObjectKind::blob;
    store::ObjectId id;
};

/// What is at `path` within the folder; nothing if there is nothing, a symbolic link, or the folder is not here.
[[nodiscard]] std::optional<Member> find_member(store::ObjectStore& objects, const store::ObjectId& folder,
                                                std::string_view path);

/// What came of a look into a folder.
struct Listed {
    std::uint64_t unseen = 0;  ///< files over the limit
    bool is_unknown = false;   ///< it, or a folder in it, is not here
};
/// Calls `use` with all that is in the folder and its folders, up to `limit`.
Listed for_each_member(store::ObjectStore& objects, const store::ObjectId& folder, std::uint64_t limit,
                       const std::function<void(const Member&)>& use);

}  // namespace mlo::lineage
