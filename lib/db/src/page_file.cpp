// SPDX-License-Identifier: Apache-2.0
#include "page_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace mlo::db {
namespace {

constexpr std::size_t file_header_bytes = 100;
constexpr std::size_t log_header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::uint64_t largest_payload = std::uint64_t{1} << 30;

std::uint32_t big_endian(ByteView from, std::size_t at, std::size_t bytes) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes && at + i < from.size(); ++i)
        value = value << 8 | std::to_integer<std::uint32_t>(from[at + i]);
    return value;
}

bool is_page_size(std::uint32_t size) noexcept { return size >= 512 && size <= 65536 && std::has_single_bit(size); }

/// Takes a varint off the front; nothing if the bytes end within it.
std::optional<std::uint64_t> take_varint(ByteView& from) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 9 && i < from.size(); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(from[i]);
        if (i == 8) {
            value = value << 8 | byte;
        } else {
            value = value << 7 | (byte & 0x7f);
            if ((byte & 0x80) != 0) continue;
        }
        from = from.subspan(i + 1);
        return value;
    }
    return std::nullopt;
}

/// The checksum of a log over one more piece, which is a multiple of 8 bytes.
struct LogChecksum {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    bool is_big_endian = false;

    void add(ByteView bytes) noexcept {
        const auto word = [&](std::size_t at) {
            return is_big_endian ? big_endian(bytes, at, 4) : load_le<std::uint32_t>(bytes.subspan(at));
        };
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first += word(at) + second;
            second += word(at + 4) + first;
        }
    }
    [[nodiscard]] bool is(ByteView from, std::size_t at) const noexcept {
        return big_endian(from, at, 4) == first && big_endian(from, at + 4, 4) == second;
    }
};

std::size_t size_of(std::uint64_t serial_type) noexcept {
    constexpr std::array<std::size_t, 12> sizes{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return serial_type < sizes.size() ? sizes[serial_type] : static_cast<std::size_t>((serial_type - 12) / 2);
}

Field field_of(std::uint64_t serial_type, ByteView bytes) {
    if (serial_type == 0) return nullptr;
    if (serial_type == 8 || serial_type == 9) return static_cast<std::int64_t>(serial_type - 8);
    if (serial_type >= 12 && serial_type % 2 == 0) return Bytes{bytes.begin(), bytes.end()};
    if (serial_type >= 13) return std::string{as_text(bytes)};
    std::uint64_t bits = std::to_integer<std::uint64_t>(bytes[0]) >= 0x80 && serial_type != 7 ? ~std::uint64_t{0} : 0;
    for (const auto byte : bytes) bits = bits << 8 | std::to_integer<std::uint64_t>(byte);
    if (serial_type == 7) return std::bit_cast<double>(bits);
    return static_cast<std::int64_t>(bits);
}

std::optional<std::vector<Field>> fields_of(ByteView record) {
    auto rest = record;
    const auto header_size = take_varint(rest);
    if (!header_size || *header_size > record.size() || *header_size < record.size() - rest.size()) return std::nullopt;
    auto types = record.subspan(record.size() - rest.size(), *header_size - (record.size() - rest.size()));
    auto values = record.subspan(*header_size);
    std::vector<Field> fields;
    while (!types.empty()) {
        const auto type = take_varint(types);
        if (!type || *type == 10 || *type == 11 || size_of(*type) > values.size()) return std::nullopt;
        fields.push_back(field_of(*type, values.first(size_of(*type))));
        values = values.subspan(size_of(*type));
    }
    return values.empty() ? std::optional{std::move(fields)} : std::nullopt;
}

bool is_interior(PageType type) noexcept {
    return type == PageType::index_interior || type == PageType::table_interior;
}
std::size_t header_at(std::uint32_t page) noexcept { return page == 1 ? file_header_bytes : 0; }

}  // namespace

