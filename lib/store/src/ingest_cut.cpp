// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <functional>

#include "chunker.hpp"
#include "ingest_state.hpp"
#include "recipe.hpp"

#include <mlo/util/thread_pool.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t window_bytes = 8u << 20;

/// Cuts one object into chunks and stores those that are new. Three windows move through it: while the newest is read
/// and cut, the one before it is hashed, as part of the object and chunk by chunk, and the one before that is written.
class CutPipeline {
public:
    CutPipeline(Ingest::State& ingest, const Ingest::State::ReadAt& read, Progress& progress)
        : ingest_{ingest}, read_{read}, progress_{progress} {}

    StoredBlob run() {
        do {
            step();
            std::rotate(windows_.begin(), windows_.end() - 1, windows_.end());
            ingest_.store.runtime.check_stop();
        } while (windows_[1].size > 0 || windows_[2].size > 0);
        return finish();
    }

private:
    struct Chunk {
        std::size_t offset = 0;
        std::size_t size = 0;
        ObjectId id;
        std::optional<PreparedRecord> record;  ///< nothing if its bytes are stored already
    };
    struct Window {
        Bytes memory;  ///< allocated once: `size` of it are in use
        std::size_t size = 0;
        std::size_t carried = 0;  ///< bytes at the start that belong to a chunk begun in the window before
        std::size_t cut_end = 0;  ///< how much is cut
        bool is_last = false;
        std::vector<Chunk> chunks;

        [[nodiscard]] ByteView bytes() const noexcept { return ByteView{memory}.first(size); }
        [[nodiscard]] ByteView bytes_of(const Chunk& chunk) const { return bytes().subspan(chunk.offset, chunk.size); }
    };

    void step() {
        auto& newest = windows_[0];
        auto& hashed = windows_[1];
        auto& written = windows_[2];
        const std::array<std::function<void()>, 3> first{[&] { store(written); },
                                                         [&] {
                                                             read_after(hashed, newest);
                                                             cut(newest);
                                                         },
                                                         [&] { blob_.update(hashed.bytes().subspan(hashed.carried)); }};
        const auto& runtime = ingest_.store.runtime;
        // One thread more than there are processors to use: the one that writes waits for the disk.
        const auto threads = runtime.jobs > 1 ? runtime.jobs + 1 : 1;
        parallel_for(first.size() + hashed.chunks.size(), threads, runtime.stop, [&](std::size_t i) {
            i < first.size() ? first.at(i)() : prepare(hashed, hashed.chunks[i - first.size()]);
        });
    }

    /// Fills `next` with what `previous` leaves over and a window of new bytes; empty at the end.
    void read_after(const Window& previous, Window& next) {
        next.size = next.carried = next.cut_end = 0;
        next.chunks.clear();
        next.is_last = previous.is_last;
        if (next.is_last) return;
        if (next.memory.empty()) next.memory.resize(window_bytes + parameters_.max_bytes());
        const auto left_over = previous.bytes().subspan(previous.cut_end);
        next.carried = left_over.size();
        std::copy(left_over.begin(), left_over.end(), next.memory.begin());
        const auto count = read_(std::span{next.memory}.subspan(next.carried, window_bytes), size_);
        next.is_last = count < window_bytes;
        next.size = next.carried + count;
        size_ += count;
        progress_.advance(count);
    }

    void cut(Window& window) const {
        const auto bytes = window.bytes();
        auto& end = window.cut_end;
        while (end < bytes.size() && (window.is_last || bytes.size() - end >= parameters_.max_bytes())) {
            window.chunks.push_back({end, next_chunk(bytes.subspan(end), parameters_), {}, {}});
            end += window.chunks.back().size;
        }
    }

    void prepare(const Window& window, Chunk& chunk) {
        const auto raw = window.bytes_of(chunk);
        chunk.id = hash::sha256(raw);
        if (!ingest_.is_known_raw(chunk.id)) chunk.record = prepare_record(raw, chunk.id, RecordForm::raw, 0);
    }

    void store(const Window& window) {
        for (const auto& chunk : window.chunks) {
            if (chunk.record) ingest_.add_record(*chunk.record, window.bytes_of(chunk));
            recipe_.add({chunk.id, chunk.size});
        }
    }

    StoredBlob finish() {
        const auto id = blob_.finish();
        const auto recipe = std::move(recipe_).finish().encode();
        if (!ingest_.is_known(id))
            ingest_.add_record(prepare_record(recipe, id, RecordForm::recipe, flag_proven), recipe);
        return {id, size_};
    }

    Ingest::State& ingest_;
    const Ingest::State::ReadAt& read_;
    Progress& progress_;
    ChunkerParameters parameters_;
    std::array<Window, 3> windows_;  ///< the newest first
    std::uint64_t size_ = 0;
    hash::Sha256 blob_;
    RecipeBuilder recipe_{[this](ByteView piece) {
        const auto id = hash::sha256(piece);
        if (!ingest_.is_known_raw(id)) ingest_.add_record(prepare_record(piece, id, RecordForm::raw, 0), piece);
        return id;
    }};
};

}  // namespace

StoredBlob Ingest::State::add_cut(const ReadAt& read, Progress& progress) {
    return CutPipeline{*this, read, progress}.run();
}

}  // namespace mlo::store
