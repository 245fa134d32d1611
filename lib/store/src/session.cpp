// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog.hpp"
#include "quarantine.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::string_view alive_name = "lock";
constexpr std::size_t max_segments = 64;

/// Removes a folder of files. Somebody else removing it at the same time is as good.
void remove_flat_folder(Dir& parent, const std::string& name) {
    const auto folder = parent.open_dir(name);
    for (const auto& entry : folder->list()) folder->remove(entry.name);
    parent.remove_dir(name);
}

/// The segments that a new one of `count` entries should take in: all that are not much larger than what it has by then
/// (so each entry is rewritten a logarithmic number of times), and more if there would be too many.
std::vector<std::shared_ptr<const Segment>> choose_merged(std::vector<std::shared_ptr<const Segment>> live,
                                                          std::uint64_t count) {
    std::sort(live.begin(), live.end(),
              [](const auto& a, const auto& b) { return a->entry_count() < b->entry_count(); });
    std::vector<std::shared_ptr<const Segment>> merged;
    for (const auto& segment : live) {
        const auto left = live.size() - merged.size();
        if (segment->entry_count() > 2 * count && left < max_segments) break;
        count += segment->entry_count();
        merged.push_back(segment);
    }
    return merged;
}

std::uint64_t count_records(const std::vector<PackContents>& packs) {
    std::uint64_t count = 0;
    for (const auto& pack : packs) count += pack.entries.size();
    return count;
}

/// Those of `segments` whose content is not what their name says.
std::vector<DamagedSegment> find_damaged(const std::vector<std::shared_ptr<const Segment>>& segments) {
    std::vector<DamagedSegment> damaged;
    for (const auto& segment : segments) {
        try {
            segment->verify();
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt) throw;
            damaged.push_back({segment->name(), error});
        }
    }
    return damaged;
}

}  // namespace

Session::Session(Dir& store, Catalog& catalog, const Runtime& runtime)
    : store_{store}, catalog_{catalog}, runtime_{runtime}, name_{runtime.random.hex(8)} {
    make_layout();
    packs_ = store_.open_dir("packs");
    index_ = store_.open_dir("index");
    all_tmp_ = store_.open_dir("tmp");
    const auto lock = lock_store();
    clear_dead_sessions();
    all_tmp_->make_dir(name_);
    tmp_ = all_tmp_->open_dir(name_);
    alive_ = tmp_->open_lock(alive_name);
    MLO_ASSERT(alive_->try_lock(LockMode::exclusive));
    catalog_.reload();
    const auto damaged = catalog_.damaged();
    for (const auto& segment : damaged) set_aside(segment);
    if (!damaged.empty()) catalog_.reload();
    if (auto unlisted = read_unlisted_packs({}); !unlisted.empty()) publish_locked(std::move(unlisted));
}

Session::~Session() {
    try {
        remove_flat_folder(*all_tmp_, name_);
    } catch (const Error& error) {
        // The next writer clears it away.
        runtime_.log.log(LogLevel::debug, fmt::format("temporary files stay: {}", error.message()));
    }
}

void Session::make_layout() {
    for (const auto* const name : {"packs", "index", "whole", "tmp"}) store_.make_dir(name);
    // If all is there, its maker may have died before it was durable: what is found must be synced like what is made.
    if (!store_.stat("format"))
        write_file_atomically(store_, "format", "mlo store 1\n", 0644, runtime_.random);
    else if (!mutant(Mutant::store_layout_sync))
        store_.sync();
}

void Session::clear_dead_sessions() {
    for (const auto& entry : all_tmp_->list()) {
        if (entry.kind != FileKind::directory) continue;
        try {
            const auto alive = all_tmp_->open_dir(entry.name)->open_lock(alive_name);
            if (alive->try_lock(LockMode::exclusive)) remove_flat_folder(*all_tmp_, entry.name);
        } catch (const Error& error) {
            runtime_.log.log(LogLevel::debug, fmt::format("leftovers of another process stay: {}", error.message()));
        }
    }
}

std::vector<PackContents> Session::read_unlisted_packs(const std::vector<PackContents>& known) {
    std::set<ObjectId> listed;
    for (const auto& pack : known) listed.insert(pack.name);
    for (const auto& segment : catalog_.segments())
        for (std::uint32_t i = 0; i < segment->pack_count(); ++i) listed.insert(segment->pack(i));
    std::vector<PackContents> unlisted;
    for (const auto& entry : packs_->list()) {
        const auto name = parse_pack_file_name(entry.name);
        if (!name || listed.contains(*name)) continue;
        try {
            unlisted.push_back(read_pack_footer(*packs_->open(entry.name), *name));
        } catch (const Error& error) {
            runtime_.log.log(LogLevel::warning, fmt::format("a pack is left alone: {}", error.message()));
        }
    }
    return unlisted;
}

void Session::set_aside(const DamagedSegment& segment) {
    const auto file_name = segment_file_name(segment.name);
    move_to_quarantine(store_, *index_, file_name, file_name, runtime_.random);
    runtime_.log.log(LogLevel::warning, fmt::format("{}; it is in 'quarantine' now, and its packs are listed anew",
                                                    segment.error.message()));
}

LockFile Session::lock_store() {
    return LockFile{store_, "lock", LockMode::exclusive, "mlo", WhenHeld::wait, runtime_};
}

void Session::publish(const std::vector<PackContents>& packs) {
    const auto lock = lock_store();
    catalog_.reload();
    publish_locked(packs);
}

void Session::sync_found() {
    if (!mutant(Mutant::found_index_sync)) index_->sync();
}

void Session::publish_locked(std::vector<PackContents> packs) {
    if (!mutant(Mutant::pack_dir_sync)) packs_->sync();
    auto merged = choose_merged(catalog_.segments(), count_records(packs));
    // Taking in a damaged segment would give its damage a sound name.
    for (auto damaged = find_damaged(merged); !damaged.empty(); damaged = find_damaged(merged)) {
        for (const auto& segment : damaged) set_aside(segment);
        catalog_.reload();
        for (auto& pack : read_unlisted_packs(packs)) packs.push_back(std::move(pack));
        merged = choose_merged(catalog_.segments(), count_records(packs));
    }
    const auto name = write_segment(*tmp_, fmt::format("segment-{}", segments_written_++), *index_, packs, merged);
    for (const auto& segment : merged)
        if (segment->name() != name) index_->remove(segment_file_name(segment->name()));
    catalog_.reload();
}

}  // namespace mlo::store
