// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/table/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <optional>

#include "connection.hpp"
#include "records.hpp"

namespace mlo::table {
namespace {

[[nodiscard]] bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// What stands between `before` and `after`; empty if they are not there.
[[nodiscard]] std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto start = text.find(before);
    if (start == text.npos) return {};
    const auto from = start + before.size();
    const auto end = text.find(after, from);
    return end == text.npos ? std::string_view{} : text.substr(from, end - from);
}

[[nodiscard]] std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// "Conversion Error: CSV ..." -> "CSV ...", and the first line of it alone.
[[nodiscard]] std::string_view first_line(std::string_view text) {
    if (const auto kind = text.find(" Error: "); kind < 24) text.remove_prefix(kind + 8);
    return trim(text.substr(0, text.find('\n')));
}

[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; !from.empty() && (at = text.find(from, at)) != text.npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

class Failure {
public:
    Failure(std::string_view message, const Names& names, const Runtime& runtime)
        : message_{message}, names_{names}, runtime_{runtime} {
        const auto path = between(message, "file = ", "\n");
        for (const auto& each : names.paths)
            if (each.engine == path || (path.empty() && has(message, each.engine))) file_ = &each;
        if (file_ == nullptr && path.empty() && names.paths.size() == 1) file_ = &names.paths.front();
    }

    [[nodiscard]] std::string shown_file() const { return file_ == nullptr ? "the table" : quoted(file_->shown); }

    /// `file:line`, or what is known of it.
    [[nodiscard]] std::string place() const {
        if (file_ == nullptr) return {};
        const auto record = number_of(between(message_, "CSV Error on Line: ", "\n"));
        if (record == 0) return file_->shown;
        // The engine counts records: cells with line ends in them and empty lines may have come before.
        std::optional<std::uint64_t> line;
        try {
            if (!file_->plain.empty()) line = line_of_entry(file_->plain, file_->cells, record, runtime_);
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id) throw;
        }
        return line ? fmt::format("{}:{}", file_->shown, *line) : fmt::format("{}, record {}", file_->shown, record);
    }

    /// `file:line` of the first line of JSON lines that is no object; empty if all are.
    [[nodiscard]] std::string bad_line() const {
        for (const auto& each : names_.paths) {
            if (!each.find_bad_line || (file_ != nullptr && file_ != &each)) continue;
            try {
                if (const auto line = each.find_bad_line()) return fmt::format("{}:{}", each.shown, *line);
            } catch (const Error& error) {
                if (error.code().id == mlo::errors::interrupted.id) throw;
            }
        }
        return {};
    }

    [[nodiscard]] std::string reason() const {
        auto text = std::string{first_line(message_)};
        for (const auto& each : names_.paths) text = replace_all(std::move(text), each.engine, each.shown);
        // In a message, quotes need no escape.
        return replace_all(printable(text), "\\'", "'");
    }

private:
    std::string_view message_;
    const Names& names_;
    const Runtime& runtime_;
    const Names::Path* file_ = nullptr;
};

[[nodiscard]] Error misfit(std::string_view column, std::string_view value, std::string_view type) {
    return Error{errors::value_misfit, fmt::format("{} in column {} is no {}", quoted(value), quoted(column), type)}
        .note("the type follows from the first rows, or from the file of types")
        .hint("give the column another type or null values with '--types', or look at more rows with '--sample-rows'");
}

[[nodiscard]] std::string_view kind_of(std::string_view engine_type) {
    if (engine_type == "DOUBLE" || engine_type == "BIGINT") return "number";
    if (engine_type.starts_with("TIMESTAMP")) return "date or time";
    return engine_type == "BOOLEAN" ? "truth value" : "value of its type";
}

/// The guard's number and the value stand between marks. What the cell says, and where, is found by reading again.
void throw_if_guarded(std::string_view message, const Names& names) {
    const auto mark = message.find(misfit_mark);
    if (mark == message.npos) return;
    const auto parts = split(message.substr(mark + 1), misfit_mark);
    if (parts.size() < 3 || number_of(parts[0]) >= names.guards.size()) return;
    const auto& guard = names.guards[number_of(parts[0])];
    std::optional<Misfit> found;
    try {
        found = guard.find();
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id) throw;
    }
    auto error = misfit(guard.title, found ? found->text : parts[1], to_string(guard.type));
    if (found) error.at(found->place);
    throw error;
}

void throw_if_misfit(std::string_view message, const Failure& failure) {
    const auto column = between(message, "Error when converting column \"", "\". Could not");
    if (column.empty()) return;
    throw misfit(column, between(message, "convert string \"", "\" to '"), kind_of(between(message, "\" to '", "'")))
        .at(failure.place());
}

void throw_if_row(std::string_view message, const Failure& failure) {
    const auto row = [&](std::string_view what) {
        return Error{errors::row_damaged, fmt::format("{}: {}", failure.shown_file(), what)}.at(failure.place());
    };
    if (has(message, "Invalid unicode") || has(message, "not utf-8") || has(message, "not UTF-8"))
        throw Error{errors::encoding_wrong, fmt::format("{} is not in UTF-8", failure.shown_file())}
            .at(failure.place())
            .hint("name the encoding that it has: '--encoding windows-1252', '--encoding utf-16', ...");
    if (const auto expected = between(message, "Expected Number of Columns: ", " Found: "); !expected.empty())
        throw row(fmt::format("a row has {} cells, the others have {}",
                              number_of(message.substr(message.find(" Found: ") + 8)), expected))
            .hint("if it is the last line, the file was cut off; else look at the delimiter and at quotes before it");
    if (has(message, "unterminated quote"))
        throw row("a quote is opened and never closed")
            .hint("the file was cut off, or '--quote none' says that quotes are text");
    if (has(message, "Maximum line size") || has(message, "maximum line size") ||
        has(message, "Parallel CSV Reader currently does not support"))
        throw row("a row is longer than 2 MiB")
            .hint("look for a quote that is never closed before it, or keep such texts in Parquet");
    if (has(message, "state machine reached an invalid state"))
        throw row("text follows a closing quote, or line ends are mixed")
            .hint("'--quote none' if quotes are text; line ends can be made alike with 'dos2unix'");
}

