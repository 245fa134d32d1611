// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <utility>

#include "stat_cache_block.hpp"
#include "stat_cache_format.hpp"

namespace mlo::workspace {

using namespace stat_cache_format;

namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20;

}  // namespace

StatCacheUpdate::StatCacheUpdate(const StatCache& old, Dir* private_dir, const Runtime& runtime)
    : old_{old}, dir_{private_dir}, runtime_{runtime}, kept_(old.folders_) {}

StatCacheUpdate::~StatCacheUpdate() { drop_temporary(); }

void StatCacheUpdate::put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write) {
    const std::scoped_lock lock{mutex_};
    if (dir_ == nullptr) return;
    try {
        Bytes earlier;
        StatCache::Folder known;
        if (write == CacheWrite::merge) {
            if (const auto at = written_.find(path); at != written_.end()) {
                earlier = read_back(at->second);
                known = StatCache::open_block(earlier, at->second.count);
            } else {
                known = old_.folder(path);
            }
        }
        BlockWriter block{entries.size() + known.size()};
        std::size_t next = 0;
        for (const auto& entry : entries) {
            for (; next < known.size() && known.name_of(next) < entry.name; ++next) block.add(known[next]);
            if (next < known.size() && known.name_of(next) == entry.name) ++next;
            block.add(entry);
        }
        for (; next < known.size(); ++next) block.add(known[next]);
        const auto count = block.count();
        append_block(path, std::move(block).finish(), count);
    } catch (const Error& error) {
        give_up(error);
    }
}

void StatCacheUpdate::forget(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    forgotten_.emplace(path);
}

void StatCacheUpdate::keep(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    if (const auto index = old_.find_block(path)) kept_[*index] = true;
}

void StatCacheUpdate::commit() {
    const std::scoped_lock lock{mutex_};
    if (dir_ == nullptr || written_.empty()) return;
    try {
        copy_old_blocks();
        write_table();
        flush();
        // Not synced: the checksums tell a file that a power cut left behind unfinished.
        dir_->rename(temporary_, *dir_, file_name, Replace::yes);
        temporary_.clear();
    } catch (const Error& error) {
        give_up(error);
    }
    drop_temporary();
    written_.clear();
}

void StatCacheUpdate::append_block(std::string_view path, ByteView block, std::uint32_t count) {
    if (!file_) {
        temporary_ = temporary_name("mlo", runtime_.random);
        file_ = dir_->create(temporary_, 0666);
        append(pending_, as_bytes(magic));
    }
    written_.insert_or_assign(std::string{path}, Written{.offset = flushed_ + pending_.size(),
                                                         .size = block.size(),
                                                         .count = count,
                                                         .checksum = hash::xxh3_128(block)});
    append(pending_, block);
    if (pending_.size() >= buffer_size) flush();
}

void StatCacheUpdate::flush() {
    file_->write(pending_);
    flushed_ += pending_.size();
    pending_.clear();
}

Bytes StatCacheUpdate::read_back(const Written& written) {
    flush();
    Bytes block(written.size);
    const auto count = file_->read(block, written.offset);
    MLO_ASSERT(count == block.size());
    return block;
}

void StatCacheUpdate::copy_old_blocks() {
    for (std::size_t index = 0; index < old_.folders_; ++index) {
        const auto block = old_.block(index);
        if (written_.contains(block.path) || (!kept_[index] && is_forgotten(block.path))) continue;
        if (StatCache::open_block(block).size() == 0) continue;  // damaged, or nothing in it
        append_block(block.path, block.bytes, block.count);
    }
}

void StatCacheUpdate::write_table() {
    Bytes end;
    Bytes paths;
    for (const auto& [path, written] : written_) {
        append(end, written.checksum);
        append_le(end, written.offset);
        append_le(end, written.size);
        append_le(end, std::uint64_t{paths.size()});
        append_le(end, written.count);
        append_le(end, static_cast<std::uint32_t>(path.size()));
        append(paths, as_bytes(path));
    }
    append(end, paths);
    append_le(end, flushed_ + pending_.size());
    append_le(end, std::uint64_t{written_.size()});
    append_le(end, std::uint64_t{paths.size()});
    append(end, hash::xxh3_128(end));
    append(pending_, end);
}

bool StatCacheUpdate::is_forgotten(std::string_view path) const {
    if (forgotten_.contains("")) return true;
    for (; !path.empty(); path = path::parent(path)) {
        if (forgotten_.contains(path)) return true;
    }
    return false;
}

void StatCacheUpdate::give_up(const Error& error) noexcept {
    drop_temporary();
    dir_ = nullptr;
    try {
        runtime_.log.log(LogLevel::info, fmt::format("the stat cache was not written: {}", error.message()));
    } catch (...) {
        // Out of memory while telling about something optional.
    }
}

void StatCacheUpdate::drop_temporary() noexcept {
    file_.reset();
    pending_ = {};
    if (temporary_.empty() || dir_ == nullptr) return;
    try {
        dir_->remove(std::exchange(temporary_, {}));
    } catch (const Error&) {
        // Nothing refers to it.
    }
}

}  // namespace mlo::workspace
