// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ingest_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/mutant.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t spill_records = 256 * 1024;
constexpr std::size_t spill_packs = 64;
constexpr std::size_t sample_bytes = 8 * 1024;

/// Whether compressing `raw` may pay: judged by a sample from its middle, because compressing what cannot be compressed
/// costs as much as hashing it.
bool may_compress(ByteView raw, Bytes& scratch) {
    if (raw.size() <= 2 * sample_bytes) return true;
    return try_compress(raw.subspan((raw.size() - sample_bytes) / 2, sample_bytes), scratch);
}

}  // namespace

PreparedRecord prepare_record(ByteView raw, const ObjectId& id, RecordForm form, std::uint8_t flags) {
    const auto raw_bytes = static_cast<std::uint32_t>(raw.size());
    PreparedRecord record{{.id = id,
                           .form = form,
                           .compression = Compression::none,
                           .flags = flags,
                           .stored_bytes = raw_bytes,
                           .raw_bytes = raw_bytes},
                          {},
                          {}};
    thread_local Bytes scratch;
    if (may_compress(raw, scratch) && try_compress(raw, scratch)) {
        record.compressed.assign(scratch.begin(), scratch.end());
        record.info.compression = Compression::zstd;
        record.info.stored_bytes = static_cast<std::uint32_t>(record.compressed.size());
    }
    record.checksum = hash::xxh3_128(record.info.compression == Compression::zstd ? ByteView{record.compressed} : raw);
    return record;
}

Ingest::State::State(ObjectStore::State& into, LargeFiles large_files)
    : store{into}, mode{large_files}, session{*into.root, into.catalog, into.runtime} {}

bool Ingest::State::is_known(const ObjectId& id) {
    {
        const std::scoped_lock lock{mutex};
        if (pending.contains(id) || pending_whole.contains(id)) return true;
    }
    return store.catalog.find(id).has_value();
}

bool Ingest::State::is_known_raw(const ObjectId& id) {
    {
        const std::scoped_lock lock{mutex};
        const auto found = pending.find(id);
        if (found != pending.end() && found->second == RecordForm::raw) return true;
    }
    const auto found = store.catalog.find(id);
    return found && found->info.form == RecordForm::raw;
}

void Ingest::State::add_record(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload) {
    const std::scoped_lock lock{mutex};
    add_record_locked(info, checksum, payload);
}

void Ingest::State::add_record_locked(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload) {
    const auto [known, is_new] = pending.try_emplace(info.id, info.form);
    if (!is_new) {
        if (known->second == RecordForm::raw || info.form == known->second) return;
        known->second = RecordForm::raw;
    }
    if (writer == nullptr) writer = std::make_unique<PackWriter>(session.tmp(), next_temporary_name(), store.runtime);
    writer->add(info, checksum, payload);
    if (writer->size_bytes() < pack_target_bytes) return;
    finish_pack_locked();
    if (pending.size() >= spill_records || finished.size() >= spill_packs) publish_locked();
}

void Ingest::State::finish_pack_locked() {
    if (writer == nullptr) return;
    finished.push_back(writer->finish(session.packs()));
    writer.reset();
}

void Ingest::State::publish_locked() {
    if (finished.empty()) return;
    session.publish(finished);
    finished.clear();
    pending.clear();  // the catalog knows them now
}

ObjectId Ingest::State::add_raw(ByteView raw) {
    const auto id = hash::sha256(raw);
    if (!is_known(id)) add_record(prepare_record(raw, id, RecordForm::raw, 0), raw);
    return id;
}

std::string Ingest::State::next_temporary_name() { return fmt::format("{}", temporaries.fetch_add(1)); }

