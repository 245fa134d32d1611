// SPDX-License-Identifier: Apache-2.0
#include "help_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/config/keys.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "version.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t widest_left = 26;

struct Row {
    std::string left;
    std::string right;
};

/// Two columns, indented by two.
std::string rows_text(const std::vector<Row>& rows) {
    std::size_t width = 0;
    for (const auto& row : rows) {
        if (row.left.size() <= widest_left) width = std::max(width, row.left.size());
    }
    std::string text;
    for (const auto& row : rows) {
        if (row.left.size() > width) {
            text += fmt::format("  {}\n  {:{}}  {}\n", row.left, "", width, row.right);
        } else {
            text += fmt::format("  {:{}}  {}\n", row.left, width, row.right);
        }
    }
    return text;
}

std::string value_of(const Argument& argument) {
    return argument.choices.empty() ? argument.value_name : fmt::format("{}", fmt::join(argument.choices, "|"));
}

std::string place_of(const Argument& argument) {
    const auto name = argument.value_name + (argument.is_repeatable ? "..." : "");
    if (argument.kind == Argument::Kind::passthrough) return "-- " + name;
    return argument.is_required ? name : '[' + name + ']';
}

std::string usage(const Command& command, const Args& args) {
    auto text = fmt::format("mlo {}", command.words);
    const auto& table = args.table();
    if (std::any_of(table.begin(), table.end(), [](const Argument& each) { return each.is_option(); }))
        text += " [OPTION...]";
    for (const auto& each : table) {
        if (!each.is_option()) text += ' ' + place_of(each);
    }
    return text;
}

std::vector<Row> rows_of(const Args& args, bool (*wanted)(const Argument&)) {
    std::vector<Row> rows;
    for (const auto& each : args.table()) {
        if (wanted(each)) rows.push_back({each.is_option() ? signature(each) : each.value_name, each.doc});
    }
    return rows;
}

std::string section(std::string_view title, const std::vector<Row>& rows) {
    return rows.empty() ? "" : fmt::format("\n{}:\n{}", title, rows_text(rows));
}

/// The options that are only named, a line for each topic.
std::string topics_of(const Args& args) {
    std::vector<Row> topics;
    for (const auto& each : args.table()) {
        if (each.topic.empty()) continue;
        if (topics.empty() || topics.back().left != each.topic) topics.push_back({each.topic, ""});
        auto& names = topics.back().right;
        names += fmt::format("{}--{}", names.empty() ? "" : " ", each.name);
    }
    std::string text;
    for (const auto& topic : topics) text += fmt::format("\n{}: {}\n", topic.left, topic.right);
    return text;
}

Args globals_table(GlobalOptions& options, const Command* command) {
    Args args;
    declare_globals(args, options, command);
    return args;
}

/// The commands of a group by first word, each once.
std::vector<std::string> first_words(Group group) {
    std::vector<std::string> words;
    for (const auto* command : visible_commands()) {
        auto word = std::string{command->words.substr(0, command->words.find(' '))};
        if (command->group == group && std::find(words.begin(), words.end(), word) == words.end())
            words.push_back(std::move(word));
    }
    return words;
}

std::string first_example() {
    std::string_view fallback = "mlo help";
    for (const auto* command : visible_commands()) {
        if (command->examples.empty()) continue;
        if (command->group == Group::data) return std::string{command->examples.front().line};
        if (command->words == "explain") fallback = command->examples.front().line;
    }
    return std::string{fallback};
}

// What follows writes scdoc.

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view{"\\*_#`[]|~<>-.@+"}.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

/// "transfers at once [default: 8]" -> "Transfers at once. Default: 8."
std::string sentence(std::string_view doc) {
    const auto at = doc.find(" [default: ");
    auto text = std::string{doc.substr(0, at)};
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    if (at != doc.npos) text += fmt::format(". Default: {}", doc.substr(at + 11, doc.size() - at - 12));
    return escaped(text + '.');
}

std::string definition(std::string_view term, std::string_view description) {
    return fmt::format("{}\n\t{}\n\n", term, description);
}

std::string option_definitions(const Args& args) {
    std::string text;
    for (const auto& each : args.table()) {
        std::string term;
        if (each.is_option()) {
            if (each.short_name != 0) term = fmt::format("*{}*", escaped(std::string{'-', each.short_name}));
            if (!each.name.empty()) term += fmt::format("{}*{}*", term.empty() ? "" : ", ", escaped("--" + each.name));
            if (each.kind == Argument::Kind::option) term += fmt::format(" _{}_", escaped(value_of(each)));
        } else {
            term = fmt::format("_{}_", escaped(each.value_name));
        }
        text += definition(term,
                           sentence(each.doc) + (each.is_option() && each.is_repeatable ? " May be repeated\\." : ""));
    }
    return text;
}

std::string options_of(const Command& command) {
    Args args;
    const auto bound = command.bind(args);
    auto text = option_definitions(args);
    if (!command.json_schema.empty()) {
        text += definition("*\\-\\-json*", fmt::format("Answer with one JSON document, of the schema {}\\.",
                                                       escaped(command.json_schema)));
    }
    return text + "The options that every command takes are described in *mlo*(1).\n";
}

