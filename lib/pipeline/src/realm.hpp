// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mlo/workspace/file_memory.hpp>
#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/workspace.hpp>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::pipeline {

/// How many threads one look may use.
enum class Threads : std::uint8_t { one, all };

/// A folder below which paths are looked at, by several threads at once: the root of the workspace, or "/" for what is
/// outside.
class Realm {
public:
    /// `layout` with its root; `cache_dir` may be null. `everything` is the realm of "/", null for that itself: it
    /// knows by which other ways absolute links come back here.
    Realm(workspace::WorkspaceLayout layout, std::string cwd, const Runtime& runtime, Dir* cache_dir,
          Realm* everything);

    /// A workspace for one thread, as long as it holds it.
    class Lease {
    public:
        Lease(Realm& realm, Threads threads);
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] workspace::Workspace& operator*() const noexcept { return *workspace_; }
        [[nodiscard]] workspace::Workspace* operator->() const noexcept { return workspace_.get(); }

    private:
        Realm& realm_;
        Threads threads_;
        std::unique_ptr<workspace::Workspace> workspace_;
    };

    /// Nobody else reads `path` meanwhile: who comes later waits, and then finds what the first has learned.
    class Claim {
    public:
        Claim(Realm& realm, std::string path);
        ~Claim();
        Claim(const Claim&) = delete;
        Claim& operator=(const Claim&) = delete;
        [[nodiscard]] bool has_waited() const noexcept { return has_waited_; }

    private:
        Realm& realm_;
        std::string path_;
        bool has_waited_ = false;
    };

    /// `path` with all symbolic links on the way and at its end followed; nothing if one of them leads to nothing.
    /// Throws output_leads_outside for one that leaves the root, or goes round in a circle.
    [[nodiscard]] std::optional<std::string> resolve(workspace::Workspace& workspace, const std::string& path);

    [[nodiscard]] workspace::ManyLooks& memory() noexcept { return memory_; }

private:
    [[nodiscard]] std::optional<std::string> below_root(const std::string& absolute);

    workspace::WorkspaceLayout layout_;
    Realm* everything_;
    std::string cwd_;
    Runtime runtime_;
    workspace::ManyLooks memory_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<workspace::Workspace>> idle_[2];
    std::mutex claims_mutex_;
    std::condition_variable claims_changed_;
    std::set<std::string, std::less<>> claims_;
};

}  // namespace mlo::pipeline
