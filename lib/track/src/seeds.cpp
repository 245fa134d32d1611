// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <mlo/track/seeds.hpp>
#include <string_view>

namespace mlo::track {
namespace {

constexpr std::size_t most_seeds = 32;
constexpr std::size_t longest_value = 100;
constexpr std::array seed_variables{std::string_view{"PYTHONHASHSEED"}, std::string_view{"PL_GLOBAL_SEED"}};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether an option of this name takes a seed: "seed" is its last word.
bool names_a_seed(std::string_view name) {
    std::string plain;
    for (const char c : name) plain += lower(c) == '_' ? '-' : lower(c);
    if (plain == "random-state") return true;
    if (!plain.ends_with("seed")) return false;
    const auto before = plain.size() - std::string_view{"seed"}.size();
    return before == 0 || plain[before - 1] == '-' || plain[before - 1] == '.';
}

bool is_value(std::string_view text) {
    if (text.empty() || text.size() > longest_value) return false;
    // A negative number is a value, "--next-option" is none.
    return !text.starts_with('-') || (text.size() > 1 && text[1] >= '0' && text[1] <= '9');
}

void add(std::vector<Seed>& seeds, std::string_view name, std::string_view value) {
    const auto same = std::find_if(seeds.begin(), seeds.end(), [&](const Seed& seed) { return seed.name == name; });
    if (same != seeds.end())
        same->value = value;
    else if (seeds.size() < most_seeds)
        seeds.push_back({std::string{name}, std::string{value}});
}

}  // namespace

std::vector<Seed> find_seeds(std::span<const std::string> command, std::span<const std::string> environment) {
    std::vector<Seed> seeds;
    for (const std::string_view entry : environment) {
        const auto end = entry.find('=');
        if (end == entry.npos || !is_value(entry.substr(end + 1))) continue;
        if (std::find(seed_variables.begin(), seed_variables.end(), entry.substr(0, end)) != seed_variables.end())
            add(seeds, entry.substr(0, end), entry.substr(end + 1));
    }
    for (std::size_t i = 1; i < command.size(); ++i) {
        const std::string_view argument = command[i];
        const auto dashes = std::min<std::size_t>(argument.find_first_not_of('-'), 3);
        if (dashes > 2 || argument.size() > 2 * longest_value) continue;
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        if (!names_a_seed(name.substr(dashes))) continue;
        if (equals != argument.npos) {
            if (is_value(argument.substr(equals + 1))) add(seeds, name, argument.substr(equals + 1));
        } else if (dashes > 0 && i + 1 < command.size() && is_value(command[i + 1])) {
            add(seeds, name, command[++i]);
        }
    }
    return seeds;
}

}  // namespace mlo::track
