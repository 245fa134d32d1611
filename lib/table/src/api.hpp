// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <duckdb.h>

#include <string>

namespace mlo::table {

// Each function of the engine that is used, by its name without "duckdb_".
// clang-format off
#define MLO_ENGINE_FUNCTIONS(F) \
    F(library_version) \
    F(create_config) F(set_config) F(destroy_config) F(open_ext) F(close) F(connect) F(disconnect) F(interrupt) \
    F(query_progress) F(free) \
    F(query) F(destroy_result) F(result_error) F(result_error_type) F(column_count) F(column_name) \
    F(extract_statements) F(extract_statements_error) F(destroy_extracted) F(prepare_extracted_statement) \
    F(prepare_error) F(destroy_prepare) F(prepared_statement_type) F(nparams) F(prepared_statement_column_count) \
    F(prepared_statement_column_name) F(prepared_statement_column_type) \
    F(pending_prepared_streaming) F(pending_error) F(pending_execute_task) F(pending_execution_is_finished) \
    F(execute_pending) F(destroy_pending) \
    F(column_logical_type) F(get_type_id) F(struct_type_child_count) F(struct_type_child_name) \
    F(struct_type_child_type) F(destroy_logical_type) \
    F(fetch_chunk) F(destroy_data_chunk) F(data_chunk_get_size) F(data_chunk_get_vector) F(vector_get_data) \
    F(vector_get_validity) \
    F(appender_create) F(appender_destroy) F(appender_error) F(appender_end_row) F(appender_flush) \
    F(append_int64) F(append_double) F(append_varchar_length) F(append_null) \
    F(create_scalar_function) F(destroy_scalar_function) F(scalar_function_set_name) \
    F(scalar_function_add_parameter) F(scalar_function_set_return_type) F(scalar_function_set_extra_info) \
    F(scalar_function_set_function) F(register_scalar_function) F(scalar_function_get_extra_info) \
    F(scalar_function_set_error) F(create_logical_type) F(vector_ensure_validity_writable)
// clang-format on

/// The engine's functions, as its library has them.
struct Api {
// NOLINTNEXTLINE(bugprone-macro-parentheses): it names what is declared
#define MLO_ENGINE_POINTER(name) decltype(&::duckdb_##name) name = nullptr;
    MLO_ENGINE_FUNCTIONS(MLO_ENGINE_POINTER)
#undef MLO_ENGINE_POINTER
};

/// What the library behind `handle` (dlopen) has; the name of what it lacks in `missing`.
[[nodiscard]] bool find_functions(void* handle, Api& api, std::string& missing);

}  // namespace mlo::table
