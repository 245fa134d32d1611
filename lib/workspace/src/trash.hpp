// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/workspace/checkout.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkout_plan.hpp"

namespace mlo::workspace {

/// Where `checkout --force` moves what is in the way: `<store>/trash/<time>/<path>`, or, where the store is on another
/// file system,
/// `.mlo/trash/<time>/<path>` of the workspace (which git is told to ignore). Nothing is ever copied, so nothing can be
/// half moved.
class Trash {
public:
    Trash(Dir& workspace_root, Dir& store, const Runtime& runtime);
    ~Trash();

    /// Throws trash_elsewhere unless each can be renamed into one of the two places.
    void check(std::span<const Obstacle> obstacles);
    /// Moves them, durably.
    void take(std::span<const Obstacle> obstacles);

    [[nodiscard]] const std::vector<Trashed>& taken() const noexcept { return taken_; }

private:
    Dir& in_store();
    Dir& in_workspace();
    std::unique_ptr<Dir> make(Dir& parent);

    Dir& root_;
    Dir& store_;
    const Runtime& runtime_;
    std::unique_ptr<Dir> in_store_;  ///< `<time>`, once needed
    std::unique_ptr<Dir> in_workspace_;
    std::vector<Trashed> taken_;
};

}  // namespace mlo::workspace
