// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/document.hpp>
#include <mlo/util/fs.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mlo::track {

/// The parameters of a document: mappings within each other become names with dots ("model.depth"), a list is one
/// parameter, written as JSON, as is each number, true, false and null. Throws params_invalid, with the place, for a
/// top that is no mapping and for names that no parameter can have.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> flatten_params(const Value& root);

/// Those of a YAML or, by its name, JSON file. `shown` is what messages call it. Throws what reading and parsing do.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_params(Fs& fs, const std::string& path,
                                                                           const std::string& shown);

}  // namespace mlo::track