PageFile::PageFile(Dir& folder, const std::string& name) : file_{folder.open(name)} {
    file_size_ = file_->stat().size;
    read_header();
    if (folder.stat(name + "-wal")) {
        log_ = folder.open(name + "-wal");
        read_log();
    }
    const auto pages = std::min<std::uint64_t>(file_size_ / page_size_, std::numeric_limits<std::uint32_t>::max() - 1);
    count_ = static_cast<std::uint32_t>(pages);
    if (!in_log_.empty()) count_ = std::max(count_, in_log_.rbegin()->first);
    if (const auto first = read(1); as_text(first).starts_with(magic)) {
        version_ = big_endian(first, 60, 4);
        application_id_ = big_endian(first, 68, 4);
    }
}

void PageFile::read_header() {
    Bytes header(file_header_bytes);
    header.resize(file_->read(header, 0));
    const auto size = big_endian(header, 16, 2);
    const auto page_size = size == 1 ? 65536 : size;
    has_header_ = header.size() == file_header_bytes && as_text(header).starts_with(magic) && is_page_size(page_size);
    if (!has_header_) return;
    page_size_ = page_size;
    const auto reserved = std::to_integer<std::uint32_t>(header[20]);
    usable_ = page_size_ - (reserved <= 32 ? reserved : 0);
}

void PageFile::read_log() {
    Bytes header(log_header_bytes);
    if (log_->read(header, 0) != header.size()) return;
    const auto magic = big_endian(header, 0, 4);
    LogChecksum checksum{.is_big_endian = (magic & 1) != 0};
    checksum.add(ByteView{header}.first(24));
    const auto page_size = big_endian(header, 8, 4);
    if ((magic & ~1u) != 0x377f0682 || !is_page_size(page_size) || !checksum.is(header, 24)) return;
    if (has_header_ && page_size != page_size_) return;
    if (!has_header_) page_size_ = usable_ = page_size;
    Bytes frame(frame_header_bytes + page_size);
    std::map<std::uint32_t, std::uint64_t> open;  // of the transaction that has not committed yet
    for (std::uint64_t at = log_header_bytes; log_->read(frame, at) == frame.size(); at += frame.size()) {
        const ByteView bytes{frame};
        checksum.add(bytes.first(8));
        checksum.add(bytes.subspan(frame_header_bytes));
        const bool is_of_this_log = std::equal(bytes.begin() + 8, bytes.begin() + 16, header.begin() + 16);
        if (!is_of_this_log || !checksum.is(bytes, 16)) return;
        if (const auto page = big_endian(bytes, 0, 4); page != 0) open[page] = at + frame_header_bytes;
        if (big_endian(bytes, 4, 4) == 0) continue;
        for (const auto& [page, offset] : open) in_log_[page] = offset;
        open.clear();
    }
}

Bytes PageFile::read(std::uint32_t page) {
    Bytes bytes(page_size_);
    if (page == 0 || page > count_) return {};
    if (const auto found = in_log_.find(page); found != in_log_.end())
        bytes.resize(log_->read(bytes, found->second));
    else
        bytes.resize(file_->read(bytes, std::uint64_t{page - 1} * page_size_));
    if (bytes.size() != page_size_) return {};
    return bytes;
}

PageType PageFile::type_of(std::uint32_t page, ByteView bytes) noexcept {
    const auto at = header_at(page);
    if (bytes.size() < at + 12) return PageType::other;
    const auto type = static_cast<PageType>(bytes[at]);
    switch (type) {
        case PageType::index_interior:
        case PageType::table_interior:
        case PageType::index_leaf:
        case PageType::table_leaf:
            return type;
        default:
            return PageType::other;
    }
}

std::vector<std::uint32_t> PageFile::children(std::uint32_t page, ByteView bytes) const {
    std::vector<std::uint32_t> pages;
    if (!is_interior(type_of(page, bytes))) return pages;
    const auto at = header_at(page);
    const auto cells = big_endian(bytes, at + 3, 2);
    const auto add = [&](std::uint32_t child) {
        if (child > 1) pages.push_back(child);
    };
    for (std::uint32_t i = 0; i < cells && at + 14 + 2 * i <= bytes.size(); ++i)
        add(big_endian(bytes, big_endian(bytes, at + 12 + 2 * i, 2), 4));
    add(big_endian(bytes, at + 8, 4));
    return pages;
}

