// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/workspace/tree_diff.hpp>
#include <optional>

namespace mlo::workspace {

/// The entries of one directory, one after the other; of none, if there is no directory.
class TreeListing {
public:
    TreeListing(const Entry* directory, TreeSource& trees) {
        if (directory == nullptr) return;
        bytes_ = trees.tree(directory->id);
        reader_.emplace(bytes_, directory->id);
        advance();
    }
    TreeListing(const TreeListing&) = delete;
    TreeListing& operator=(const TreeListing&) = delete;

    [[nodiscard]] const store::TreeEntry* current() const noexcept { return has_current_ ? &current_ : nullptr; }
    void advance() { has_current_ = reader_->next(current_); }

private:
    Bytes bytes_;
    std::optional<store::TreeReader> reader_;
    store::TreeEntry current_;
    bool has_current_ = false;
};

[[nodiscard]] inline bool is_directory(const Entry* entry) noexcept {
    return entry != nullptr && entry->kind == store::EntryKind::directory;
}

}  // namespace mlo::workspace
