// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/tree_diff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mlo/util/error.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <unordered_map>
#include <utility>

#include "tree_listing.hpp"

namespace mlo::workspace {
namespace {

using store::EntryKind;
using store::TreeEntry;

class Differ {
public:
    Differ(TreeSource& before, TreeSource& after, const ChangeSink& sink)
        : before_{before}, after_{after}, sink_{sink} {}

    void compare(const std::string& path, const Entry* before, const Entry* after, int depth) {
        if (before != nullptr && after != nullptr && *before == *after) return;
        const Entry* const old_folder = is_directory(before) ? before : nullptr;
        const Entry* const new_folder = is_directory(after) ? after : nullptr;
        const Entry* const old_leaf = old_folder == nullptr ? before : nullptr;
        const Entry* const new_leaf = new_folder == nullptr ? after : nullptr;
        if (old_leaf != nullptr || new_leaf != nullptr) tell(path, old_leaf, new_leaf);
        if (old_folder != nullptr || new_folder != nullptr) compare_folders(path, old_folder, new_folder, depth);
    }

private:
    void compare_folders(const std::string& path, const Entry* before, const Entry* after, int depth) {
        if (before != nullptr && after != nullptr && before->id == after->id) return;
        if (depth == nesting_limit)
            throw Error{errors::too_deep, fmt::format("{} is nested too deeply", quoted(path.substr(0, 100) + "..."))};
        TreeListing left{before, before_};
        TreeListing right{after, after_};
        // An empty directory that came or went has nothing in it that could tell of it.
        if (before == nullptr && right.current() == nullptr) tell(path, nullptr, after);
        if (after == nullptr && left.current() == nullptr) tell(path, before, nullptr);
        while (left.current() != nullptr || right.current() != nullptr) {
            const auto* const old_entry = left.current();
            const auto* const new_entry = right.current();
            const bool takes_old = old_entry != nullptr && (new_entry == nullptr || old_entry->name <= new_entry->name);
            const bool takes_new = new_entry != nullptr && (old_entry == nullptr || new_entry->name <= old_entry->name);
            if (!(takes_old && takes_new && *old_entry == *new_entry))
                compare_pair(path, takes_old ? old_entry : nullptr, takes_new ? new_entry : nullptr, depth);
            if (takes_old) left.advance();
            if (takes_new) right.advance();
        }
    }

    void compare_pair(const std::string& path, const TreeEntry* before, const TreeEntry* after, int depth) {
        std::optional<Entry> old_entry;
        std::optional<Entry> new_entry;
        if (before != nullptr) old_entry = to_entry(*before);
        if (after != nullptr) new_entry = to_entry(*after);
        compare(path::join(path, (before != nullptr ? before : after)->name), old_entry ? &*old_entry : nullptr,
                new_entry ? &*new_entry : nullptr, depth + 1);
    }

    void tell(const std::string& path, const Entry* before, const Entry* after) {
        Change change;
        change.path = path;
        if (before != nullptr) change.before = *before;
        if (after != nullptr) change.after = *after;
        if (before == nullptr)
            change.kind = ChangeKind::added;
        else if (after == nullptr)
            change.kind = ChangeKind::deleted;
        else if (before->kind != after->kind)
            change.kind = ChangeKind::type_changed;
        else if (before->id == after->id && before->target == after->target)
            change.kind = ChangeKind::mode_changed;
        else
            change.kind = ChangeKind::modified;
        sink_(std::move(change));
    }

    TreeSource& before_;
    TreeSource& after_;
    const ChangeSink& sink_;
};

}  // namespace

Entry to_entry(const TreeEntry& entry) {
    return {.kind = entry.kind,
            .executable = entry.executable,
            .size_bytes = entry.size_bytes,
            .id = entry.id,
            .target = std::string{entry.target}};
}

Entry to_entry(const Pointer& pointer) {
    return {.kind = pointer.kind == PointerKind::file ? EntryKind::file : EntryKind::directory,
            .executable = pointer.executable,
            .size_bytes = pointer.size_bytes,
            .id = pointer.id,
            .target = {}};
}

std::string_view to_string(ChangeKind kind) noexcept {
    switch (kind) {
        case ChangeKind::added:
            return "added";
        case ChangeKind::deleted:
            return "deleted";
        case ChangeKind::modified:
            return "modified";
        case ChangeKind::type_changed:
            return "type changed";
        case ChangeKind::mode_changed:
            return "mode changed";
        case ChangeKind::renamed:
            return "renamed";
    }
    return {};
}

void diff_entries(const std::string& path, const std::optional<Entry>& before, TreeSource& before_trees,
                  const std::optional<Entry>& after, TreeSource& after_trees, const ChangeSink& sink) {
    Differ{before_trees, after_trees, sink}.compare(path, before ? &*before : nullptr, after ? &*after : nullptr, 0);
}

void find_renames(std::vector<Change>& changes) {
    enum class Names { equal, any };
    const auto pairs = [](const std::optional<Entry>& entry) {
        return entry && entry->kind == EntryKind::file && entry->size_bytes > 0;
    };
    std::unordered_map<store::ObjectId, std::deque<std::size_t>> gone;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].kind == ChangeKind::deleted && pairs(changes[i].before))
            gone[changes[i].before->id].push_back(i);
    }
    std::vector<bool> spent(changes.size());
    const auto pair_up = [&](Change& change, Names names) {
        const auto at = gone.find(change.after->id);
        if (at == gone.end()) return;
        auto& places = at->second;
        auto chosen = places.begin();
        if (names == Names::equal)
            chosen = std::find_if(places.begin(), places.end(), [&](std::size_t index) {
                return path::name(changes[index].path) == path::name(change.path);
            });
        if (chosen == places.end()) return;
        change.kind = ChangeKind::renamed;
        change.old_path = changes[*chosen].path;
        change.before = changes[*chosen].before;
        spent[*chosen] = true;
        places.erase(chosen);
    };
    for (const auto names : {Names::equal, Names::any}) {
        for (auto& change : changes) {
            if (change.kind == ChangeKind::added && pairs(change.after)) pair_up(change, names);
        }
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (spent[i]) continue;
        if (kept != i) changes[kept] = std::move(changes[i]);
        ++kept;
    }
    changes.resize(kept);
}

}  // namespace mlo::workspace
