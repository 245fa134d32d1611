// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/ignore.hpp>

#include "groups.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view any_folders = "**";

bool is_literal(std::string_view component) noexcept { return component.find_first_of("*?[\\") == component.npos; }

/// NAME of the file NAME.mlo or NAME.dvc, which says what belongs there; the name itself of any other.
std::string_view described(const DirEntry& entry) noexcept {
    const std::string_view name = entry.name;
    if (entry.kind != FileKind::regular || name.size() < 5) return name;
    return name.ends_with(".mlo") || name.ends_with(".dvc") ? name.substr(0, name.size() - 4) : name;
}

class Walk {
public:
    Walk(std::vector<std::string> pattern, const Value& at) : pattern_{std::move(pattern)}, at_{at} {}

    void enter(Dir& dir, const std::string& folder, std::size_t depth) {
        if (!entered_.emplace(folder, depth).second) return;
        const auto& pattern = pattern_[depth];
        const bool is_last = depth + 1 == pattern_.size();
        if (pattern == any_folders && !is_last) enter(dir, folder, depth + 1);
        for (const auto& entry : dir.list()) {
            const auto name = described(entry);
            if (name.starts_with('.') && !(pattern.starts_with('.') && !is_kept(name))) continue;
            if (!workspace::glob_matches(pattern, name)) continue;
            auto path = path::join(folder, name);
            if (is_last) {
                found_.insert(path);
                check_stage_count(found_.size(), at_);
            }
            if (entry.kind != FileKind::directory) continue;
            if (pattern == any_folders) {
                enter(*dir.open_dir(entry.name), path, depth);
            } else if (!is_last) {
                enter(*dir.open_dir(entry.name), path, depth + 1);
            }
        }
    }

    [[nodiscard]] const std::set<std::string>& found() const noexcept { return found_; }

private:
    static bool is_kept(std::string_view name) noexcept { return name == ".git" || name == ".mlo" || name == ".dvc"; }

    std::vector<std::string> pattern_;
    const Value& at_;
    std::set<std::pair<std::string, std::size_t>> entered_;
    std::set<std::string> found_;
};

std::string_view without_ending(std::string_view name) noexcept {
    const auto dot = name.rfind('.');
    return dot == name.npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace

std::vector<std::string> distinct_names(const std::vector<std::string>& paths) {
    const auto named = [](std::string text) {
        // '@' stands between group and name, '/' would be a path.
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '/' || c == '@'; }, '-');
        return text;
    };
    std::vector<std::string> names(paths.size());
    std::vector<std::size_t> open(paths.size());
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
    for (int attempt = 0; attempt < 3 && !open.empty(); ++attempt) {
        std::map<std::string, int> users;
        for (const auto i : open) {
            const auto name = path::name(paths[i]);
            names[i] = named(std::string{attempt == 0 ? without_ending(name) : attempt == 1 ? name : paths[i]});
        }
        for (const auto& name : names) ++users[name];
        std::erase_if(open, [&](std::size_t i) { return users[names[i]] == 1; });
    }
    std::set<std::string> taken;
    std::set<std::size_t> still_open{open.begin(), open.end()};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (still_open.count(i) == 0) taken.insert(names[i]);
    }
    for (const auto i : open) {
        auto candidate = names[i];
        for (int number = 2; !taken.insert(candidate).second; ++number) {
            candidate = fmt::format("{}-{}", names[i], number);
        }
        names[i] = std::move(candidate);
    }
    return names;
}

GroupItems items_of_glob(std::string_view pattern, const Value& at, std::string_view folder, Dir& root) {
    const auto whole = path::normalize(path::join(folder, pattern));
    if (!path::is_plain_relative(whole)) {
        throw Error{errors::path_invalid, fmt::format("{} leads out of the workspace", quoted(pattern))}
            .at(at.place())
            .hint("foreach: {glob: 'data/*.csv'}");
    }
    auto components = path::components(whole);
    std::string start;
    std::unique_ptr<Dir> below = root.open_dir("");
    std::size_t literal = 0;
    while (below && literal + 1 < components.size() && is_literal(components[literal])) {
        const auto stat = below->stat(components[literal]);
        if (stat && stat->kind == FileKind::directory) {
            auto next = below->open_dir(components[literal]);
            below = std::move(next);
            start = path::join(start, components[literal++]);
        } else {
            below = nullptr;
        }
    }
    Walk walk{{components.begin() + static_cast<std::ptrdiff_t>(literal), components.end()}, at};
    if (below) walk.enter(*below, start, 0);
    if (walk.found().empty()) {
        throw Error{errors::nothing_matches, fmt::format("nothing matches {}", quoted(whole))}
            .at(at.place())
            .hint("get the data first (mlo pull), or use 'from' for what a stage makes");
    }
    std::vector<std::string> paths{walk.found().begin(), walk.found().end()};
    const auto names = distinct_names(paths);
    GroupItems made;
    made.has_key = true;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        made.items.push_back({names[i], Datum{path::relative(path::join("/", paths[i]), path::join("/", folder))}});
    }
    return made;
}

}  // namespace mlo::pipeline