std::vector<Cell> PageFile::cells(std::uint32_t page, ByteView bytes, std::uint64_t& unreadable) {
    std::vector<Cell> found;
    const auto type = type_of(page, bytes);
    if (type == PageType::other || type == PageType::table_interior) return found;
    const auto at = header_at(page);
    const auto count = big_endian(bytes, at + 3, 2);
    const auto pointers = at + (is_interior(type) ? 12 : 8);
    bool is_whole = pointers + std::size_t{2} * count <= bytes.size();
    for (std::uint32_t i = 0; i < count && pointers + 2 * i + 2 <= bytes.size(); ++i) {
        auto one = cell(type, bytes.first(std::min<std::size_t>(bytes.size(), usable_)),
                        big_endian(bytes, pointers + 2 * i, 2));
        if (one)
            found.push_back(std::move(*one));
        else
            is_whole = false;
    }
    if (!is_whole) ++unreadable;
    return found;
}

std::optional<Cell> PageFile::cell(PageType type, ByteView bytes, std::size_t at) {
    if (type == PageType::index_interior) at += 4;
    if (at >= bytes.size()) return std::nullopt;
    auto rest = bytes.subspan(at);
    Cell cell;
    const auto size = take_varint(rest);
    if (!size) return std::nullopt;
    if (type == PageType::table_leaf) {
        const auto row_id = take_varint(rest);
        if (!row_id) return std::nullopt;
        cell.row_id = static_cast<std::int64_t>(*row_id);
    }
    const auto record = payload(type, rest, *size);
    if (!record) return std::nullopt;
    auto fields = fields_of(*record);
    if (!fields) return std::nullopt;
    cell.fields = std::move(*fields);
    return cell;
}

std::optional<Bytes> PageFile::payload(PageType type, ByteView rest, std::uint64_t size) {
    const std::uint64_t usable = usable_;
    const auto most = type == PageType::table_leaf ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    const auto least = (usable - 12) * 32 / 255 - 23;
    auto here = size;
    if (size > most) {
        here = least + (size - least) % (usable - 4);
        if (here > most) here = least;
    }
    if (size > largest_payload || size > std::uint64_t{count_} * page_size_ ||
        here + (size > most ? 4 : 0) > rest.size())
        return std::nullopt;
    Bytes bytes;
    append(bytes, rest.first(here));
    auto next = size > most ? big_endian(rest, here, 4) : 0;
    while (bytes.size() < size) {
        const auto page = read(next);
        if (page.empty()) return std::nullopt;
        append(bytes, ByteView{page}.subspan(4, std::min<std::uint64_t>(size - bytes.size(), usable - 4)));
        next = big_endian(page, 0, 4);
    }
    if (next != 0) return std::nullopt;  // the chain goes on: its last page is another's, or overwritten
    return bytes;
}

std::vector<std::uint32_t> PageFile::free_pages() {
    std::vector<std::uint32_t> pages;
    const auto first = has_header_ ? read(1) : Bytes{};
    auto trunk = first.empty() ? 0 : big_endian(first, 32, 4);
    const auto expected = first.empty() ? 0 : big_endian(first, 36, 4);
    while (trunk != 0 && pages.size() < expected && pages.size() < count_) {
        const auto bytes = read(trunk);
        if (bytes.empty()) break;
        pages.push_back(trunk);
        const auto leaves = big_endian(bytes, 4, 4);
        for (std::uint32_t i = 0; i < leaves && 12 + 4 * std::size_t{i} <= bytes.size(); ++i)
            pages.push_back(big_endian(bytes, 8 + 4 * std::size_t{i}, 4));
        trunk = big_endian(bytes, 0, 4);
    }
    return pages;
}

}  // namespace mlo::db
