// SPDX-License-Identifier: Apache-2.0
#include "version_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/store/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>

#include "checkout_apply.hpp"

namespace mlo::workspace {
namespace {

/// A tree may name one subtree many times, so a few hundred bytes can stand for more folders than any disk holds.
constexpr std::uint64_t most_folders = 1'000'000;
constexpr std::size_t deepest_path_bytes = 64 * 1024;
constexpr std::size_t shown_paths = 4;

void note_paths(Error& error, std::span<const std::string> paths, std::uint64_t count) {
    for (const auto& path : paths.first(std::min(paths.size(), shown_paths))) error.note(quoted(path));
    if (count > shown_paths) error.note(fmt::format("and {} more", format_count(count - shown_paths)));
}

bool is_ascii(std::string_view name) noexcept {
    return std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lower_case(std::string_view name) {
    std::string folded{name};
    for (char& c : folded)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
}

/// True if a file system could take two of the names for one. Beyond ASCII only the file system itself knows.
bool could_collide(const std::vector<store::TreeEntry>& entries) {
    std::vector<std::string> folded;
    folded.reserve(entries.size());
    for (const auto& entry : entries) {
        if (!is_ascii(entry.name) && entries.size() > 1) return true;
        folded.push_back(lower_case(entry.name));
    }
    std::sort(folded.begin(), folded.end());
    return std::adjacent_find(folded.begin(), folded.end()) != folded.end();
}

/// Makes empty files in an empty folder made for the purpose; returns those whose names were taken already.
std::vector<std::string_view> try_names(Dir& folder, Random& random, std::span<const std::string_view> names) {
    const auto trial_name = temporary_name("mlo", random);
    folder.make_dir(trial_name);
    std::vector<std::string_view> taken;
    try {
        const auto trial = folder.open_dir(trial_name);
        for (const auto name : names) {
            try {
                static_cast<void>(trial->create(name, 0600));
            } catch (const Error& error) {
                if (error.code().id != mlo::errors::already_exists.id) throw;
                taken.push_back(name);
            }
        }
    } catch (...) {
        remove_tree(folder, trial_name);
        throw;
    }
    remove_tree(folder, trial_name);
    return taken;
}

}  // namespace

FileWrite to_file_write(const store::TreeEntry& entry) {
    return {.name = std::string{entry.name},
            .id = entry.id,
            .size_bytes = entry.size_bytes,
            .executable = entry.executable};
}

LinkWrite to_link_write(const store::TreeEntry& entry) {
    return {.name = std::string{entry.name}, .target = std::string{entry.target}};
}

/// A folder of a fresh subtree that is still to be read.
struct VersionReader::Pending {
    std::string path;  ///< below the root of the subtree
    store::ObjectId id;
    std::size_t parent = 0;  ///< its index among the folders
};

VersionReader::VersionReader(std::string target, store::ObjectStore& store, const SparseSet& sparse,
                             std::span<const std::string> parts, Dir& folder, Random& random)
    : target_{std::move(target)},
      store_{store},
      trees_{store},
      sparse_{sparse},
      parts_{parts},
      folder_{folder},
      random_{random} {}

bool VersionReader::is_concerned(std::string_view path) const {
    return parts_.empty() || std::any_of(parts_.begin(), parts_.end(), [&](const std::string& part) {
               return path::is_within(path, part) || path::is_within(part, path);
           });
}

LoadedTree VersionReader::load(const store::ObjectId& id, std::string_view path) {
    if (++folders_ > most_folders || path.size() > deepest_path_bytes)
        throw Error{errors::version_too_large,
                    path.size() > deepest_path_bytes
                        ? fmt::format("the version of {} nests folders more than {} bytes of path deep",
                                      quoted(target_), deepest_path_bytes)
                        : fmt::format("the version of {} holds more than {} folders", quoted(target_),
                                      format_count(most_folders))};
    LoadedTree tree;
    try {
        tree.bytes = trees_.tree(id);
    } catch (const Error& error) {
        if (error.code().id != store::errors::object_missing.id) throw;
        need(id, path);
        require_stored();
        throw;
    }
    std::vector<std::string> hostile;
    std::string_view reason;
    store::TreeReader reader{tree.bytes, id};
    for (store::TreeEntry entry; reader.next(entry);) {
        if (const auto why = unsafe_name_reason(entry.name); !why.empty() && !mutant(Mutant::checkout_name_check)) {
            reason = why;
            hostile.push_back(path::join(path, entry.name));
        }
        tree.entries.push_back(entry);
    }
    if (!hostile.empty()) {
        Error error{errors::hostile_name,
                    fmt::format("the version of {} holds a name that is never written", quoted(path))};
        note_paths(error, hostile, hostile.size());
        throw error.note(fmt::format("the last {}", reason)).hint(fmt::format("mlo ls {}", path));
    }
    refuse_collisions(tree, path);
    return tree;
}

FreshTree VersionReader::fresh_tree(const std::string& path, const store::ObjectId& id) {
    FreshTree fresh{.name = std::string{path::name(path)}};
    std::vector<std::size_t> parents;
    std::vector<bool> kept;
    // Breadth first, so that a folder comes before those in it, however deep they are.
    std::vector<Pending> level{{.path = "", .id = id}};
    while (!level.empty()) {
        std::vector<Pending> next;
        for (const auto& pending : level) {
            auto& folder = fresh.folders.emplace_back();
            folder.path = pending.path;
            parents.push_back(pending.parent);
            const auto first_below = next.size();
            load_fresh(path, pending, folder, next);
            folder.is_leaf = next.size() == first_below;
            for (auto below = first_below; below < next.size(); ++below) next[below].parent = fresh.folders.size() - 1;
            kept.push_back(!folder.files.empty() || !folder.links.empty() ||
                           wants_folder(path::join(path, pending.path)));
        }
        level = std::move(next);
    }
    if (sparse_.everything()) return fresh;
    for (auto at = fresh.folders.size(); --at > 0;)
        if (kept[at]) kept[parents[at]] = true;
    std::vector<FreshFolder> folders;
    for (std::size_t at = 0; at < fresh.folders.size(); ++at)
        if (kept[at]) folders.push_back(std::move(fresh.folders[at]));
    fresh.folders = std::move(folders);
    return fresh;
}

void VersionReader::load_fresh(const std::string& path, const Pending& pending, FreshFolder& folder,
                               std::vector<Pending>& below) {
    const auto here = path::join(path, pending.path);
    const auto tree = load(pending.id, here);
    for (const auto& entry : tree.entries) {
        const auto entry_path = path::join(here, entry.name);
        if (!is_concerned(entry_path)) continue;
        if (entry.kind == store::EntryKind::directory) {
            below.push_back({.path = path::join(pending.path, entry.name), .id = entry.id});
        } else if (wants_file(entry_path)) {
            if (entry.kind == store::EntryKind::symlink) {
                folder.links.push_back(to_link_write(entry));
            } else {
                need(entry.id, entry_path);
                folder.files.push_back(to_file_write(entry));
            }
        }
    }
}

void VersionReader::need(const store::ObjectId& id, std::string_view path) {
    if (store_.find(id)) return;
    if (++missing_count_ <= shown_paths) missing_.emplace_back(path);
}

void VersionReader::require_stored() const {
    if (missing_count_ == 0) return;
    Error error{errors::objects_missing, fmt::format("{} of the version of {} {} not in the store of this clone",
                                                     plural(missing_count_, "object", "objects"), quoted(target_),
                                                     missing_count_ == 1 ? "is" : "are")};
    note_paths(error, missing_, missing_count_);
    if (const auto damage = store_.find_index_damage()) throw error.note(damage->message()).hint(damage->hint_text());
    throw error.hint("mlo pull, or restore a pointer whose data is here");
}

void VersionReader::refuse_collisions(const LoadedTree& tree, std::string_view path) {
    if (folds_names_ == false || !could_collide(tree.entries)) return;
    if (!folds_names_) {
        // The same letter in both cases, and an accented one written in both ways.
        constexpr std::array<std::string_view, 4> twins{"a", "A", "\xc3\xa9", "e\xcc\x81"};
        folds_names_ = !try_names(folder_, random_, twins).empty();
        if (!*folds_names_) return;
    }
    std::vector<std::string_view> names;
    for (const auto& entry : tree.entries) names.push_back(entry.name);
    const auto taken = try_names(folder_, random_, names);
    if (taken.empty()) return;
    Error error{errors::names_collide,
                fmt::format("{} holds names that the file system here takes for others beside them", quoted(path))};
    std::vector<std::string> paths;
    for (const auto name : taken) paths.push_back(path::join(path, name));
    note_paths(error, paths, paths.size());
    throw error.hint("mlo cat PATH, or check out on a file system that tells them apart");
}

}  // namespace mlo::workspace
