// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

struct sqlite3_stmt;

namespace mlo::db {

class Connection;

/// A compiled SQL statement of a Database, which owns it. Parameters count from 1, columns from 0.
class Statement {
public:
    Statement(Connection& connection, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Binds a value, which is copied. Kept until it is bound anew or the statement is asked for again.
    template <std::integral T>
    Statement& bind(int parameter, T value) {
        if constexpr (!std::same_as<T, bool>) MLO_ASSERT(std::in_range<std::int64_t>(value));
        return bind_integer(parameter, static_cast<std::int64_t>(value));
    }
    /// Not NaN, which SQLite has no way to keep.
    template <std::floating_point T>
    Statement& bind(int parameter, T value) {
        return bind_real(parameter, static_cast<double>(value));
    }
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, const char* text) { return bind(parameter, std::string_view{text}); }
    Statement& bind(int parameter, ByteView blob);
    Statement& bind(int parameter, std::nullptr_t);
    /// NULL where there is no value.
    template <class T>
    Statement& bind(int parameter, const std::optional<T>& value) {
        return value ? bind(parameter, *value) : bind(parameter, nullptr);
    }
    /// Binds the parameters from 1 on, as many as there are values.
    template <class... Values>
    Statement& bind_all(const Values&... values) {
        int parameter = 0;
        (bind(++parameter, values), ...);
        return *this;
    }

    /// Moves to the next row; false, and reset, after the last. A statement whose rows are not read to the end is to be
    /// reset: it keeps the write-ahead log from being reused.
    bool step();
    /// Steps to the end and resets, whatever rows there are.
    void run();
    void reset() noexcept;

    /// Of the current row. Values convert as SQLite converts them; NULL is 0 or empty. Views live until the next step
    /// or reset.
    [[nodiscard]] std::int64_t integer(int column);
    [[nodiscard]] double real(int column);
    [[nodiscard]] std::string_view text(int column);
    [[nodiscard]] ByteView blob(int column);
    [[nodiscard]] bool is_null(int column);

private:
    friend class Connection;
    Statement& bind_integer(int parameter, std::int64_t value);
    Statement& bind_real(int parameter, double value);
    void check_bound(int status, int parameter);
    bool step_unchecked();

    Connection& connection_;
    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace mlo::db
