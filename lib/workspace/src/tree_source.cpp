// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/tree_source.hpp>

namespace mlo::workspace {

Bytes ScannedTrees::tree(const store::ObjectId& id) {
    {
        const std::scoped_lock lock{mutex_};
        if (const auto at = trees_.find(id); at != trees_.end()) return at->second;
    }
    return behind_.tree(id);
}

store::ObjectId ScannedTrees::add(Bytes bytes) {
    const auto id = hash::sha256(bytes);
    const std::scoped_lock lock{mutex_};
    trees_.try_emplace(id, std::move(bytes));
    return id;
}

}  // namespace mlo::workspace