std::optional<StoredBlob> Ingest::State::add_whole(File& file, Progress& progress) {
    const auto name = next_temporary_name();
    const auto copy = session.tmp().create(name, shared_mode);
    if (mode == LargeFiles::all_whole && copy->stat().mode != shared_mode) copy->set_mode(shared_mode);
    StoredBlob blob;
    if (can_clone && copy->clone_from(file)) {
        // The clone is hashed, not the original: nobody can change it meanwhile.
        blob = hash_file(*copy, progress, store.runtime);
    } else if (mode == LargeFiles::automatic) {
        can_clone = false;
        session.tmp().remove(name);
        return std::nullopt;
    } else {
        hash::Sha256 hasher;
        BackgroundWriter output{*copy, store.runtime.jobs};
        Bytes buffer(1 << 20);
        while (const auto count = file.read(buffer, blob.size_bytes)) {
            store.runtime.check_stop();
            const auto piece = ByteView{buffer}.first(count);
            hasher.update(piece);
            output.write(piece);
            progress.advance(count);
            blob.size_bytes += count;
        }
        output.finish();
        blob.id = hasher.finish();
    }
    keep_whole(blob, name, std::nullopt);
    return blob;
}

void Ingest::State::keep_whole(const StoredBlob& blob, const std::string& temporary,
                               const std::optional<FileStat>& hashed) {
    // Beside another tool's cache others have a hand on our files, so what is found is looked at.
    const bool found =
        mode == LargeFiles::all_whole ? store.whole.holds(blob.id) : store.whole.find_size(blob.id).has_value();
    const bool known = is_known(blob.id) || found;
    const std::scoped_lock lock{mutex};
    if (found || !known) whole_folders.insert(WholeObjects::folder_of(blob.id));
    if (known || !pending_whole.try_emplace(blob.id, PendingWhole{temporary, hashed}).second)
        session.tmp().remove(temporary);
}

void Ingest::State::commit_whole() {
    if (!pending_whole.empty() && !mutant(Mutant::whole_sync)) session.tmp().sync_file_system();
    for (const auto& [id, whole] : pending_whole) store.whole.adopt(session.tmp(), whole.temporary, id, whole.hashed);
    pending_whole.clear();
    store.whole.sync_names(whole_folders);
    whole_folders.clear();
}

void Ingest::State::commit() {
    const std::scoped_lock lock{mutex};
    finish_pack_locked();
    commit_whole();
    if (finished.empty())
        session.sync_found();
    else
        publish_locked();
}

Ingest::Ingest(ObjectStore& store, LargeFiles large_files)
    : state_{std::make_unique<State>(store.state(), large_files)} {}
Ingest::~Ingest() = default;

StoredBlob Ingest::add_file(File& file, Progress& progress) {
    const auto cut = [&] {
        return state_->add_cut([&](std::span<std::byte> into, std::uint64_t offset) { return file.read(into, offset); },
                               progress);
    };
    if (file.stat().size >= large_file_bytes) {
        if (state_->wants_whole())
            if (const auto blob = state_->add_whole(file, progress)) return *blob;
        return cut();
    }
    thread_local Bytes buffer(large_file_bytes);
    const auto size = file.read(buffer, 0);
    if (size == large_file_bytes) return cut();  // it has grown meanwhile
    progress.advance(size);
    const auto bytes = ByteView{buffer}.first(size);
    if (state_->mode == LargeFiles::all_whole) return state_->add_small_whole(bytes);
    return {state_->add_raw(bytes), size};
}

ObjectId Ingest::add_bytes(ByteView bytes) {
    if (bytes.size() < large_file_bytes) return state_->add_raw(bytes);
    const auto read = [&](std::span<std::byte> into, std::uint64_t offset) {
        const auto piece = bytes.subspan(std::min<std::size_t>(offset, bytes.size()));
        const auto count = std::min(into.size(), piece.size());
        std::copy_n(piece.begin(), count, into.begin());
        return count;
    };
    const auto progress = silent_progress().begin("storing", ProgressUnit::bytes);
    return state_->add_cut(read, *progress).id;
}

void Ingest::commit() { state_->commit(); }

}  // namespace mlo::store
