// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/tree_merge.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/store/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <utility>

#include "tree_listing.hpp"

namespace mlo::workspace {
namespace {

using store::EntryKind;
using store::TreeWriter;

/// A tree may name one subtree many times, so a few hundred bytes can stand for more folders than any disk holds.
constexpr std::uint64_t most_reads = 4'000'000;

class BoundedTrees final : public TreeSource {
public:
    BoundedTrees(TreeSource& behind, const std::string& path) : behind_{behind}, path_{path} {}
    [[nodiscard]] Bytes tree(const store::ObjectId& id) override {
        if (++reads_ > most_reads)
            throw Error{errors::version_too_large, fmt::format("the versions of {} hold more than {} folders",
                                                               quoted(path_), format_count(most_reads))};
        return behind_.tree(id);
    }

private:
    TreeSource& behind_;
    const std::string& path_;
    std::uint64_t reads_ = 0;
};

bool same(const Entry* a, const Entry* b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }
bool is_file(const Entry* entry) { return entry != nullptr && entry->kind == EntryKind::file; }

std::optional<Entry> copy_of(const Entry* entry) { return entry == nullptr ? std::optional<Entry>{} : *entry; }
const Entry* pointer_to(const std::optional<Entry>& entry) { return entry ? &*entry : nullptr; }

/// The entries of one path.
struct Sides {
    const Entry* base = nullptr;
    const Entry* other_base = nullptr;  ///< the same, unless there are two possible bases
    const Entry* ours = nullptr;
    const Entry* theirs = nullptr;

    [[nodiscard]] bool has_one_base() const { return same(base, other_base); }
};

/// One of the two results at a path.
struct Choice {
    std::optional<Entry> entry;
    std::int64_t files = 0;  ///< files and links, less those that ours has there
};

struct Outcome {
    Choice ours;
    Choice theirs;
};

/// The list of a merged directory.
struct FolderResult {
    TreeWriter writer;
    std::uint64_t entries = 0;
    std::uint64_t size_bytes = 0;
    std::int64_t files = 0;

    void add(std::string_view name, const Choice& choice) {
        files += choice.files;
        if (!choice.entry) return;
        const auto& entry = *choice.entry;
        ++entries;
        if (entry.kind != EntryKind::symlink) size_bytes += entry.size_bytes;
        writer.add({.name = name,
                    .kind = entry.kind,
                    .executable = entry.executable,
                    .size_bytes = entry.size_bytes,
                    .id = entry.id,
                    .target = entry.target});
    }
};

class Merger {
public:
    Merger(TreeSource& trees, const TreeStore& store, TreeMerge& report)
        : trees_{trees}, store_{store}, report_{report} {}

    Outcome merge(const std::string& path, const Sides& sides, int depth) {
        const bool has_one_base = sides.has_one_base();
        if (same(sides.ours, sides.theirs)) return keep(sides);
        if (has_one_base && same(sides.base, sides.theirs)) return keep(sides);
        if (has_one_base && same(sides.base, sides.ours)) return take(path, sides);
        if (are_folders(sides)) return merge_folders(path, sides, depth);
        if (has_one_base && is_file(sides.base) && is_file(sides.ours) && is_file(sides.theirs))
            if (auto merged = merge_files(sides)) return std::move(*merged);
        return conflict(path, sides);
    }

private:
    static Outcome keep(const Sides& sides) {
        const Choice choice{.entry = copy_of(sides.ours)};
        return {.ours = choice, .theirs = choice};
    }

    Outcome take(const std::string& path, const Sides& sides) {
        ++report_.taken;
        const Choice choice{.entry = copy_of(sides.theirs), .files = added_files(path, sides)};
        return {.ours = choice, .theirs = choice};
    }

    Outcome conflict(const std::string& path, const Sides& sides) {
        report_.conflicts.push_back({.path = path,
                                     .base = copy_of(sides.base != nullptr ? sides.base : sides.other_base),
                                     .ours = copy_of(sides.ours),
                                     .theirs = copy_of(sides.theirs)});
        return {.ours = {.entry = copy_of(sides.ours)},
                .theirs = {.entry = copy_of(sides.theirs), .files = added_files(path, sides)}};
    }

