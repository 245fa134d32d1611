// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/object_store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>

#include "store_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/background_writer.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t window_bytes = 8u << 20;

void check_format(Dir& dir) {
    if (!dir.stat("format")) return;
    const auto text = read_file(dir, "format", 64);
    constexpr std::string_view prefix = "mlo store ";
    unsigned version = 0;
    const auto number = std::string_view{text}.substr(std::min(prefix.size(), text.size()));
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), version);
    if (!text.starts_with(prefix) || parsed.ec != std::errc{} || version == 0)
        throw Error{errors::index_corrupt,
                    fmt::format("'{}/format' does not say which format the store has", dir.path())}
            .hint("it should hold the line 'mlo store 1'");
    if (version > 1)
        throw Error{errors::store_newer,
                    fmt::format("the store {} has format {}, this mlo knows format 1", quoted(dir.path()), version)}
            .hint("use the mlo that wrote it");
}

Error corrupt(const ObjectId& id) {
    return Error{errors::object_corrupt, fmt::format("the stored bytes of {} do not have that hash", id.to_string())};
}

void read_file_blocks(File& file, const ByteSink& sink) {
    Bytes buffer(1 << 20);
    for (std::uint64_t at = 0;;) {
        const auto count = file.read(buffer, at);
        if (count == 0) return;
        sink(ByteView{buffer}.first(count));
        at += count;
    }
}

/// Writes what it is given to a file while another thread hashes it.
class HashingWriter {
public:
    HashingWriter(File& file, std::uint32_t jobs)
        : writer_{file, jobs}, policy_{jobs > 1 ? std::launch::async : std::launch::deferred} {
        filling_.reserve(window_bytes + large_file_bytes);
    }
    void add(ByteView bytes) {
        writer_.write(bytes);
        append(filling_, bytes);
        if (filling_.size() >= window_bytes) hash();
    }
    [[nodiscard]] ObjectId finish() {
        hash();
        writer_.finish();
        if (hashing_.valid()) hashing_.get();
        return hasher_.finish();
    }

private:
    void hash() {
        if (hashing_.valid()) hashing_.get();
        std::swap(filling_, busy_);
        filling_.clear();
        hashing_ = std::async(policy_, [this] { hasher_.update(busy_); });
    }

    BackgroundWriter writer_;
    std::launch policy_;
    Bytes filling_;
    Bytes busy_;
    hash::Sha256 hasher_;
    std::future<void> hashing_;  // last: its destructor waits for the thread that uses the others
};

/// Calls `visit` with the bytes of every chunk of the object at `location`, in order.
void read_chunks(ObjectStore::State& state, const RecordLocation& location,
                 const std::function<void(const RecipeEntry&)>& visit) {
    const auto read_piece = [&](const ObjectId& id) {
        RecordBuffer buffer;
        const auto raw = read_chunk(state.catalog, id, buffer);
        return Bytes(raw.begin(), raw.end());
    };
    for_each_chunk(read_recipe(state.catalog, location), location.info.id, read_piece, [&](const RecipeEntry& entry) {
        state.runtime.check_stop();
        visit(entry);
    });
}

/// Checks an object's hash over all its chunks.
void prove(ObjectStore::State& state, const RecordLocation& location) {
    hash::Sha256 hasher;
    RecordBuffer buffer;
    read_chunks(state, location,
                [&](const RecipeEntry& entry) { hasher.update(read_chunk(state.catalog, entry.id, buffer)); });
    if (hasher.finish() != location.info.id) throw corrupt(location.info.id);
}

ByteView read_whole_record(ObjectStore::State& state, const RecordLocation& location, RecordBuffer& buffer) {
    const auto raw = state.catalog.read(location, buffer);
    if (!mutant(Mutant::blob_hash) && hash::sha256(raw) != location.info.id) throw corrupt(location.info.id);
    return raw;
}

void write_chunks(ObjectStore::State& state, const RecordLocation& location, File& file) {
    HashingWriter writer{file, state.runtime.jobs};
    PackStream packs{state.catalog};
    RecordBuffer buffer;
    // The chunks' own hashes are not computed here: the hash of the whole covers them.
    read_chunks(state, location, [&](const RecipeEntry& entry) {
        const auto chunk = state.catalog.find(entry.id);
        if (!chunk || chunk->info.form != RecordForm::raw) throw state.catalog.missing(entry.id);
        writer.add(packs.read(*chunk, buffer));
    });
    if (writer.finish() != location.info.id && !mutant(Mutant::blob_hash)) throw corrupt(location.info.id);
}

