// SPDX-License-Identifier: Apache-2.0
#include "scratch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <mlo/util/error.hpp>
#include <mlo/util/path.hpp>

namespace mlo::table {
namespace {

constexpr std::string_view prefix = "mlo-table-";
constexpr const char* lock_name = "lock";
constexpr int attempts = 20;
/// A folder without a lock in it was just made, or its maker died at once.
constexpr std::int64_t newborn_ns = 60'000'000'000;

void remove_tree(Dir& parent, const std::string& name) {
    {
        const auto dir = parent.open_dir(name);
        for (const auto& entry : dir->list()) {
            if (entry.kind == FileKind::directory)
                remove_tree(*dir, entry.name);
            else
                dir->remove(entry.name);
        }
    }
    parent.remove_dir(name);
}

}  // namespace

Scratch::Scratch(const std::string& parent, const Runtime& runtime) : parent_{runtime.fs.open_root(parent)} {
    sweep(runtime);
    for (int attempt = 0; attempt < attempts; ++attempt)
        if (make(runtime)) return;
    MLO_ASSERT(!"no folder of its own");
}

bool Scratch::make(const Runtime& runtime) {
    constexpr std::size_t random_bytes = 8;
    name_ = fmt::format("{}{}", prefix, runtime.random.hex(random_bytes));
    if (!parent_->make_dir(name_)) return false;
    dir_ = parent_->open_dir(name_);
    dir_->set_mode(0700);
    lock_ = dir_->open_lock(lock_name);
    // Who sweeps may have come in between: then the folder is gone, or about to go.
    return lock_->try_lock(LockMode::exclusive) && parent_->stat(name_).has_value();
}

Scratch::~Scratch() {
    try {
        remove_tree(*parent_, name_);
    } catch (const Error&) {
        // The next one sweeps it.
    }
}

void Scratch::sweep(const Runtime& runtime) {
    for (const auto& entry : parent_->list()) {
        if (entry.kind != FileKind::directory || !entry.name.starts_with(prefix)) continue;
        try {
            const auto status = parent_->stat(entry.name);
            if (!status || status->kind != FileKind::directory || status->owner != ::geteuid()) continue;
            const auto dir = parent_->open_dir(entry.name);
            if (!dir->stat(lock_name)) {
                const auto age = runtime.clock.now().time_since_epoch().count() - status->mtime_ns;
                if (age < newborn_ns) continue;
            }
            const auto lock = dir->open_lock(lock_name);
            if (lock->try_lock(LockMode::exclusive)) remove_tree(*parent_, entry.name);
        } catch (const Error&) {
            // Another process sweeps it too, or it is not ours to remove.
        }
    }
}

std::string Scratch::path_of(std::string_view name) const { return path::join(dir_->path(), name); }

std::string Scratch::fresh_name(std::string_view suffix) { return fmt::format("{}{}", ++files_, suffix); }

}  // namespace mlo::table
