// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <mlo/pipeline/stage.hpp>

namespace mlo::pipeline {

/// Where paths of a document lead, by text alone.
class Paths {
public:
    /// `root`: the workspace, absolute.
    explicit Paths(std::string_view root);

    /// `written` as seen from the folder `base` of the workspace. An absolute path below the root is written relative
    /// to `base`, as DVC does. Nothing is thrown: an empty path yields `base`.
    [[nodiscard]] StagePath resolve(std::string written, std::string_view base, TextPlace place) const;

private:
    std::string root_;
};

/// "s3://bucket/key", "ds://name": a scheme and two slashes.
[[nodiscard]] bool has_scheme(std::string_view text) noexcept;

}  // namespace mlo::pipeline
