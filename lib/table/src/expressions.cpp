// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>

#include "readers.hpp"

namespace mlo::table {
namespace {

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

/// A text as SQL understands it: whether it stands for no value, what it is, and whether it is none of its kind.
struct Reading {
    std::string is_null;
    std::string value;
    std::string is_wrong;  ///< empty: no text is
};

[[nodiscard]] Reading reading_of(const std::string& text, const ValueForm& form) {
    Reading reading;
    reading.is_null = text + " IS NULL";
    if (!form.nulls.empty()) {
        std::string words;
        for (const auto& word : form.nulls) words += (words.empty() ? "" : ", ") + sql_text(word);
        reading.is_null += fmt::format(" OR {} IN ({})", text, words);
    }
    if (form.type != Type::text) reading.is_null += fmt::format(" OR {} = ''", text);
    std::string guard;
    const bool is_iso = form.format.empty();
    switch (form.type) {
        case Type::text:
            reading.value = text;
            return reading;
        case Type::integer:
            reading.value = fmt::format("TRY_CAST({} AS BIGINT)", numbers_of(text, form));
            guard = number_guard(text, form);
            break;
        case Type::real:
            reading.value = fmt::format("TRY_CAST({} AS DOUBLE)", numbers_of(text, form));
            guard = number_guard(text, form);
            break;
        case Type::boolean:
            reading.value = fmt::format("TRY_CAST({} AS BOOLEAN)", text);
            break;
        case Type::date:
            reading.value =
                fmt::format("CAST(try_strptime({}, {}) AS DATE)", text, sql_text(is_iso ? "%Y-%m-%d" : form.format));
            break;
        case Type::timestamp:
            // To a TIMESTAMP, the engine casts without a look at an offset from UTC.
            reading.value = is_iso ? fmt::format("CAST(TRY_CAST({} AS TIMESTAMPTZ) AS TIMESTAMP)", text)
                                   : fmt::format("try_strptime({}, {})", text, sql_text(form.format));
            break;
    }
    reading.is_wrong = fmt::format("{}{} IS NULL", guard.empty() ? "" : guard + " OR ", reading.value);
    return reading;
}

/// Whether the engine's own reader of CSV makes the values, so that SQL has only to see that nothing is lost.
[[nodiscard]] bool is_native(const ValueForm& form) {
    return form.nulls.empty() && form.thousands == 0 && form.decimal_point == '.' && form.format.empty() &&
           !(form.type == Type::integer && form.is_wide);
}

}  // namespace

std::string parsed_text(const std::string& text, const ValueForm& form, std::size_t guard) {
    const auto reading = reading_of(text, form);
    if (reading.is_wrong.empty())
        return fmt::format("CASE WHEN {} THEN NULL ELSE {} END", reading.is_null, reading.value);
    return fmt::format("CASE WHEN {} THEN NULL WHEN {} THEN {} ELSE {} END", reading.is_null, reading.is_wrong,
                       misfit_call(text, guard), reading.value);
}

std::string is_misfit(const std::string& text, const ValueForm& form, Read read) {
    if (read == Read::by_engine && is_native(form)) {
        if (form.type == Type::integer)
            return fmt::format(
                "NOT coalesce(abs(TRY_CAST({0} AS DOUBLE)) < 9007199254740992 AND TRY_CAST({0} AS DOUBLE) = "
                "trunc(TRY_CAST({0} AS DOUBLE)), {0} IS NULL)",
                text);
        if (form.type == Type::date)
            return fmt::format(
                "NOT coalesce(date_trunc('day', TRY_CAST({0} AS TIMESTAMPTZ)) = TRY_CAST({0} AS TIMESTAMPTZ), {0} IS "
                "NULL)",
                text);
    }
    const auto reading = reading_of(text, form);
    return reading.is_wrong.empty() ? "false" : fmt::format("NOT ({}) AND ({})", reading.is_null, reading.is_wrong);
}

NativeColumn native_column(const std::string& name, const ValueForm& form, std::size_t guard) {
    if (!is_native(form)) return {"VARCHAR", parsed_text(name, form, guard)};
    switch (form.type) {
        case Type::boolean:
            return {"BOOLEAN", name};
        case Type::real:
            return {"DOUBLE", name};
        case Type::timestamp:
            // Read as a TIMESTAMP, an offset from UTC would go without a word.
            return {"TIMESTAMPTZ", fmt::format("CAST({} AS TIMESTAMP)", name)};
        case Type::date:
            // Read as a DATE, the time of a timestamp would go without a word.
            return {"TIMESTAMPTZ", guard_call("mlo_day", name, guard)};
        case Type::integer:
            // Read as a BIGINT, 1.5 would be rounded without a word. A double tells, and is exact below 2^53.
            return {"DOUBLE", guard_call("mlo_whole", name, guard)};
        default:
            return {"VARCHAR", name};
    }
}

std::string_view name_of(Compression compression) noexcept {
    return compression == Compression::none ? "none" : compression == Compression::gzip ? "gzip" : "zstd";
}

std::string sql_files(const InputFiles& inputs) {
    std::string list = "[";
    for (const auto& file : inputs.files) list += (list.size() == 1 ? "" : ", ") + sql_text(file.path);
    return list + "]";
}

std::optional<FoundCell> find_misfit(Database& database, const std::string& select, const std::string& cell,
                                     const std::string& test) {
    Connection connection{database};
    const auto found = connection.rows(
        fmt::format("SELECT text, CAST(number AS VARCHAR) FROM (SELECT {} AS text, row_number() OVER () AS number FROM "
                    "({})) WHERE {} LIMIT 1",
                    cell, select, test));
    if (found.empty()) return std::nullopt;
    return FoundCell{found[0][0].value_or(""), std::stoull(found[0][1].value_or("0"))};
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
