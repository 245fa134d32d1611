// SPDX-License-Identifier: Apache-2.0
#include "members.hpp"

#include <mlo/util/path.hpp>
#include <mlo/workspace/tree_source.hpp>
#include <vector>

namespace mlo::lineage {
namespace {

/// Nothing where it is not here, or is no folder: whoever named it may have been wrong.
std::optional<Bytes> find_tree(store::ObjectStore& objects, const store::ObjectId& id) {
    if (!objects.contains(id)) return std::nullopt;
    return objects.read_all(id, workspace::tree_size_limit);
}

Member to_member(std::string path, const store::TreeEntry& entry) {
    const bool is_folder = entry.kind == store::EntryKind::directory;
    return {std::move(path), is_folder ? store::ObjectKind::tree : store::ObjectKind::blob, entry.id};
}

}  // namespace

std::optional<Member> find_member(store::ObjectStore& objects, const store::ObjectId& folder, std::string_view path) {
    auto at = folder;
    std::string_view rest = path;
    while (!rest.empty()) {
        const auto name = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        const auto bytes = find_tree(objects, at);
        if (!bytes) return std::nullopt;
        store::TreeReader reader{*bytes, at};
        store::TreeEntry entry;
        bool is_found = false;
        while (!is_found && reader.next(entry)) is_found = entry.name == name;
        if (!is_found || entry.kind == store::EntryKind::symlink) return std::nullopt;
        if (rest.empty()) return to_member(std::string{path}, entry);
        if (entry.kind != store::EntryKind::directory) return std::nullopt;
        at = entry.id;
    }
    return std::nullopt;
}

Listed for_each_member(store::ObjectStore& objects, const store::ObjectId& folder, std::uint64_t limit,
                       const std::function<void(const Member&)>& use) {
    Listed listed;
    std::uint64_t seen = 0;
    std::vector<Member> pending{{"", store::ObjectKind::tree, folder}};
    for (std::size_t i = 0; i < pending.size(); ++i) {
        const auto at = pending[i];
        const auto bytes = find_tree(objects, at.id);
        listed.is_unknown = listed.is_unknown || !bytes;
        if (!bytes) continue;
        store::TreeReader reader{*bytes, at.id};
        store::TreeEntry entry;
        while (reader.next(entry)) {
            if (entry.kind == store::EntryKind::symlink) continue;
            if (seen >= limit) {
                ++listed.unseen;
                continue;
            }
            ++seen;
            auto member = to_member(path::join(at.path, entry.name), entry);
            use(member);
            if (member.kind == store::ObjectKind::tree) pending.push_back(std::move(member));
        }
    }
    return listed;
}

}  // namespace mlo::lineage
