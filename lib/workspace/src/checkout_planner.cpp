// SPDX-License-Identifier: Apache-2.0
#include "checkout_planner.hpp"

#include <algorithm>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/workspace/safe_name.hpp>

#include "checkout_questions.hpp"

namespace mlo::workspace {
namespace {

template <class Item>
const Item* find_by_name(const std::vector<Item>& sorted, std::string_view name) {
    const auto found = std::lower_bound(sorted.begin(), sorted.end(), name,
                                        [](const Item& item, std::string_view key) { return item.name < key; });
    return found != sorted.end() && found->name == name ? &*found : nullptr;
}

IgnoreRules::Pointer rules_down_to(Dir& root, std::string_view folder) {
    auto rules = IgnoreRules::extend(nullptr, "", root);
    std::string at;
    for (const auto& component : path::components(folder)) {
        at = path::join(at, component);
        rules = IgnoreRules::extend(rules, at, *open_below(root, at));
    }
    return rules;
}

}  // namespace

CheckoutPlanner::CheckoutPlanner(const Target& target, Workspace& workspace, const KnownFiles& known,
                                 const CheckedOut& checked_out, const SparseSet& sparse,
                                 std::span<const std::string> parts, Dir& target_folder)
    : target_{target},
      workspace_{workspace},
      known_{known},
      checked_out_{checked_out},
      version_{target.path, workspace.store(), sparse, parts, target_folder, workspace.runtime().random} {}

CheckoutPlanner::~CheckoutPlanner() = default;

TargetPlan CheckoutPlanner::plan() {
    plan_.path = target_.path;
    const std::string folder{path::parent(target_.path)};
    const auto dir = workspace_.open_folder(folder);
    visits_.push_back({.path = folder, .presence = Presence::in_version, .stays = true});
    visits_.back().rules = rules_down_to(workspace_.root(), folder);

    const std::string name{path::name(target_.path)};
    const store::TreeEntry wanted{
        .name = name,
        .kind = target_.pointer.kind == PointerKind::file ? store::EntryKind::file : store::EntryKind::directory,
        .executable = target_.pointer.executable,
        .size_bytes = target_.pointer.size_bytes,
        .id = target_.pointer.id,
        .target = {}};
    meet({0, *dir, known_(folder)}, name, dir->stat(name), &wanted);
    for (std::size_t at = 1; at < visits_.size(); ++at) visit(at);
    hash_questions();
    settle_questions();
    version_.require_stored();
    finish_visits();
    std::erase_if(plan_.folders, [](const FolderPlan& each) {
        return each.files.empty() && each.links.empty() && each.fresh.empty() && each.modes.empty();
    });
    return std::move(plan_);
}

/// Compares one folder that exists with what the version has in its place, if anything.
void CheckoutPlanner::visit(std::size_t index) {
    workspace_.runtime().check_stop();
    const auto path = visits_[index].path;
    const auto dir = workspace_.open_folder(path);
    auto there = dir->list();
    std::sort(there.begin(), there.end(), [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
    if (visits_[index].presence != Presence::must_go) {
        visits_[index].rules = IgnoreRules::extend(visits_[index].rules, path, *dir);
        visits_[index].stays = visits_[index].tree && version_.wants_folder(path);
    }
    visits_[index].was_empty = there.empty();
    LoadedTree tree;
    if (visits_[index].tree) tree = version_.load(*visits_[index].tree, path);

    const Here here{index, *dir, known_(path)};
    for (const auto& entry : there) {
        if (is_temporary_name(entry.name)) {
            plan_.leftovers.push_back(path::join(path, entry.name));
        } else if (const auto* const wanted = find_by_name(tree.entries, entry.name); wanted != nullptr) {
            meet(here, entry.name, dir->stat(entry.name), wanted);
        } else {
            meet_extra(here, entry.name, entry.kind);
        }
    }
    for (const auto& entry : tree.entries)
        if (find_by_name(there, entry.name) == nullptr) meet(here, std::string{entry.name}, std::nullopt, &entry);
}

void CheckoutPlanner::meet_extra(const Here& here, const std::string& name, FileKind kind) {
    auto& visit = visits_[here.visit];
    const auto path = path::join(visit.path, name);
    if (visit.presence != Presence::must_go) {
        const auto ignore_kind = kind == FileKind::directory ? PathKind::folder : PathKind::file;
        const bool is_left_alone = !version_.is_concerned(path) || !unsafe_name_reason(name).empty() ||
                                   (visit.rules && visit.rules->match(path, ignore_kind).ignored());
        if (is_left_alone) {
            visit.stays = true;
            return;
        }
    }
    meet(here, name, here.dir.stat(name), nullptr);
}

/// One name of a folder: what is there, and what the version has for it.
void CheckoutPlanner::meet(const Here& here, const std::string& name, std::optional<FileStat> there,
                           const store::TreeEntry* wanted) {
    const auto path = path::join(visits_[here.visit].path, name);
    if (!version_.is_concerned(path)) {
        visits_[here.visit].stays = true;
        return;
    }
    const bool is_folder_wanted = wanted != nullptr && wanted->kind == store::EntryKind::directory;
    if (wanted != nullptr && !is_folder_wanted && !version_.wants_file(path)) wanted = nullptr;
    if (there && there->kind == FileKind::directory) return meet_directory(here, name, *there, wanted);

    auto put_here = to_wanted(path, wanted);
    if (!std::holds_alternative<std::monostate>(put_here)) visits_[here.visit].stays = true;
    if (!there) return put(here.visit, path, std::move(put_here), std::nullopt, std::nullopt);
    if (auto* const file = std::get_if<FileWrite>(&put_here); file != nullptr && there->kind == FileKind::regular)
        return meet_file(here, *there, std::move(*file));
    if (const auto* const link = std::get_if<LinkWrite>(&put_here);
        link != nullptr && there->kind == FileKind::symlink && here.dir.read_link(name) == link->target)
        return;
    ask(here, name, *there, std::move(put_here));
}

CheckoutPlanner::Wanted CheckoutPlanner::to_wanted(const std::string& path, const store::TreeEntry* entry) {
    if (entry == nullptr) return {};
    switch (entry->kind) {
        case store::EntryKind::file:
            return to_file_write(*entry);
        case store::EntryKind::symlink:
            return to_link_write(*entry);
        case store::EntryKind::directory:
            break;
    }
    auto fresh = version_.fresh_tree(path, entry->id);
    // All of it may be left out by the sparse patterns.
    if (fresh.folders.empty()) return {};
    return fresh;
}

void CheckoutPlanner::meet_directory(const Here& here, const std::string& name, const FileStat& there,
                                     const store::TreeEntry* wanted) {
    if (wanted == nullptr) {
        const auto above = visits_[here.visit].presence;
        return enter(here, name, there, std::nullopt, above == Presence::must_go ? above : Presence::extra);
    }
    if (wanted->kind == store::EntryKind::directory) return enter(here, name, there, wanted->id, Presence::in_version);
    visits_[here.visit].stays = true;
    enter(here, name, there, std::nullopt, Presence::must_go);
    const auto path = path::join(visits_[here.visit].path, name);
    put(here.visit, path, to_wanted(path, wanted), std::nullopt, FileKind::directory);
}

void CheckoutPlanner::enter(const Here& here, const std::string& name, const FileStat& there,
                            std::optional<store::ObjectId> tree, Presence presence) {
    const auto index = visits_.size();
    const auto& above = visits_[here.visit];
    const bool goes_with_above = presence == Presence::must_go && above.presence == Presence::must_go;
    visits_.push_back({.path = path::join(above.path, name),
                       .presence = presence,
                       .tree = tree,
                       .stat = there,
                       .above = here.visit,
                       .group = goes_with_above ? above.group : index,
                       .rules = above.rules});
}

void CheckoutPlanner::meet_file(const Here& here, const FileStat& there, FileWrite wanted) {
    const auto known = here.known.find(wanted.name);
    const bool is_known = known && known->stamp == stamp_of(there);
    if (is_known && known->id == wanted.id) {
        if (is_executable(there) != wanted.executable) {
            report(path::join(visits_[here.visit].path, wanted.name), ChangeKind::mode_changed);
            folder_of(here.visit).modes.push_back({wanted.name, wanted.executable, there});
        }
        return;
    }
    const auto name = wanted.name;
    ask(here, name, there, std::move(wanted));
}

void CheckoutPlanner::ask(const Here& here, const std::string& name, const FileStat& there, Wanted wanted) {
    Question question{.visit = here.visit,
                      .path = path::join(visits_[here.visit].path, name),
                      .there = there,
                      .wanted = std::move(wanted)};
    if (there.kind == FileKind::symlink) {
        question.may_go = is_checked_out_link(question.path, here.dir.read_link(name));
    } else if (there.kind == FileKind::regular) {
        const auto known = here.known.find(name);
        if (known && known->stamp == stamp_of(there)) question.id = known->id;
    }
    questions_.push_back(std::move(question));
}

/// A link has no bytes that the store could be asked for: it may go if it is what was checked out or added last.
bool CheckoutPlanner::is_checked_out_link(const std::string& path, const std::string& target) const {
    auto id = checked_out_.find(plan_.path);
    if (!id || path.size() <= plan_.path.size()) return false;
    StoredTrees trees{workspace_.store()};
    auto components = path::components(std::string_view{path}.substr(plan_.path.size()));
    for (std::size_t at = 0; at < components.size(); ++at) {
        if (!workspace_.store().find(*id)) return false;
        const auto bytes = trees.tree(*id);
        store::TreeReader reader{bytes, *id};
        store::TreeEntry entry;
        do {
            if (!reader.next(entry)) return false;
        } while (entry.name != components[at]);
        if (at + 1 == components.size()) return entry.kind == store::EntryKind::symlink && entry.target == target;
        if (entry.kind != store::EntryKind::directory) return false;
        id = entry.id;
    }
    return false;
}

}  // namespace mlo::workspace
