// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/runtime.hpp>
#include <set>
#include <span>

#include "checkout_plan.hpp"
#include "trash.hpp"

namespace mlo::workspace {

/// durable: on return the disk has it. quick: each path is whole or as before to whoever looks, but a power cut may
/// take what was written last; for what can be made again.
enum class Persistence : std::uint8_t { durable, quick };

/// Carries out plans: all new content under temporary names, made durable at once, then renamed into place, then
/// removals. Whatever stops it, each path has its old or its new content, and temporaries that were not renamed are
/// gone (or, after a kill, have names that is_temporary_name() knows).
class CheckoutApply {
public:
    /// `root` is the root of the workspace. All must outlive the object.
    CheckoutApply(Dir& root, store::ObjectStore& store, Trash& trash, const Runtime& runtime,
                  Persistence persistence = Persistence::durable);
    ~CheckoutApply();
    /// Targets with a `failure` are left out; one whose objects turn out to be missing or damaged, or whose files
    /// change meanwhile, gets one, and the others go on. Other errors end the work.
    void run(std::span<TargetPlan> targets);

private:
    struct Batch;
    /// own: within a fresh subtree, whose root bears the temporary name.
    enum class Naming : std::uint8_t { own, temporary };

    void prepare(std::span<TargetPlan> targets);
    void prepare_fresh(TargetPlan& target, Dir& dir, const std::string& folder, FreshTree& fresh);
    void add_batches(TargetPlan& target, const std::string& folder, std::vector<FileWrite>& files, Naming naming);
    void write(std::span<TargetPlan> targets);
    void write_batch(Batch& batch, Progress& progress);
    void make_durable();
    void publish(TargetPlan& target);
    void publish_folder(FolderPlan& folder);
    void remove(const Removal& removal);
    void sync_touched();
    void drop_temporaries(TargetPlan& target) noexcept;

    Dir& root_;
    store::ObjectStore& store_;
    Trash& trash_;
    const Runtime& runtime_;
    Persistence persistence_;
    std::vector<Batch> batches_;
    std::vector<std::pair<std::uint64_t, std::string>> file_systems_;  ///< device, a folder on it
    std::set<std::string> touched_;                                    ///< folders whose names have changed
    bool changed_modes_ = false;
};

}  // namespace mlo::workspace
