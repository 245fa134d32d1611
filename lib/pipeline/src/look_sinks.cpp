// SPDX-License-Identifier: Apache-2.0
#include "look_sinks.hpp"

#include <mlo/store/errors.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

using store::ObjectKind;

/// As store::hash_file, and the MD5 of the same bytes.
store::StoredBlob hash_both(File& file, Progress& progress, const Runtime& runtime, DvcNames& names) {
    constexpr std::size_t block_bytes = 256 * 1024;
    thread_local Bytes buffer(block_bytes);
    hash::Sha256 sha256;
    hash::Md5 md5;
    store::StoredBlob blob;
    file.read_ahead();
    while (const auto count = file.read(buffer, blob.size_bytes)) {
        runtime.check_stop();
        const auto block = ByteView{buffer}.first(count);
        sha256.update(block);
        md5.update(block);
        blob.size_bytes += count;
        progress.advance(count);
        if (count < block_bytes) break;
    }
    blob.id = sha256.finish();
    names.put(ObjectKind::blob, blob.id, md5.finish());
    return blob;
}

class LookingSink final : public ScanSink {
public:
    LookingSink(const Runtime& runtime, DvcNames* names) noexcept
        : ScanSink{names != nullptr}, runtime_{runtime}, names_{names} {}
    store::StoredBlob file(File& file, Progress& progress) override {
        return names_ == nullptr ? store::hash_file(file, progress, runtime_)
                                 : hash_both(file, progress, runtime_, *names_);
    }
    bool knows(const store::ObjectId& id) override {
        return names_ == nullptr || names_->find(ObjectKind::blob, id).has_value();
    }

private:
    void take_tree(const store::ObjectId&, ByteView) override {}

    const Runtime& runtime_;
    DvcNames* names_;
};

class StoringSink final : public ScanSink {
public:
    StoringSink(StoringSinks& sinks, const Runtime& runtime, DvcNames* names) noexcept
        : ScanSink{names != nullptr}, sinks_{sinks}, runtime_{runtime}, names_{names} {}
    store::StoredBlob file(File& file, Progress& progress) override {
        const auto blob = sinks_.ingest().add_file(file, progress);
        // Whoever stores has usually looked before. If not, the store reads in its own way: once more, then.
        if (names_ != nullptr && !names_->find(ObjectKind::blob, blob.id) &&
            hash_both(file, progress, runtime_, *names_).id != blob.id)
            throw Error{store::errors::file_changed, "changed while it was read"};
        return blob;
    }
    bool knows(const store::ObjectId& id) override { return sinks_.knows(id); }

private:
    void take_tree(const store::ObjectId& id, ByteView bytes) override {
        if (!sinks_.has(id)) static_cast<void>(sinks_.ingest().add_bytes(bytes));
    }

    StoringSinks& sinks_;
    const Runtime& runtime_;
    DvcNames* names_;
};

}  // namespace

Bytes ScanSink::Nothing::tree(const store::ObjectId& id) {
    throw Error{store::errors::object_missing, "no scan met the folder " + id.to_string()};
}

ScanSink::ScanSink(bool keeps_trees) noexcept : keeps_trees_{keeps_trees}, trees_{nothing_} {}

store::ObjectId ScanSink::tree(Bytes bytes) {
    const auto id = hash::sha256(bytes);
    take_tree(id, bytes);
    return keeps_trees_ ? trees_.add(std::move(bytes)) : id;
}

PathState Sinks::file_state(const store::ObjectId& id, const FileStat& stat) const {
    PathState state;
    state.id = id;
    state.is_executable = (stat.mode & 0100u) != 0;
    state.size_bytes = stat.size;
    if (names_ != nullptr) state.md5 = hash::to_hex(names_->find(ObjectKind::blob, id).value());
    return state;
}

void Sinks::name(PathState& state, ScanSink& sink, const FollowLink& follow) const {
    if (names_ == nullptr) return;
    if (state.kind == ObjectKind::tree) return name_folder(state, sink.trees(), *names_, follow);
    state.md5 = hash::to_hex(names_->find(ObjectKind::blob, *state.id).value());
}

bool Sinks::has_name(const store::ObjectId& id) const {
    return names_ == nullptr || names_->find(ObjectKind::blob, id).has_value();
}

std::unique_ptr<ScanSink> LookingSinks::begin() { return std::make_unique<LookingSink>(runtime_, names_); }

std::unique_ptr<ScanSink> StoringSinks::begin() { return std::make_unique<StoringSink>(*this, runtime_, names_); }

store::Ingest& StoringSinks::ingest() {
    const std::scoped_lock lock{mutex_};
    if (!ingest_) ingest_ = store_.begin_ingest(large_files_);
    return *ingest_;
}

void StoringSinks::commit() {
    if (ingest_) ingest_->commit();
}

}  // namespace mlo::pipeline
