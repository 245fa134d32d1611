// SPDX-License-Identifier: Apache-2.0
#include <mlo/config/places.hpp>
#include <mlo/util/path.hpp>
#include <string_view>

namespace mlo::config {
namespace {

std::string value_of(std::span<const std::string> variables, std::string_view name) {
    std::string value;
    for (const std::string_view entry : variables)
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            value = entry.substr(name.size() + 1);
    return value;
}

}  // namespace

std::string user_file(std::span<const std::string> variables) {
    const auto folder = value_of(variables, "XDG_CONFIG_HOME");
    if (folder.starts_with('/')) return path::join(folder, "mlo/config.yaml");
    const auto home = value_of(variables, "HOME");
    return home.empty() ? std::string{} : path::join(home, ".config/mlo/config.yaml");
}

std::string cache_folder(std::span<const std::string> variables) {
    const auto folder = value_of(variables, "XDG_CACHE_HOME");
    if (folder.starts_with('/')) return path::join(folder, "mlo");
    const auto home = value_of(variables, "HOME");
    return home.starts_with('/') ? path::join(home, ".cache/mlo") : std::string{};
}

}  // namespace mlo::config
