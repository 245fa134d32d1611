// SPDX-License-Identifier: Apache-2.0
#include "catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <mlo/store/errors.hpp>
#include <mlo/util/errors.hpp>

namespace mlo::store {
namespace {

bool is_absent(const Error& error) { return error.kind() == ErrorKind::not_found; }

struct LoadedSegments {
    std::vector<std::shared_ptr<const Segment>> sound;
    std::vector<DamagedSegment> damaged;
};

/// The segments in `index`, less those that others supersede. Nothing if one vanished meanwhile: the caller lists
/// again.
std::optional<LoadedSegments> load_segments(Dir& index, const std::vector<std::shared_ptr<const Segment>>& loaded) {
    std::vector<std::shared_ptr<const Segment>> segments;
    std::vector<DamagedSegment> damaged;
    std::set<ObjectId> superseded;
    for (const auto& entry : index.list()) {
        const auto name = parse_segment_file_name(entry.name);
        if (!name) continue;
        const auto known =
            std::find_if(loaded.begin(), loaded.end(), [&](const auto& segment) { return segment->name() == *name; });
        if (known != loaded.end()) {
            segments.push_back(*known);
        } else {
            try {
                segments.push_back(std::make_shared<Segment>(*index.open(entry.name), *name));
            } catch (const Error& error) {
                if (is_absent(error)) return std::nullopt;
                if (error.kind() != ErrorKind::corrupt) throw;
                damaged.push_back({*name, error});
                continue;
            }
        }
        for (const auto& old : segments.back()->superseded()) superseded.insert(old);
    }
    std::erase_if(segments, [&](const auto& segment) { return superseded.contains(segment->name()); });
    std::erase_if(damaged, [&](const auto& segment) { return superseded.contains(segment.name); });
    std::sort(segments.begin(), segments.end(),
              [](const auto& a, const auto& b) { return a->entry_count() > b->entry_count(); });
    return LoadedSegments{std::move(segments), std::move(damaged)};
}

}  // namespace

std::unique_ptr<Dir> open_if_present(Dir& dir, std::string_view name) {
    return dir.stat(name) ? dir.open_dir(name) : nullptr;
}

Catalog::Catalog(Dir& store) : store_{store}, segments_{std::make_shared<Segments>()} { reload(); }

void Catalog::reload() {
    const std::scoped_lock lock{mutex_};
    const auto index = open_if_present(store_, "index");
    if (index == nullptr) return;
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (auto loaded = load_segments(*index, *segments_)) {
            segments_ = std::make_shared<const Segments>(std::move(loaded->sound));
            damaged_ = std::move(loaded->damaged);
            return;
        }
    }
    throw Error{errors::index_corrupt, "the index of the store changes faster than it can be read"}.hint(
        "run the command again");
}

std::vector<std::shared_ptr<const Segment>> Catalog::segments() {
    const std::scoped_lock lock{mutex_};
    return *segments_;
}

std::vector<DamagedSegment> Catalog::damaged() {
    const std::scoped_lock lock{mutex_};
    return damaged_;
}

std::optional<RecordLocation> Catalog::find(const ObjectId& id) {
    std::shared_ptr<const Segments> segments;
    {
        const std::scoped_lock lock{mutex_};
        segments = segments_;
    }
    for (const auto& segment : *segments)
        if (auto found = segment->find(id)) return found;
    return std::nullopt;
}

void Catalog::verify() {
    for (const auto& segment : segments()) segment->verify();
}

Error Catalog::missing(const ObjectId& id) {
    if (const auto hiding = damaged(); !hiding.empty())
        return Error{hiding.front().error}.note(fmt::format("object {} may be listed there", id.to_string()));
    return Error{errors::object_missing, fmt::format("object {} is not in the store", id.to_string())};
}

std::unique_ptr<File> Catalog::open_pack_alone(const ObjectId& pack) {
    return store_.open_dir("packs")->open(pack_file_name(pack));
}

std::shared_ptr<File> Catalog::open_pack(const ObjectId& pack) {
    const std::scoped_lock lock{packs_mutex_};
    const auto known =
        std::find_if(open_packs_.begin(), open_packs_.end(), [&](const auto& open) { return open.first == pack; });
    if (known != open_packs_.end()) {
        open_packs_.splice(open_packs_.begin(), open_packs_, known);
        return known->second;
    }
    std::shared_ptr<File> file = open_pack_alone(pack);
    open_packs_.emplace_front(pack, file);
    if (open_packs_.size() > max_open_packs) open_packs_.pop_back();
    return file;
}

StoredRecord Catalog::read_stored(const RecordLocation& location, RecordBuffer& buffer) {
    const auto read_from = [&](const RecordLocation& at) {
        return read_stored_record(*open_pack(at.pack), at.pack, at.offset, at.info, buffer);
    };
    try {
        return read_from(location);
    } catch (const Error& error) {
        if (!is_absent(error)) throw;
    }
    reload();
    const auto again = find(location.info.id);
    if (!again || again->pack == location.pack)
        throw Error{errors::pack_corrupt, fmt::format("pack 'packs/{}' is missing", pack_file_name(location.pack))}
            .hint(
                "remove the folder 'index' of the store, then 'mlo pull': it lists anew what is there and fetches the "
                "rest");
    return read_from(*again);
}

ByteView Catalog::read(const RecordLocation& location, RecordBuffer& buffer) {
    const auto record = read_stored(location, buffer);
    return unpack(record.payload, record.info, buffer.raw);
}

ByteView PackStream::read(const RecordLocation& location, RecordBuffer& buffer) {
    auto pack =
        std::find_if(packs_.begin(), packs_.end(), [&](const auto& open) { return open.first == location.pack; });
    if (pack == packs_.end()) {
        try {
            auto file = catalog_.open_pack_alone(location.pack);
            file->read_once(location.offset, file->stat().size - location.offset);
            if (packs_.size() == max_packs) packs_.pop_back();
            packs_.emplace_front(location.pack, std::move(file));
        } catch (const Error& error) {
            if (!is_absent(error)) throw;
            return catalog_.read(location, buffer);
        }
        pack = packs_.begin();
    }
    packs_.splice(packs_.begin(), packs_, pack);
    return read_record(*pack->second, location.pack, location.offset, location.info, buffer);
}

}  // namespace mlo::store
