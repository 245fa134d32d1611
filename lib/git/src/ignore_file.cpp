// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/git/ignore_file.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>
#include <unordered_set>

namespace mlo::git {
namespace {

constexpr std::string_view file_name = ".gitignore";
constexpr std::uint64_t limit_bytes = 64u << 20;

}  // namespace

std::string ignore_pattern(std::string_view name) {
    // Unescaped blanks at the end are no part of a pattern: git drops spaces, libgit2 every kind.
    const auto last_kept = name.find_last_not_of(" \t\v\f");
    const auto trailing_blanks = last_kept == name.npos ? 0 : last_kept + 1;
    std::string pattern{"/"};
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (c == '\n' || c == '\r') {
            pattern += "[[:cntrl:]]";
            continue;
        }
        const bool is_special = c == '*' || c == '?' || c == '[' || c == ']' || c == '\\';
        if (is_special || i >= trailing_blanks) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

std::size_t add_to_ignore_file(Dir& folder, std::span<const std::string> names, Random& random) {
    const auto status = folder.stat(file_name);
    auto content = status ? read_file(folder, file_name, limit_bytes) : std::string{};
    const std::string_view line_end = content.find("\r\n") == std::string::npos ? "\n" : "\r\n";

    std::unordered_set<std::string> lines;
    for (auto& line : split(content, '\n')) {
        if (line.ends_with('\r')) line.pop_back();
        lines.insert(std::move(line));
    }
    std::size_t added = 0;
    for (const auto& name : names) {
        auto pattern = ignore_pattern(name);
        if (!lines.insert(pattern).second) continue;
        if (!content.empty() && !content.ends_with('\n')) content += line_end;
        content.append(pattern).append(line_end);
        ++added;
    }
    if (added > 0) write_file_atomically(folder, file_name, content, status ? status->mode : 0666, random);
    return added;
}

}  // namespace mlo::git
