// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <unordered_map>

#include <mlo/store/object_store.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::workspace {

/// No directory listing is larger (some ten million names).
inline constexpr std::uint64_t tree_size_limit = std::uint64_t{1} << 30;

/// Where the bytes of trees come from. Thread-safe.
class TreeSource {
public:
    virtual ~TreeSource() = default;
    /// Throws object_missing, object_corrupt.
    [[nodiscard]] virtual Bytes tree(const store::ObjectId& id) = 0;
};

/// The trees of a store.
class StoredTrees final : public TreeSource {
public:
    explicit StoredTrees(store::ObjectStore& store) noexcept : store_{store} {}
    [[nodiscard]] Bytes tree(const store::ObjectId& id) override { return store_.read_all(id, tree_size_limit); }

private:
    store::ObjectStore& store_;
};

/// Trees made from what a scan found, kept in memory, in front of those of a store.
class ScannedTrees final : public TreeSource {
public:
    explicit ScannedTrees(TreeSource& behind) noexcept : behind_{behind} {}
    [[nodiscard]] Bytes tree(const store::ObjectId& id) override;
    [[nodiscard]] store::ObjectId add(Bytes bytes);

private:
    TreeSource& behind_;
    std::mutex mutex_;
    std::unordered_map<store::ObjectId, Bytes> trees_;
};

}  // namespace mlo::workspace
