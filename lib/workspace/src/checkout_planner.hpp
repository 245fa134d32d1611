// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/workspace.hpp>
#include <span>
#include <variant>

#include "checked_out.hpp"
#include "checkout_plan.hpp"
#include "version_reader.hpp"

namespace mlo::workspace {

/// What is known of the files directly in a folder.
using KnownFiles = std::function<StatCache::Folder(std::string_view path)>;

/// Works out what makes one target equal to its pointer. Changes nothing. One object per target.
///
/// First a walk over the version and the workspace side by side; what the stat cache knows to be right costs a stat.
/// What differs, or may differ, becomes a question. Then the files in question are hashed by all threads, and each
/// turns out to be right, replaceable (its bytes are stored) or an obstacle.
class CheckoutPlanner {
public:
    /// `parts`: paths within the target that alone are wanted; empty: all of it. All must outlive the object.
    CheckoutPlanner(const Target& target, Workspace& workspace, const KnownFiles& known, const CheckedOut& checked_out,
                    const SparseSet& sparse, std::span<const std::string> parts, Dir& target_folder);
    ~CheckoutPlanner();

    /// Throws hostile_name, names_collide, objects_missing, version_too_large, file errors.
    [[nodiscard]] TargetPlan plan();

private:
    /// What is to stand in a place; monostate: nothing.
    using Wanted = std::variant<std::monostate, FileWrite, LinkWrite, FreshTree>;
    /// in_version: stays. extra: goes, unless something in it stays. must_go: makes way for a file or link.
    enum class Presence : std::uint8_t { in_version, extra, must_go };
    struct Visit;
    struct Question;
    struct Here;

    void visit(std::size_t index);
    void meet(const Here& here, const std::string& name, std::optional<FileStat> there, const store::TreeEntry* wanted);
    void meet_file(const Here& here, const FileStat& there, FileWrite wanted);
    void meet_directory(const Here& here, const std::string& name, const FileStat& there,
                        const store::TreeEntry* wanted);
    void meet_extra(const Here& here, const std::string& name, FileKind kind);
    void ask(const Here& here, const std::string& name, const FileStat& there, Wanted wanted);
    void enter(const Here& here, const std::string& name, const FileStat& there, std::optional<store::ObjectId> tree,
               Presence presence);
    [[nodiscard]] Wanted to_wanted(const std::string& path, const store::TreeEntry* entry);
    [[nodiscard]] bool is_checked_out_link(const std::string& path, const std::string& target) const;

    void hash_questions();
    void settle_questions();
    void settle(Question& question);
    void put(std::size_t visit, const std::string& path, Wanted wanted, std::optional<FileStat> there,
             std::optional<FileKind> seen);
    void finish_visits();
    [[nodiscard]] FolderPlan& folder_of(std::size_t visit);
    void report(const std::string& path, ChangeKind kind) { plan_.changes.push_back({path, kind}); }

    const Target& target_;
    Workspace& workspace_;
    const KnownFiles& known_;
    const CheckedOut& checked_out_;
    VersionReader version_;
    TargetPlan plan_;
    std::vector<Visit> visits_;  ///< folders that exist, one before those in it; the first holds the target
    std::vector<Question> questions_;
};

}  // namespace mlo::workspace
