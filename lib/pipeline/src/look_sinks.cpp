// SPDX-License-Identifier: Apache-2.0
#include "look_sinks.hpp"

namespace mlo::pipeline {
namespace {

class LookingSink final : public workspace::ContentSink {
public:
    explicit LookingSink(const Runtime& runtime) noexcept : runtime_{runtime} {}
    store::StoredBlob file(File& file, Progress& progress) override {
        return store::hash_file(file, progress, runtime_);
    }
    store::ObjectId tree(Bytes bytes) override { return hash::sha256(bytes); }
    bool knows(const store::ObjectId&) override { return true; }

private:
    const Runtime& runtime_;
};

class StoringSink final : public workspace::ContentSink {
public:
    explicit StoringSink(StoringSinks& sinks) noexcept : sinks_{sinks} {}
    store::StoredBlob file(File& file, Progress& progress) override { return sinks_.ingest().add_file(file, progress); }
    store::ObjectId tree(Bytes bytes) override {
        const auto id = hash::sha256(bytes);
        return sinks_.knows(id) ? id : sinks_.ingest().add_bytes(bytes);
    }
    bool knows(const store::ObjectId& id) override { return sinks_.knows(id); }

private:
    StoringSinks& sinks_;
};

}  // namespace

PathState Sinks::file_state(const store::ObjectId& id, const FileStat& stat) const {
    PathState state;
    state.id = id;
    state.is_executable = (stat.mode & 0100u) != 0;
    state.size_bytes = stat.size;
    return state;
}

std::unique_ptr<workspace::ContentSink> LookingSinks::begin() { return std::make_unique<LookingSink>(runtime_); }

std::unique_ptr<workspace::ContentSink> StoringSinks::begin() { return std::make_unique<StoringSink>(*this); }

store::Ingest& StoringSinks::ingest() {
    const std::scoped_lock lock{mutex_};
    if (!ingest_) ingest_ = store_.begin_ingest(store::LargeFiles::automatic);
    return *ingest_;
}

void StoringSinks::commit() {
    if (ingest_) ingest_->commit();
}

}  // namespace mlo::pipeline