void copy_checked(ObjectStore::State& state, File& source, const ObjectId& id, File& file) {
    HashingWriter writer{file, state.runtime.jobs};
    read_file_blocks(source, [&](ByteView piece) {
        state.runtime.check_stop();
        writer.add(piece);
    });
    if (writer.finish() != id && !mutant(Mutant::blob_hash)) throw corrupt(id);
}

/// Where the record of `id` is; nothing if the object is kept whole. Throws object_missing, or index_corrupt if that
/// may be why.
std::optional<RecordLocation> locate(ObjectStore::State& state, const ObjectId& id) {
    if (auto found = state.catalog.find(id)) return found;
    if (state.whole.find_size(id)) return std::nullopt;
    state.catalog.reload();
    if (auto found = state.catalog.find(id)) return found;
    state.catalog.verify();
    throw state.catalog.missing(id);
}

}  // namespace

ByteView read_chunk(Catalog& catalog, const ObjectId& id, RecordBuffer& buffer) {
    const auto location = catalog.find(id);
    if (!location || location->info.form != RecordForm::raw) throw catalog.missing(id);
    const auto raw = catalog.read(*location, buffer);
    if (!mutant(Mutant::chunk_hash) && hash::sha256(raw) != id) throw corrupt(id);
    return raw;
}

Recipe read_recipe(Catalog& catalog, const RecordLocation& location) {
    RecordBuffer buffer;
    return Recipe::decode(catalog.read(location, buffer), location.info.id);
}

ObjectStore::ObjectStore(std::unique_ptr<Dir> dir, const Runtime& runtime) {
    check_format(*dir);
    state_ = std::make_unique<State>(std::move(dir), runtime);
}
ObjectStore::~ObjectStore() = default;

Dir& ObjectStore::dir() noexcept { return *state_->root; }

void ObjectStore::refresh() { state_->catalog.reload(); }

std::optional<Error> ObjectStore::find_index_damage() {
    auto damaged = state_->catalog.damaged();
    return damaged.empty() ? std::nullopt : std::optional{std::move(damaged.front().error)};
}

std::unique_ptr<Ingest> ObjectStore::begin_ingest(LargeFiles large_files) {
    return std::make_unique<Ingest>(*this, large_files);
}

std::optional<ObjectInfo> ObjectStore::find(const ObjectId& id) {
    if (const auto found = state_->catalog.find(id)) {
        if (found->info.form == RecordForm::raw) return ObjectInfo{Form::packed, found->info.raw_bytes};
        return ObjectInfo{Form::chunked, read_recipe(state_->catalog, *found).size_bytes};
    }
    if (const auto size = state_->whole.find_size(id)) return ObjectInfo{Form::whole, *size};
    return std::nullopt;
}

bool ObjectStore::contains(const ObjectId& id) {
    return state_->catalog.find(id).has_value() || state_->whole.find_size(id).has_value();
}

void ObjectStore::read(const ObjectId& id, const ByteSink& sink) {
    const auto location = locate(*state_, id);
    if (!location) {
        read_file_blocks(*state_->whole.open_trusted(id), sink);
        return;
    }
    RecordBuffer buffer;
    if (location->info.form == RecordForm::raw) {
        sink(read_whole_record(*state_, *location, buffer));
        return;
    }
    if ((location->info.flags & flag_proven) == 0) prove(*state_, *location);
    read_chunks(*state_, *location,
                [&](const RecipeEntry& entry) { sink(read_chunk(state_->catalog, entry.id, buffer)); });
}

Bytes ObjectStore::read_all(const ObjectId& id, std::uint64_t limit_bytes) {
    Bytes bytes;
    read(id, [&](ByteView piece) {
        if (piece.size() > limit_bytes - bytes.size())
            throw Error{errors::object_too_large, fmt::format("object {} is larger than the {} allowed here",
                                                              id.to_string(), format_bytes(limit_bytes))};
        append(bytes, piece);
    });
    return bytes;
}

bool ObjectStore::link_to(const ObjectId& id, Dir& folder, const std::string& name) {
    return state_->whole.link_to(id, folder, name);
}

void ObjectStore::write_to(const ObjectId& id, File& file) {
    const auto location = locate(*state_, id);
    if (location && location->info.form == RecordForm::recipe) {
        write_chunks(*state_, *location, file);
    } else if (location) {
        thread_local RecordBuffer buffer;
        file.write(read_whole_record(*state_, *location, buffer));
    } else {
        const auto source = state_->whole.open_trusted(id);
        if (!file.clone_from(*source)) copy_checked(*state_, *source, id, file);
    }
}

}  // namespace mlo::store
