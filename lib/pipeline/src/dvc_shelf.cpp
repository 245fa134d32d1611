// SPDX-License-Identifier: Apache-2.0
#include "dvc_shelf.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <mlo/hash/md5.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "dvc_names.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view folder_suffix = ".dir";

bool is_folder(std::string_view md5) noexcept { return md5.ends_with(folder_suffix); }

/// A folder on its way from a list of files to trees.
class Folder {
public:
    void add(std::string_view relpath, const store::StoredBlob& blob) {
        const auto slash = relpath.find('/');
        if (slash == relpath.npos) {
            files_.insert_or_assign(std::string{relpath}, blob);
            return;
        }
        auto& below = folders_[std::string{relpath.substr(0, slash)}];
        if (!below) below = std::make_unique<Folder>();
        below->add(relpath.substr(slash + 1), blob);
    }

    /// Adds the trees to `ingest`. Throws tree_invalid.
    [[nodiscard]] store::StoredBlob store(store::Ingest& ingest) const {
        std::map<std::string, store::TreeEntry> entries;
        std::uint64_t size_bytes = 0;
        const auto add = [&](const std::string& name, store::EntryKind kind, const store::StoredBlob& what) {
            const auto [place, is_new] = entries.try_emplace(name);
            if (!is_new)
                throw Error{store::errors::tree_invalid, fmt::format("{} is both a file and a folder", quoted(name))};
            place->second.name = place->first;
            place->second.kind = kind;
            place->second.size_bytes = what.size_bytes;
            place->second.id = what.id;
            size_bytes += what.size_bytes;
        };
        for (const auto& [name, blob] : files_) add(name, store::EntryKind::file, blob);
        for (const auto& [name, folder] : folders_) add(name, store::EntryKind::directory, folder->store(ingest));
        store::TreeWriter writer;
        for (const auto& [name, entry] : entries) writer.add(entry);
        return {ingest.add_bytes(std::move(writer).finish()), size_bytes};
    }

private:
    std::map<std::string, store::StoredBlob> files_;
    std::map<std::string, std::unique_ptr<Folder>> folders_;
};

}  // namespace

bool DvcShelf::contains(const std::string& md5) const {
    if (!is_folder(md5)) return cache_.contains(md5);
    const auto files = cache_.folder(md5);
    return files &&
           std::all_of(files->begin(), files->end(), [&](const auto& each) { return cache_.contains(each.md5); });
}

std::optional<store::ObjectRef> DvcShelf::take(const std::string& md5) const {
    const auto& runtime = workspace_.runtime();
    try {
        const auto ingest = workspace_.store().begin_ingest(store::LargeFiles::all_whole);
        const auto progress = runtime.progress.begin("reading DVC's cache", ProgressUnit::bytes);
        store::ObjectRef taken;
        if (is_folder(md5)) {
            const auto files = cache_.folder(md5);
            if (!files) return std::nullopt;
            Folder folder;
            for (const auto& each : *files) {
                const auto blob = cache_.take(each.md5, *ingest, *progress);
                if (!blob) return std::nullopt;
                folder.add(each.relpath, *blob);
            }
            taken = {folder.store(*ingest).id, store::ObjectKind::tree};
        } else {
            const auto blob = cache_.take(md5, *ingest, *progress);
            if (!blob) return std::nullopt;
            taken = {blob->id, store::ObjectKind::blob};
        }
        ingest->commit();
        return taken;
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal) throw;
        runtime.log.log(LogLevel::warning, fmt::format("DVC's cache cannot give {}: {}", md5, error.message()));
        return std::nullopt;
    }
}

bool DvcShelf::put(const std::string& path, const PathState& state, Observer& observer) {
    if (cache_.contains(state.md5)) return true;
    if (state.kind == store::ObjectKind::blob) {
        cache_.put(state.md5, workspace_.store(), *state.id);
        return true;
    }
    auto files = observer.dvc_files(path, state);
    for (const auto& file : files) cache_.put(file.md5, workspace_.store(), file.id);
    const auto text = dvc_folder_text(std::move(files));
    if (hash::to_hex(hash::md5(as_bytes(text))) + std::string{folder_suffix} != state.md5) return false;
    cache_.put_bytes(state.md5, text);
    return true;
}

}  // namespace mlo::pipeline
