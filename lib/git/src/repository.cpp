// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/git/errors.hpp>
#include <mlo/git/repository.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "backend.hpp"

namespace mlo::git {
namespace {

void check_revision(std::string_view revision) {
    const bool has_control =
        std::any_of(revision.begin(), revision.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (revision.empty() || revision.front() == '-' || has_control) {
        throw Error{errors::bad_revision, quoted(revision) + " cannot name a revision"}.hint(
            "git log --oneline lists commits");
    }
}

bool is_commit_id(std::string_view commit) {
    const bool is_hex = std::all_of(commit.begin(), commit.end(),
                                    [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    return is_hex && (commit.size() == 40 || commit.size() == 64);
}

void check_commit_id(std::string_view commit) { MLO_ASSERT(is_commit_id(commit)); }

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool is_true(const std::optional<std::string>& value) {
    return value && (*value == "true" || *value == "yes" || *value == "on" || *value == "1" || value->empty());
}

}  // namespace

Repository::Repository(Layout layout, Environment environment)
    : layout_{std::move(layout)}, environment_{std::move(environment)} {}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;

Backend& Repository::program(const std::string& refusal) {
    if (program_) return *program_;
    auto program = environment_.git_program();
    if (!program && other_owner_) throw unsafe_owner(layout_);
    if (!program) {
        throw Error{errors::cannot_read, "cannot read the git repository " + quoted(layout_.git_dir)}
            .note("libgit2: " + printable(refusal))
            .note("the program 'git' is not on PATH")
            .hint("install git");
    }
    program_ = open_program(layout_, environment_, std::move(*program));
    return *program_;
}

/// Asks libgit2, and the git program what libgit2 refuses. A refusal to open is remembered, any other is not: one
/// question may be beyond libgit2 (a split index) where the next is not.
template <class Question>
auto Repository::ask(Question question) {
    if (!library_ && refusal_.empty()) {
        try {
            library_ = open_library(layout_, environment_);
        } catch (const Refused& refused) {
            refusal_ = refused.reason;
            other_owner_ = refused.why == Refused::Why::other_owner;
        }
    }
    if (!library_) return question(program(refusal_));
    try {
        return question(*library_);
    } catch (const Refused& refused) {
        return question(program(refused.reason));
    }
}

std::string Repository::resolve(std::string_view revision) {
    check_revision(revision);
    const std::string text{revision};
    auto found = ask([&](Backend& backend) { return backend.resolve(text); });
    // libgit2 knows fewer forms of revision than git: believe a "no" only from git, if it is there.
    if (!found && library_ && environment_.git_program()) found = program("").resolve(text);
    if (found) return *found;
    Error error{errors::revision_not_found, "no commit is named " + quoted(revision)};
    if (!shallow_commits(layout_).empty()) {
        throw std::move(error.note("this clone is shallow: older commits are not here").hint("git fetch --unshallow"));
    }
    throw std::move(error.hint("git log --oneline --all"));
}

std::optional<std::string> Repository::head() {
    return ask([](Backend& backend) { return backend.head(); });
}

std::optional<std::string> Repository::branch() {
    return ask([](Backend& backend) { return backend.branch(); });
}

Changes Repository::changes(const PatchLimits& limits) {
    if (!layout_.has_work_tree()) return {};
    auto found = ask([&](Backend& backend) { return backend.changes(limits); });
    std::sort(found.paths.begin(), found.paths.end());
    std::sort(found.left_out.begin(), found.left_out.end());
    std::sort(found.new_files.begin(), found.new_files.end(),
              [](const NewFile& a, const NewFile& b) { return a.path < b.path; });
    return found;
}

std::vector<Blob> Repository::blobs_with_suffix(std::string_view commit, std::string_view folder,
                                                std::string_view suffix, std::uint64_t limit_bytes) {
    check_commit_id(commit);
    auto below = path::normalize(folder);
    if (has_nul(below) || (!below.empty() && !path::is_plain_relative(below))) return {};
    auto blobs = ask(
        [&](Backend& backend) { return backend.blobs_with_suffix(std::string{commit}, below, suffix, limit_bytes); });
    std::sort(blobs.begin(), blobs.end(), [](const Blob& a, const Blob& b) { return a.path < b.path; });
    return blobs;
}

std::optional<std::string> Repository::blob(std::string_view commit, std::string_view path, std::uint64_t limit_bytes) {
    check_commit_id(commit);
    if (!path::is_plain_relative(path)) return std::nullopt;
    auto blob =
        ask([&](Backend& backend) { return backend.blob(std::string{commit}, std::string{path}, limit_bytes); });
    if (!blob) return std::nullopt;
    const auto name = std::string{commit.substr(0, 12)} + ":" + std::string{path};
    if (blob->state == BlobState::missing) {
        throw Error{errors::object_missing, "git has the name " + quoted(name) + " but not its content"}
            .note("this clone is partial")
            .hint("git show " + printable(name) + " > /dev/null");
    }
    if (blob->state == BlobState::too_large) {
        throw Error{mlo::errors::too_large, quoted(name) + " is over " + format_bytes(limit_bytes)};
    }
    return std::move(blob->content);
}

std::vector<TrackedPath> Repository::tracked(std::span<const std::string> paths) {
    if (paths.empty() || !layout_.has_work_tree()) return {};
    return ask([&](Backend& backend) { return backend.tracked(paths); });
}

std::vector<std::string> Repository::ignored(std::span<const std::string> paths) {
    if (paths.empty() || !layout_.has_work_tree()) return {};
    return ask([&](Backend& backend) { return backend.ignored(paths); });
}

std::vector<Reference> Repository::references() {
    auto found = ask([](Backend& backend) { return backend.references(); });
    std::sort(found.begin(), found.end(), [](const Reference& a, const Reference& b) { return a.name < b.name; });
    return found;
}

History Repository::history(std::span<const std::string> commits) {
    for (const auto& commit : commits) check_commit_id(commit);
    if (commits.empty()) return {};
    return ask([&](Backend& backend) { return backend.history(commits); });
}

std::optional<Divergence> Repository::divergence(std::string_view left, std::string_view right) {
    if (!is_commit_id(left) || !is_commit_id(right)) return std::nullopt;
    const std::string from{left};
    const std::string to{right};
    const auto has = [&](const std::string& commit) {
        return ask([&](Backend& backend) { return backend.resolve(commit); }).has_value();
    };
    if (!has(from) || !has(to) || !shallow_commits(layout_).empty()) return std::nullopt;
    return ask([&](Backend& backend) { return backend.divergence(from, to); });
}

std::string Repository::patch_between(const CodeState& before, const CodeState& after, const std::string& scratch) {
    for (const auto& commit : {before.commit, after.commit}) {
        if (commit.empty()) continue;
        if (!is_commit_id(commit)) throw Error{errors::revision_not_found, quoted(commit) + " is no commit"};
        static_cast<void>(resolve(commit));
    }
    return ask([&](Backend& backend) { return backend.patch_between(before, after, scratch); });
}

std::optional<std::string> Repository::setting(std::string_view key) {
    const std::string name{key};
    // libgit2 1.5 does not look at these variables; git does.
    static constexpr std::string_view variables[] = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
                                                     "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"};
    const bool redirected = std::any_of(std::begin(variables), std::end(variables),
                                        [&](std::string_view variable) { return environment_.find(variable); });
    if (redirected && environment_.git_program()) return program("").setting(name);
    return ask([&](Backend& backend) { return backend.setting(name); });
}

Shape Repository::shape() {
    const auto common_config = path::join(layout_.common_dir, "config");
    const auto own_config = path::join(layout_.git_dir, "config.worktree");
    Shape shape;
    shape.bare = is_true(own_setting(common_config, "core.bare")) && layout_.git_dir == layout_.common_dir;
    shape.shallow = !shallow_commits(layout_).empty();
    shape.partial = has_promisor(layout_);
    shape.sparse = is_true(own_setting(common_config, "core.sparsecheckout")) ||
                   is_true(own_setting(own_config, "core.sparsecheckout"));
    shape.linked_work_tree = layout_.git_dir != layout_.common_dir;
    shape.object_format = own_setting(common_config, "extensions.objectformat").value_or("sha1");
    return shape;
}

}  // namespace mlo::git
