// SPDX-License-Identifier: Apache-2.0
#include "segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/store/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::string_view segment_magic = "MLOindx1";
constexpr std::string_view segment_magic_family = "MLOindx";
constexpr std::string_view segment_suffix = ".idx";
constexpr std::size_t header_size = 24;
constexpr std::size_t digest_size = 32;
constexpr std::size_t fan_out_size = 256 * 8;

Error corrupt_segment(const ObjectId& name, std::string_view what) {
    return Error{errors::index_corrupt,
                 fmt::format("index segment 'index/{}' is damaged: {}", segment_file_name(name), what)};
}

/// For what is seen without reading all of the segment: a writer sees it too.
Error unusable_segment(const ObjectId& name, std::string_view what) {
    return corrupt_segment(name, what)
        .hint("'mlo fetch', or 'mlo add' of any path: it lists anew what is in the packs");
}

Error invalid_segment(const ObjectId& name, std::string_view what) {
    return corrupt_segment(name, what)
        .hint("remove that file from the store; the next 'mlo add' makes a new one from the packs");
}

ObjectId digest_at(ByteView bytes) {
    ObjectId id;
    std::copy_n(bytes.begin(), digest_size, id.bytes.begin());
    return id;
}

}  // namespace

std::string segment_file_name(const ObjectId& name) { return name.hex() + std::string{segment_suffix}; }

std::optional<ObjectId> parse_segment_file_name(std::string_view file_name) {
    if (!file_name.ends_with(segment_suffix)) return std::nullopt;
    file_name.remove_suffix(segment_suffix.size());
    return ObjectId::parse(fmt::format("sha256:{}", file_name));
}

Segment::Segment(File& file, const ObjectId& name) : name_{name}, mapping_{file.map(0)} {
    const auto bytes = mapping_->bytes();
    ByteReader reader{bytes};
    const auto magic = as_text(reader.take(segment_magic.size()));
    pack_count_ = reader.integer<std::uint32_t>();
    superseded_count_ = reader.integer<std::uint32_t>();
    entry_count_ = reader.integer<std::uint64_t>();
    // A flipped bit looks like another format too; only the name can tell.
    if (!reader.failed() && magic != segment_magic && magic.starts_with(segment_magic_family) &&
        hash::sha256(bytes) == name)
        throw Error{errors::store_newer,
                    fmt::format("index segment 'index/{}' is of a newer format", segment_file_name(name))};
    if (reader.failed() || magic != segment_magic) throw unusable_segment(name, "it has no sound header");

    fan_out_offset_ = header_size + (std::size_t{pack_count_} + superseded_count_) * digest_size;
    entries_offset_ = fan_out_offset_ + fan_out_size;
    if (bytes.size() < entries_offset_ || (bytes.size() - entries_offset_) % IndexEntry::size != 0 ||
        (bytes.size() - entries_offset_) / IndexEntry::size != entry_count_)
        throw unusable_segment(name, "its size is not what its header says");
}

ByteView Segment::body(std::size_t offset, std::size_t size) const { return mapping_->bytes().subspan(offset, size); }

ObjectId Segment::pack(std::uint32_t number) const {
    MLO_ASSERT(number < pack_count_);
    return digest_at(body(header_size + std::size_t{number} * digest_size, digest_size));
}

std::vector<ObjectId> Segment::superseded() const {
    std::vector<ObjectId> names;
    for (std::size_t i = 0; i < superseded_count_; ++i)
        names.push_back(digest_at(body(header_size + (pack_count_ + i) * digest_size, digest_size)));
    return names;
}

IndexEntry Segment::entry(std::uint64_t number) const {
    MLO_ASSERT(number < entry_count_);
    return IndexEntry::decode(body(entries_offset_ + number * IndexEntry::size, IndexEntry::size));
}

std::optional<RecordLocation> Segment::find(const ObjectId& id, const std::set<ObjectId>& excluded) const {
    const auto first_byte = std::to_integer<std::size_t>(id.bytes[0]);
    const auto fan_out = [&](std::size_t i) { return load_le<std::uint64_t>(body(fan_out_offset_ + i * 8, 8)); };
    // A damaged fan-out may send us astray, but not out of bounds; verify() tells.
    auto low = std::min(first_byte == 0 ? 0 : fan_out(first_byte - 1), entry_count_);
    auto high = std::min(fan_out(first_byte), entry_count_);
    const auto digest = [&](std::uint64_t i) { return body(entries_offset_ + i * IndexEntry::size, digest_size); };
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (std::lexicographical_compare(digest(middle).begin(), digest(middle).end(), id.bytes.begin(),
                                         id.bytes.end()))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < entry_count_; ++low) {
        const auto found = entry(low);
        if (found.info.id != id || found.pack >= pack_count_ || !is_plausible(found.info)) return std::nullopt;
        const auto name = pack(found.pack);
        if (!excluded.contains(name)) return RecordLocation{found.info, name, found.offset};
    }
    return std::nullopt;
}

void Segment::verify() const {
    if (!mutant(Mutant::segment_hash) && hash::sha256(mapping_->bytes()) != name_)
        throw invalid_segment(name_, "its bytes do not have the hash that names it");
    const auto order = [](const IndexEntry& e) { return std::tuple{e.info.id.bytes, e.info.form, e.pack, e.offset}; };
    for (std::uint64_t i = 0; i < entry_count_; ++i) {
        const auto current = entry(i);
        if (current.pack >= pack_count_ || !is_plausible(current.info) ||
            (i > 0 && order(entry(i - 1)) > order(current)))
            throw invalid_segment(name_, "it holds an invalid entry");
    }
}

}  // namespace mlo::store
