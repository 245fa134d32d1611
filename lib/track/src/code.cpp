// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/remote/url.hpp>
#include <mlo/track/code.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t most_named_files = 5;

std::string left_out_sentence(const std::vector<std::string>& paths) {
    std::string names;
    for (std::size_t i = 0; i < std::min(paths.size(), most_named_files); ++i)
        names += (i > 0 ? ", " : "") + quoted(paths[i]);
    if (paths.size() > most_named_files) names += fmt::format(" and {} more", paths.size() - most_named_files);
    return fmt::format("the diff is without {}: a file over {}, a diff over {}, a submodule or an unresolved merge",
                       names, format_bytes(diff_limits.file_bytes), format_bytes(diff_limits.total_bytes));
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
    ask(code, "the branch", [&] { source.branch = repository.branch().value_or(""); });
    ask(code, "the remote of git",
        [&] { source.remote = remote::without_secrets(repository.setting("remote.origin.url").value_or("")); });
    ask(code, "whether the history is whole", [&] { source.is_shallow = repository.shape().shallow; });
    if (with_diff == WithDiff::no) {
        code.losses.emplace_back("uncommitted changes were not looked at");
        return code;
    }
    ask(code, "what is not committed", [&] {
        auto changes = repository.changes(diff_limits);
        source.is_dirty = !changes.paths.empty();
        code.patch = std::move(changes.patch);
        if (!changes.left_out.empty()) code.losses.push_back(left_out_sentence(changes.left_out));
    });
    return code;
}

std::vector<std::string> changes_since(const Code& before, const Code& now) {
    std::vector<std::string> changed;
    if (before.source.commit != now.source.commit) changed.emplace_back("HEAD");
    const bool was_read = before.source.is_dirty || before.losses.empty();
    if (was_read && (before.patch != now.patch || before.source.is_dirty != now.source.is_dirty))
        changed.emplace_back("diff");
    return changed;
}

}  // namespace mlo::track
