// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::workspace {
namespace {

constexpr std::string_view special_characters = "*?[\\";

/// The pattern relative to the root; the current folder's own name is taken literally.
std::string from_current_folder(const Workspace& workspace, const std::string& typed) {
    const auto parts = path::components(typed);
    const bool leaves = std::find(parts.begin(), parts.end(), "..") != parts.end();
    if (parts.empty() || typed.starts_with('/') || leaves)
        throw Error{errors::bad_pattern,
                    fmt::format("{} is no pattern of paths below the current folder", quoted(typed))};
    std::string pattern;
    for (const char c : workspace.current_folder()) {
        if (special_characters.find(c) != special_characters.npos) pattern += '\\';
        pattern += c;
    }
    for (const auto& part : parts) {
        if (part == ".") continue;
        if (!pattern.empty()) pattern += '/';
        pattern += part;
    }
    return pattern;
}

class Matcher {
public:
    Matcher(Workspace& workspace, std::string pattern) : workspace_{workspace}, pattern_{std::move(pattern)} {}

    std::vector<std::string> run() {
        // Nothing above the last whole component without special characters can match.
        const auto literal = std::string_view{pattern_}.substr(0, pattern_.find_first_of(special_characters));
        const auto end = literal.rfind('/');
        const std::string start{literal.substr(0, end == literal.npos ? 0 : end)};
        const auto stat = workspace_.stat(start);
        if (!stat || stat->kind != FileKind::directory) return {};
        IgnoreRules::Pointer rules;
        for (std::size_t at = 0; at != start.npos && at < start.size(); at = start.find('/', at + 1))
            rules = IgnoreRules::extend(rules, start.substr(0, at), *workspace_.open_folder(start.substr(0, at)));
        walk(*workspace_.open_folder(start), start, std::move(rules));
        return std::move(found_);
    }

private:
    void walk(Dir& dir, const std::string& folder, IgnoreRules::Pointer rules) {
        workspace_.runtime().check_stop();
        rules = IgnoreRules::extend(std::move(rules), folder, dir);
        for (const auto& entry : dir.list()) {
            const bool is_folder = entry.kind == FileKind::directory;
            if (!is_folder && (entry.kind != FileKind::regular || is_pointer_name(entry.name))) continue;
            if (!unsafe_name_reason(entry.name).empty() || entry.name == ignore_file_name) continue;
            const auto path = path::join(folder, entry.name);
            if (rules && rules->match(path, is_folder ? PathKind::folder : PathKind::file).ignored()) continue;
            if (glob_matches(pattern_, path))
                found_.push_back(path);
            else if (is_folder)
                walk(*dir.open_dir(entry.name), path, rules);
        }
    }

    Workspace& workspace_;
    std::string pattern_;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> expand_patterns(Workspace& workspace, std::span<const std::string> typed) {
    std::vector<std::string> paths;
    for (const auto& each : typed) {
        const auto found = Matcher{workspace, from_current_folder(workspace, each)}.run();
        if (found.empty())
            throw Error{errors::nothing_matches, fmt::format("no file or folder matches {}", quoted(each))};
        paths.insert(paths.end(), found.begin(), found.end());
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

}  // namespace mlo::workspace