    /// How many files and links more theirs has than ours.
    std::int64_t added_files(const std::string& path, const Sides& sides) {
        std::int64_t files = 0;
        const auto count = [&](const Change& change) {
            if (change.before && change.before->kind != EntryKind::directory) --files;
            if (change.after && change.after->kind != EntryKind::directory) ++files;
        };
        require_stored(path,
                       [&] { diff_entries(path, copy_of(sides.ours), trees_, copy_of(sides.theirs), trees_, count); });
        return files;
    }

    /// One side may have removed the folder: then what the other one did in it decides.
    static bool are_folders(const Sides& sides) {
        if (is_directory(sides.ours) && is_directory(sides.theirs)) return true;
        const bool one_is_gone =
            sides.ours == nullptr ? is_directory(sides.theirs) : sides.theirs == nullptr && is_directory(sides.ours);
        return one_is_gone && sides.has_one_base() && is_directory(sides.base);
    }

    /// Nothing if they are in conflict.
    std::optional<Outcome> merge_files(const Sides& sides) {
        const auto& [base, other_base, ours, theirs] = sides;
        const bool has_our_bytes = theirs->id == base->id || theirs->id == ours->id;
        const bool has_our_mode = theirs->executable == base->executable || theirs->executable == ours->executable;
        const bool has_their_bytes = ours->id == base->id;
        const bool has_their_mode = ours->executable == base->executable;
        if ((!has_our_bytes && !has_their_bytes) || (!has_our_mode && !has_their_mode)) return std::nullopt;
        Entry merged = has_our_bytes ? *ours : *theirs;
        merged.executable = (has_our_mode ? ours : theirs)->executable;
        if (merged != *ours) ++report_.taken;
        return Outcome{.ours = {.entry = merged}, .theirs = {.entry = merged}};
    }

    Outcome merge_folders(const std::string& path, const Sides& sides, int depth) {
        if (depth == nesting_limit)
            throw Error{errors::too_deep, fmt::format("{} is nested too deeply", quoted(path.substr(0, 100) + "..."))};
        Outcome outcome = keep(sides);
        require_stored(path, [&] {
            FolderResult ours;
            std::optional<FolderResult> theirs;  // once it differs
            merge_lists(path, sides, depth, ours, theirs);
            outcome.theirs = outcome.ours = finish(std::move(ours), sides);
            if (theirs) outcome.theirs = finish(std::move(*theirs), sides);
        });
        return outcome;
    }

    void merge_lists(const std::string& path, const Sides& sides, int depth, FolderResult& ours,
                     std::optional<FolderResult>& theirs) {
        const auto folder = [](const Entry* entry) { return is_directory(entry) ? entry : nullptr; };
        const bool has_one_base = sides.has_one_base();
        TreeListing base_list{folder(sides.base), trees_};
        TreeListing other_list{has_one_base ? nullptr : folder(sides.other_base), trees_};
        TreeListing our_list{folder(sides.ours), trees_};
        TreeListing their_list{folder(sides.theirs), trees_};
        const std::array<TreeListing*, 4> lists{&base_list, &other_list, &our_list, &their_list};
        while (true) {
            std::optional<std::string_view> name;
            for (const auto* list : lists)
                if (list->current() != nullptr && (!name || list->current()->name < *name))
                    name = list->current()->name;
            if (!name) return;
            std::array<std::optional<Entry>, 4> entries;
            for (std::size_t i = 0; i < lists.size(); ++i) {
                const auto* const entry = lists[i]->current();
                if (entry != nullptr && entry->name == *name) entries[i] = to_entry(*entry);
            }
            const auto* const base = pointer_to(entries[0]);
            const auto outcome = merge(path::join(path, *name),
                                       {.base = base,
                                        .other_base = has_one_base ? base : pointer_to(entries[1]),
                                        .ours = pointer_to(entries[2]),
                                        .theirs = pointer_to(entries[3])},
                                       depth + 1);
            if (!theirs && (outcome.ours.entry != outcome.theirs.entry || outcome.ours.files != outcome.theirs.files))
                theirs = ours;
            ours.add(*name, outcome.ours);
            if (theirs) theirs->add(*name, outcome.theirs);
            for (std::size_t i = 0; i < lists.size(); ++i)
                if (entries[i]) lists[i]->advance();
        }
    }