void throw_if_file(std::string_view message, const Failure& failure) {
    if (has(message, "maximum_object_size"))
        throw Error{errors::row_damaged,
                    fmt::format("{}: an object of JSON lines is longer than 16 MiB", failure.shown_file())}
            .at(failure.place())
            .hint("keep such texts in Parquet, or in files of their own");
    if (has(message, "in struct auto-detected in JSON"))
        throw Error{errors::not_supported,
                    fmt::format("{}: an object within an object has keys that differ by case alone, such as {}",
                                failure.shown_file(), quoted(between(message, "Duplicate name \"", "\"")))}
            .hint("rename one of them in what writes the file");
    if (has(message, "Malformed JSON") || has(message, "JSON transform error") || has(message, "non-record JSON")) {
        const auto bad = failure.bad_line();
        throw Error{errors::row_damaged, bad.empty() ? failure.reason() : "a line is no object of JSON"}.at(bad).hint(
            "each line of JSON lines is one object");
    }
    for (const std::string_view sign : {"magic bytes",
                                        "too small to be a Parquet",
                                        "Footer length error",
                                        "metadata",
                                        "TProtocolException",
                                        "Thrift",
                                        "Snappy",
                                        "snappy",
                                        "ZSTD",
                                        "zstd",
                                        "gzip",
                                        "GZIP",
                                        "Failed to decode",
                                        "Failed to read",
                                        "corrupt",
                                        "Corrupt",
                                        "Invalid Parquet",
                                        "Out of buffer",
                                        "out of buffer",
                                        "decompress",
                                        "parquet",
                                        "Parquet",
                                        "don't know what type",
                                        "unexpected end"})
        if (has(message, sign))
            throw Error{errors::table_damaged,
                        fmt::format("{} cannot be read: {}", failure.shown_file(), failure.reason())}
                .hint("fetch or write it again; 'mlo checkout' restores a tracked file");
}

/// Of the names that the engine offers in place of one that it does not know, the one that is meant, if one is.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view message) {
    const auto asked = has(message, "Referenced column \"") ? between(message, "Referenced column \"", "\"")
                       : has(message, " does not have a column named \"")
                           ? between(message, " does not have a column named \"", "\"")
                           : between(message, "Table with name ", " does not exist");
    auto offers = has(message, "Candidate bindings: ") ? message.substr(message.find("Candidate bindings: "))
                  : has(message, "Did you mean ")      ? message.substr(message.find("Did you mean "))
                                                       : std::string_view{};
    std::vector<std::string> names;
    for (auto quote = offers.find('"'); quote != offers.npos && offers.find('"', quote + 1) != offers.npos;
         quote = offers.find('"')) {
        const auto name = between(offers.substr(quote), "\"", "\"");
        names.emplace_back(name);
        offers.remove_prefix(quote + name.size() + 2);
    }
    return asked.empty() ? std::nullopt : closest_match(asked, names);
}

void throw_for_user(duckdb_error_type type, std::string_view message, const Failure& failure) {
    if (type == DUCKDB_ERROR_PERMISSION || has(message, "Permission Error") ||
        has(message, "configuration has been locked"))
        throw Error{errors::sql_refused, fmt::format("the query is refused: {}", failure.reason())}.hint(
            "name each file on the command line, and use it by its table name: t, t1, t2 or NAME=FILE");
    for (const std::string_view wrong : {"Parser Error", "Binder Error", "Catalog Error", "Syntax Error"})
        if (message.starts_with(wrong)) {
            auto error = Error{errors::sql_wrong, failure.reason()};
            if (const auto near = nearest_name(message)) error.note(fmt::format("the nearest is {}", quoted(*near)));
            throw std::move(error).hint("mlo table schema FILE");
        }
    throw Error{errors::query_failed, failure.reason()}.hint("TRY(...) and TRY_CAST(...) turn such values into NULL");
}

}  // namespace

void throw_failure(duckdb_error_type type, std::string_view message, Author author, const Names& names,
                   const Runtime& runtime) {
    runtime.check_stop();
    if (type == DUCKDB_ERROR_INTERRUPT || message.starts_with("INTERRUPT Error"))
        throw Error{mlo::errors::interrupted, "interrupted"};
    const Failure failure{message, names, runtime};
    if (type == DUCKDB_ERROR_OUT_OF_MEMORY || has(message, "Out of Memory") || has(message, "No space left") ||
        has(message, "max_temp_directory_size"))
        throw Error{errors::query_too_large, failure.reason()}.hint(
            "allow more with '--memory', or free room where TMPDIR leads");
    throw_if_guarded(message, names);
    throw_if_misfit(message, failure);
    throw_if_row(message, failure);
    if (author == Author::user && (type == DUCKDB_ERROR_PERMISSION || type == DUCKDB_ERROR_BINDER ||
                                   type == DUCKDB_ERROR_PARSER || has(message, "Permission Error")))
        throw_for_user(type, message, failure);
    throw_if_file(message, failure);
    if (author == Author::user) throw_for_user(type, message, failure);
    throw Error{errors::engine_failed, failure.reason()};
}

}  // namespace mlo::table
