// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mlo/pipeline/datum.hpp>

#include "scope.hpp"

namespace mlo::pipeline {

/// One stage of a group: what comes after the '@' of its name, and what `${item}` is.
struct GroupItem {
    std::string key;
    Datum item;
};
struct GroupItems {
    std::vector<GroupItem> items;  ///< keys distinct
    bool has_key = false;          ///< `${key}` is known
};

/// The stages that a list or a mapping stands for: `name@element`, or `name@index` where an element is composite, or
/// `name@key`. Throws not_iterable, at `at`, for anything else.
[[nodiscard]] GroupItems items_of_data(Datum data, const Value& at);
/// The same of `foreach`, with its templates resolved.
[[nodiscard]] GroupItems items_of_foreach(const Value& iterable, const Context& context);

/// The product of the lists of `matrix`, the last one fastest. Throws too_many_stages, not_iterable.
[[nodiscard]] GroupItems items_of_matrix(const Value& matrix, const Context& context);
/// Checks what can be checked without resolving.
void check_matrix(const Value& matrix);

/// The stages of `foreach: {glob: PATTERN}`, seen from `folder`: the files and folders that are there, or tracked,
/// sorted; hidden ones only where the pattern says the dot. Throws nothing_matches, path_invalid.
[[nodiscard]] GroupItems items_of_glob(std::string_view pattern, const Value& at, std::string_view folder, Dir& root);
/// How those are called: their name without ending, or more of their path where that is not distinct.
[[nodiscard]] std::vector<std::string> distinct_names(const std::vector<std::string>& paths);

/// Counts stages against what a document may make. Throws too_many_stages.
void check_stage_count(std::size_t count, const Value& at);

}  // namespace mlo::pipeline
