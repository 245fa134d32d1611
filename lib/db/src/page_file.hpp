// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/fs.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mlo::db {

/// A value of a row as it is stored.
using Field = std::variant<std::nullptr_t, std::int64_t, double, std::string, Bytes>;

/// A cell of a page of a tree.
struct Cell {
    std::int64_t row_id = 0;  ///< of tables with row ids
    std::vector<Field> fields;
};

/// What a page says that it is.
enum class PageType : std::uint8_t {
    other = 0,
    index_interior = 0x02,
    table_interior = 0x05,
    index_leaf = 0x0a,
    table_leaf = 0x0d
};

/// The pages of a database file that nothing is believed of, with those of its write-ahead log in their place. The
/// format: https://www.sqlite.org/fileformat2.html
class PageFile {
public:
    /// `folder` is where the database `name` is.
    PageFile(Dir& folder, const std::string& name);

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    /// Its bytes; empty if there is no such page. Pages count from 1.
    [[nodiscard]] Bytes read(std::uint32_t page);
    /// Whether the header at the start of the file makes sense.
    [[nodiscard]] bool has_header() const noexcept { return has_header_; }

    /// What the header says of the schema; 0 if it makes no sense.
    [[nodiscard]] std::uint32_t application_id() const noexcept { return application_id_; }
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

    [[nodiscard]] static PageType type_of(std::uint32_t page, ByteView bytes) noexcept;
    /// The pages below an interior page; with those that the file ends before.
    [[nodiscard]] std::vector<std::uint32_t> children(std::uint32_t page, ByteView bytes) const;
    /// The rows of a page, those that can be read; `unreadable` counts the others.
    [[nodiscard]] std::vector<Cell> cells(std::uint32_t page, ByteView bytes, std::uint64_t& unreadable);
    /// The pages that are in use by nobody, as far as their list can be read.
    [[nodiscard]] std::vector<std::uint32_t> free_pages();

private:
    void read_header();
    void read_log();
    [[nodiscard]] std::optional<Cell> cell(PageType type, ByteView bytes, std::size_t at);
    [[nodiscard]] std::optional<Bytes> payload(PageType type, ByteView rest, std::uint64_t size);

    std::unique_ptr<File> file_;
    std::unique_ptr<File> log_;
    std::uint64_t file_size_ = 0;
    std::uint32_t page_size_ = 4096;
    std::uint32_t usable_ = 4096;
    std::uint32_t count_ = 0;
    std::uint32_t application_id_ = 0;
    std::uint32_t version_ = 0;
    bool has_header_ = false;
    std::map<std::uint32_t, std::uint64_t> in_log_;  ///< page -> offset in the log
};

}  // namespace mlo::db
