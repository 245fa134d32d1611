// SPDX-License-Identifier: Apache-2.0
// What a sparse work tree leaves out is absent on purpose: its entries come from the version before.
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/path.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/sparse.hpp>
#include <utility>

#include "scanner.hpp"

namespace mlo::workspace {

using store::EntryKind;

std::map<std::string, Entry> Scanner::add_left_out(ScanFolder& folder) {
    const auto bytes = options_.previous_trees->tree(folder.previous->id);
    store::TreeReader reader{bytes, folder.previous->id};
    std::map<std::string, Entry> present;
    std::vector<ScanItem> items;
    std::uint64_t files = 0;
    auto here = folder.items.begin();
    for (store::TreeEntry entry; reader.next(entry);) {
        while (here != folder.items.end() && here->name < entry.name) ++here;
        if (here != folder.items.end() && here->name == entry.name) {
            const bool are_folders = here->kind == EntryKind::directory && entry.kind == EntryKind::directory;
            if (are_folders) present.emplace(entry.name, to_entry(entry));
            continue;
        }
        if (auto item = left_out(path::join(folder.path, entry.name), entry, files, folder.depth + 1))
            items.push_back(std::move(*item));
    }
    const auto middle = static_cast<std::ptrdiff_t>(folder.items.size());
    std::move(items.begin(), items.end(), std::back_inserter(folder.items));
    std::inplace_merge(folder.items.begin(), folder.items.begin() + middle, folder.items.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; });
    folder.files += files;
    return present;
}

std::optional<ScanItem> Scanner::left_out(const std::string& path, const store::TreeEntry& entry, std::uint64_t& files,
                                          int depth) {
    if (depth > nesting_limit) throw Error{errors::too_deep, fmt::format("a stored directory is nested too deeply")};
    ScanItem item;
    item.name = entry.name;
    item.kind = entry.kind;
    item.id = entry.id;
    item.stamp.size = entry.size_bytes;
    item.stamp.mode = entry.executable == store::Executable::yes ? 0755 : 0644;
    item.state = ScanItem::State::unsettled;
    if (entry.kind != EntryKind::directory) {
        if (options_.sparse->includes(path)) return std::nullopt;
        if (entry.kind == EntryKind::symlink) item.target = std::make_unique<std::string>(entry.target);
        ++files;
        return item;
    }
    const auto bytes = options_.previous_trees->tree(entry.id);
    store::TreeReader reader{bytes, entry.id};
    store::TreeWriter writer;
    bool is_empty = true;
    bool keeps_something = false;
    item.stamp.size = 0;
    for (store::TreeEntry below; reader.next(below);) {
        is_empty = false;
        const auto kept = left_out(path + "/" + std::string{below.name}, below, files, depth + 1);
        if (!kept) continue;
        keeps_something = true;
        if (below.kind != EntryKind::symlink) item.stamp.size += kept->stamp.size;
        below.id = kept->id;
        below.size_bytes = kept->stamp.size;
        writer.add(below);
    }
    if (is_empty ? options_.sparse->includes(path) : !keeps_something) return std::nullopt;
    item.id = sink_.tree(std::move(writer).finish());
    return item;
}

}  // namespace mlo::workspace
