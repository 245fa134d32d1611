// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/documents.hpp>

#include <algorithm>
#include <set>
#include <tuple>

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/pointer.hpp>

namespace mlo::pipeline {
namespace {

using workspace::IgnoreRules;
using workspace::PathKind;

constexpr std::uint64_t exclude_limit = std::uint64_t{1} << 20;
constexpr std::uint64_t tracked_limit = std::uint64_t{16} << 20;
constexpr std::string_view tracked_suffix = ".dvc";

struct Rules {
    IgnoreRules::Pointer git;
    IgnoreRules::Pointer dvc;

    [[nodiscard]] bool leave_out(std::string_view path, PathKind kind) const {
        return (git && git->match(path, kind).ignored()) || (dvc && dvc->match(path, kind).ignored());
    }
};

struct Folder {
    std::string path;
    Rules rules;
};

bool is_kept(std::string_view name) noexcept {
    return name == ".git" || name == ".hg" || name == ".dvc" || name == ".mlo";
}

class Finder {
public:
    explicit Finder(Dir& root) : root_{root} {}

    FoundDocuments find() {
        open_.push_back({"", {excluded(), nullptr}});
        while (!open_.empty()) {
            const auto folder = std::move(open_.back());
            open_.pop_back();
            look(folder);
        }
        std::sort(found_.pipelines.begin(), found_.pipelines.end());
        std::sort(found_.tracked.begin(), found_.tracked.end(), [](const TrackedData& a, const TrackedData& b) {
            return std::tie(a.file, a.at.path) < std::tie(b.file, b.at.path);
        });
        return std::move(found_);
    }

private:
    /// Patterns of this clone alone.
    [[nodiscard]] IgnoreRules::Pointer excluded() const {
        const auto git = root_.stat(".git");
        if (!git || git->kind != FileKind::directory) return nullptr;
        const auto folder = root_.open_dir(".git");
        const auto info = folder->stat("info");
        if (!info || info->kind != FileKind::directory) return nullptr;
        const auto inner = folder->open_dir("info");
        const auto file = inner->stat("exclude");
        if (!file || file->kind != FileKind::regular) return nullptr;
        return IgnoreRules::extend(nullptr, "", ".git/info/exclude", read_file(*inner, "exclude", exclude_limit));
    }

    void look(const Folder& folder) {
        const auto dir = root_.open_dir(folder.path);
        const auto entries = dir->list();
        const bool is_repository = std::any_of(entries.begin(), entries.end(), [](const DirEntry& entry) {
            return entry.kind == FileKind::directory && (entry.name == ".dvc" || entry.name == ".mlo");
        });
        if (is_repository && !folder.path.empty()) return;
        const Rules rules{IgnoreRules::extend(folder.rules.git, folder.path, *dir, ".gitignore"),
                          IgnoreRules::extend(folder.rules.dvc, folder.path, *dir, ".dvcignore")};
        for (const auto& entry : entries) {
            const auto path = path::join(folder.path, entry.name);
            if (entry.kind == FileKind::regular && !rules.leave_out(path, PathKind::file)) add_file(*dir, entry, path);
        }
        for (const auto& entry : entries) {
            if (entry.kind != FileKind::directory || is_kept(entry.name)) continue;
            auto path = path::join(folder.path, entry.name);
            if (data_.count(path) > 0 || rules.leave_out(path, PathKind::folder)) continue;
            open_.push_back({std::move(path), rules});
        }
    }

    void add_file(Dir& dir, const DirEntry& entry, const std::string& path) {
        if (entry.name == "dvc.yaml") {
            found_.pipelines.push_back(path);
        } else if (workspace::is_pointer_name(entry.name)) {
            data_.insert(path.substr(0, path.size() - workspace::pointer_suffix.size()));
        } else if (entry.name.size() > tracked_suffix.size() && entry.name.ends_with(tracked_suffix)) {
            for (auto& data : parse_tracked(read_file(dir, entry.name, tracked_limit), path, root_.path())) {
                data_.insert(data.at.path);
                found_.tracked.push_back(std::move(data));
            }
        }
    }

    Dir& root_;
    std::vector<Folder> open_;
    std::set<std::string> data_;  ///< paths that are tracked as a whole
    FoundDocuments found_;
};

}  // namespace

FoundDocuments find_documents(Dir& root) { return Finder{root}.find(); }

}  // namespace mlo::pipeline
