// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/transfer.hpp>

#include <fmt/format.h>

#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "chunker.hpp"
#include "ingest_state.hpp"
#include "recipe.hpp"
#include "store_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/store/tree.hpp>

namespace mlo::store {
namespace {

constexpr std::uint64_t tree_limit_bytes = std::uint64_t{1} << 30;
constexpr std::size_t window_bytes = 8u << 20;

/// An object that is kept whole, as its recipe would cut it.
struct CutObject {
    ObjectId id;
    Bytes recipe;
    std::unordered_map<ObjectId, Bytes> pieces;
};

struct CutChunk {
    ObjectId id;
    std::uint64_t offset;
    std::uint32_t size_bytes;
};

/// Calls `visit` for each chunk of `file`, from its start to its end.
template <class Visit>
void cut_file(File& file, const Runtime& runtime, const Visit& visit) {
    const ChunkerParameters parameters;
    Bytes window(window_bytes);
    std::size_t held = 0;
    std::uint64_t at = 0;
    while (true) {
        runtime.check_stop();
        held += file.read(std::span{window}.subspan(held), at + held);
        const bool is_last = held < window.size();
        std::size_t done = 0;
        while (done < held && (is_last || held - done >= parameters.max_bytes())) {
            const auto size = next_chunk(ByteView{window}.subspan(done, held - done), parameters);
            const auto bytes = ByteView{window}.subspan(done, size);
            visit(CutChunk{hash::sha256(bytes), at + done, static_cast<std::uint32_t>(size)});
            done += size;
        }
        if (is_last) return;
        std::copy(window.begin() + static_cast<std::ptrdiff_t>(done), window.end(), window.begin());
        held -= done;
        at += done;
    }
}

std::uint64_t sum_of(const std::vector<ExportItem>& items) {
    return std::accumulate(items.begin(), items.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& item) { return sum + item.bytes; });
}

}  // namespace

std::uint64_t ExportPlan::records() const noexcept { return trees.size() + data.size() + recipes.size(); }

std::uint64_t ExportPlan::size_bytes() const noexcept { return sum_of(trees) + sum_of(data) + sum_of(recipes); }

struct Exporter::State {
    explicit State(ObjectStore& from) : objects{from}, store{from.state()} {}

    /// One walk: where to put what is found, and how to look.
    struct Walk {
        const There& there;
        Chunks chunks;
        ExportPlan& plan;
        std::vector<ObjectId> seen{};  ///< ids that this walk was the first to meet
    };

    [[nodiscard]] bool is_new(Walk& walk, const ObjectId& id) {
        if (!met.insert(id).second) return false;
        walk.seen.push_back(id);
        return true;
    }

    void add_stored(const RecordLocation& location, std::vector<ExportItem>& into) {
        into.push_back({.id = location.info.id,
                        .form = location.info.form,
                        .bytes = static_cast<std::uint32_t>(location.size_bytes())});
    }

    void add_part(Walk& walk, const ObjectId& id, std::vector<ExportItem>& into) {
        if (walk.there(id) == RecordForm::raw || !is_new(walk, id)) return;
        const auto location = store.catalog.find(id);
        if (!location || location->info.form != RecordForm::raw) throw store.catalog.missing(id);
        add_stored(*location, into);
    }

    void add_chunked(Walk& walk, const RecordLocation& location, std::vector<ExportItem>& into) {
        const auto read_piece = [&](const ObjectId& id) {
            add_part(walk, id, walk.plan.recipes);
            RecordBuffer buffer;
            const auto raw = read_chunk(store.catalog, id, buffer);
            return Bytes(raw.begin(), raw.end());
        };
        for_each_chunk(read_recipe(store.catalog, location), location.info.id, read_piece,
                       [&](const RecipeEntry& chunk) { add_part(walk, chunk.id, into); });
        if (!walk.there(location.info.id)) add_stored(location, walk.plan.recipes);
    }

    void add_whole(Walk& walk, const ObjectId& id, std::vector<ExportItem>& into) {
        const auto source = static_cast<std::uint32_t>(cuts.size());
        CutObject cut{.id = id, .recipe = {}, .pieces = {}};
        const auto add = [&](std::vector<ExportItem>& list, const ObjectId& part, RecordForm form, std::size_t bytes,
                             std::uint64_t offset) {
            list.push_back({.id = part,
                            .form = form,
                            .bytes = static_cast<std::uint32_t>(bytes + RecordLocation::record_header_bytes),
                            .source = source,
                            .offset = offset});
        };
        RecipeBuilder recipe{[&](ByteView piece) {
            const auto part = hash::sha256(piece);
            if (walk.there(part) != RecordForm::raw && is_new(walk, part)) {
                add(walk.plan.recipes, part, RecordForm::raw, piece.size(), 0);
                cut.pieces.try_emplace(part, piece.begin(), piece.end());
            }
            return part;
        }};
        cut_file(*store.whole.open_trusted(id), store.runtime, [&](const CutChunk& chunk) {
            if (walk.there(chunk.id) != RecordForm::raw && is_new(walk, chunk.id))
                add(into, chunk.id, RecordForm::raw, chunk.size_bytes, chunk.offset);
            recipe.add({chunk.id, chunk.size_bytes});
        });
        cut.recipe = std::move(recipe).finish().encode();
        if (!walk.there(id)) add(walk.plan.recipes, id, RecordForm::recipe, cut.recipe.size(), 0);
        cuts.push_back(std::move(cut));
    }

