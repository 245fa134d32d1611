// SPDX-License-Identifier: Apache-2.0
#include "table_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mlo/util/text.hpp>

namespace mlo::cli {

namespace {

using table::Chunk;
using table::ColumnType;
using table::ColumnView;
using table::Type;

/// Columns of text are aligned by so many rows; further ones keep to these widths.
constexpr std::size_t aligned_rows = 1000;
constexpr std::size_t widest_cell = 60;
constexpr std::size_t buffered_bytes = std::size_t{64} << 10;
constexpr std::string_view missing = "NULL";

[[nodiscard]] bool is_number(Type type) noexcept { return type == Type::integer || type == Type::real; }

[[nodiscard]] std::string shown_real(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::string text;
    json::append_real(text, value);
    return text;
}

/// The text of a cell that has a value.
[[nodiscard]] std::string text_of(const ColumnType& type, const ColumnView& column, std::size_t row) {
    switch (column.type()) {
        case Type::boolean:
            return column.booleans()[row] ? "true" : "false";
        case Type::integer:
            return fmt::format("{}", column.integers()[row]);
        case Type::real:
            return shown_real(column.reals()[row]);
        case Type::text:
            return std::string{column.texts()[row].view()};
        case Type::date:
        case Type::timestamp:
            return table::time_text(type.type, type.unit, column.integers()[row]);
    }
    return {};
}

void write_json_cell(json::Writer& json, const ColumnType& type, const ColumnView& column, std::size_t row) {
    if (!column.is_valid(row)) {
        json.null();
    } else if (column.type() == Type::boolean) {
        json.boolean(column.booleans()[row]);
    } else if (column.type() == Type::integer) {
        json.integer(column.integers()[row]);
    } else if (column.type() == Type::real) {
        json.real(column.reals()[row]);
    } else {
        json.string(text_of(type, column, row));
    }
}

void append_csv(std::string& out, std::string_view text) {
    const bool is_plain =
        !text.empty() && text.find_first_of(",\"\r\n") == text.npos && text.front() != ' ' && text.back() != ' ';
    if (is_plain) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) out += c == '"' ? std::string{"\"\""} : std::string(1, c);
    out += '"';
}

[[nodiscard]] std::string shortened(std::string text) {
    if (display_width(text) <= widest_cell) return text;
    std::size_t width = 0;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++width > widest_cell - 3) break;
    }
    return text.substr(0, at) + "...";
}

[[nodiscard]] std::string markdown_cell(std::string_view text) {
    std::string cell;
    for (const char c : visible(text)) cell += c == '|' ? std::string{"\\|"} : std::string(1, c);
    return cell;
}

/// JSON objects want names that differ.
[[nodiscard]] std::vector<std::string> distinct_names(const std::vector<ColumnType>& columns) {
    std::map<std::string, int> counts;
    std::vector<std::string> names;
    for (const auto& column : columns) {
        const auto count = ++counts[column.name];
        names.push_back(count == 1 ? column.name : fmt::format("{}_{}", column.name, count));
    }
    return names;
}

void append_row(std::string& out, const std::vector<ColumnType>& types, const std::vector<std::string>& names,
                const Chunk& chunk, std::size_t row, RowForm form) {
    if (form == RowForm::jsonl) {
        json::Writer json{out, json::Layout::compact};
        json.begin_object();
        for (std::size_t i = 0; i < types.size(); ++i) {
            json.key(names[i]);
            write_json_cell(json, types[i], chunk.columns()[i], row);
        }
        json.end_object();
        out += '\n';
        return;
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto& column = chunk.columns()[i];
        const bool is_valid = column.is_valid(row);
        if (form == RowForm::markdown) {
            out += fmt::format("{} {}", i == 0 ? "|" : " |",
                               is_valid ? markdown_cell(text_of(types[i], column, row)) : "");
        } else {
            if (i > 0) out += ',';
            if (is_valid) append_csv(out, text_of(types[i], column, row));
        }
    }
    out += form == RowForm::markdown ? " |\n" : "\n";
}

[[nodiscard]] std::string head_of(const std::vector<ColumnType>& types, RowForm form) {
    std::string head;
    std::string rule;
    if (form == RowForm::jsonl) return head;
    for (const auto& type : types) {
        if (form == RowForm::markdown) {
            head += "| " + markdown_cell(type.name) + " ";
            rule += is_number(type.type) ? "|---:" : "|---";
        } else {
            if (!head.empty()) head += ',';
            append_csv(head, type.name);
        }
    }
    return form == RowForm::markdown ? head + "|\n" + rule + "|\n" : head + "\n";
}

