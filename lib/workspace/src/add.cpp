// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/add.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/git/ignore_file.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/workspace.hpp>

#include "add_checks.hpp"
#include "checked_out.hpp"
#include "problems.hpp"
#include "storing_sink.hpp"
#include "work_tree_lock.hpp"

namespace mlo::workspace {
namespace {

struct Addition {
    std::string path;
    bool had_pointer = false;  ///< maybe one that cannot be read
    std::optional<Pointer> before;
    std::optional<Pointer> after;
};

class Adder {
public:
    Adder(Workspace& workspace, store::LargeFiles large_files)
        : workspace_{workspace},
          large_files_{large_files},
          cache_{StatCache::load(workspace.stat_cache_dir())},
          update_{cache_, workspace.stat_cache_dir(), workspace.runtime()} {
        sparse_ = SparseSet::load(workspace.private_dir());
    }

    AddReport run(const std::vector<std::string>& paths) {
        for (const auto& path : paths)
            additions_.push_back({.path = path,
                                  .had_pointer = workspace_.stat(pointer_name(path)).has_value(),
                                  .before = previous(path),
                                  .after = {}});
        store_content();
        // Only now, when all that they name is durable.
        write_pointers();
        ignore_in_git();
        update_.commit();
        record_versions();
        return std::move(report_);
    }

private:
    /// What the pointer says that is there already. A broken one is simply replaced, unless a sparse work tree needs
    /// it.
    std::optional<Pointer> previous(const std::string& path) {
        const auto pointer_path = pointer_name(path);
        if (!workspace_.stat(pointer_path)) return std::nullopt;
        try {
            return read_pointer(*workspace_.open_folder(path::parent(path)), path::name(path),
                                printable(workspace_.shown(pointer_path)));
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::io || !sparse_.everything()) throw;
            return std::nullopt;
        }
    }

    void store_content() {
        auto& store = workspace_.store();
        const auto ingest = store.begin_ingest(large_files_);
        StoringSink sink{store, *ingest};
        StoredTrees trees{store};
        Problems problems;
        for (auto& addition : additions_) {
            std::optional<Entry> before;
            if (addition.before) before = to_entry(*addition.before);
            auto found = scan(workspace_, addition.path, before, cache_, update_, sink,
                              {.nested = NestedPointers::refuse, .sparse = &sparse_, .previous_trees = &trees});
            report_.read_files += found.read_files;
            report_.read_bytes += found.read_bytes;
            if (!found.entry && found.problems.empty())
                problems.add(
                    {addition.path, Error{errors::file_changed, fmt::format("{} went away while it was read",
                                                                            quoted(workspace_.shown(addition.path)))}});
            if (found.entry) addition.after = to_pointer(addition.path, *found.entry, found.files);
            problems.add(std::move(found));
        }
        problems.throw_if_any("cannot be added");
        ingest->commit();
        // A killed process may have made the store's folder, and not its name durable.
        if (!mutant(Mutant::found_store_sync))
            workspace_.runtime().fs.open_root(path::parent(workspace_.layout().store_dir))->sync();
    }

    static Pointer to_pointer(const std::string& path, const Entry& entry, std::uint64_t files) {
        const bool is_file = entry.kind == store::EntryKind::file;
        return {.name = std::string{path::name(path)},
                .id = entry.id,
                .kind = is_file ? PointerKind::file : PointerKind::directory,
                .executable = entry.executable,
                .size_bytes = entry.size_bytes,
                .files = is_file ? 0 : files};
    }

    void write_pointers() {
        for (const auto& addition : additions_) {
            AddedTarget target{.path = addition.path, .pointer = *addition.after};
            if (addition.before != addition.after) {
                target.outcome = addition.had_pointer ? AddOutcome::updated : AddOutcome::added;
                write_pointer(*workspace_.open_folder(path::parent(addition.path)), *addition.after,
                              workspace_.runtime().random);
                report_.to_stage.push_back(pointer_name(addition.path));
            } else if (!mutant(Mutant::found_pointer_sync)) {
                // Right already, but who wrote it may have been killed before its name was durable.
                workspace_.open_folder(path::parent(addition.path))->sync();
            }
            report_.targets.push_back(std::move(target));
        }
    }

    /// Checkout may replace a link that is the one of the version added last.
    void record_versions() {
        auto* const dir = workspace_.private_dir();
        auto checked_out = CheckedOut::load(dir);
        for (const auto& addition : additions_)
            if (addition.after->kind == PointerKind::directory) checked_out.set(addition.path, addition.after->id);
        checked_out.save(dir, workspace_.runtime());
    }

    void ignore_in_git() {
        if (workspace_.repository() == nullptr) return;
        std::map<std::string, std::vector<std::string>> names;
        for (const auto& addition : additions_)
            names[std::string{path::parent(addition.path)}].emplace_back(path::name(addition.path));
        for (const auto& [folder, below] : names) {
            if (git::add_to_ignore_file(*workspace_.open_folder(folder), below, workspace_.runtime().random) > 0)
                report_.to_stage.push_back(path::join(folder, ".gitignore"));
        }
    }

    Workspace& workspace_;
    store::LargeFiles large_files_;
    StatCache cache_;
    StatCacheUpdate update_;
    SparseSet sparse_;
    std::vector<Addition> additions_;
    AddReport report_;
};

}  // namespace

std::string_view to_string(AddOutcome outcome) noexcept {
    switch (outcome) {
        case AddOutcome::added:
            return "added";
        case AddOutcome::updated:
            return "updated";
        case AddOutcome::unchanged:
            return "unchanged";
    }
    return {};
}

AddReport add(Workspace& workspace, std::span<const std::string> paths, store::LargeFiles large_files) {
    std::vector<std::string> sorted{paths.begin(), paths.end()};
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    const auto lock = lock_work_tree(workspace, "mlo add");
    check_additions(workspace, sorted);
    return Adder{workspace, large_files}.run(sorted);
}

}  // namespace mlo::workspace
