// SPDX-License-Identifier: Apache-2.0
#include <mlo/db/statement.hpp>

#include <sqlite3.h>

#include <cmath>

#include "connection.hpp"

namespace mlo::db {

Statement::Statement(Connection& connection, std::string_view sql) : connection_{connection} {
    const char* rest = nullptr;
    const int status = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &handle_, &rest);
    if (status != SQLITE_OK) connection.fail(status, sql);
    MLO_ASSERT(handle_ != nullptr && rest == sql.data() + sql.size());
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::check_bound(int status, int parameter) {
    if (status == SQLITE_OK) return;
    MLO_ASSERT(status != SQLITE_RANGE && parameter > 0);
    connection_.fail(status, sqlite3_sql(handle_));
}

Statement& Statement::bind_integer(int parameter, std::int64_t value) {
    check_bound(sqlite3_bind_int64(handle_, parameter, value), parameter);
    return *this;
}

Statement& Statement::bind_real(int parameter, double value) {
    MLO_ASSERT(!std::isnan(value));
    check_bound(sqlite3_bind_double(handle_, parameter, value), parameter);
    return *this;
}

// A null pointer would bind NULL, also where the size is 0.
Statement& Statement::bind(int parameter, std::string_view text) {
    check_bound(sqlite3_bind_text64(handle_, parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                                    SQLITE_UTF8),
                parameter);
    return *this;
}

Statement& Statement::bind(int parameter, ByteView blob) {
    const void* const data = blob.empty() ? static_cast<const void*>("") : blob.data();
    check_bound(sqlite3_bind_blob64(handle_, parameter, data, blob.size(), SQLITE_TRANSIENT), parameter);
    return *this;
}

Statement& Statement::bind(int parameter, std::nullptr_t) {
    check_bound(sqlite3_bind_null(handle_, parameter), parameter);
    return *this;
}

bool Statement::step() {
    connection_.check_transaction(sqlite3_stmt_readonly(handle_) == 0);
    return step_unchecked();
}

bool Statement::step_unchecked() {
    const int status = sqlite3_step(handle_);
    if (status == SQLITE_ROW) return true;
    if (status == SQLITE_DONE) {
        reset();
        return false;
    }
    try {
        connection_.fail(status, sqlite3_sql(handle_));
    } catch (...) {
        reset();
        throw;
    }
}

void Statement::run() {
    while (step()) continue;
}

void Statement::reset() noexcept { sqlite3_reset(handle_); }

std::int64_t Statement::integer(int column) { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text(int column) {
    const auto* const data = sqlite3_column_text(handle_, column);
    if (data == nullptr) return {};
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return as_text({static_cast<const std::byte*>(static_cast<const void*>(data)), size});
}

ByteView Statement::blob(int column) {
    const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

}  // namespace mlo::db
