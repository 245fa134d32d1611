// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/transfer.hpp>

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>

#include "ingest_state.hpp"
#include "prover.hpp"
#include "recipe.hpp"
#include "store_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/thread_pool.hpp>

namespace mlo::store {

struct Importer::State {
    explicit State(ObjectStore& into) : store{into.state()}, ingest{into.state(), LargeFiles::chunked} {}

    /// The bytes of a piece of a recipe's list, wherever they are; nothing if they are not here.
    [[nodiscard]] std::optional<Bytes> find_piece(const ObjectId& id) {
        if (const auto found = pieces.find(id); found != pieces.end()) return found->second;
        const auto location = store.catalog.find(id);
        if (!location || location->info.form != RecordForm::raw) return std::nullopt;
        RecordBuffer buffer;
        const auto raw = read_chunk(store.catalog, id, buffer);
        return Bytes(raw.begin(), raw.end());
    }

    /// Why the object of a recipe is not to be had; nothing if its chunks make it up.
    [[nodiscard]] std::optional<Refused> refuse(const ObjectId& id, const Bytes& encoded) {
        struct Missing {
            ObjectId id;
        };
        hash::Sha256 hasher;
        RecordBuffer buffer;
        std::uint64_t size = 0;
        const auto recipe = Recipe::decode(encoded, id);
        const auto get_piece = [&](const ObjectId& piece) {
            auto bytes = find_piece(piece);
            if (!bytes) throw Missing{piece};
            return std::move(*bytes);
        };
        try {
            for_each_chunk(recipe, id, get_piece, [&](const RecipeEntry& chunk) {
                store.runtime.check_stop();
                const auto location = store.catalog.find(chunk.id);
                if (!location || location->info.form != RecordForm::raw) throw Missing{chunk.id};
                const auto raw = store.catalog.read(*location, buffer);  // the hash below vouches for the chunk too
                size += raw.size();
                hasher.update(raw);
            });
        } catch (const Missing& missing) {
            return Refused{id, missing.id};
        }
        const bool is_true = hasher.finish() == id && size == recipe.size_bytes;
        if (is_true || mutant(Mutant::import_blob_hash)) return std::nullopt;
        return Refused{id, std::nullopt};
    }

    ObjectStore::State& store;
    Ingest::State ingest;
    Prover prover{store.catalog, store.runtime};
    std::mutex mutex;  ///< guards all below
    std::unordered_map<ObjectId, Bytes> recipes;
    std::unordered_set<ObjectId> wanted_pieces;
    std::unordered_map<ObjectId, Bytes> pieces;
};

Importer::Importer(ObjectStore& store) : state_{std::make_unique<State>(store)} {}
Importer::~Importer() = default;

Importer::Run::Run(Importer& importer) : state_{*importer.state_} {}
Importer::Run::~Run() = default;

ByteView Importer::Run::add(const RecordLocation& expected, ByteView record) {
    thread_local Bytes unpacked;
    const auto stored = check_record(record, expected);
    const auto raw = unpack(stored.payload, stored.info, unpacked);
    const auto& id = stored.info.id;
    if (stored.info.form == RecordForm::recipe) {
        static_cast<void>(Recipe::decode(raw, id));
        const std::scoped_lock lock{state_.mutex};
        state_.recipes.insert_or_assign(id, Bytes(raw.begin(), raw.end()));
        return raw;
    }
    if (!mutant(Mutant::import_hash) && hash::sha256(raw) != id)
        throw Error{errors::object_corrupt,
                    fmt::format("the stored bytes of {} do not have that hash", id.to_string())};
    {
        const std::scoped_lock lock{state_.mutex};
        if (state_.wanted_pieces.contains(id)) state_.pieces.try_emplace(id, raw.begin(), raw.end());
    }
    if (payloads_.bytes().size() + stored.payload.size() > Block::size_bytes) finish();
    waiting_.push_back({stored.info, stored.checksum, payloads_.bytes().size()});
    static_cast<void>(payloads_.fill(stored.payload));
    state_.prover.offer(id, raw);
    return raw;
}

void Importer::Run::finish() {
    const std::scoped_lock lock{state_.ingest.mutex};
    for (const auto& [info, checksum, offset] : waiting_)
        state_.ingest.add_record_locked(info, checksum, payloads_.bytes().subspan(offset, info.stored_bytes));
    waiting_.clear();
    payloads_.clear();
}

Importer::MissingParts Importer::missing_parts() {
    const std::scoped_lock lock{state_->mutex};
    MissingParts missing;
    std::unordered_set<ObjectId> listed;
    const auto want = [&](const ObjectId& id, std::vector<ObjectId>& into) {
        if (listed.insert(id).second) into.push_back(id);
    };
    // NOLINTNEXTLINE(misc-no-recursion): a recipe has at most eight levels
    const auto look = [&](const auto& self, const ObjectId& id, Recipe recipe,
                          std::vector<RecipeEntry>& chunks) -> bool {
        state_->store.runtime.check_stop();
        if (recipe.level == 0) {
            for_each_chunk(recipe, id, nullptr, [&](const RecipeEntry& chunk) {
                if (!state_->ingest.is_known_raw(chunk.id)) want(chunk.id, missing.chunks);
                chunks.push_back(chunk);
            });
            return true;
        }
        bool is_complete = true;
        for (const auto& entry : recipe.entries) {
            if (const auto bytes = state_->find_piece(entry.id)) {
                is_complete &= self(self, id, Recipe::below(recipe, entry, *bytes, id), chunks);
                continue;
            }
            state_->wanted_pieces.insert(entry.id);
            want(entry.id, missing.pieces);
            is_complete = false;
        }
        return is_complete;
    };
    for (const auto& [id, encoded] : state_->recipes) {
        auto recipe = Recipe::decode(encoded, id);
        const auto size = recipe.size_bytes;
        std::vector<RecipeEntry> chunks;
        if (look(look, id, std::move(recipe), chunks)) state_->prover.expect(id, size, std::move(chunks));
    }
    return missing;
}

std::vector<Importer::Refused> Importer::commit() {
    std::vector<Refused> refused;
    std::vector<std::pair<ObjectId, Bytes>> undecided;
    const auto store_proven = [&](const ObjectId& id, const Bytes& recipe) {
        state_->ingest.add_record(prepare_record(recipe, id, RecordForm::recipe, flag_proven), recipe);
    };
    for (auto& [id, encoded] : state_->recipes) {
        const auto verdict = state_->prover.verdict(id);
        if (verdict == Prover::Verdict::undecided)
            undecided.emplace_back(id, std::move(encoded));
        else if (verdict == Prover::Verdict::proven || mutant(Mutant::import_blob_hash))
            store_proven(id, encoded);
        else
            refused.push_back({id, std::nullopt});
    }
    state_->ingest.commit();
    const auto& runtime = state_->store.runtime;
    parallel_for(undecided.size(), runtime.jobs, runtime.stop, [&](std::size_t i) {
        const auto& [id, encoded] = undecided[i];
        if (const auto why = state_->refuse(id, encoded)) {
            const std::scoped_lock lock{state_->mutex};
            refused.push_back(*why);
        } else {
            store_proven(id, encoded);
        }
    });
    if (!undecided.empty()) state_->ingest.commit();
    state_->recipes.clear();
    state_->wanted_pieces.clear();
    state_->pieces.clear();
    return refused;
}

}  // namespace mlo::store
