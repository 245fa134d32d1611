// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The query language of `mlo runs --where`: a superset of MLflow's filter strings (mlflow.search_runs), with OR, NOT,
/// parentheses, IN, BETWEEN, arithmetic and summaries of metrics everywhere. man/mlo-runs.1.scd states the grammar.
namespace mlo::track::filter {

/// What a key belongs to; the word before its first dot.
enum class Entity : std::uint8_t { metric, param, tag, attribute, input, output };
/// Of a metric: which of its points.
enum class Summary : std::uint8_t {
    last,
    min,
    max,
    count,
    /// "metrics.loss.min": the metric of that name where a run has one (MLflow's meaning), else the summary.
    last_or_min,
    last_or_max,
    last_or_count,
    last_or_last
};
enum class Type : std::uint8_t { number, text, boolean };

struct Key {
    Entity entity = Entity::attribute;
    std::string name{};  ///< as written, without quotes; of attributes, inputs and outputs a known one
    Summary summary = Summary::last;
};

enum class Operation : std::uint8_t {
    number,
    text,
    key,
    as_number,  ///< of a parameter or tag: absent unless its text is a number
    negate,
    add,
    subtract,
    multiply,
    divide,
    equal,
    unequal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    like,    ///< case-sensitive
    ilike,   ///< not
    in,      ///< the first operand equals one of the others
    exists,  ///< the key is there: IS NOT NULL
    logical_not,
    logical_and,
    logical_or
};

/// A filter, taken apart and checked: every operand has the type that its operation needs. NOT LIKE, NOT IN and IS NULL
/// are a logical_not, BETWEEN is a logical_and.
struct Expression {
    Operation operation = Operation::text;
    Type type = Type::text;
    std::size_t offset = 0;  ///< of its first byte in the filter
    double number = 0;
    std::string text{};
    Key key{};
    std::vector<Expression> operands{};
};

/// At most this many bytes, and parentheses within each other.
inline constexpr std::size_t max_bytes = 16'384;
inline constexpr std::size_t max_depth = 100;

/// Reads a filter; an empty one matches everything (operation logical_and without operands). Throws filter_invalid,
/// pointing at the column.
[[nodiscard]] Expression parse(std::string_view text);

/// The error for byte `offset` of the filter `text`.
[[noreturn]] void fail(std::string_view text, std::size_t offset, const std::string& what,
                       const std::string& hint = {});

}  // namespace mlo::track::filter
