// SPDX-License-Identifier: Apache-2.0
#include "stage_locks.hpp"

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
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

std::string StageLocks::read(const std::string& path) const {
    const auto root = workspace_.runtime().fs.open_root(workspace_.layout().root);
    const auto folder = workspace::open_below(*root, path::parent(path));
    return folder->stat(path::name(path)) ? read_file(*folder, path::name(path), largest_lock) : std::string{};
}

StageLocks::One& StageLocks::open(const std::string& document) {
    const auto known = locks_.find(document);
    if (known != locks_.end()) return known->second;
    auto path = Lock::path_for(document);
    const auto dialect = dialect_of(document);
    auto text = read(path);
    const auto checksum = hash::xxh3_128(as_bytes(text));
    std::string first;
    if (dialect == Dialect::dvc) first = text;
    Lock lock{dialect, path, std::move(text)};
    return locks_.emplace(document, One{std::move(path), dialect, checksum, std::move(lock), {}, std::move(first), {}})
        .first->second;
}

std::optional<StageRecord> StageLocks::find(const std::string& document, const std::string& stage) {
    const std::scoped_lock lock{mutex_};
    return open(document).lock.find(stage);
}

void StageLocks::put(const std::string& document, const std::string& stage, const StageRecord& record) {
    const std::scoped_lock lock{mutex_};
    auto& one = open(document);
    one.lock.put(stage, record);
    one.put.insert_or_assign(stage, record);
    if (one.dialect == Dialect::dvc) one.all.insert_or_assign(stage, record);
}

std::optional<std::string> StageLocks::to_write(One& one) const {
    if (one.put.empty()) return std::nullopt;
    auto now = read(one.path);
    const auto there = hash::xxh3_128(as_bytes(now));
    if (there != one.read) {
        one.lock = Lock{one.dialect, one.path, std::move(now)};
        for (const auto& [stage, record] : one.put) one.lock.put(stage, record);
    }
    one.put.clear();
    auto text = one.lock.text();
    one.read = hash::xxh3_128(as_bytes(text));
    if (one.read == there) return std::nullopt;
    return text;
}

void StageLocks::write() {
    std::map<std::string, std::string> texts;
    {
        const std::scoped_lock lock{mutex_};
        for (auto& [document, one] : locks_) {
            if (auto text = to_write(one)) texts.emplace(one.path, *std::move(text));
        }
    }
    for (const auto& [path, text] : texts) write(path, text);
}

void StageLocks::write(const std::string& path, const std::string& text) const {
    const auto& runtime = workspace_.runtime();
    const auto root = runtime.fs.open_root(workspace_.layout().root);
    const auto folder = workspace::open_below(*root, path::parent(path));
    write_file_atomically(*folder, path::name(path), text, lock_mode, runtime.random);
}

void StageLocks::arrange(std::span<const std::pair<std::string, std::string>> order) {
    const std::scoped_lock lock{mutex_};
    for (auto& [document, one] : locks_) {
        if (one.all.size() < 2 || !one.put.empty()) continue;
        const auto now = read(one.path);
        if (hash::xxh3_128(as_bytes(now)) != one.read) continue;
        Lock arranged{one.dialect, one.path, one.first};
        std::size_t count = 0;
        for (const auto& [of, stage] : order) {
            const auto found = of == document ? one.all.find(stage) : one.all.end();
            if (found == one.all.end()) continue;
            arranged.put(stage, found->second);
            ++count;
        }
        const auto text = arranged.text();
        if (count != one.all.size() || text == now) continue;
        write(one.path, text);
        one.read = hash::xxh3_128(as_bytes(text));
        one.lock = std::move(arranged);
    }
}

}  // namespace mlo::pipeline
