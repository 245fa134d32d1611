// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/documents.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/pointer.hpp>
#include <mlo/yaml/parse.hpp>

#include "stage_paths.hpp"

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

std::vector<TrackedData> parse_tracked(std::string_view text, const std::string& file, const std::string& root) {
    const auto document = yaml::parse(text, file, {}, yaml::Extensions::dvc);
    const auto top = document.root();
    const auto refuse = [](const Value& value, std::string message) {
        throw Error{errors::tracked_invalid, std::move(message)}
            .at(value.place())
            .hint("restore the file: git checkout -- FILE, or make it again with dvc add");
    };
    std::vector<TrackedData> made;
    if (top.is_null()) return made;
    if (!top.is(ValueKind::mapping)) refuse(top, fmt::format("{} does not say what it tracks", quoted(file)));
    std::string base{path::parent(file)};
    const Paths paths{root};
    if (const auto wdir = top.find("wdir"); wdir && !wdir->is_null()) {
        if (!wdir->is(ValueKind::string)) refuse(*wdir, "'wdir' must be a folder");
        base = paths.resolve(std::string{wdir->as_string()}, base, wdir->text_place()).path;
    }
    const auto outs = top.find("outs");
    if (!outs || outs->is_null()) return made;
    if (!outs->is(ValueKind::list)) refuse(*outs, "'outs' must be a list of what is tracked");
    for (const auto& out : outs->items()) {
        const auto path = out.is(ValueKind::mapping) ? out.find("path") : std::nullopt;
        if (!path || !path->is(ValueKind::string) || path->as_string().empty()) {
            refuse(out, "an entry of 'outs' has no 'path'");
        }
        made.push_back({file, paths.resolve(std::string{path->as_string()}, base, path->text_place())});
    }
    return made;
}

FoundDocuments find_documents(Dir& root) { return Finder{root}.find(); }

}  // namespace mlo::pipeline
