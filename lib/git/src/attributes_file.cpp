// SPDX-License-Identifier: Apache-2.0
#include <mlo/git/attributes_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>
#include <vector>

namespace mlo::git {
namespace {

constexpr std::string_view file_name = ".gitattributes";
constexpr std::uint64_t limit_bytes = 64u << 20;

std::string line_of(const AttributeLine& line) { return fmt::format("{} {}", line.pattern, line.attribute); }

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r\n", at)) != line.npos;) {
        const auto end = std::min(line.find_first_of(" \t\r\n", at), line.size());
        words.emplace_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

bool gives(std::string_view text, const AttributeLine& wanted) {
    const auto words = words_of(text);
    return !words.empty() && words.front() == wanted.pattern &&
           std::find(words.begin() + 1, words.end(), wanted.attribute) != words.end();
}

struct Content {
    std::string text;
    std::uint32_t mode = 0666;
};

Content read(Dir& folder) {
    const auto status = folder.stat(file_name);
    if (!status) return {};
    return {.text = read_file(folder, file_name, limit_bytes), .mode = status->mode};
}

bool has(std::string_view text, const AttributeLine& wanted) {
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return gives(line, wanted); });
}

}  // namespace

std::size_t count_attributes(Dir& folder, std::span<const AttributeLine> lines) {
    const auto content = read(folder);
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return has(content.text, line); }));
}

std::size_t add_attributes(Dir& folder, std::span<const AttributeLine> lines, Random& random) {
    auto [text, mode] = read(folder);
    const std::string_view line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
    std::size_t added = 0;
    for (const auto& line : lines) {
        if (has(text, line)) continue;
        if (!text.empty() && !text.ends_with('\n')) text += line_end;
        text.append(line_of(line)).append(line_end);
        ++added;
    }
    if (added > 0) write_file_atomically(folder, file_name, text, mode, random);
    return added;
}

std::size_t remove_attributes(Dir& folder, std::span<const AttributeLine> lines, Random& random) {
    const auto [text, mode] = read(folder);
    std::string kept;
    std::size_t removed = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto newline = text.find('\n', at);
        const auto next = newline == std::string::npos ? text.size() : newline + 1;
        const auto piece = std::string_view{text}.substr(at, next - at);
        const bool is_ours =
            std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return trim(piece) == line_of(line); });
        if (is_ours)
            ++removed;
        else
            kept += piece;
        at = next;
    }
    if (removed == 0) return 0;
    if (kept.empty()) {
        folder.remove(file_name);
        folder.sync();
    } else {
        write_file_atomically(folder, file_name, kept, mode, random);
    }
    return removed;
}

}  // namespace mlo::git