    /// The bytes of one object.
    void add_object(Walk& walk, const ObjectId& id, std::vector<ExportItem>& into) {
        const auto there = walk.there(id);
        if (there == RecordForm::raw || !is_new(walk, id)) return;
        if (const auto location = store.catalog.find(id)) {
            if (location->info.form == RecordForm::raw) {
                if (!there) add_stored(*location, into);
            } else {
                add_chunked(walk, *location, into);
            }
        } else if (!store.whole.find_size(id)) {
            throw store.catalog.missing(id);
        } else if (!there || walk.chunks == Chunks::looked_up) {
            add_whole(walk, id, into);
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion): bounded by max_nesting
    void add_tree(Walk& walk, const ObjectId& id, int depth) {
        constexpr int max_nesting = 4000;
        if (depth > max_nesting)
            throw Error{errors::tree_invalid, fmt::format("tree {} lies too deep", id.to_string())};
        store.runtime.check_stop();
        if (!trees.insert(id).second) return;
        walked_trees.push_back(id);
        add_object(walk, id, walk.plan.trees);
        const auto bytes = objects.read_all(id, tree_limit_bytes);
        TreeReader reader{bytes, id};
        TreeEntry entry;
        while (reader.next(entry)) {
            if (entry.kind == EntryKind::directory) add_tree(walk, entry.id, depth + 1);
            if (entry.kind == EntryKind::file) add_object(walk, entry.id, walk.plan.data);
        }
    }

    ObjectStore& objects;
    ObjectStore::State& store;
    std::unordered_set<ObjectId> met;    ///< planned, or found to need nothing
    std::unordered_set<ObjectId> trees;  ///< whose entries were looked at
    std::vector<ObjectId> walked_trees;  ///< of the walk that is going on
    std::vector<CutObject> cuts;
};

Exporter::Exporter(ObjectStore& store) : state_{std::make_unique<State>(store)} {}
Exporter::~Exporter() = default;

void Exporter::plan(const ObjectRef& object, const There& there, Chunks chunks, ExportPlan& plan) {
    const auto trees_before = plan.trees.size();
    const auto data_before = plan.data.size();
    const auto recipes_before = plan.recipes.size();
    State::Walk walk{there, chunks, plan};
    state_->walked_trees.clear();
    try {
        if (object.kind == ObjectKind::tree)
            state_->add_tree(walk, object.id, 0);
        else
            state_->add_object(walk, object.id, plan.data);
    } catch (...) {
        plan.trees.resize(trees_before);
        plan.data.resize(data_before);
        plan.recipes.resize(recipes_before);
        for (const auto& id : walk.seen) state_->met.erase(id);
        for (const auto& id : state_->walked_trees) state_->trees.erase(id);
        throw;
    }
}

struct ExportReader::State {
    const Exporter::State& exporter;
    RecordBuffer buffer{};
    PreparedRecord prepared{};
    Bytes raw{};
    std::unique_ptr<File> file{};  ///< of the whole object `file_of`
    std::uint32_t file_of = ExportItem::stored;

    [[nodiscard]] ByteView read_cut(const ExportItem& item) {
        const auto& cut = exporter.cuts[item.source];
        if (item.form == RecordForm::recipe) return cut.recipe;
        if (const auto piece = cut.pieces.find(item.id); piece != cut.pieces.end()) return piece->second;
        if (file_of != item.source) {
            file = exporter.store.whole.open_trusted(cut.id);
            file_of = item.source;
        }
        raw.resize(item.bytes - RecordLocation::record_header_bytes);
        if (file->read(raw, item.offset) != raw.size() || hash::sha256(raw) != item.id)
            throw Error{errors::object_corrupt, fmt::format("object {} changed while it was read", cut.id.to_string())};
        return raw;
    }
};

ExportReader::ExportReader(const Exporter& exporter)
    : state_{std::make_unique<State>(State{.exporter = *exporter.state_})} {}
ExportReader::~ExportReader() = default;

ExportRecord ExportReader::read(const ExportItem& item) {
    if (item.source != ExportItem::stored) {
        const auto bytes = state_->read_cut(item);
        const auto flags = item.form == RecordForm::recipe ? flag_proven : std::uint8_t{0};
        state_->prepared = prepare_record(bytes, item.id, item.form, flags);
        const auto& record = state_->prepared;
        return {record.info, record.checksum,
                record.info.compression == Compression::zstd ? ByteView{record.compressed} : bytes};
    }
    auto& catalog = state_->exporter.store.catalog;
    const auto location = catalog.find(item.id);
    if (!location) throw catalog.missing(item.id);
    const auto record = catalog.read_stored(*location, state_->buffer);
    return {record.info, record.checksum, record.payload};
}

}  // namespace mlo::store
