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

// clang-format off
// The types whose names are those of their constants.
#define MLO_TYPES(F) \
    F(BOOLEAN) F(TINYINT) F(SMALLINT) F(INTEGER) F(BIGINT) F(UTINYINT) F(USMALLINT) F(UINTEGER) F(UBIGINT) F(FLOAT) \
    F(DOUBLE) F(TIMESTAMP) F(DATE) F(TIME) F(INTERVAL) F(HUGEINT) F(UHUGEINT) F(VARCHAR) F(BLOB) F(DECIMAL) \
    F(TIMESTAMP_S) F(TIMESTAMP_MS) F(TIMESTAMP_NS) F(ENUM) F(LIST) F(STRUCT) F(MAP) F(ARRAY) F(UUID) F(UNION) F(BIT)

std::string_view name_of(duckdb_type type) noexcept {
    switch (type) {
#define MLO_NAME(name) case DUCKDB_TYPE_##name: return #name;
        MLO_TYPES(MLO_NAME)
#undef MLO_NAME
        case DUCKDB_TYPE_TIMESTAMP_TZ: return "TIMESTAMP WITH TIME ZONE";
        case DUCKDB_TYPE_TIME_TZ: return "TIME WITH TIME ZONE";
        default: return "OTHER";
    }
}

duckdb_type type_of(std::string_view declared) noexcept {
    if (declared.ends_with("[]")) return DUCKDB_TYPE_LIST;
    if (declared.ends_with(']')) return DUCKDB_TYPE_ARRAY;
    const auto name = declared.substr(0, declared.find('('));
#define MLO_TYPE(type) if (name == #type) return DUCKDB_TYPE_##type;
    MLO_TYPES(MLO_TYPE)
#undef MLO_TYPE
    if (name == name_of(DUCKDB_TYPE_TIMESTAMP_TZ)) return DUCKDB_TYPE_TIMESTAMP_TZ;
    if (name == name_of(DUCKDB_TYPE_TIME_TZ)) return DUCKDB_TYPE_TIME_TZ;
    return DUCKDB_TYPE_INVALID;
}
// clang-format on

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
