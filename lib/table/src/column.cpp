// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/table/column.hpp>
#include <mlo/table/errors.hpp>
#include <utility>

#include "connection.hpp"

namespace mlo::table {

Chunk::Chunk(const Api& api, void* handle, std::uint64_t first_row, std::span<const ColumnType> columns)
    : api_{&api}, handle_{handle}, first_row_{first_row} {
    auto* const chunk = static_cast<duckdb_data_chunk>(handle);
    rows_ = api.data_chunk_get_size(chunk);
    columns_.reserve(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto* const vector = api.data_chunk_get_vector(chunk, i);
        columns_.emplace_back(columns[i].type, rows_, api.vector_get_data(vector), api.vector_get_validity(vector));
    }
}

Chunk::~Chunk() {
    if (handle_ == nullptr) return;
    auto* chunk = static_cast<duckdb_data_chunk>(handle_);
    api_->destroy_data_chunk(&chunk);
}

Chunk::Chunk(Chunk&& other) noexcept { *this = std::move(other); }

Chunk& Chunk::operator=(Chunk&& other) noexcept {
    std::swap(api_, other.api_);
    std::swap(handle_, other.handle_);
    std::swap(rows_, other.rows_);
    std::swap(first_row_, other.first_row_);
    std::swap(columns_, other.columns_);
    return *this;
}

std::string as_column(const std::string& expression, duckdb_type type, Wide wide, ColumnType& column) {
    const auto cast = [&](Type to, std::string_view name) {
        column.type = to;
        return fmt::format("CAST({} AS {})", expression, name);
    };
    const auto timestamp = [&](TimeUnit unit) {
        column.type = Type::timestamp;
        column.unit = unit;
        return expression;
    };
    switch (type) {
        case DUCKDB_TYPE_BOOLEAN:
            column.type = Type::boolean;
            return expression;
        case DUCKDB_TYPE_TINYINT:
        case DUCKDB_TYPE_SMALLINT:
        case DUCKDB_TYPE_INTEGER:
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_UTINYINT:
        case DUCKDB_TYPE_USMALLINT:
        case DUCKDB_TYPE_UINTEGER:
            return cast(Type::integer, "BIGINT");
        case DUCKDB_TYPE_FLOAT:
        case DUCKDB_TYPE_DOUBLE:
            return cast(Type::real, "DOUBLE");
        case DUCKDB_TYPE_UBIGINT:
        case DUCKDB_TYPE_HUGEINT:
        case DUCKDB_TYPE_UHUGEINT:
        case DUCKDB_TYPE_DECIMAL:
            return wide == Wide::as_real ? cast(Type::real, "DOUBLE") : cast(Type::text, "VARCHAR");
        case DUCKDB_TYPE_DATE:
            column.type = Type::date;
            column.unit = TimeUnit::day;
            return fmt::format("CASE WHEN isfinite({0}) THEN {0} - DATE '1970-01-01' END", expression);
        case DUCKDB_TYPE_TIMESTAMP_S:
            return timestamp(TimeUnit::second);
        case DUCKDB_TYPE_TIMESTAMP_MS:
            return timestamp(TimeUnit::millisecond);
        case DUCKDB_TYPE_TIMESTAMP:
        case DUCKDB_TYPE_TIMESTAMP_TZ:
            return timestamp(TimeUnit::microsecond);
        case DUCKDB_TYPE_TIMESTAMP_NS:
            return timestamp(TimeUnit::nanosecond);
        case DUCKDB_TYPE_LIST:
        case DUCKDB_TYPE_STRUCT:
        case DUCKDB_TYPE_MAP:
        case DUCKDB_TYPE_ARRAY:
        case DUCKDB_TYPE_UNION:
            column.type = Type::text;
            return fmt::format("CAST(to_json({}) AS VARCHAR)", expression);
        default:
            return cast(Type::text, "VARCHAR");
    }
}

std::string_view name_of(duckdb_type type) noexcept {
    // clang-format off
    switch (type) {
#define MLO_NAME(name) case DUCKDB_TYPE_##name: return #name;
        MLO_NAME(BOOLEAN) MLO_NAME(TINYINT) MLO_NAME(SMALLINT) MLO_NAME(INTEGER) MLO_NAME(BIGINT) MLO_NAME(UTINYINT)
        MLO_NAME(USMALLINT) MLO_NAME(UINTEGER) MLO_NAME(UBIGINT) MLO_NAME(FLOAT) MLO_NAME(DOUBLE) MLO_NAME(TIMESTAMP)
        MLO_NAME(DATE) MLO_NAME(TIME) MLO_NAME(INTERVAL) MLO_NAME(HUGEINT) MLO_NAME(UHUGEINT) MLO_NAME(VARCHAR)
        MLO_NAME(BLOB) MLO_NAME(DECIMAL) MLO_NAME(TIMESTAMP_S) MLO_NAME(TIMESTAMP_MS) MLO_NAME(TIMESTAMP_NS)
        MLO_NAME(ENUM) MLO_NAME(LIST) MLO_NAME(STRUCT) MLO_NAME(MAP) MLO_NAME(ARRAY) MLO_NAME(UUID) MLO_NAME(UNION)
        MLO_NAME(BIT)
#undef MLO_NAME
        case DUCKDB_TYPE_TIMESTAMP_TZ: return "TIMESTAMP WITH TIME ZONE";
        case DUCKDB_TYPE_TIME_TZ: return "TIME WITH TIME ZONE";
        default: return "OTHER";
    }
    // clang-format on
}

std::vector<RawColumn> columns_of(Connection& connection, std::string_view sql, Author author) {
    const auto& api = connection.api();
    const Prepared prepared{connection, sql, author};
    if (api.prepared_statement_type(prepared.handle()) != DUCKDB_STATEMENT_TYPE_SELECT)
        throw Error{errors::sql_refused, "only a SELECT is run: this statement would change something"}.hint(
            "SELECT ... FROM t");
    if (api.nparams(prepared.handle()) > 0)
        throw Error{errors::sql_wrong, "the query has parameters, and there is nothing to fill them with"}.hint(
            "write the values in place of '?' and '$1'");
    std::vector<RawColumn> columns;
    const auto count = api.prepared_statement_column_count(prepared.handle());
    for (idx_t i = 0; i < count; ++i) {
        const char* const name = api.prepared_statement_column_name(prepared.handle(), i);
        columns.push_back({name, api.prepared_statement_column_type(prepared.handle(), i)});
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the engine says const of what is to be freed
        api.free(const_cast<char*>(name));
    }
    return columns;
}

}  // namespace mlo::table
