// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mlo/store/object_id.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::workspace {

/// Which tree each tracked directory of a work tree was last made equal to, by add or by checkout (`checked-out` in the
/// private folder). A symbolic link has no bytes that a store could be asked for: it may be replaced if it is the one
/// of that tree. Losing the record only makes checkout refuse more.
///
/// Format: "mlo checked-out 1\n", then per directory its id as text, a space, its path in the workspace, a NUL; sorted
/// by path.
class CheckedOut {
public:
    [[nodiscard]] static CheckedOut load(Dir* private_dir);
    [[nodiscard]] std::optional<store::ObjectId> find(std::string_view path) const;
    void set(std::string_view path, const store::ObjectId& tree);
    /// Writes the record if anything was set. A failure is logged, not thrown.
    void save(Dir* private_dir, const Runtime& runtime);

private:
    std::map<std::string, store::ObjectId, std::less<>> trees_;
    bool changed_ = false;
};

}  // namespace mlo::workspace
