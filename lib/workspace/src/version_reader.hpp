// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/runtime.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/tree_source.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkout_plan.hpp"

namespace mlo::workspace {

/// The entries of a tree, with the bytes that they point into.
struct LoadedTree {
    Bytes bytes;
    std::vector<store::TreeEntry> entries;
};

/// A version as a checkout sees it: only what is wanted, nothing that must not be written, and within bounds. Paths are
/// those of the workspace.
class VersionReader {
public:
    /// `parts`: paths that alone are wanted; empty: everything that `sparse` includes. All must outlive the object.
    /// `target` is for messages; `folder` is one of the file system that the version is to be written to.
    VersionReader(std::string target, store::ObjectStore& store, const SparseSet& sparse,
                  std::span<const std::string> parts, Dir& folder, Random& random);

    /// True if `path` is, holds or lies below one of the parts.
    [[nodiscard]] bool is_concerned(std::string_view path) const;
    [[nodiscard]] bool wants_file(std::string_view path) const { return sparse_.includes(path); }
    [[nodiscard]] bool wants_folder(std::string_view path) const { return sparse_.includes_folder(path); }

    /// Reads one folder of the version. Throws hostile_name, names_collide, objects_missing, version_too_large, and
    /// what reading throws.
    [[nodiscard]] LoadedTree load(const store::ObjectId& id, std::string_view path);
    /// Everything wanted below `path`. Throws as load does.
    [[nodiscard]] FreshTree fresh_tree(const std::string& path, const store::ObjectId& id);
    /// Notes that the object will be needed.
    void need(const store::ObjectId& id, std::string_view path);
    /// Throws objects_missing if anything needed is not stored.
    void require_stored() const;

private:
    struct Pending;
    void load_fresh(const std::string& path, const Pending& pending, FreshFolder& folder, std::vector<Pending>& below);
    void refuse_collisions(const LoadedTree& tree, std::string_view path);

    std::string target_;
    store::ObjectStore& store_;
    StoredTrees trees_;
    const SparseSet& sparse_;
    std::span<const std::string> parts_;
    Dir& folder_;
    Random& random_;
    std::optional<bool> folds_names_{};  ///< once it mattered: whether the file system takes some names for one
    std::uint64_t folders_ = 0;
    std::uint64_t missing_count_ = 0;
    std::vector<std::string> missing_;
};

[[nodiscard]] FileWrite to_file_write(const store::TreeEntry& entry);
[[nodiscard]] LinkWrite to_link_write(const store::TreeEntry& entry);

}  // namespace mlo::workspace
