// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>

#include "readers.hpp"

namespace mlo::table {
namespace {

[[nodiscard]] std::string misfit(const std::string& text, const std::string& title, Type type) {
    return fmt::format("error(chr(31) || {} || chr(31) || '{}' || chr(31) || {} || chr(31))", sql_text(title),
                       to_string(type), text);
}

/// A pattern for exactly this character.
[[nodiscard]] std::string literal(char c) { return std::string{"\\"} + c; }

[[nodiscard]] std::string numbers_of(const std::string& text, const ValueForm& form) {
    auto clean = text;
    if (form.thousands != 0)
        clean = fmt::format("replace({}, {}, '')", clean, sql_text(std::string(1, form.thousands)));
    if (form.decimal_point != '.')
        clean = fmt::format("replace({}, {}, '.')", clean, sql_text(std::string(1, form.decimal_point)));
    return clean;
}

/// What the engine would take for a number, and is none of the kind that was said.
[[nodiscard]] std::string number_guard(const std::string& text, const ValueForm& form) {
    if (form.thousands != 0) {
        const auto fraction =
            form.type == Type::integer ? std::string{} : "(" + literal(form.decimal_point) + "[0-9]+)?";
        return fmt::format(
            "NOT regexp_full_match({}, {})", text,
            sql_text(fmt::format("[+-]?([0-9]{{1,3}}({}[0-9]{{3}})+|[0-9]+){}", literal(form.thousands), fraction)));
    }
    if (form.type == Type::integer)
        return fmt::format("contains({0}, '.') OR contains({0}, 'e') OR contains({0}, 'E') OR contains({0}, '_')",
                           text);
    if (form.decimal_point != '.') return fmt::format("contains({}, '.')", text);
    return fmt::format("contains({}, '_')", text);
}

}  // namespace

std::string parsed_text(const std::string& text, const std::string& title, const ValueForm& form) {
    auto is_null = text + " IS NULL";
    if (!form.nulls.empty()) {
        std::string words;
        for (const auto& word : form.nulls) words += (words.empty() ? "" : ", ") + sql_text(word);
        is_null += fmt::format(" OR {} IN ({})", text, words);
    }
    if (form.type != Type::text) is_null += fmt::format(" OR {} = ''", text);
    std::string value;
    std::string guard;
    const bool is_iso = form.format.empty();
    switch (form.type) {
        case Type::text:
            return fmt::format("CASE WHEN {} THEN NULL ELSE {} END", is_null, text);
        case Type::integer:
            value = fmt::format("TRY_CAST({} AS BIGINT)", numbers_of(text, form));
            guard = number_guard(text, form);
            break;
        case Type::real:
            value = fmt::format("TRY_CAST({} AS DOUBLE)", numbers_of(text, form));
            guard = number_guard(text, form);
            break;
        case Type::boolean:
            value = fmt::format("TRY_CAST({} AS BOOLEAN)", text);
            break;
        case Type::date:
            value =
                fmt::format("CAST(try_strptime({}, {}) AS DATE)", text, sql_text(is_iso ? "%Y-%m-%d" : form.format));
            break;
        case Type::timestamp:
            value = is_iso ? fmt::format("TRY_CAST({} AS TIMESTAMP)", text)
                           : fmt::format("try_strptime({}, {})", text, sql_text(form.format));
            break;
    }
    const auto wrong = fmt::format("{}{} IS NULL", guard.empty() ? "" : guard + " OR ", value);
    return fmt::format("CASE WHEN {} THEN NULL WHEN {} THEN {} ELSE {} END", is_null, wrong,
                       misfit(text, title, form.type), value);
}

NativeColumn native_column(const std::string& name, const std::string& title, const ValueForm& form) {
    const bool is_plain = form.nulls.empty() && form.thousands == 0 && form.decimal_point == '.' && form.format.empty();
    const auto shown = fmt::format("CAST({} AS VARCHAR)", name);
    if (is_plain) {
        switch (form.type) {
            case Type::text:
                return {"VARCHAR", name};
            case Type::boolean:
                return {"BOOLEAN", name};
            case Type::real:
                return {"DOUBLE", name};
            case Type::timestamp:
                return {"TIMESTAMP", name};
            case Type::date:
                // Read as a DATE, the time of a timestamp would go without a word.
                return {
                    "TIMESTAMP",
                    fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN date_trunc('day', {0}) = {0} THEN CAST({0} AS "
                                "DATE) ELSE {1} END",
                                name, misfit(shown, title, form.type))};
            case Type::integer:
                if (form.is_wide) break;
                // Read as a BIGINT, 1.5 would be rounded without a word. A double tells, and is exact below 2^53.
                return {
                    "DOUBLE",
                    fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN abs({0}) < 9007199254740992 AND trunc({0}) = {0} "
                                "THEN CAST({0} AS BIGINT) ELSE {1} END",
                                name, misfit(shown, title, form.type))};
        }
    }
    return {"VARCHAR", parsed_text(name, title, form)};
}

std::string sql_files(const InputFiles& inputs) {
    std::string list = "[";
    for (const auto& file : inputs.files) list += (list.size() == 1 ? "" : ", ") + sql_text(file.path);
    return list + "]";
}

std::vector<std::pair<std::string, std::string>> describe(Connection& connection, const std::string& select) {
    std::vector<std::pair<std::string, std::string>> columns;
    for (auto& row : connection.rows("SELECT column_name, column_type FROM (DESCRIBE " + select + ")"))
        columns.emplace_back(row[0].value_or(""), row[1].value_or(""));
    return columns;
}

void check_types(const Opening& opening, std::span<const std::string> titles) {
    for (const auto& [name, column] : opening.source->types.columns) {
        if (std::find(titles.begin(), titles.end(), name) != titles.end()) continue;
        auto error =
            Error{errors::types_invalid, fmt::format("{} has no column {}", quoted(opening.info.shown), quoted(name))}
                .at(column.place);
        if (const auto near = closest_match(name, titles)) error.note(fmt::format("the nearest is {}", quoted(*near)));
        throw std::move(error).hint(fmt::format("mlo table schema {}", quoted(opening.info.shown)));
    }
}

}  // namespace mlo::table
