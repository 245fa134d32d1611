// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/ignore.hpp>

#include <algorithm>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>

#include <mlo/workspace/workspace.hpp>

namespace mlo::workspace {
namespace {

constexpr std::uint64_t ignore_file_limit = std::uint64_t{16} << 20;
constexpr std::string_view special_characters = "*?[\\";

/// As git does: spaces at the end do not count unless a backslash stands before them.
std::string_view without_trailing_spaces(std::string_view line) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            if (++i == line.size()) return line;
            kept = i + 1;
        } else if (line[i] != ' ') {
            kept = i + 1;
        }
    }
    return line.substr(0, kept);
}

IgnorePattern parse_line(std::string_view line, std::uint32_t number) {
    IgnorePattern pattern;
    pattern.text = line;
    pattern.line = number;
    if (line.starts_with('!')) {
        pattern.negated = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        pattern.folders_only = true;
        line.remove_suffix(1);
    }
    pattern.anchored = line.find('/') != line.npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    pattern.glob = line;
    pattern.literal_prefix = std::min(line.find_first_of(special_characters), line.size());
    return pattern;
}

bool matches(const IgnorePattern& pattern, std::string_view path) noexcept {
    const auto subject = pattern.anchored ? path : path::name(path);
    const auto prefix = std::string_view{pattern.glob}.substr(0, pattern.literal_prefix);
    if (!subject.starts_with(prefix)) return false;
    // Like git, the glob starts only behind the literal part: so 'a**/b' is 'a' and then '**/b'.
    const auto rest = std::string_view{pattern.glob}.substr(prefix.size());
    const auto remaining = subject.substr(prefix.size());
    return rest.empty() ? remaining.empty() : glob_matches(rest, remaining);
}

}  // namespace

std::vector<IgnorePattern> parse_ignore_patterns(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<IgnorePattern> patterns;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.starts_with('#')) continue;
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = without_trailing_spaces(line.substr(0, line.find('\0')));
        if (!line.empty()) patterns.push_back(parse_line(line, number));
    }
    return patterns;
}

IgnoreRules::Pointer IgnoreRules::extend(Pointer above, std::string_view folder, std::string_view file,
                                         std::string_view text) {
    auto patterns = parse_ignore_patterns(text);
    if (patterns.empty()) return above;
    return std::make_shared<const IgnoreRules>(std::move(above), folder, file, std::move(patterns));
}

IgnoreRules::Pointer IgnoreRules::extend(Pointer above, std::string_view folder, Dir& dir, std::string_view file_name) {
    const auto stat = dir.stat(file_name);
    if (!stat || stat->kind != FileKind::regular) return above;
    return extend(std::move(above), folder, path::join(folder, file_name),
                  read_file(dir, file_name, ignore_file_limit));
}

IgnoreRules::Match IgnoreRules::match(std::string_view path, PathKind kind) const {
    for (const auto* rules = this; rules != nullptr; rules = rules->above_.get()) {
        const auto& folder = rules->folder_;
        if (!folder.empty() && !(path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/'))
            continue;
        const auto relative = path.substr(folder.empty() ? 0 : folder.size() + 1);
        for (auto at = rules->patterns_.rbegin(); at != rules->patterns_.rend(); ++at) {
            if (at->folders_only && kind != PathKind::folder) continue;
            if (matches(*at, relative)) return {.pattern = &*at, .file = rules->file_};
        }
    }
    return {};
}

IgnoreVerdict check_ignored(Dir& root, std::string_view path, PathKind kind, std::string_view file_name) {
    IgnoreRules::Pointer rules;
    std::string_view folder;
    std::unique_ptr<Dir> below;
    Dir* dir = &root;
    while (true) {
        if (dir != nullptr) rules = IgnoreRules::extend(rules, folder, *dir, file_name);
        const auto start = folder.empty() ? 0 : folder.size() + 1;
        const auto end = std::min(path.find('/', start), path.size());
        const auto here = path.substr(0, end);
        const bool is_last = end == path.size();
        const auto match = rules ? rules->match(here, is_last ? kind : PathKind::folder) : IgnoreRules::Match{};
        if (match.ignored() || (is_last && match.pattern != nullptr))
            return {.ignored = match.ignored(),
                    .matched = true,
                    .file = std::string{match.file},
                    .line = match.pattern->line,
                    .pattern = match.pattern->text};
        if (is_last) return {};
        if (dir != nullptr) {
            const auto stat = dir->stat(here.substr(start));
            auto next = stat && stat->kind == FileKind::directory ? dir->open_dir(here.substr(start)) : nullptr;
            below = std::move(next);
            dir = below.get();
        }
        folder = here;
    }
}

}  // namespace mlo::workspace
