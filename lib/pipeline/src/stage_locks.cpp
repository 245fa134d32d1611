// SPDX-License-Identifier: Apache-2.0
#include "stage_locks.hpp"

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>

namespace mlo::pipeline {

namespace {

/// 100,000 stages with all their parameters are less.
constexpr std::uint64_t largest_lock = std::uint64_t{1} << 30;
constexpr std::uint32_t lock_mode = 0666;

}  // namespace

Dialect dialect_of(std::string_view document) noexcept {
    return path::name(document) == "dvc.yaml" ? Dialect::dvc : Dialect::mlo;
}

StageLocks::One& StageLocks::open(const std::string& document) {
    const auto known = locks_.find(document);
    if (known != locks_.end()) return known->second;
    auto path = Lock::path_for(document);
    const auto root = workspace_.runtime().fs.open_root(workspace_.layout().root);
    std::string text;
    const auto folder = workspace::open_below(*root, path::parent(path));
    if (folder->stat(path::name(path))) text = read_file(*folder, path::name(path), largest_lock);
    Lock lock{dialect_of(document), path, std::move(text)};
    return locks_.emplace(document, One{std::move(path), std::move(lock), false}).first->second;
}

std::optional<StageRecord> StageLocks::find(const std::string& document, const std::string& stage) {
    const std::scoped_lock lock{mutex_};
    return open(document).lock.find(stage);
}

void StageLocks::put(const std::string& document, const std::string& stage, const StageRecord& record) {
    const std::scoped_lock lock{mutex_};
    auto& one = open(document);
    one.lock.put(stage, record);
    one.is_changed = true;
}

void StageLocks::write() {
    std::map<std::string, std::string> texts;
    {
        const std::scoped_lock lock{mutex_};
        for (auto& [document, one] : locks_) {
            if (!one.is_changed) continue;
            texts[one.path] = one.lock.text();
            one.is_changed = false;
        }
    }
    const auto& runtime = workspace_.runtime();
    const auto root = runtime.fs.open_root(workspace_.layout().root);
    for (const auto& [path, text] : texts) {
        const auto folder = workspace::open_below(*root, path::parent(path));
        write_file_atomically(*folder, path::name(path), text, lock_mode, runtime.random);
    }
}

}  // namespace mlo::pipeline
