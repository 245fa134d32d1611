// SPDX-License-Identifier: Apache-2.0
// Files that are kept whole without being cut: those of a store beside another tool's cache.
#include <fmt/format.h>

#include "ingest_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t block_bytes = 256 * 1024;
constexpr std::uint32_t write_bits = 0222;

StoredBlob hash_and_show(File& file, Examiner& examiner, Progress& progress, const Runtime& runtime) {
    thread_local Bytes buffer(block_bytes);
    hash::Sha256 hasher;
    StoredBlob blob;
    while (const auto count = file.read(buffer, blob.size_bytes)) {
        runtime.check_stop();
        const auto piece = ByteView{buffer}.first(count);
        hasher.update(piece);
        examiner.see(piece);
        progress.advance(count);
        blob.size_bytes += count;
    }
    blob.id = hasher.finish();
    return blob;
}

[[noreturn]] void fail_changed(Dir& folder, const std::string& name) {
    throw Error{errors::file_changed,
                fmt::format("{} in {} changed while it was read", quoted(name), quoted(folder.path()))};
}

}  // namespace

StoredBlob Ingest::State::add_small_whole(ByteView bytes) {
    const StoredBlob blob{hash::sha256(bytes), bytes.size()};
    if (is_known(blob.id)) return blob;
    if (store.whole.holds(blob.id)) {
        const std::scoped_lock lock{mutex};
        whole_folders.insert(WholeObjects::folder_of(blob.id));
        return blob;
    }
    const auto temporary = next_temporary_name();
    const auto file = session.tmp().create(temporary, shared_mode);
    file->write(bytes);
    if (file->stat().mode != shared_mode) file->set_mode(shared_mode);
    keep_whole(blob, temporary, std::nullopt);
    return blob;
}

std::unique_ptr<File> Ingest::State::share(Dir& folder, const std::string& name, const std::string& temporary,
                                           std::optional<FileStat>& hashed) {
    auto& tmp = session.tmp();
    if (can_clone) {
        auto clone = tmp.create(temporary, shared_mode);
        if (clone->clone_from(*folder.open(name))) {
            if (clone->stat().mode != shared_mode) clone->set_mode(shared_mode);
            return clone;
        }
        can_clone = false;
        tmp.remove(temporary);
    }
    // What somebody may still be writing is not fit to be an object.
    const auto status = folder.stat(name);
    if (!status || (status->mode & write_bits) != 0 || !folder.link(name, tmp, temporary)) return nullptr;
    auto link = tmp.open(temporary);
    hashed = link->stat();
    return link;
}

Ingest::State::Taken Ingest::State::add_shared(Dir& folder, const std::string& name, Examiner& examiner,
                                               Progress& progress) {
    const auto temporary = next_temporary_name();
    std::optional<FileStat> hashed;
    const auto file = share(folder, name, temporary, hashed);
    if (file == nullptr) return {};
    const auto blob = hash_and_show(*file, examiner, progress, store.runtime);
    if (!examiner.accepts()) {
        session.tmp().remove(temporary);
        return {true, std::nullopt};
    }
    keep_whole(blob, temporary, hashed);
    return {true, blob};
}

std::optional<StoredBlob> Ingest::add_link(Dir& folder, const std::string& name, Examiner& examiner,
                                           Progress& progress) {
    const auto status = folder.stat(name);
    if (!status || status->kind != FileKind::regular) return std::nullopt;
    if (const auto taken = state_->add_shared(folder, name, examiner, progress); taken.is_shared) return taken.blob;

    const auto file = folder.open(name);
    const auto seen = hash_and_show(*file, examiner, progress, state_->store.runtime);
    if (!examiner.accepts()) return std::nullopt;
    const auto stored = add_file(*file, *silent_progress().begin("storing", ProgressUnit::bytes));
    if (stored.id != seen.id) fail_changed(folder, name);
    return stored;
}

}  // namespace mlo::store
