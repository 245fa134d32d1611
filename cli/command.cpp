// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <algorithm>
#include <array>
#include <mlo/util/text.hpp>

namespace mlo::cli {

#define MLO_COMMAND(name) extern const Command name##_command;
#define MLO_HIDDEN_COMMAND(name) MLO_COMMAND(name)
#include "commands.def"
#undef MLO_COMMAND

std::string_view to_string(Group group) noexcept {
    switch (group) {
        case Group::start:
            return "start";
        case Group::data:
            return "data";
        case Group::sync:
            return "sync";
        case Group::care:
            return "care";
        case Group::track:
            return "track";
        case Group::pipeline:
            return "pipeline";
        case Group::quality:
            return "quality";
        case Group::registry:
            return "registry";
        case Group::operate:
            return "operate";
        case Group::hidden:
            return "hidden";
    }
    return "hidden";
}

std::span<const Command* const> all_commands() {
#define MLO_COMMAND(name) &name##_command,
    static constexpr auto commands = std::to_array<const Command*>({
#include "commands.def"
    });
#undef MLO_COMMAND
#undef MLO_HIDDEN_COMMAND
    return commands;
}

std::size_t word_count(const Command& command) {
    return 1 + static_cast<std::size_t>(std::count(command.words.begin(), command.words.end(), ' '));
}

const Command* find_command(std::span<const std::string> words) {
    const Command* best = nullptr;
    for (const auto* command : all_commands()) {
        const auto names = split(command->words, ' ');
        const bool matches = names.size() <= words.size() && std::equal(names.begin(), names.end(), words.begin());
        if (matches && (best == nullptr || word_count(*best) < names.size())) best = command;
    }
    return best;
}

std::vector<const Command*> subcommands(std::string_view words) {
    std::vector<const Command*> found;
    for (const auto* command : all_commands()) {
        const bool goes_on = command->words.starts_with(words) && command->words.size() > words.size();
        if (goes_on && command->words[words.size()] == ' ') found.push_back(command);
    }
    return found;
}

std::vector<const Command*> visible_commands() {
    std::vector<const Command*> visible;
    for (const auto* command : all_commands()) {
        if (command->group != Group::hidden) visible.push_back(command);
    }
    return visible;
}

}  // namespace mlo::cli
