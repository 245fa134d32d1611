// SPDX-License-Identifier: Apache-2.0
#include "checkout_apply.hpp"

#include <algorithm>
#include <mlo/store/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/workspace.hpp>
#include <utility>

namespace mlo::workspace {
namespace {

/// From this size on a file is written alone, with all threads of the store; below it many are written at once.
constexpr std::uint64_t large_file_bytes = 8u << 20;
constexpr std::size_t batch_files = 64;
/// From this many folders on one syncfs is cheaper than an fsync of each.
constexpr std::size_t many_folders = 8;

constexpr std::uint32_t mode_of(store::Executable executable) noexcept {
    return executable == store::Executable::yes ? 0777u : 0666u;
}

/// True for what is wrong with one object or one target rather than with the whole undertaking.
bool concerns_one_target(const Error& error) noexcept {
    return error.kind() == ErrorKind::corrupt || error.kind() == ErrorKind::not_found ||
           error.kind() == ErrorKind::conflict;
}

template <class Step>
void for_each_sound(std::span<TargetPlan> targets, Step step) {
    for (auto& target : targets) {
        if (target.failure) continue;
        try {
            step(target);
        } catch (const Error& error) {
            if (!concerns_one_target(error)) throw;
            target.failure = error;
        }
    }
}

void expect_unchanged(Dir& dir, const std::string& name, const std::optional<FileStat>& expected) {
    if (mutant(Mutant::checkout_recheck) || same_file(dir.stat(name), expected)) return;
    throw Error{errors::changed_meanwhile,
                quoted(path::join(dir.path(), name)) + " changed while it was about to be replaced"}
        .hint("mlo status");
}

}  // namespace

/// Files of one folder, to be written by one thread.
struct CheckoutApply::Batch {
    TargetPlan* target = nullptr;
    std::string folder;
    std::span<FileWrite> files;
    Naming naming = Naming::temporary;
    std::optional<Error> failure;
};

CheckoutApply::CheckoutApply(Dir& root, store::ObjectStore& store, Trash& trash, const Runtime& runtime,
                             Persistence persistence)
    : root_{root}, store_{store}, trash_{trash}, runtime_{runtime}, persistence_{persistence} {}

CheckoutApply::~CheckoutApply() = default;

void CheckoutApply::run(std::span<TargetPlan> targets) {
    try {
        prepare(targets);
        write(targets);
        runtime_.check_stop();
        make_durable();
        for_each_sound(targets, [&](TargetPlan& target) { publish(target); });
        sync_touched();
        for_each_sound(targets, [&](TargetPlan& target) {
            for (const auto& removal : target.removals_after) remove(removal);
        });
        sync_touched();
    } catch (...) {
        for (auto& target : targets) drop_temporaries(target);
        throw;
    }
    for (auto& target : targets)
        if (target.failure) drop_temporaries(target);
}

void CheckoutApply::prepare(std::span<TargetPlan> targets) {
    for (auto& target : targets) {
        if (target.failure) continue;
        for (const auto& leftover : target.leftovers) remove_tree(*open_parent(root_, leftover), path::name(leftover));
        for (auto& folder : target.folders) {
            const auto dir = open_below(root_, folder.path);
            const auto device = dir->stat_self().device;
            if (std::none_of(file_systems_.begin(), file_systems_.end(),
                             [&](const auto& known) { return known.first == device; }))
                file_systems_.emplace_back(device, folder.path);
            for (auto& link : folder.links) {
                link.temporary = temporary_name("mlo", runtime_.random);
                dir->make_symlink(link.target, link.temporary);
            }
            for (auto& fresh : folder.fresh) prepare_fresh(target, *dir, folder.path, fresh);
            add_batches(target, folder.path, folder.files, Naming::temporary);
        }
    }
}

void CheckoutApply::prepare_fresh(TargetPlan& target, Dir& dir, const std::string& folder, FreshTree& fresh) {
    fresh.temporary = temporary_name("mlo", runtime_.random);
    dir.make_dir(fresh.temporary);
    const auto top = dir.open_dir(fresh.temporary);
    const auto top_path = path::join(folder, fresh.temporary);
    for (auto& each : fresh.folders) {
        runtime_.check_stop();
        if (!each.path.empty()) open_parent(*top, each.path)->make_dir(path::name(each.path));
        if (!each.links.empty()) {
            const auto here = open_below(*top, each.path);
            for (const auto& link : each.links) here->make_symlink(link.target, link.name);
        }
        add_batches(target, path::join(top_path, each.path), each.files, Naming::own);
    }
}

void CheckoutApply::add_batches(TargetPlan& target, const std::string& folder, std::vector<FileWrite>& files,
                                Naming naming) {
    for (std::span<FileWrite> rest{files}; !rest.empty();) {
        std::size_t count = 0;
        std::uint64_t bytes = 0;
        while (count < rest.size() && count < batch_files && bytes < large_file_bytes)
            bytes += rest[count++].size_bytes;
        batches_.push_back({&target, folder, rest.first(count), naming, {}});
        rest = rest.subspan(count);
    }
}

void CheckoutApply::write(std::span<TargetPlan> targets) {
    std::uint64_t total = 0;
    for (const auto& target : targets)
        if (!target.failure) total += target.size_bytes;
    const auto progress = runtime_.progress.begin("checking out", ProgressUnit::bytes);
    progress->expect(total);

    // A batch that a large file ends is written alone: the store uses all threads for that file.
    const auto is_large = [](const Batch& batch) { return batch.files.back().size_bytes >= large_file_bytes; };
    const auto large =
        std::stable_partition(batches_.begin(), batches_.end(), [&](const Batch& batch) { return !is_large(batch); });
    const auto small_count = static_cast<std::size_t>(large - batches_.begin());
    parallel_for(small_count, runtime_.jobs, runtime_.stop,
                 [&](std::size_t index) { write_batch(batches_[index], *progress); });
    for (auto batch = large; batch != batches_.end(); ++batch) write_batch(*batch, *progress);

    for (auto& batch : batches_)
        if (batch.failure && !batch.target->failure) batch.target->failure = std::move(batch.failure);
}

void CheckoutApply::write_batch(Batch& batch, Progress& progress) {
    const auto dir = open_below(root_, batch.folder);
    for (auto& file : batch.files) {
        runtime_.check_stop();
        if (batch.naming == Naming::temporary) file.temporary = temporary_name("mlo", runtime_.random);
        const auto opened =
            dir->create(batch.naming == Naming::own ? file.name : file.temporary, mode_of(file.executable));
        try {
            store_.write_to(file.id, *opened);
        } catch (const Error& error) {
            if (!concerns_one_target(error)) throw;
            batch.failure = error;
            return;
        }
        if (batch.naming == Naming::own) file.written = opened->stat();
        progress.advance(file.size_bytes);
    }
}

void CheckoutApply::make_durable() {
    if (persistence_ == Persistence::quick || mutant(Mutant::checkout_sync)) return;
    for (const auto& [device, folder] : file_systems_) open_below(root_, folder)->sync_file_system();
}

void CheckoutApply::publish(TargetPlan& target) {
    trash_.take(target.obstacles);
    for (const auto& removal : target.removals_before) remove(removal);
    for (auto& folder : target.folders) publish_folder(folder);
}

void CheckoutApply::publish_folder(FolderPlan& folder) {
    const auto dir = open_below(root_, folder.path);
    const auto place = [&](std::string& temporary, const std::string& name, const std::optional<FileStat>& expected) {
        expect_unchanged(*dir, name, expected);
        dir->rename(temporary, *dir, name, expected ? Replace::yes : Replace::no);
        temporary.clear();
    };
    touched_.insert(folder.path);
    for (auto& fresh : folder.fresh) place(fresh.temporary, fresh.name, std::nullopt);
    for (auto& file : folder.files) place(file.temporary, file.name, file.expected);
    for (auto& link : folder.links) place(link.temporary, link.name, link.expected);
    for (const auto& change : folder.modes) {
        expect_unchanged(*dir, change.name, change.expected);
        // As chmod +x and -x do: who may read may execute.
        const auto readers = (change.expected.mode & 0444u) >> 2u;
        const auto mode = change.executable == store::Executable::yes ? change.expected.mode | readers
                                                                      : change.expected.mode & ~0111u;
        dir->open(change.name)->set_mode(mode);
        changed_modes_ = true;
    }
}

void CheckoutApply::remove(const Removal& removal) {
    const std::string name{path::name(removal.path)};
    const auto folder = path::parent(removal.path);
    const auto dir = open_below(root_, folder);
    if (removal.expected.kind == FileKind::directory) {
        if (!dir->open_dir(name)->list().empty())
            throw Error{errors::changed_meanwhile, quoted(removal.path) + " is left: it holds something new"}.hint(
                "mlo status");
        dir->remove_dir(name);
        // Neither it nor what was in it can be synced any more.
        touched_.erase(removal.path);
        touched_.erase(touched_.lower_bound(removal.path + '/'), touched_.lower_bound(removal.path + char{'/' + 1}));
    } else {
        expect_unchanged(*dir, name, removal.expected);
        dir->remove(name);
    }
    touched_.emplace(folder);
}

void CheckoutApply::sync_touched() {
    // Neither a folder's fsync nor fdatasync promises to keep the mode of a file.
    const auto many = std::exchange(changed_modes_, false) || touched_.size() > many_folders;
    if (persistence_ == Persistence::durable && !mutant(Mutant::checkout_folder_sync)) {
        if (many) {
            for (const auto& [device, folder] : file_systems_) open_below(root_, folder)->sync_file_system();
        } else {
            for (const auto& folder : touched_) open_below(root_, folder)->sync();
        }
    }
    touched_.clear();
}

void CheckoutApply::drop_temporaries(TargetPlan& target) noexcept {
    const auto drop = [](Dir& dir, std::string& temporary) noexcept {
        if (temporary.empty()) return;
        try {
            remove_tree(dir, temporary);
        } catch (const Error&) {
            // It may never have been made; if the file system fails us, the next checkout removes what is left.
        }
        temporary.clear();
    };
    for (auto& folder : target.folders) {
        try {
            const auto dir = open_below(root_, folder.path);
            for (auto& fresh : folder.fresh) drop(*dir, fresh.temporary);
            for (auto& file : folder.files) drop(*dir, file.temporary);
            for (auto& link : folder.links) drop(*dir, link.temporary);
        } catch (const Error&) {
            // The folder is gone or replaced, and with it what was ours.
        }
    }
}

std::unique_ptr<Dir> open_parent(Dir& root, std::string_view path) { return open_below(root, path::parent(path)); }

bool same_file(const std::optional<FileStat>& now, const std::optional<FileStat>& expected) noexcept {
    if (!now || !expected) return now.has_value() == expected.has_value();
    if (now->kind != expected->kind || now->inode != expected->inode || now->device != expected->device) return false;
    // The times of a folder change with each name in it.
    if (now->kind == FileKind::directory) return true;
    return now->size == expected->size && now->mtime_ns == expected->mtime_ns && now->ctime_ns == expected->ctime_ns &&
           now->mode == expected->mode;
}

}  // namespace mlo::workspace
