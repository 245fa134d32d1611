// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/util/error.hpp>

namespace mlo::table {

struct Api;

/// How a column's values are handed out. Types of files that are none of these become the nearest: see
/// lib/table/README.md.
enum class Type : std::uint8_t { boolean, integer, real, text, date, timestamp };
/// "integer"
[[nodiscard]] std::string_view to_string(Type type) noexcept;

/// What a date or timestamp counts, from 1970-01-01T00:00:00 on. Dates are in days.
enum class TimeUnit : std::uint8_t { day, second, millisecond, microsecond, nanosecond };
/// "2024-01-02", "2024-01-02 03:04:05.5": a value of a date or timestamp as the engine reads it.
[[nodiscard]] std::string time_text(Type type, TimeUnit unit, std::int64_t value);

/// A column as its values are handed out.
struct ColumnType {
    std::string name;
    Type type = Type::text;
    TimeUnit unit = TimeUnit::day;  ///< of date and timestamp
    std::string declared;           ///< what the engine calls it: "DECIMAL(18,3)"
};

/// A text of a column, as the engine lays it out: short ones in place.
class TextCell {
public:
    [[nodiscard]] std::string_view view() const noexcept {
        if (length_ <= inlined) return {content_, length_};
        const char* pointer;
        std::memcpy(&pointer, content_ + prefix, sizeof pointer);
        return {pointer, length_};
    }

private:
    static constexpr std::size_t inlined = 12;
    static constexpr std::size_t prefix = 4;
    std::uint32_t length_;
    char content_[inlined];
};
static_assert(sizeof(TextCell) == 16);

/// The values of one column in a Chunk, which they live as long as. Where is_valid() is false, there is no value, and
/// what the array holds there means nothing. To ask for another type than the column's is a bug.
class ColumnView {
public:
    ColumnView(Type type, std::size_t rows, const void* values, const std::uint64_t* validity) noexcept
        : values_{values}, validity_{validity}, rows_{rows}, type_{type} {}

    [[nodiscard]] Type type() const noexcept { return type_; }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// One bit a row, the lowest first, set where there is a value; null if there is one in each row.
    [[nodiscard]] const std::uint64_t* validity() const noexcept { return validity_; }
    [[nodiscard]] bool is_valid(std::size_t row) const noexcept {
        return validity_ == nullptr || ((validity_[row / 64] >> (row % 64)) & 1) != 0;
    }
    [[nodiscard]] std::span<const bool> booleans() const { return values<bool>(Type::boolean); }
    [[nodiscard]] std::span<const double> reals() const { return values<double>(Type::real); }
    [[nodiscard]] std::span<const TextCell> texts() const { return values<TextCell>(Type::text); }
    /// Of integers, and of dates and timestamps in their unit.
    [[nodiscard]] std::span<const std::int64_t> integers() const {
        MLO_ASSERT(type_ == Type::integer || type_ == Type::date || type_ == Type::timestamp);
        return {static_cast<const std::int64_t*>(values_), rows_};
    }

private:
    template <class T>
    std::span<const T> values(Type expected) const {
        MLO_ASSERT(type_ == expected);
        return {static_cast<const T*>(values_), rows_};
    }

    const void* values_;
    const std::uint64_t* validity_;
    std::size_t rows_;
    Type type_;
};

/// Some rows (at most 2,048) of a result, column by column. Used by one thread at a time.
class Chunk {
public:
    Chunk() = default;
    Chunk(const Api& api, void* handle, std::uint64_t first_row, std::span<const ColumnType> columns);
    ~Chunk();
    Chunk(Chunk&& other) noexcept;
    Chunk& operator=(Chunk&& other) noexcept;

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// The number of its first row, from 0 on, in the order that rows are handed out in.
    [[nodiscard]] std::uint64_t first_row() const noexcept { return first_row_; }
    [[nodiscard]] const std::vector<ColumnView>& columns() const noexcept { return columns_; }

private:
    const Api* api_ = nullptr;
    void* handle_ = nullptr;
    std::size_t rows_ = 0;
    std::uint64_t first_row_ = 0;
    std::vector<ColumnView> columns_;
};

}  // namespace mlo::table
