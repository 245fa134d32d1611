// SPDX-License-Identifier: Apache-2.0
#include "realm.hpp"

#include <algorithm>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

/// As many as Linux follows.
constexpr int most_links = 40;

}  // namespace

Realm::Realm(workspace::WorkspaceLayout layout, std::string cwd, const Runtime& runtime, Dir* cache_dir,
             Realm* everything)
    : layout_{std::move(layout)},
      everything_{everything},
      cwd_{std::move(cwd)},
      runtime_{runtime},
      memory_{cache_dir} {}

Realm::Lease::Lease(Realm& realm, Threads threads) : realm_{realm}, threads_{threads} {
    {
        const std::scoped_lock lock{realm.mutex_};
        auto& idle = realm.idle_[static_cast<std::size_t>(threads)];
        if (!idle.empty()) {
            workspace_ = std::move(idle.back());
            idle.pop_back();
            return;
        }
    }
    auto runtime = realm.runtime_;
    if (threads == Threads::one) runtime.jobs = 1;
    workspace_ = std::make_unique<workspace::Workspace>(realm.layout_, realm.cwd_, git::Environment{}, runtime);
}

Realm::Lease::~Lease() {
    const std::scoped_lock lock{realm_.mutex_};
    realm_.idle_[static_cast<std::size_t>(threads_)].push_back(std::move(workspace_));
}

Realm::Claim::Claim(Realm& realm, std::string path) : realm_{realm}, path_{std::move(path)} {
    std::unique_lock lock{realm_.claims_mutex_};
    while (!realm_.claims_.insert(path_).second) {
        has_waited_ = true;
        realm_.claims_changed_.wait(lock);
    }
}

Realm::Claim::~Claim() {
    {
        const std::scoped_lock lock{realm_.claims_mutex_};
        realm_.claims_.erase(path_);
    }
    realm_.claims_changed_.notify_all();
}

std::optional<std::string> Realm::resolve(workspace::Workspace& workspace, const std::string& path) {
    const auto fail = [&](std::string_view how) -> Error {
        return Error{errors::output_leads_outside, quoted(workspace.shown(path)) + ' ' + std::string{how}}.hint(
            "put the data into the workspace, or name where it really is");
    };
    std::vector<std::string> rest = path::components(path);
    std::reverse(rest.begin(), rest.end());
    std::string real;
    auto folder = workspace.open_folder("");
    for (int links = 0; !rest.empty();) {
        const auto name = std::move(rest.back());
        rest.pop_back();
        if (name == "..") {
            if (real.empty()) throw fail("is a symbolic link that leads out of the workspace");
            real = path::parent(real);
            folder = workspace.open_folder(real);
            continue;
        }
        const auto found = folder->stat(name);
        if (!found) return std::nullopt;
        if (found->kind == FileKind::symlink) {
            if (++links > most_links) throw fail("leads through symbolic links that go round in a circle");
            auto target = folder->read_link(name);
            if (target.starts_with('/')) {
                auto below = below_root(target);
                if (!below) throw fail("is a symbolic link that leads out of the workspace");
                target = std::move(*below);
                real.clear();
                folder = workspace.open_folder("");
            }
            auto more = path::components(target);
            std::erase(more, ".");
            rest.insert(rest.end(), more.rbegin(), more.rend());
            continue;
        }
        real = path::join(real, name);
        if (rest.empty()) break;
        if (found->kind != FileKind::directory) return std::nullopt;
        folder = folder->open_dir(name);
    }
    return real;
}

/// The part of an absolute link's text below the root; its ".." are still to be resolved.
std::optional<std::string> Realm::below_root(const std::string& absolute) {
    const auto prefix = layout_.root == "/" ? layout_.root : layout_.root + '/';
    if (absolute.starts_with(prefix)) return absolute.substr(prefix.size());
    if (absolute == layout_.root) return std::string{};
    if (everything_ == nullptr) return std::nullopt;
    const Lease lease{*everything_, Threads::one};
    const auto real = everything_->resolve(*lease, absolute);
    return real ? path::below('/' + *real, layout_.root) : std::nullopt;
}

}  // namespace mlo::pipeline
