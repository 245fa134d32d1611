// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/stat_cache.hpp>

#include <algorithm>
#include <mlo/util/mutant.hpp>

#include "stat_cache_block.hpp"
#include "stat_cache_format.hpp"

namespace mlo::workspace {

using namespace stat_cache_format;

FileStamp stamp_of(const FileStat& stat) noexcept {
    return {.mode = stat.mode,
            .size = stat.size,
            .mtime_ns = stat.mtime_ns,
            .ctime_ns = stat.ctime_ns,
            .inode = stat.inode,
            .device = stat.device};
}

bool is_settled(const FileStat& stat, Timestamp read_from) noexcept {
    if (mutant(Mutant::stat_cache_settled)) return true;
    constexpr std::int64_t second = 1'000'000'000;
    // A ctime without a fraction of a second happens once in a million by chance, and always on coarse file systems.
    const std::int64_t granularity = stat.ctime_ns % second == 0 ? 2 * second : second / 100;
    return std::max(stat.mtime_ns, stat.ctime_ns) < read_from.time_since_epoch().count() - granularity;
}

std::string_view StatCache::Folder::name_of(std::size_t index) const noexcept {
    const auto record = records_.subspan(index * record_size, record_size);
    const std::size_t offset = load_le<std::uint32_t>(record.subspan(name_offset_at));
    const auto size = std::to_integer<std::size_t>(record[name_size_at]);
    if (offset > names_.size() || size > names_.size() - offset) return {};
    return as_text(names_.subspan(offset, size));
}

CacheEntry StatCache::Folder::operator[](std::size_t index) const noexcept {
    const auto record = records_.subspan(index * record_size, record_size);
    CacheEntry entry;
    entry.name = name_of(index);
    std::copy_n(record.begin(), entry.id.bytes.size(), entry.id.bytes.begin());
    const auto number = [&](std::size_t at) { return load_le<std::uint64_t>(record.subspan(at)); };
    entry.stamp = {.mode = load_le<std::uint16_t>(record.subspan(mode_at)),
                   .size = number(size_at),
                   .mtime_ns = static_cast<std::int64_t>(number(mtime_at)),
                   .ctime_ns = static_cast<std::int64_t>(number(ctime_at)),
                   .inode = number(inode_at),
                   .device = number(device_at)};
    return entry;
}

std::size_t StatCache::Folder::lower_bound(std::string_view name) const noexcept {
    std::size_t low = 0;
    std::size_t high = count_;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (name_of(middle) < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::optional<CacheEntry> StatCache::Folder::find(std::string_view name) const noexcept {
    const auto index = lower_bound(name);
    if (index == count_ || name_of(index) != name) return std::nullopt;
    return (*this)[index];
}

StatCache::Folder StatCache::Folder::of(std::span<const CacheEntry> entries) {
    BlockWriter block{entries.size()};
    for (const auto& entry : entries) block.add(entry);
    const auto bytes = std::make_shared<const Bytes>(std::move(block).finish());
    auto folder = open_block(*bytes, entries.size());
    folder.bytes_ = bytes;
    return folder;
}

StatCache StatCache::load(Dir* private_dir) {
    StatCache cache;
    if (private_dir == nullptr) return cache;
    try {
        const auto stat = private_dir->stat(file_name);
        if (!stat || stat->kind != FileKind::regular) return cache;
        cache.mapping_ = private_dir->open(file_name)->map(0);
    } catch (const Error&) {
        return {};  // Unreadable is as good as absent: the files are read instead.
    }
    return check(cache.mapping_->bytes(), cache) ? cache : StatCache{};
}

bool StatCache::check(ByteView file, StatCache& cache) noexcept {
    if (file.size() < magic.size() + trailer_size || as_text(file.first(magic.size())) != magic) return false;
    const auto trailer = file.last(trailer_size);
    const auto table_offset = load_le<std::uint64_t>(trailer);
    const auto folders = load_le<std::uint64_t>(trailer.subspan(8));
    const auto paths_size = load_le<std::uint64_t>(trailer.subspan(16));
    const auto body = file.size() - trailer_size;
    if (table_offset < magic.size() || table_offset > body) return false;
    if (paths_size > body - table_offset || folders != (body - table_offset - paths_size) / folder_size) return false;
    if (folders * folder_size + paths_size != body - table_offset) return false;
    const auto checked = file.subspan(table_offset, body - table_offset + checksum_at_trailer);
    if (!std::ranges::equal(hash::xxh3_128(checked), trailer.subspan(checksum_at_trailer))) return false;
    cache.file_ = file.first(table_offset);
    cache.table_ = file.subspan(table_offset, folders * folder_size);
    cache.paths_ = file.subspan(table_offset + cache.table_.size(), paths_size);
    cache.folders_ = folders;
    return true;
}

StatCache::Block StatCache::block(std::size_t index) const noexcept {
    const auto row = table_.subspan(index * folder_size, folder_size);
    const auto offset = load_le<std::uint64_t>(row.subspan(16));
    const auto size = load_le<std::uint64_t>(row.subspan(24));
    const auto path_offset = load_le<std::uint64_t>(row.subspan(32));
    const auto path_size = load_le<std::uint32_t>(row.subspan(44));
    Block block;
    block.checksum = row.first(16);
    if (path_offset <= paths_.size() && path_size <= paths_.size() - path_offset)
        block.path = as_text(paths_.subspan(path_offset, path_size));
    if (offset <= file_.size() && size <= file_.size() - offset) {
        block.bytes = file_.subspan(offset, size);
        block.count = load_le<std::uint32_t>(row.subspan(40));
    }
    return block;
}

std::optional<std::size_t> StatCache::find_block(std::string_view path) const noexcept {
    std::size_t low = 0;
    std::size_t high = folders_;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (block(middle).path < path)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == folders_ || block(low).path != path) return std::nullopt;
    return low;
}

StatCache::Folder StatCache::open_block(const Block& block) noexcept {
    if (!mutant(Mutant::stat_cache_checksum) && !std::ranges::equal(hash::xxh3_128(block.bytes), block.checksum))
        return {};
    return open_block(block.bytes, block.count);
}

StatCache::Folder StatCache::open_block(ByteView bytes, std::size_t count) noexcept {
    Folder folder;
    if (count > bytes.size() / record_size) return folder;
    folder.records_ = bytes.first(count * record_size);
    folder.names_ = bytes.subspan(count * record_size);
    folder.count_ = count;
    return folder;
}

StatCache::Folder StatCache::folder(std::string_view path) const {
    const auto index = find_block(path);
    return index ? open_block(block(*index)) : Folder{};
}

}  // namespace mlo::workspace
