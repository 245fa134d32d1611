// SPDX-License-Identifier: Apache-2.0
#include "guards.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <mlo/table/errors.hpp>

#include "connection.hpp"

namespace mlo::table {
namespace {

constexpr double first_inexact = 9007199254740992;  // 2^53: not every integer from here on is a double
constexpr std::int64_t microseconds_per_day = 86'400'000'000;
constexpr std::size_t bits_per_word = 64;

/// The engine calls a function with a handle that only its own functions open, so one of them has to be known from
/// nowhere. It is the same for all sessions: the engine is loaded once.
std::atomic<decltype(Api::scalar_function_get_extra_info)> extra_info_of{nullptr};

[[nodiscard]] std::string misfit_message(std::int64_t guard, std::string_view text) {
    return fmt::format("{0}{1}{0}{2}{0}", misfit_mark, guard, text);
}

[[nodiscard]] bool narrow(double value, std::int64_t& result) noexcept {
    if (!(std::abs(value) < first_inexact) || std::trunc(value) != value) return false;
    result = static_cast<std::int64_t>(value);
    return true;
}

[[nodiscard]] bool narrow(std::int64_t microseconds, std::int32_t& day) noexcept {
    if (microseconds % microseconds_per_day != 0) return false;
    day = static_cast<std::int32_t>(microseconds / microseconds_per_day);
    return true;
}

/// The text is that of the value, not of the cell: what is written there the guard finds out.
[[nodiscard]] std::string text_of(double value) { return fmt::format("{}", value); }
[[nodiscard]] std::string text_of(std::int64_t microseconds) {
    return fmt::format("{} microseconds after 1970-01-01", microseconds);
}

template <class From, class To>
void narrow_all(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const auto& api = *static_cast<const Api*>(extra_info_of.load()(info));
    auto* const vector = api.data_chunk_get_vector(input, 0);
    const auto* const values = static_cast<const From*>(api.vector_get_data(vector));
    const auto* const guards =
        static_cast<const std::int32_t*>(api.vector_get_data(api.data_chunk_get_vector(input, 1)));
    const std::uint64_t* const validity = api.vector_get_validity(vector);
    auto* const results = static_cast<To*>(api.vector_get_data(output));
    const auto rows = api.data_chunk_get_size(input);
    if (validity != nullptr) {
        api.vector_ensure_validity_writable(output);
        std::copy_n(validity, (rows + bits_per_word - 1) / bits_per_word, api.vector_get_validity(output));
    }
    for (idx_t row = 0; row < rows; ++row) {
        if (validity != nullptr && ((validity[row / bits_per_word] >> (row % bits_per_word)) & 1) == 0) continue;
        if (narrow(values[row], results[row])) continue;
        try {
            api.scalar_function_set_error(info, misfit_message(-1 - guards[row], text_of(values[row])).c_str());
        } catch (const std::exception&) {
            api.scalar_function_set_error(info, "Out of Memory Error: there is no room for the reason of a failure");
        }
        return;
    }
}

class FunctionEnd {
public:
    explicit FunctionEnd(const Api& api) : api_{api}, handle_{api.create_scalar_function()} {}
    ~FunctionEnd() { api_.destroy_scalar_function(&handle_); }
    FunctionEnd(const FunctionEnd&) = delete;
    FunctionEnd& operator=(const FunctionEnd&) = delete;
    [[nodiscard]] duckdb_scalar_function get() const noexcept { return handle_; }

private:
    const Api& api_;
    duckdb_scalar_function handle_;
};

void add_function(Connection& connection, const char* name, duckdb_type from, duckdb_type to,
                  duckdb_scalar_function_t function) {
    const auto& api = connection.api();
    const FunctionEnd made{api};
    api.scalar_function_set_name(made.get(), name);
    for (const auto type : {from, DUCKDB_TYPE_INTEGER}) {
        const TypeEnd parameter{api, api.create_logical_type(type)};
        api.scalar_function_add_parameter(made.get(), parameter.get());
    }
    const TypeEnd result{api, api.create_logical_type(to)};
    api.scalar_function_set_return_type(made.get(), result.get());
    api.scalar_function_set_extra_info(made.get(), const_cast<Api*>(&api), nullptr);
    api.scalar_function_set_function(made.get(), function);
    if (api.register_scalar_function(connection.handle(), made.get()) != DuckDBSuccess)
        throw Error{errors::engine_failed, fmt::format("the table engine takes no function {}", name)};
}

}  // namespace

void add_guard_functions(Connection& connection) {
    extra_info_of.store(connection.api().scalar_function_get_extra_info);
    add_function(connection, "mlo_whole", DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_BIGINT, narrow_all<double, std::int64_t>);
    add_function(connection, "mlo_day", DUCKDB_TYPE_TIMESTAMP_TZ, DUCKDB_TYPE_DATE,
                 narrow_all<std::int64_t, std::int32_t>);
}

std::string guard_call(std::string_view function, const std::string& value, std::size_t guard) {
    return fmt::format("{}({}, {})", function, value, -1 - static_cast<std::int64_t>(guard));
}

std::string misfit_call(const std::string& text, std::size_t guard) {
    return fmt::format("error('{0}{1}{0}' || {2} || '{0}')", misfit_mark, guard, text);
}

}  // namespace mlo::table
