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

std::size_t remove_from_ignore_file(Dir& folder, std::span<const std::string> names, Random& random) {
    const auto status = folder.stat(file_name);
    if (!status) return 0;
    const auto content = read_file(folder, file_name, limit_bytes);
    std::unordered_set<std::string> unwanted;
    for (const auto& name : names) unwanted.insert(ignore_pattern(name));
    std::string kept;
    std::size_t removed = 0;
    for (std::size_t begin = 0; begin < content.size();) {
        const auto end = std::min(content.find('\n', begin), content.size() - 1) + 1;
        auto line = content.substr(begin, end - begin);
        while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
        if (unwanted.contains(line))
            ++removed;
        else
            kept.append(content, begin, end - begin);
        begin = end;
    }
    if (removed == 0) return 0;
    if (kept.empty())
        folder.remove(file_name);
    else
        write_file_atomically(folder, file_name, kept, status->mode, random);
    return removed;
}

}  // namespace mlo::git
