// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/git/repository.hpp>
#include <mlo/util/error.hpp>

namespace mlo::git {

/// Thrown by a back end that cannot answer although the question may have an answer: ask the next one.
struct Refused {
    enum class Why { beyond_library, other_owner };
    std::string reason;
    Why why = Why::beyond_library;
};

/// The questions of Repository, answered by one means. Arguments were checked by Repository.
class Backend {
public:
    virtual ~Backend() = default;
    /// Nothing if there is no such commit.
    virtual std::optional<std::string> resolve(const std::string& revision) = 0;
    virtual std::optional<std::string> head() = 0;
    virtual std::optional<std::string> branch() = 0;
    /// In any order.
    virtual Changes changes(const PatchLimits& limits) = 0;
    virtual std::vector<Blob> blobs_with_suffix(const std::string& commit, const std::string& folder,
                                                std::string_view suffix, std::uint64_t limit_bytes) = 0;
    virtual std::optional<Blob> blob(const std::string& commit, const std::string& path, std::uint64_t limit_bytes) = 0;
    virtual std::vector<TrackedPath> tracked(std::span<const std::string> paths) = 0;
    virtual std::vector<std::string> ignored(std::span<const std::string> paths) = 0;
    virtual std::vector<Reference> references() = 0;
    virtual History history(std::span<const std::string> commits) = 0;
    virtual Divergence divergence(const std::string& left, const std::string& right) = 0;
    virtual std::string patch_between(const CodeState& before, const CodeState& after, const std::string& scratch) = 0;
    virtual std::optional<std::string> setting(const std::string& key) = 0;
};

/// Throws Refused (which includes: belongs to another user) if libgit2 cannot open the repository.
[[nodiscard]] std::unique_ptr<Backend> open_library(const Layout& layout, const Environment& environment);
/// `program` is absolute.
[[nodiscard]] std::unique_ptr<Backend> open_program(const Layout& layout, const Environment& environment,
                                                    std::string program);

/// The error for a repository that git does not trust because of its owner.
[[nodiscard]] Error unsafe_owner(const Layout& layout);
/// The entries of the file `shallow`: the commits whose parents were not fetched.
[[nodiscard]] std::vector<std::string> shallow_commits(const Layout& layout);
/// A value of the repository's own config file, without opening the repository.
[[nodiscard]] std::optional<std::string> own_setting(const std::string& config_file, const char* key);
/// True if some remote of the repository promised objects that are not here.
[[nodiscard]] bool has_promisor(const Layout& layout);
/// The whole small file; nothing if it cannot be read or exceeds `limit_bytes`.
[[nodiscard]] std::optional<std::string> read_small_file(const std::string& path, std::size_t limit_bytes);

}  // namespace mlo::git
