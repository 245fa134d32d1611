// SPDX-License-Identifier: Apache-2.0
#include <mlo/report/ci_log.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

/// What GitHub shows of a kind for one step.
constexpr std::size_t most_annotations = 10;
constexpr std::size_t most_named = 20;

/// As the runner takes them back (actions/runner, src/Runner.Common/ActionCommand.cs).
std::string escaped_data(std::string_view text) {
    std::string escaped;
    for (const char c : xml_characters(text)) {
        if (c == '%') {
            escaped += "%25";
        } else if (c == '\r') {
            escaped += "%0D";
        } else if (c == '\n') {
            escaped += "%0A";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string escaped_property(std::string_view text) {
    std::string escaped;
    for (const char c : escaped_data(text)) {
        if (c == ':') {
            escaped += "%3A";
        } else if (c == ',') {
            escaped += "%2C";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

/// As .NET's String.TrimStart has it.
bool is_white_space(std::uint32_t code) noexcept {
    if (code >= 0x2000 && code <= 0x200a) return true;
    constexpr std::uint32_t others[] = {0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
    return (code >= 9 && code <= 13) || std::find(std::begin(others), std::end(others), code) != std::end(others);
}

std::size_t length_of_white_space(std::string_view line) noexcept {
    std::size_t length = 0;
    while (length < line.size()) {
        const auto character = first_character(line.substr(length));
        if (!character.is_valid || !is_white_space(character.code)) break;
        length += character.size_bytes;
    }
    return length;
}

void append_harmless(std::string& text, std::string_view line) {
    const auto begin = length_of_white_space(line);
    text += line.substr(0, begin);
    line.remove_prefix(begin);
    if (line.starts_with("::")) {
        text += ": ";
        line.remove_prefix(1);
    }
    constexpr std::string_view older = "##[";
    while (true) {
        const auto at = line.find(older);
        if (at == line.npos) break;
        text += line.substr(0, at);
        text += "## [";
        line.remove_prefix(at + older.size());
    }
    text += line;
}

std::string annotation_of(const JobStage& stage) {
    std::string message = stage.message;
    for (const auto& note : stage.notes) message += "\n" + note;
    if (!stage.help.empty()) message += "\nhelp: " + stage.help;
    const auto number = [](std::uint32_t value) { return value == 0 ? std::string{} : fmt::format("{}", value); };
    return github_command("error",
                          {{"file", stage.file},
                           {"line", stage.file.empty() ? "" : number(stage.line)},
                           {"col", stage.file.empty() ? "" : number(stage.column)},
                           {"title", stage.code.empty() ? stage.name : fmt::format("{} {}", stage.code, stage.name)}},
                          message);
}

/// Those of one kind, the last of them for what is too much.
void append_kind(std::vector<std::string>& all, std::vector<std::string> kind, std::string_view name,
                 const std::vector<std::string>& subjects) {
    if (kind.size() > most_annotations) {
        kind.resize(most_annotations - 1);
        std::string text = fmt::format("{} more:", subjects.size() - kind.size());
        for (auto i = kind.size(); i < subjects.size() && i < kind.size() + most_named; ++i) text += "\n" + subjects[i];
        if (subjects.size() > kind.size() + most_named) text += "\n...";
        kind.push_back(github_command(name, {}, text));
    }
    all.insert(all.end(), std::make_move_iterator(kind.begin()), std::make_move_iterator(kind.end()));
}

std::string section_id(std::string_view id) {
    std::string made{id};
    for (auto& c : made) {
        const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                             c == '.' || c == '-';
        if (!is_fine) c = '_';
    }
    return made;
}

}  // namespace

std::string github_command(std::string_view name,
                           const std::vector<std::pair<std::string_view, std::string>>& properties,
                           std::string_view data) {
    std::string text = fmt::format("::{}", name);
    char before = ' ';
    for (const auto& [key, value] : properties) {
        if (value.empty()) continue;
        text += fmt::format("{}{}={}", before, key, escaped_property(value));
        before = ',';
    }
    return text + "::" + escaped_data(data);
}

std::vector<std::string> github_annotations(const JobReport& report) {
    std::vector<std::string> annotations;
    std::vector<std::string> errors;
    std::vector<std::string> names;
    for (const auto& stage : report.stages) {
        if (stage.outcome != Outcome::failed) continue;
        // More is not shown; for the count the names do.
        if (errors.size() <= most_annotations) errors.push_back(annotation_of(stage));
        names.push_back(stage.message.empty() ? stage.name : stage.message);
    }
    append_kind(annotations, std::move(errors), "error", names);
    std::vector<std::string> warnings;
    for (const auto& warning : report.warnings) warnings.push_back(github_command("warning", {}, warning));
    append_kind(annotations, std::move(warnings), "warning", report.warnings);
    return annotations;
}

std::string without_github_commands(std::string_view text) {
    std::string harmless;
    while (true) {
        // The runner ends lines at either.
        const auto end = text.find_first_of("\r\n");
        append_harmless(harmless, text.substr(0, end));
        if (end == text.npos) return harmless;
        harmless += text[end];
        text.remove_prefix(end + 1);
    }
}

std::string gitlab_section_start(std::int64_t time_s, std::string_view id, std::string_view header) {
    return fmt::format("\x1b[0Ksection_start:{}:{}[collapsed=true]\r\x1b[0K{}", time_s, section_id(id),
                       without_gitlab_sections(header));
}

std::string gitlab_section_end(std::int64_t time_s, std::string_view id) {
    return fmt::format("\x1b[0Ksection_end:{}:{}\r\x1b[0K", time_s, section_id(id));
}

std::string without_gitlab_sections(std::string_view text) {
    // A carriage return ends each mark.
    std::string harmless{text};
    std::erase(harmless, '\r');
    return harmless;
}

}  // namespace mlo::report
