// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <mlo/workspace/scan.hpp>

namespace mlo::workspace {

/// What went wrong with single files, gathered to be told at once.
class Problems {
public:
    void add(ScanProblem problem);
    void add(ScanResult&& result);
    /// Throws the one problem there is, or one Error for all: of their common code, else scan_failed, the first of them
    /// as notes. `what` says what they have in common: "cannot be added".
    void throw_if_any(std::string_view what) const;

private:
    std::vector<ScanProblem> problems_;
    std::uint64_t count_ = 0;
};

}  // namespace mlo::workspace
