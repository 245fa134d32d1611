// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/path.hpp>

#include <algorithm>

namespace mlo::path {
namespace {

std::string_view without_trailing_slashes(std::string_view path) noexcept {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

/// Cuts the first component off `rest`; empty once there is none left.
std::string_view take_component(std::string_view& rest) noexcept {
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    const auto component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(component.size());
    return component;
}

}  // namespace

std::string join(std::string_view left, std::string_view right) {
    if (left.empty() || right.starts_with('/')) return std::string{right};
    std::string joined{left};
    if (right.empty()) return joined;
    if (!joined.ends_with('/')) joined += '/';
    return joined += right;
}

std::string_view parent(std::string_view path) noexcept {
    path = without_trailing_slashes(path);
    const auto slash = path.rfind('/');
    if (slash == path.npos) return {};
    return without_trailing_slashes(path.substr(0, slash + 1));
}

std::string_view name(std::string_view path) noexcept {
    path = without_trailing_slashes(path);
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0: all of it
}

std::string normalize(std::string_view path) {
    const bool is_absolute = path.starts_with('/');
    std::vector<std::string_view> kept;
    for (auto rest = path; true;) {
        const auto component = take_component(rest);
        if (component.empty()) break;
        if (component == ".") continue;
        if (component != "..")
            kept.push_back(component);
        else if (!kept.empty() && kept.back() != "..")
            kept.pop_back();
        else if (!is_absolute)
            kept.push_back(component);
    }
    std::string normal{is_absolute ? "/" : ""};
    for (const auto component : kept) {
        if (!normal.empty() && normal != "/") normal += '/';
        normal += component;
    }
    return normal;
}

std::string absolute(std::string_view path, std::string_view current) { return normalize(join(current, path)); }

std::optional<std::string> below(std::string_view path, std::string_view root) {
    if (!is_within(path, root) || !path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    if (path.starts_with('/')) path.remove_prefix(1);
    return std::string{path};
}

std::string relative(std::string_view path, std::string_view from) {
    const auto target = components(path);
    const auto start = components(from);
    const auto [up, down] = std::mismatch(start.begin(), start.end(), target.begin(), target.end());
    std::string way;
    for (auto step = up; step != start.end(); ++step) way = join(way, "..");
    for (auto step = down; step != target.end(); ++step) way = join(way, *step);
    return way.empty() ? "." : way;
}

bool is_within(std::string_view path, std::string_view ancestor) noexcept {
    if (path.starts_with('/') != ancestor.starts_with('/')) return false;
    while (true) {
        const auto expected = take_component(ancestor);
        if (expected.empty()) return take_component(path) != "..";
        const auto found = take_component(path);
        if (found == expected) continue;
        // "a" lies below "..", but nothing can be said of "a" and "../b".
        if (expected != ".." || found == "..") return false;
        for (auto next = take_component(ancestor); !next.empty(); next = take_component(ancestor))
            if (next != "..") return false;
        return true;
    }
}

std::vector<std::string> components(std::string_view path) {
    std::vector<std::string> found;
    for (auto next = take_component(path); !next.empty(); next = take_component(path)) found.emplace_back(next);
    return found;
}

bool is_plain_relative(std::string_view path) noexcept {
    if (path.find('\0') != path.npos) return false;
    while (true) {
        const auto component = path.substr(0, path.find('/'));
        if (component.empty() || component == "." || component == "..") return false;
        if (component.size() == path.size()) return true;
        path.remove_prefix(component.size() + 1);
    }
}

}  // namespace mlo::path
