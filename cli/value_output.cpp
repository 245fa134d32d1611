// SPDX-License-Identifier: Apache-2.0
#include "value_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::cli {

namespace {

using pipeline::Datum;

std::string shown_real(double value, std::optional<std::uint32_t> precision) {
    if (!std::isfinite(value)) return fmt::format("{}", value);
    std::string text;
    if (!precision) {
        json::append_real(text, value);
        return text;
    }
    text = fmt::format("{:.{}f}", value, *precision);
    const bool vanishes = value != 0 && text.find_first_of("123456789") == std::string::npos;
    if (vanishes || std::abs(value) >= 1e16) return fmt::format("{:.{}g}", value, std::max(*precision, 1u));
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text += '0';
    return text == "-0.0" ? "0.0" : text;
}

/// A cell of Markdown: what would end it, or its line, is written otherwise.
std::string markdown_cell(std::string_view text) {
    std::string cell;
    for (const char c : text) {
        if (c == '|') cell += '\\';
        cell += c;
    }
    return cell;
}

void write_markdown(Output& out, const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::size_t> widths(lines.front().size(), 3);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
    bool is_head = true;
    for (const auto& line : lines) {
        std::string text = "|";
        std::string rule = "|";
        for (std::size_t i = 0; i < line.size(); ++i) {
            text += ' ' + line[i] + std::string(widths[i] - display_width(line[i]), ' ') + " |";
            rule += std::string(widths[i] + 2, '-') + '|';
        }
        out.line(text);
        if (std::exchange(is_head, false)) out.line(rule);
    }
}

void write_text_table(Output& out, const std::vector<std::vector<std::string>>& lines, std::size_t left_columns) {
    Table table;
    for (std::size_t i = 0; i < lines.front().size(); ++i)
        table.columns.push_back({lines.front()[i], i < left_columns ? Table::Align::left : Table::Align::right});
    table.rows.assign(lines.begin() + 1, lines.end());
    out.table(table);
}

}  // namespace

void show_values(Output& out, std::string_view key_title, const std::vector<ValueRow>& rows,
                 const std::vector<ValueColumn>& columns, TableForm form, Paths paths) {
    if (rows.empty()) return;
    const auto to_cell = [&](std::string_view text) {
        return form == TableForm::markdown ? markdown_cell(text) : std::string{text};
    };
    std::vector<std::vector<std::string>> lines(1);
    if (paths == Paths::shown) lines.front().emplace_back("Path");
    lines.front().emplace_back(key_title);
    for (const auto& column : columns) lines.front().push_back(to_cell(column.title));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& line = lines.emplace_back();
        if (paths == Paths::shown) line.push_back(to_cell(rows[i].path));
        line.push_back(to_cell(rows[i].key));
        for (const auto& column : columns) line.push_back(to_cell(column.cells[i]));
    }
    if (form == TableForm::markdown)
        write_markdown(out, lines);
    else
        write_text_table(out, lines, paths == Paths::shown ? 2 : 1);
}

std::string shown_value(const std::optional<Datum>& value, std::optional<std::uint32_t> precision) {
    if (!value) return "-";
    if (const auto* const real = std::get_if<double>(&value->content)) return shown_real(*real, precision);
    if (const auto* const text = std::get_if<std::string>(&value->content))
        return text->empty() ? "''" : printable(*text);
    return printable(canonical(*value));
}

std::string shown_change(const pipeline::ValueDifference& difference, std::optional<std::uint32_t> precision) {
    const auto change = pipeline::difference_of(difference);
    if (!change) return "-";
    constexpr double exact = 9007199254740992.0;
    const bool is_whole = !std::holds_alternative<double>(difference.before->content) &&
                          !std::holds_alternative<double>(difference.after->content);
    if (is_whole && std::abs(*change) < exact) return fmt::format("{:.0f}", *change);
    return shown_real(*change, precision);
}

void write_value(json::Writer& json, const Datum& value) {
    if (const auto* const truth = std::get_if<bool>(&value.content)) {
        json.boolean(*truth);
    } else if (const auto* const integer = std::get_if<std::int64_t>(&value.content)) {
        json.integer(*integer);
    } else if (const auto* const large = std::get_if<std::uint64_t>(&value.content)) {
        json.unsigned_integer(*large);
    } else if (const auto* const real = std::get_if<double>(&value.content)) {
        json.real(*real);
    } else if (const auto* const text = std::get_if<std::string>(&value.content)) {
        json.string(*text);
    } else if (const auto* const list = std::get_if<Datum::List>(&value.content)) {
        json.begin_array();
        for (const auto& element : *list) write_value(json, element);
        json.end_array();
    } else if (const auto* const mapping = std::get_if<Datum::Mapping>(&value.content)) {
        json.begin_object();
        for (const auto& member : *mapping) {
            json.key(member.name);
            write_value(json, member.value);
        }
        json.end_object();
    } else {
        json.null();
    }
}

}  // namespace mlo::cli
