// SPDX-License-Identifier: Apache-2.0
#include "prover.hpp"

#include <algorithm>
#include <utility>

#include <mlo/util/errors.hpp>

namespace mlo::store {

void Prover::expect(const ObjectId& object, std::uint64_t size_bytes, std::vector<RecipeEntry> entries) {
    std::unique_lock lock{mutex_};
    const auto [added, is_new] = objects_.try_emplace(object);
    if (!is_new) return;
    for (const auto& entry : entries) ++chunks_[entry.id].uses;
    added->second.size_bytes = size_bytes;
    added->second.entries = std::move(entries);
    advance(*added, lock);
}

void Prover::offer(const ObjectId& chunk, ByteView raw) {
    std::unique_lock lock{mutex_};
    const auto has_room = [&] { return is_awaited(chunk) || waiting_bytes_ + raw.size() <= room_bytes_; };
    if (chunks_.contains(chunk)) changed_.wait(lock, [&] { return has_room() || hashing_threads_ == 0; });
    const auto found = chunks_.find(chunk);
    if (found == chunks_.end() || found->second.bytes || found->second.is_lost) return;
    if (!has_room()) {
        found->second.is_lost = true;
        return;
    }
    const auto sleepers = sleeping_.equal_range(chunk);
    found->second.bytes = std::make_shared<const Bytes>(raw.begin(), raw.end());
    waiting_bytes_ += raw.size();
    std::vector<Objects::value_type*> awake;
    for (auto each = sleepers.first; each != sleepers.second; ++each) awake.push_back(each->second);
    sleeping_.erase(sleepers.first, sleepers.second);
    for (auto* const object : awake) advance(*object, lock);
}

Prover::Verdict Prover::verdict(const ObjectId& object) {
    const std::scoped_lock lock{mutex_};
    const auto found = objects_.find(object);
    return found == objects_.end() ? Verdict::undecided : found->second.verdict;
}

/// Hashes what there is of an object, whose waker alone calls this.
void Prover::advance(Objects::value_type& named, std::unique_lock<std::mutex>& lock) {
    ++hashing_threads_;
    const auto stop = [&] {
        --hashing_threads_;
        changed_.notify_all();
    };
    try {
        hash_on(named, lock);
    } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        stop();
        throw;
    }
    stop();
}

/// Holds the lock only in between.
void Prover::hash_on(Objects::value_type& named, std::unique_lock<std::mutex>& lock) {
    auto& [id, object] = named;
    while (object.next < object.entries.size()) {
        const auto& entry = object.entries[object.next];
        const auto chunk = chunks_.at(entry.id);
        if (chunk.is_lost) return give_up(object);
        lock.unlock();
        const auto result = hash_next(object, chunk);
        lock.lock();
        if (result == Step::impossible) return give_up(object);
        if (result == Step::done) {
            use_up(entry.id);
            ++object.next;
        } else if (const auto& now = chunks_.at(entry.id); !now.bytes && !now.is_lost) {
            sleeping_.emplace(entry.id, &named);
            return;
        }
    }
    const bool is_true = object.hasher.finish() == id && object.hashed_bytes == object.size_bytes;
    object.verdict = is_true ? Verdict::proven : Verdict::refuted;
}

Prover::Step Prover::hash_next(Object& object, const Chunk& chunk) {
    runtime_.check_stop();
    const auto add = [&](ByteView raw) {
        object.hasher.update(raw);
        object.hashed_bytes += raw.size();
        return Step::done;
    };
    if (chunk.bytes) return add(*chunk.bytes);
    const auto here = catalog_.find(object.entries[object.next].id);
    if (!here || here->info.form != RecordForm::raw) return Step::too_early;
    try {
        RecordBuffer buffer;
        return add(catalog_.read(*here, buffer));  // its id was checked when it was stored, and the object's covers it
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
        return Step::impossible;  // whoever reads the object again will say why
    }
}

void Prover::give_up(Object& object) {
    for (; object.next < object.entries.size(); ++object.next) use_up(object.entries[object.next].id);
}

void Prover::use_up(const ObjectId& chunk) {
    const auto found = chunks_.find(chunk);
    if (--found->second.uses > 0) return;
    if (found->second.bytes) {
        waiting_bytes_ -= found->second.bytes->size();
        changed_.notify_all();
    }
    chunks_.erase(found);
}

}  // namespace mlo::store