    Choice finish(FolderResult result, const Sides& sides) {
        const bool is_on_both = is_directory(sides.ours) && is_directory(sides.theirs);
        if (result.entries == 0 && !is_on_both) return {.entry = {}, .files = result.files};
        const auto bytes = std::move(result.writer).finish();
        Entry entry{.kind = EntryKind::directory,
                    .executable = store::Executable::no,
                    .size_bytes = result.size_bytes,
                    .id = hash::sha256(bytes),
                    .target = {}};
        const auto is_known = [&](const Entry* known) { return is_directory(known) && known->id == entry.id; };
        if (!is_known(sides.ours) && !is_known(sides.theirs)) entry.id = store_(bytes);
        return {.entry = std::move(entry), .files = result.files};
    }

    template <class Work>
    void require_stored(const std::string& path, Work work) {
        try {
            work();
        } catch (const Error& error) {
            if (error.code().id != store::errors::object_missing.id) throw;
            report_.missing.push_back(path);
        }
    }

    TreeSource& trees_;
    const TreeStore& store_;
    TreeMerge& report_;
};

std::string_view kind_name(const Entry& entry) {
    return entry.kind == EntryKind::file ? "file" : entry.kind == EntryKind::directory ? "folder" : "symbolic link";
}

}  // namespace

std::string describe(const MergeConflict& conflict) {
    const auto& [path, base, ours, theirs] = conflict;
    if (!ours) return "deleted by ours, changed by theirs";
    if (!theirs) return "changed by ours, deleted by theirs";
    const std::string_view what = base ? "changed" : "added";
    if (ours->kind != theirs->kind)
        return fmt::format("{} on both sides: a {} in ours, a {} in theirs", what, kind_name(*ours),
                           kind_name(*theirs));
    const bool differs_in_mode = ours->id == theirs->id && ours->target == theirs->target;
    return fmt::format("{} on both sides{}", what, differs_in_mode ? ": executable in one of them" : "");
}

TreeMerge merge_trees(const std::string& path, const MergeBase& base, const Tracked& ours, const Tracked& theirs,
                      TreeSource& trees, const TreeStore& store) {
    TreeMerge report;
    report.ours = ours;
    report.theirs = theirs;
    const bool has_one_base = base.one == base.other;
    if (ours.entry == theirs.entry || (has_one_base && base.one == theirs.entry)) {
        report.theirs = ours;
        return report;
    }
    if (has_one_base && base.one == ours.entry) {
        report.ours = theirs;
        report.taken = 1;
        return report;
    }
    if (ours.entry.kind != theirs.entry.kind) {
        report.conflicts.push_back(
            {.path = path, .base = base.one ? base.one : base.other, .ours = ours.entry, .theirs = theirs.entry});
        return report;
    }
    BoundedTrees bounded{trees, path};
    const Sides sides{.base = pointer_to(base.one),
                      .other_base = pointer_to(base.other),
                      .ours = &ours.entry,
                      .theirs = &theirs.entry};
    const auto outcome = Merger{bounded, store, report}.merge(path, sides, 0);
    const auto tracked = [&](const Choice& choice) {
        // Both sides have it, so both results do.
        MLO_ASSERT(choice.entry.has_value());
        const auto files = static_cast<std::int64_t>(ours.files) + choice.files;
        return Tracked{.entry = *choice.entry, .files = static_cast<std::uint64_t>(std::max<std::int64_t>(files, 0))};
    };
    report.ours = tracked(outcome.ours);
    report.theirs = tracked(outcome.theirs);
    return report;
}

}  // namespace mlo::workspace