/// Rows of text in columns that are as wide as the first of them need.
class AlignedRows {
public:
    AlignedRows(Output& out, const std::vector<ColumnType>& types) : out_{out}, types_{types} {}

    void add(const Chunk& chunk, std::size_t row) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < types_.size(); ++i) {
            const auto& column = chunk.columns()[i];
            cells.push_back(column.is_valid(row) ? shortened(visible(text_of(types_[i], column, row)))
                                                 : std::string{missing});
        }
        if (is_begun_) return line(cells);
        waiting_.push_back(std::move(cells));
        if (waiting_.size() >= aligned_rows) begin();
    }
    void end() {
        if (!is_begun_) begin();
    }

private:
    void begin() {
        is_begun_ = true;
        std::vector<std::string> titles;
        for (const auto& type : types_) titles.push_back(shortened(visible(type.name)));
        for (const auto& title : titles) widths_.push_back(display_width(title));
        for (const auto& cells : waiting_)
            for (std::size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], display_width(cells[i]));
        line(titles);
        for (const auto& cells : waiting_) line(cells);
        waiting_.clear();
    }
    void line(const std::vector<std::string>& cells) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto width = display_width(cells[i]);
            const std::string gap(width < widths_[i] ? widths_[i] - width : 0, ' ');
            text += (i == 0 ? "" : "  ") + (is_number(types_[i].type) ? gap + cells[i] : cells[i] + gap);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out_.line(text);
        out_.drain();
    }

    Output& out_;
    const std::vector<ColumnType>& types_;
    std::vector<std::vector<std::string>> waiting_;
    std::vector<std::size_t> widths_;
    bool is_begun_ = false;
};

std::uint64_t show_document(Output& out, table::Cursor& cursor) {
    std::uint64_t rows = 0;
    const auto& types = cursor.columns();
    out.document("mlo/table-rows-v1", [&](json::Writer& json) {
        json.key("columns").begin_array();
        for (const auto& type : types) {
            json.begin_object().key("name").string(type.name);
            json.key("type").string(to_string(type.type));
            json.key("declared").string(type.declared);
            json.end_object();
        }
        json.end_array();
        json.key("rows").begin_array();
        Chunk chunk;
        while (cursor.next(chunk)) {
            for (std::size_t row = 0; row < chunk.rows(); ++row, ++rows) {
                json.begin_array();
                for (std::size_t i = 0; i < types.size(); ++i) write_json_cell(json, types[i], chunk.columns()[i], row);
                json.end_array();
                out.drain();
            }
        }
        json.end_array();
    });
    return rows;
}

}  // namespace

std::string visible(std::string_view text) {
    auto escaped = printable(text);
    if (escaped == text) return escaped;
    // Quotes and backslashes do nothing on a terminal.
    std::string result;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const bool is_pair =
            escaped[i] == '\\' && i + 1 < escaped.size() && (escaped[i + 1] == '\\' || escaped[i + 1] == '\'');
        if (is_pair) ++i;
        result += escaped[i];
    }
    return result;
}

void declare_row_form(Args& args, RowForm& into) {
    args.choice(
        "--format", into,
        {Choice{"text", RowForm::text}, {"csv", RowForm::csv}, {"jsonl", RowForm::jsonl}, {"md", RowForm::markdown}},
        "how rows are written: text in columns, CSV, JSON lines, Markdown [default: text]");
}

std::uint64_t show_rows(Output& out, table::Cursor& cursor, RowForm form) {
    if (out.is_json()) return show_document(out, cursor);
    if (form != RowForm::text) return write_rows(cursor, form, [&](std::string_view text) { out.write(text); });
    AlignedRows aligned{out, cursor.columns()};
    std::uint64_t rows = 0;
    Chunk chunk;
    while (cursor.next(chunk))
        for (std::size_t row = 0; row < chunk.rows(); ++row, ++rows) aligned.add(chunk, row);
    aligned.end();
    return rows;
}

std::uint64_t write_rows(table::Cursor& cursor, RowForm form, const std::function<void(std::string_view)>& sink) {
    MLO_ASSERT(form != RowForm::text);
    const auto& types = cursor.columns();
    const auto names = distinct_names(types);
    auto text = head_of(types, form);
    std::uint64_t rows = 0;
    Chunk chunk;
    while (cursor.next(chunk)) {
        for (std::size_t row = 0; row < chunk.rows(); ++row, ++rows) {
            append_row(text, types, names, chunk, row, form);
            if (text.size() < buffered_bytes) continue;
            sink(text);
            text.clear();
        }
    }
    sink(text);
    return rows;
}

}  // namespace mlo::cli
