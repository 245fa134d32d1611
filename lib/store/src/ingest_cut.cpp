// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "chunker.hpp"
#include "ingest_state.hpp"
#include "recipe.hpp"

#include <mlo/util/thread_pool.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t window_bytes = 16u << 20;

/// Cuts one object into chunks and stores those that are new, a window at a time. In each window one thread hashes the
/// object while another cuts; then all hash chunks; then one writes records while another reads the next window.
class CutPipeline {
public:
    CutPipeline(Ingest::State& ingest, const Ingest::State::ReadAt& read, Progress& progress)
        : ingest_{ingest}, read_{read}, progress_{progress} {}

    StoredBlob run() {
        read_window();
        do {
            std::swap(current_, next_);
            in_parallel([this] { blob_.update(fresh()); }, [this] { cut(); });
            prepare();
            in_parallel([this] { store(); }, [this] { read_window(); });
            ingest_.store.runtime.check_stop();
        } while (next_.size > 0);
        return finish();
    }

private:
    struct Window {
        Bytes memory;  ///< allocated once: `size` of it are in use
        std::size_t size = 0;
        std::size_t carried = 0;  ///< bytes at the start that belong to a chunk begun in the window before
        bool is_last = false;

        [[nodiscard]] ByteView bytes() const noexcept { return ByteView{memory}.first(size); }
    };
    struct Chunk {
        std::size_t offset = 0;
        std::size_t size = 0;
        ObjectId id;
        std::optional<PreparedRecord> record;  ///< nothing if its bytes are stored already
    };

    template <class First, class Second>
    void in_parallel(First first, Second second) {
        parallel_for(2, ingest_.store.runtime.jobs, ingest_.store.runtime.stop,
                     [&](std::size_t which) { which == 0 ? first() : second(); });
    }

    [[nodiscard]] ByteView fresh() const { return current_.bytes().subspan(current_.carried); }
    [[nodiscard]] ByteView bytes_of(const Chunk& chunk) const {
        return current_.bytes().subspan(chunk.offset, chunk.size);
    }

    /// Fills next_ with what the current window leaves over and a window of new bytes; empty at the end.
    void read_window() {
        next_.size = 0;
        if (current_.is_last) return;
        if (next_.memory.empty()) next_.memory.resize(window_bytes + parameters_.max_bytes());
        const auto left_over = current_.bytes().subspan(cut_end_);
        next_.carried = left_over.size();
        std::copy(left_over.begin(), left_over.end(), next_.memory.begin());
        const auto count = read_(std::span{next_.memory}.subspan(next_.carried, window_bytes), size_);
        next_.is_last = count < window_bytes;
        next_.size = next_.carried + count;
        size_ += count;
        progress_.advance(count);
    }

    void cut() {
        chunks_.clear();
        const auto bytes = current_.bytes();
        cut_end_ = 0;
        while (cut_end_ < bytes.size() && (current_.is_last || bytes.size() - cut_end_ >= parameters_.max_bytes())) {
            chunks_.push_back({cut_end_, next_chunk(bytes.subspan(cut_end_), parameters_), {}, {}});
            cut_end_ += chunks_.back().size;
        }
    }

    void prepare() {
        const auto& runtime = ingest_.store.runtime;
        parallel_for(chunks_.size(), runtime.jobs, runtime.stop, [&](std::size_t i) {
            auto& chunk = chunks_[i];
            const auto raw = bytes_of(chunk);
            chunk.id = hash::sha256(raw);
            if (!ingest_.is_known_raw(chunk.id)) chunk.record = prepare_record(raw, chunk.id, RecordForm::raw, 0);
        });
    }

    void store() {
        for (const auto& chunk : chunks_) {
            if (chunk.record) ingest_.add_record(*chunk.record, bytes_of(chunk));
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
    Window current_;
    Window next_;
    std::size_t cut_end_ = 0;  ///< of the current window, how much is cut
    std::uint64_t size_ = 0;
    std::vector<Chunk> chunks_;
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
