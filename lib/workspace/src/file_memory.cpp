// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/file_memory.hpp>

#include <vector>

namespace mlo::workspace {

ManyLooks::ManyLooks(Dir* cache_dir) : cache_{StatCache::load(cache_dir)} {}

ManyLooks::~ManyLooks() = default;

ManyLooks::Known& ManyLooks::known(std::string_view path) {
    const auto [place, is_new] = folders_.try_emplace(std::string{path});
    if (is_new) place->second.before = cache_.folder(path);
    return place->second;
}

std::optional<store::ObjectId> ManyLooks::find(std::string_view folder, std::string_view name, const FileStamp& stamp) {
    const std::scoped_lock lock{mutex_};
    const auto& known = this->known(folder);
    if (const auto learned = known.learned.find(name); learned != known.learned.end()) {
        if (learned->second.stamp == stamp) return learned->second.id;
        return std::nullopt;
    }
    const auto before = known.before.find(name);
    return before && before->stamp == stamp ? std::optional{before->id} : std::nullopt;
}

StatCache::Folder ManyLooks::folder(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    auto& known = this->known(path);
    fold(known);
    return known.before;
}

void ManyLooks::fold(Known& known) {
    if (known.learned.empty()) return;
    std::vector<CacheEntry> entries;
    entries.reserve(known.before.size() + known.learned.size());
    auto next = known.learned.begin();
    const auto add_learned = [&] {
        entries.push_back({.name = next->first, .stamp = next->second.stamp, .id = next->second.id});
        ++next;
    };
    for (std::size_t at = 0; at < known.before.size(); ++at) {
        const auto entry = known.before[at];
        while (next != known.learned.end() && next->first < entry.name) add_learned();
        if (next != known.learned.end() && next->first == entry.name)
            add_learned();
        else
            entries.push_back(entry);
    }
    while (next != known.learned.end()) add_learned();
    known.before = StatCache::Folder::of(entries);
    known.learned.clear();
    known.is_replaced = true;
}

void ManyLooks::put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write) {
    const std::scoped_lock lock{mutex_};
    has_learned_ = true;
    auto& known = this->known(path);
    if (write == CacheWrite::merge) {
        for (const auto& entry : entries)
            known.learned.insert_or_assign(std::string{entry.name}, Learned{entry.stamp, entry.id});
        return;
    }
    known.before = StatCache::Folder::of(entries);
    known.learned.clear();
    known.is_replaced = true;
}

void ManyLooks::forget(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    forgotten_.emplace(path);
}

void ManyLooks::keep(std::string_view path) {
    const std::scoped_lock lock{mutex_};
    known(path).is_kept = true;
}

bool ManyLooks::has_learned() {
    const std::scoped_lock lock{mutex_};
    return has_learned_;
}

void ManyLooks::save(Dir* cache_dir, const Runtime& runtime) {
    const std::scoped_lock lock{mutex_};
    if (!has_learned_) return;
    // Another process may have written one meanwhile.
    const auto now = StatCache::load(cache_dir);
    StatCacheUpdate update{now, cache_dir, runtime};
    for (const auto& path : forgotten_) update.forget(path);
    std::vector<CacheEntry> entries;
    for (auto& [path, known] : folders_) {
        entries.clear();
        if (known.is_replaced) {
            fold(known);
            for (std::size_t at = 0; at < known.before.size(); ++at) entries.push_back(known.before[at]);
            update.put(path, entries, CacheWrite::replace);
        } else if (!known.learned.empty()) {
            for (const auto& [name, learned] : known.learned)
                entries.push_back({.name = name, .stamp = learned.stamp, .id = learned.id});
            update.put(path, entries, CacheWrite::merge);
        } else if (known.is_kept) {
            update.keep(path);
        }
    }
    update.commit();
    has_learned_ = false;
}

}  // namespace mlo::workspace
