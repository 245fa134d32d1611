// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mlo/git/errors.hpp>
#include <mlo/git/layout.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

#include "backend.hpp"

namespace mlo::git {
namespace {

constexpr std::size_t link_limit_bytes = 16384;

enum class Entry { absent, file, folder };

Entry entry_at(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return Entry::absent;
    if (S_ISDIR(status.st_mode)) return Entry::folder;
    return S_ISREG(status.st_mode) ? Entry::file : Entry::absent;
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

std::string common_dir_of(const std::string& git_dir) {
    const auto link = read_small_file(path::join(git_dir, "commondir"), link_limit_bytes);
    return link ? path::absolute(without_line_end(*link), git_dir) : git_dir;
}

/// What git itself asks of a folder before it takes it for a repository.
bool is_git_dir(const std::string& folder) {
    struct stat status {};
    if (::lstat(path::join(folder, "HEAD").c_str(), &status) != 0) return false;  // may be a dangling link
    const auto common = common_dir_of(folder);
    return entry_at(path::join(common, "objects")) == Entry::folder &&
           entry_at(path::join(common, "refs")) == Entry::folder;
}

std::string follow_git_file(const std::string& file, const std::string& folder) {
    static constexpr std::string_view prefix = "gitdir: ";
    const auto content = read_small_file(file, link_limit_bytes);
    if (!content || !content->starts_with(prefix)) {
        throw Error{errors::broken_repository, quoted(file) + " does not say where its repository is"};
    }
    auto target = path::absolute(without_line_end(content->substr(prefix.size())), folder);
    if (!is_git_dir(target)) {
        throw Error{errors::broken_repository, quoted(file) + " names " + quoted(target) + ", which is no repository"};
    }
    return target;
}

std::optional<Layout> repository_at(const std::string& folder) {
    const auto dot_git = path::join(folder, ".git");
    const auto make = [&](std::string git_dir, std::string work_tree) {
        auto common = common_dir_of(git_dir);
        return Layout{
            .work_tree = std::move(work_tree), .git_dir = std::move(git_dir), .common_dir = std::move(common)};
    };
    switch (entry_at(dot_git)) {
        case Entry::file:
            return make(follow_git_file(dot_git, folder), folder);
        case Entry::folder:
            if (is_git_dir(dot_git)) return make(dot_git, folder);
            break;
        case Entry::absent:
            break;
    }
    if (is_git_dir(folder)) return make(folder, "");
    return std::nullopt;
}

std::optional<dev_t> device_of(const std::string& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return std::nullopt;
    return status.st_dev;
}

}  // namespace

std::optional<std::string> Environment::find(std::string_view name) const {
    for (const auto& variable : variables_) {
        if (variable.size() > name.size() && variable[name.size()] == '=' && variable.starts_with(name)) {
            return variable.substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

std::optional<std::string> Environment::git_program() const {
    const auto search_path = find("PATH");
    return search_path ? find_program("git", *search_path) : std::nullopt;
}

std::optional<std::string> read_small_file(const std::string& path, std::size_t limit_bytes) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return std::nullopt;
    std::string content(limit_bytes + 1, '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        const auto count = ::read(descriptor, content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) size = content.size();  // as unreadable as one that is too long
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
    }
    ::close(descriptor);
    if (size > limit_bytes) return std::nullopt;
    content.resize(size);
    return content;
}

std::optional<Layout> discover(std::string_view start, const Environment& environment) {
    const auto ceilings = split(environment.find("GIT_CEILING_DIRECTORIES").value_or(""), ':');
    const bool across = environment.find("GIT_DISCOVERY_ACROSS_FILESYSTEM").value_or("0") == "1";
    auto folder = path::normalize(start);
    const auto device = device_of(folder);
    while (true) {
        if (auto layout = repository_at(folder)) return layout;
        const std::string above{path::parent(folder)};
        if (above.empty() || above == folder) return std::nullopt;
        const bool at_ceiling = std::any_of(ceilings.begin(), ceilings.end(), [&](const std::string& ceiling) {
            return !ceiling.empty() && path::normalize(ceiling) == above;
        });
        if (at_ceiling || (!across && device_of(above) != device)) return std::nullopt;
        folder = above;
    }
}

Error unsafe_owner(const Layout& layout) {
    const auto& place = layout.has_work_tree() ? layout.work_tree : layout.git_dir;
    return Error{errors::unsafe_owner, "the git repository " + quoted(place) + " belongs to another user"}.hint(
        "git config --global --add safe.directory " + quoted(place));
}

std::vector<std::string> shallow_commits(const Layout& layout) {
    constexpr std::size_t limit_bytes = 64u << 20;
    const auto content = read_small_file(path::join(layout.common_dir, "shallow"), 1u << 20);
    const auto whole = content ? content : read_small_file(path::join(layout.common_dir, "shallow"), limit_bytes);
    std::vector<std::string> commits;
    for (auto& line : split(whole.value_or(""), '\n')) {
        if (!line.empty()) commits.push_back(std::move(line));
    }
    return commits;
}

}  // namespace mlo::git