std::string exits_of(const Command& command) {
    std::vector<ExitMeaning> meanings{{0, "Done"},
                                      {1, "Failed: the message says why"},
                                      {2, "The command line, a configuration or a YAML file is wrong"}};
    meanings.insert(meanings.end(), command.exits.begin(), command.exits.end());
    meanings.push_back({70, "A bug in mlo: please report it"});
    std::string text;
    for (const auto& each : meanings) text += definition(fmt::format("*{}*", each.code), sentence(each.meaning));
    text += definition("*128+n*", "Ended by signal n: 130 is an interrupt\\.");
    text.pop_back();
    return text;
}

std::string synopsis_of(const Command& command) {
    Args args;
    const auto bound = command.bind(args);
    const auto line = usage(command, args);
    const auto name_size = 4 + command.words.size();
    return fmt::format("*{}*{}\n", escaped(line.substr(0, name_size)), escaped(line.substr(name_size)));
}

std::string command_list() {
    std::string text;
    auto group = Group::hidden;
    for (const auto* command : visible_commands()) {
        if (command->group != group) text += fmt::format("## {}\n\n", to_string(group = command->group));
        text += definition(fmt::format("*mlo {}*", escaped(command->words)), sentence(command->summary));
    }
    if (!text.empty()) text.pop_back();
    return text;
}

}  // namespace

std::string signature(const Argument& argument) {
    std::string text = argument.short_name != 0 ? std::string{'-', argument.short_name} : "   ";
    if (!argument.name.empty()) text += fmt::format("{}--{}", argument.short_name != 0 ? ", " : " ", argument.name);
    if (argument.kind == Argument::Kind::option) text += ' ' + value_of(argument);
    return text;
}

std::string overview() {
    auto text = fmt::format("mlo {}: {}\n\nusage: mlo [-C DIR] [--json] [-q] [-v] COMMAND [ARGUMENT...]\n\n",
                            version_number, tagline);
    std::vector<Row> rows;
    for (auto group = Group::start; group != Group::hidden; group = static_cast<Group>(static_cast<int>(group) + 1)) {
        const auto words = first_words(group);
        if (!words.empty()) rows.push_back({std::string{to_string(group)}, fmt::format("{}", fmt::join(words, " "))});
    }
    return text + rows_text(rows) +
           fmt::format(
               "\nexample: {}\n\n'mlo help' describes them all, 'mlo COMMAND -h' one, 'mlo help COMMAND' is its manual "
               "page.\n",
               first_example());
}

std::string group_overview(std::string_view words) {
    std::vector<Row> rows;
    for (const auto* command : subcommands(words))
        rows.push_back({fmt::format("mlo {}", command->words), std::string{command->summary}});
    return fmt::format("usage: mlo {} COMMAND [ARGUMENT...]\n\n{}", words, rows_text(rows));
}

std::string summary(const Command& command) {
    Args args;
    const auto bound = command.bind(args);
    auto text = fmt::format("mlo {}: {}\n", command.words, command.summary);
    std::vector<Row> examples;
    for (const auto& each : command.examples) examples.push_back({std::string{each.line}, std::string{each.what}});
    text += section("examples", examples);
    text += fmt::format("\nusage: {}\n", usage(command, args));
    text += section("arguments", rows_of(args, [](const Argument& each) { return !each.is_option(); }));
    text +=
        section("options", rows_of(args, [](const Argument& each) { return each.is_option() && each.topic.empty(); }));
    text += topics_of(args);
    GlobalOptions options;
    const auto globals = globals_table(options, &command);
    std::vector<std::string> names;
    for (const auto& each : globals.table()) names.push_back(std::string{trim(signature(each))});
    return text + fmt::format("\nalways: {}\nmanual page: mlo help {}\n", fmt::join(names, "; "), command.words);
}

namespace {

/// The table of settings as definitions.
std::string key_definitions() {
    std::string text;
    for (const auto& key : config::keys()) {
        text += fmt::format("*{}*\n\t{} Takes {}", escaped(key.name), escaped(key.doc),
                            escaped(config::describe_values(key)));
        if (!key.fallback.empty()) text += fmt::format(" [default: {}]", escaped(key.fallback));
        text += '.';
        if (key.trust == config::Trust::local) text += " Never in the committed file.";
        if (key.trust == config::Trust::repository_only) text += " In the committed file alone.";
        if (const auto variable = config::variable_of(key)) text += fmt::format(" Variable: {}.", escaped(*variable));
        text += "\n\n";
    }
    return text;
}

}  // namespace

std::string expand_page(std::string_view source, const Command* command) {
    std::string text;
    for (const auto& line : split(source, '\n')) {
        GlobalOptions options;
        if (line == "@COMMANDS@") {
            text += command_list();
        } else if (line == "@KEYS@") {
            text += key_definitions();
        } else if (line == "@GLOBALS@") {
            text += option_definitions(globals_table(options, nullptr));
        } else if (command != nullptr && line == "@SYNOPSIS@") {
            text += synopsis_of(*command);
        } else if (command != nullptr && line == "@OPTIONS@") {
            text += options_of(*command);
        } else if (command != nullptr && line == "@EXIT@") {
            text += exits_of(*command);
        } else if (const auto at = line.find("@SUMMARY@"); command != nullptr && at != line.npos) {
            text += line.substr(0, at) + escaped(command->summary) + '\n';
        } else {
            text += line + '\n';
        }
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text + '\n';
}

}  // namespace mlo::cli
