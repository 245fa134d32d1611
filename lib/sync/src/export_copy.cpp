// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <unordered_set>
#include <vector>

#include <mlo/store/tree.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/sync/fetch.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/tree_source.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::sync {
namespace {

/// Writes one entry below a folder that nobody else uses.
class Copy {
public:
    Copy(store::ObjectStore& store, const Runtime& runtime) : store_{store}, runtime_{runtime} {}

    // NOLINTNEXTLINE(misc-no-recursion): bounded by nesting_limit
    void write(const workspace::Entry& entry, Dir& folder, const std::string& name, int depth) {
        runtime_.check_stop();
        if (entry.kind == store::EntryKind::symlink) {
            folder.make_symlink(entry.target, name);
        } else if (entry.kind == store::EntryKind::file) {
            const auto file = folder.create(name, entry.executable == store::Executable::yes ? 0777 : 0666);
            store_.write_to(entry.id, *file);
        } else {
            if (depth > workspace::nesting_limit)
                throw Error{errors::unsafe_name, fmt::format("{} lies too deep", quoted(name))};
            folder.make_dir(name);
            write_tree(entry.id, *folder.open_dir(name), depth + 1);
        }
    }

private:
    // NOLINTNEXTLINE(misc-no-recursion)
    void write_tree(const store::ObjectId& id, Dir& folder, int depth) {
        const auto bytes = store_.read_all(id, workspace::tree_size_limit);
        store::TreeReader reader{bytes, id};
        store::TreeEntry entry;
        while (reader.next(entry)) {
            if (const auto reason = workspace::unsafe_name_reason(entry.name); !reason.empty())
                throw Error{errors::unsafe_name, fmt::format("{} {}", quoted(entry.name), reason)};
            write(workspace::to_entry(entry), folder, std::string{entry.name}, depth);
        }
    }

    store::ObjectStore& store_;
    const Runtime& runtime_;
};

}  // namespace

bool is_complete(store::ObjectStore& store, const store::ObjectRef& object) {
    std::unordered_set<store::ObjectId> walked;
    std::vector<store::ObjectRef> open{object};
    while (!open.empty()) {
        const auto next = open.back();
        open.pop_back();
        if (!store.contains(next.id)) return false;
        if (next.kind == store::ObjectKind::blob || !walked.insert(next.id).second) continue;
        const auto bytes = store.read_all(next.id, workspace::tree_size_limit);
        store::TreeReader reader{bytes, next.id};
        store::TreeEntry entry;
        while (reader.next(entry)) {
            if (entry.kind == store::EntryKind::directory) open.push_back({entry.id, store::ObjectKind::tree});
            if (entry.kind == store::EntryKind::file && !store.contains(entry.id)) return false;
        }
    }
    return true;
}

void write_entry(store::ObjectStore& store, const workspace::Entry& entry, Dir& folder, const std::string& name,
                 const Runtime& runtime) {
    const auto refuse = [&] {
        throw Error{errors::destination_exists, fmt::format("there is something at {} already", quoted(name))}.hint(
            "name another place with '-o DEST'");
    };
    if (folder.stat(name)) refuse();
    const auto temporary = temporary_name("mlo", runtime.random);
    try {
        Copy{store, runtime}.write(entry, folder, temporary, 0);
        if (folder.stat(name)) refuse();  // a folder would be replaced by a rename if it is empty
        folder.rename(temporary, folder, name, Replace::no);
    } catch (...) {
        workspace::remove_tree(folder, temporary);
        throw;
    }
}

}  // namespace mlo::sync
