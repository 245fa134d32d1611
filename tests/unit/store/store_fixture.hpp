// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/store/check.hpp>
#include <mlo/store/object_store.hpp>
#include <random>
#include <string>

#include "seeded.hpp"
#include "temporary_folder.hpp"

namespace mlo::test {

/// Bytes that cannot be compressed, decided by the seed.
inline Bytes noise(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    Bytes bytes(size);
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) store_le(std::span{bytes}.subspan(at), std::uint64_t{engine()});
    for (; at < size; ++at) bytes[at] = static_cast<std::byte>(engine() & 0xFFu);
    return bytes;
}

/// A store in a temporary folder of the real file system.
class StoreFixture {
public:
    explicit StoreFixture(std::uint32_t jobs = 2)
        : runtime_{real_fs(), system_clock(), random_, silent_log(), silent_progress(), {}, jobs} {
        files_.open()->make_dir("store");
        store_ = reopen();
    }

    [[nodiscard]] std::unique_ptr<store::ObjectStore> reopen() {
        return std::make_unique<store::ObjectStore>(real_fs().open_root(files_.path("store")), runtime_);
    }
    [[nodiscard]] store::ObjectStore& store() { return *store_; }
    [[nodiscard]] const Runtime& runtime() const { return runtime_; }
    [[nodiscard]] const TemporaryFolder& files() const { return files_; }

    /// Adds the bytes as a file of the workspace would be.
    store::StoredBlob add(ByteView bytes, store::LargeFiles large = store::LargeFiles::chunked) {
        const auto ingest = store_->begin_ingest(large);
        const auto blob = add_file(*ingest, bytes);
        ingest->commit();
        return blob;
    }
    store::StoredBlob add_file(store::Ingest& ingest, ByteView bytes) {
        const auto folder = files_.open();
        if (folder->stat("input")) folder->remove("input");
        const auto file = folder->create("input", 0644);
        file->write(bytes);
        return ingest.add_file(*file, *silent_progress().begin("", ProgressUnit::bytes));
    }
    [[nodiscard]] std::vector<store::CheckProblem> problems(store::CheckDepth depth = store::CheckDepth::data) {
        return store::check(*reopen(), depth, runtime_).problems;
    }
    /// How many bytes the packs hold.
    [[nodiscard]] std::uint64_t pack_bytes() const {
        std::uint64_t sum = 0;
        for (const auto& entry : std::filesystem::directory_iterator{files_.path("store/packs")})
            sum += entry.file_size();
        return sum;
    }

private:
    TemporaryFolder files_;
    SeededRandom random_{1};
    Runtime runtime_;
    std::unique_ptr<store::ObjectStore> store_;
};

}  // namespace mlo::test
