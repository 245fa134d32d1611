// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/datum.hpp>
#include <mlo/util/error.hpp>
#include <mlo/workspace/workspace.hpp>

/// What the files of parameters and metrics of a pipeline say, here and in any commit.
namespace mlo::pipeline {

enum class Sought : std::uint8_t { params, metrics };
/// Which parameters: those that stages depend on, or all of their files, with params.yaml and what documents name.
enum class Extent : std::uint8_t { stages, everything };

struct ValuesRequest {
    Sought sought = Sought::metrics;
    Extent extent = Extent::everything;
    std::optional<std::string> commit{};  ///< hex id; nothing: the work tree
    /// Of the workspace; "": pipeline.yaml, else dvc.yaml, in `folder`, else in the root.
    std::string document{};
    std::string folder{};                ///< of the workspace
    std::vector<std::string> targets{};  ///< files of the workspace instead of those that the document names
};

/// What one file says.
struct FileValues {
    std::string path;  ///< of the workspace
    /// Leaves by their keys with dots, sorted; of metrics numbers, truth values and texts only. A file that is nothing
    /// but a value has the key "".
    std::vector<Datum::Member> values{};
    bool is_there = true;
    std::shared_ptr<const Error> error{};  ///< it cannot be read
};

/// Sorted by path. A file that git does not hold is taken from the store: what the lock of that commit, or a pointer in
/// it, names. Throws what loading the document throws.
[[nodiscard]] std::vector<FileValues> read_values(workspace::Workspace& workspace, const ValuesRequest& request);

struct ValueDifference {
    std::string path;
    std::string key;
    std::optional<Datum> before{};
    std::optional<Datum> after{};
};

enum class Equal : std::uint8_t { leave_out, keep };

/// Sorted by path, then key.
[[nodiscard]] std::vector<ValueDifference> compare_values(std::span<const FileValues> before,
                                                          std::span<const FileValues> after, Equal equal);
/// After minus before, if both are numbers and that is finite.
[[nodiscard]] std::optional<double> difference_of(const ValueDifference& difference);

}  // namespace mlo::pipeline
