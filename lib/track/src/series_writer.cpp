// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/limits.hpp>
#include <mlo/track/series.hpp>
#include <mlo/util/error.hpp>

#include "series_format.hpp"

namespace mlo::track {
namespace {

void append_varint(Bytes& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) to.push_back(static_cast<std::byte>(value | 0x80U));
    to.push_back(static_cast<std::byte>(value));
}

void append_point(Bytes& to, const Point& point) {
    append_le(to, static_cast<std::uint64_t>(point.step));
    append_le(to, static_cast<std::uint64_t>(point.time_ms));
    append_le(to, format::bits_of(point.value));
}

}  // namespace

BlockEntry format::describe(std::span<const Point> points) noexcept {
    BlockEntry entry{.first = points.front(), .last = points.back(), .min = points.front(), .max = points.front()};
    bool has_number = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto value = points[i].value;
        if (std::isnan(value)) {
            ++entry.nan_count;
            continue;
        }
        if (!has_number || value < entry.min.value) {
            entry.min = points[i];
            entry.min_index = static_cast<std::uint16_t>(i);
        }
        if (!has_number || value > entry.max.value) {
            entry.max = points[i];
            entry.max_index = static_cast<std::uint16_t>(i);
        }
        has_number = true;
    }
    return entry;
}

SeriesWriter::SeriesWriter(std::function<void(ByteView)> sink) : sink_{std::move(sink)} {
    block_.reserve(block_points);
    sink_(as_bytes(format::header));
    written_ = format::header.size();
}

void SeriesWriter::begin(std::string_view key) {
    MLO_ASSERT(!key.empty() && key.size() <= max_key_bytes && (!key_ || key > *key_));
    end_series();
    key_ = key;
}

void SeriesWriter::add(const Point& point) {
    MLO_ASSERT(key_.has_value());
    if (block_.size() == block_points) flush_block();
    MLO_ASSERT(block_.empty() || point > block_.back());
    block_.push_back(point);
    ++point_count_;
}

void SeriesWriter::flush_block() {
    Bytes bytes;
    bytes.reserve(block_.size() * 12);
    for (std::size_t i = 1; i < block_.size(); ++i)
        append_varint(bytes, format::difference(block_[i].step, block_[i - 1].step));
    for (std::size_t i = 1; i < block_.size(); ++i)
        append_varint(bytes, format::zigzag(format::difference(block_[i].time_ms, block_[i - 1].time_ms)));
    for (const auto& point : block_) append_le(bytes, format::bits_of(point.value));

    const auto entry = format::describe(block_);
    append_le(entries_, static_cast<std::uint32_t>(bytes.size()));
    append_le(entries_, entry.min_index);
    append_le(entries_, entry.max_index);
    append_le(entries_, entry.nan_count);
    for (const auto* point : {&entry.first, &entry.last, &entry.min, &entry.max}) append_point(entries_, *point);
    sink_(bytes);
    written_ += bytes.size();
    block_.clear();
}

void SeriesWriter::end_series() {
    if (!key_ || point_count_ == 0) return;
    flush_block();
    append_le(directory_, static_cast<std::uint16_t>(key_->size()));
    append(directory_, as_bytes(*key_));
    append_le(directory_, point_count_);
    append(directory_, entries_);
    entries_.clear();
    point_count_ = 0;
    ++series_count_;
}

void SeriesWriter::finish() {
    end_series();
    Bytes bytes;
    append_le(bytes, series_count_);
    append(bytes, directory_);
    const auto size = bytes.size();
    append_le(bytes, written_);
    append_le(bytes, std::uint64_t{size});
    append(bytes, as_bytes(format::tail));
    sink_(bytes);
}

}  // namespace mlo::track
