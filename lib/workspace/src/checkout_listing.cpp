// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/path.hpp>
#include <mlo/workspace/listing.hpp>
#include <utility>
#include <vector>

namespace mlo::workspace {

std::optional<Entry> find_entry(const Target& target, std::string_view path, TreeSource& trees) {
    MLO_ASSERT(path::is_within(path, target.path));
    std::optional<Entry> at = to_entry(target.pointer);
    for (const auto& component : path::components(path.substr(target.path.size()))) {
        if (at->kind != store::EntryKind::directory) return std::nullopt;
        const auto bytes = trees.tree(at->id);
        store::TreeReader reader{bytes, at->id};
        at.reset();
        for (store::TreeEntry entry; reader.next(entry);) {
            if (entry.name != component) continue;
            at = to_entry(entry);
            break;
        }
        if (!at) return std::nullopt;
    }
    return at;
}

void list_entries(const std::string& path, const Entry& folder, TreeSource& trees, Depth depth, const EntrySink& sink) {
    // A stack of our own: a version may nest deeper than the thread's stack is large.
    struct Level {
        std::string path;
        std::vector<std::pair<std::string, Entry>> entries;
        std::size_t next = 0;
    };
    const auto load = [&](std::string where, const store::ObjectId& id) {
        Level level{.path = std::move(where), .entries = {}};
        const auto bytes = trees.tree(id);
        store::TreeReader reader{bytes, id};
        for (store::TreeEntry entry; reader.next(entry);)
            level.entries.emplace_back(std::string{entry.name}, to_entry(entry));
        return level;
    };
    std::vector<Level> levels;
    levels.push_back(load(path, folder.id));
    while (!levels.empty()) {
        auto& level = levels.back();
        if (level.next == level.entries.size()) {
            levels.pop_back();
            continue;
        }
        const auto& [name, entry] = level.entries[level.next++];
        auto entry_path = path::join(level.path, name);
        sink(entry_path, entry);
        if (depth == Depth::all && entry.kind == store::EntryKind::directory)
            levels.push_back(load(std::move(entry_path), entry.id));
    }
}

}  // namespace mlo::workspace
