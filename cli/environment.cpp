// SPDX-License-Identifier: Apache-2.0
#include "environment.hpp"

namespace mlo::cli {

Environment::Environment(const char* const* entries) {
    for (; entries != nullptr && *entries != nullptr; ++entries) {
        const std::string_view entry = *entries;
        const auto equals = entry.find('=');
        if (equals == entry.npos || equals == 0) continue;
        values_.insert_or_assign(std::string{entry.substr(0, equals)}, std::string{entry.substr(equals + 1)});
    }
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Environment::entries() const {
    std::vector<std::string> all;
    for (const auto& [name, value] : values_) all.push_back(name + '=' + value);
    return all;
}

}  // namespace mlo::cli
