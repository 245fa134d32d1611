// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/track/series.hpp>
#include <mlo/util/text.hpp>

#include "series_format.hpp"

namespace mlo::track {
namespace {

/// The varint at the start of `bytes`, which it is taken from; nothing if it is cut short, too long or not the
/// shortest.
std::optional<std::uint64_t> take_varint(ByteView& bytes) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < std::min(bytes.size(), format::max_varint); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
        value |= (byte & 0x7fU) << (7 * i);
        if (byte >= 0x80) continue;
        if ((byte == 0 && i > 0) || (i + 1 == format::max_varint && byte > 1)) return std::nullopt;
        bytes = bytes.subspan(i + 1);
        return value;
    }
    return std::nullopt;
}

bool same_entry(const BlockEntry& a, const BlockEntry& b) noexcept {
    return a.min_index == b.min_index && a.max_index == b.max_index && a.nan_count == b.nan_count &&
           a.first == b.first && a.last == b.last && a.min == b.min && a.max == b.max;
}

std::uint64_t points_of_block(const SeriesFile::Series& series, std::size_t block) noexcept {
    return std::min<std::uint64_t>(block_points, series.count - std::uint64_t{block} * block_points);
}

}  // namespace

void SeriesFile::fail(std::string_view what) const {
    throw Error{errors::series_invalid, fmt::format("the series {} hold {}", quoted(name_), what)};
}

SeriesFile::SeriesFile(ByteView bytes, std::string name) : bytes_{bytes}, name_{std::move(name)} {
    const auto start = as_text(bytes.first(std::min(bytes.size(), format::header.size())));
    if (start != format::header)
        fail(start.starts_with("mlo series ") && !start.starts_with("mlo series 1\n") ? "a newer format" : "no header");
    if (bytes.size() < format::header.size() + format::trailer_size) fail("no directory");
    ByteReader trailer{bytes.last(format::trailer_size)};
    const auto offset = trailer.integer<std::uint64_t>();
    const auto size = trailer.integer<std::uint64_t>();
    if (as_text(trailer.take(format::tail.size())) != format::tail) fail("no trailer");
    const auto end = bytes.size() - format::trailer_size;
    if (offset < format::header.size() || offset > end || size != end - offset) fail("an impossible directory");
    read_directory(bytes.subspan(offset, size), offset - format::header.size());
}

BlockEntry SeriesFile::read_entry(ByteReader& reader, std::uint64_t points) const {
    BlockEntry entry;
    entry.size_bytes = reader.integer<std::uint32_t>();
    entry.min_index = reader.integer<std::uint16_t>();
    entry.max_index = reader.integer<std::uint16_t>();
    entry.nan_count = reader.integer<std::uint16_t>();
    for (auto* point : {&entry.first, &entry.last, &entry.min, &entry.max}) {
        point->step = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
        point->time_ms = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
        const auto bits = reader.integer<std::uint64_t>();
        if (!format::is_canonical(bits)) fail("a value in an unknown form");
        point->value = std::bit_cast<double>(bits);
    }
    const auto least = points * 10 - 2;  // a point takes 8 bytes, each after the first two bytes more
    const auto most = points * (8 + 2 * format::max_varint);
    if (entry.size_bytes < least || entry.size_bytes > most) fail("a block of an impossible size");
    if (entry.min_index >= points || entry.max_index >= points || entry.nan_count > points)
        fail("an entry that contradicts its block");
    return entry;
}

void SeriesFile::read_directory(ByteView directory, std::uint64_t blocks_size) {
    ByteReader reader{directory};
    const auto count = reader.integer<std::uint32_t>();
    auto offset = std::uint64_t{format::header.size()};
    const auto end = offset + blocks_size;
    for (std::uint32_t i = 0; i < count; ++i) {
        Series series;
        series.key = as_text(reader.take(reader.integer<std::uint16_t>()));
        series.count = reader.integer<std::uint64_t>();
        if (reader.failed()) fail("a directory that is cut short");
        if (!key_problem(series.key).empty()) fail("an impossible name");
        if (!series_.empty() && series.key <= series_.back().key) fail("names out of order or twice");
        if (series.count == 0 || series.count > blocks_size) fail("an impossible count of points");
        const auto blocks = (series.count + block_points - 1) / block_points;
        if (blocks > reader.remaining() / format::entry_size) fail("a directory that is cut short");
        series.offset = offset;
        series.blocks.reserve(blocks);
        for (std::uint64_t block = 0; block < blocks; ++block) {
            const auto& entry = series.blocks.emplace_back(read_entry(reader, points_of_block(series, block)));
            if (entry.size_bytes > end - offset) fail("a block beyond the end");
            if (block > 0 && entry.first <= series.blocks[block - 1].last) fail("blocks out of order");
            offset += entry.size_bytes;
        }
        series_.push_back(std::move(series));
    }
    if (reader.failed() || reader.remaining() != 0) fail("a directory of the wrong size");
    if (offset != end) fail("bytes that no series owns");
}

const SeriesFile::Series* SeriesFile::find(std::string_view key) const noexcept {
    const auto at = std::ranges::lower_bound(series_, key, {}, &Series::key);
    return at != series_.end() && at->key == key ? &*at : nullptr;
}

void SeriesFile::decode(const Series& series, std::size_t block, std::uint64_t offset, std::vector<Point>& into) const {
    const auto& entry = series.blocks[block];
    const auto count = static_cast<std::size_t>(points_of_block(series, block));
    auto rest = bytes_.subspan(offset, entry.size_bytes);
    into.resize(count);
    into[0] = entry.first;
    for (std::size_t i = 1; i < count; ++i) {
        const auto step = take_varint(rest);
        const auto room = format::difference(std::numeric_limits<std::int64_t>::max(), into[i - 1].step);
        if (!step || *step > room) fail("an impossible step");
        into[i].step = static_cast<std::int64_t>(static_cast<std::uint64_t>(into[i - 1].step) + *step);
    }
    for (std::size_t i = 1; i < count; ++i) {
        const auto time = take_varint(rest);
        if (!time) fail("an impossible time");
        into[i].time_ms =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(into[i - 1].time_ms) + format::from_zigzag(*time));
    }
    if (rest.size() != count * sizeof(double)) fail("a block of the wrong size");
    for (std::size_t i = 0; i < count; ++i) {
        const auto bits = load_le<std::uint64_t>(rest.subspan(i * sizeof(double)));
        if (!format::is_canonical(bits)) fail("a value in an unknown form");
        into[i].value = std::bit_cast<double>(bits);
        if (i > 0 && into[i] <= into[i - 1]) fail("points out of order");
    }
    if (!same_entry(format::describe(into), entry)) fail("an entry that contradicts its block");
}

void SeriesFile::read(const Series& series, const std::function<void(std::span<const Point>)>& sink) const {
    std::vector<Point> points;
    auto offset = series.offset;
    for (std::size_t block = 0; block < series.blocks.size(); ++block) {
        decode(series, block, offset, points);
        offset += series.blocks[block].size_bytes;
        sink(points);
    }
}

void SeriesFile::check() const {
    for (const auto& series : series_) read(series, [](std::span<const Point>) {});
}

}  // namespace mlo::track
