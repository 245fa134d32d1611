// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/url.hpp>
#include <mlo/track/code.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t most_named_files = 5;

/// Names are text in a run.
std::string as_utf8(std::string name) { return is_valid_utf8(name) ? std::move(name) : printable(name); }

std::string left_out_sentence(const std::vector<std::string>& paths) {
    std::string names;
    for (std::size_t i = 0; i < std::min(paths.size(), most_named_files); ++i)
        names += (i > 0 ? ", " : "") + quoted(paths[i]);
    if (paths.size() > most_named_files) names += fmt::format(" and {} more", paths.size() - most_named_files);
    return fmt::format("the diff is without {}: a file over {}, a diff over {}, a submodule or an unresolved merge",
                       names, format_bytes(diff_limits.file_bytes), format_bytes(diff_limits.total_bytes));
}

/// "diff --git a/PATH b/PATH"; nothing for a path that git has to quote.
std::string path_of_patch(std::string_view patch) {
    constexpr std::string_view start = "diff --git a/";
    constexpr std::size_t around = 3;  // " b/"
    const auto line = patch.substr(0, patch.find('\n'));
    if (!line.starts_with(start) || line.size() < start.size() + around) return {};
    return std::string{line.substr(start.size(), (line.size() - start.size() - around) / 2)};
}

/// Asks one thing; what cannot be answered is a loss and no more.
template <class Question>
void ask(Code& code, std::string_view what, Question question) {
    try {
        question();
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id) throw;
        code.losses.push_back(fmt::format("{} could not be read: {}", what, error.message()));
    }
}

}  // namespace

Code read_code(git::Repository& repository, WithDiff with_diff) {
    Code code;
    auto& source = code.source;
    ask(code, "the commit", [&] { source.commit = repository.head().value_or(""); });
    ask(code, "the branch", [&] { source.branch = as_utf8(repository.branch().value_or("")); });
    ask(code, "the remote of git", [&] {
        source.remote = as_utf8(remote::without_secrets(repository.setting("remote.origin.url").value_or("")));
    });
    ask(code, "whether the history is whole", [&] { source.is_shallow = repository.shape().shallow; });
    if (with_diff == WithDiff::no) {
        code.losses.emplace_back("uncommitted changes were not looked at");
        return code;
    }
    ask(code, "what is not committed", [&] {
        code.changes = repository.changes(diff_limits);
        source.is_dirty = !code.changes.paths.empty();
        if (!code.changes.left_out.empty()) code.losses.push_back(left_out_sentence(code.changes.left_out));
    });
    return code;
}

std::string patch_of(const Code& code) {
    auto patch = code.changes.patch;
    for (const auto& file : code.changes.new_files) patch += file.patch;
    return patch;
}

std::vector<std::string> changes_since(const Code& before, const Code& now, std::span<const std::string> made) {
    std::vector<std::string> changed;
    if (before.source.commit != now.source.commit) changed.emplace_back("HEAD");
    const auto& files = now.changes.new_files;
    const bool has_new_files =
        std::all_of(before.changes.new_files.begin(), before.changes.new_files.end(), [&](const git::NewFile& file) {
            const auto is_around = [&](const std::string& path) { return path::is_within(file.path, path); };
            return std::any_of(made.begin(), made.end(), is_around) ||
                   std::any_of(files.begin(), files.end(), [&](const git::NewFile& each) {
                       return each.path == file.path && each.patch == file.patch;
                   });
        });
    if (before.changes.patch != now.changes.patch || !has_new_files) changed.emplace_back("diff");
    return changed;
}

Code earlier_code(const Source& source, std::optional<std::string_view> patch, const Code& now) {
    Code code;
    code.source = source;
    if (!patch) {
        code.changes = now.changes;
        return code;
    }
    if (!patch->starts_with(now.changes.patch)) {
        code.changes.patch = *patch;
        return code;
    }
    code.changes.patch = now.changes.patch;
    for (auto rest = patch->substr(now.changes.patch.size()); !rest.empty();) {
        // No line within the patch of a new file can begin so.
        const auto next = rest.find("\ndiff --git ");
        const auto one = rest.substr(0, next == rest.npos ? next : next + 1);
        code.changes.new_files.push_back({path_of_patch(one), std::string{one}});
        rest.remove_prefix(one.size());
    }
    return code;
}

}  // namespace mlo::track
