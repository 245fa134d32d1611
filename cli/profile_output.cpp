// SPDX-License-Identifier: Apache-2.0
#include "profile_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <mlo/report/column_page.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "files.hpp"
#include "table_output.hpp"
#include "version.hpp"

namespace mlo::cli {
namespace {

using profile::Column;
using profile::shown;
using profile::shown_share;

constexpr std::size_t bars_of_text = 16;
constexpr std::size_t bars_of_page = 32;
constexpr std::size_t values_of_text = 3;
constexpr std::size_t values_of_page = 12;
constexpr std::array shown_quantiles{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

[[nodiscard]] bool is_time(table::Type type) noexcept {
    return type == table::Type::date || type == table::Type::timestamp;
}

[[nodiscard]] double share(std::uint64_t part, std::uint64_t whole) noexcept {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// "about 12,000": what is an estimate says so.
[[nodiscard]] std::string shown_distinct(const Column& column) {
    return (column.knows_all_values() ? "" : "about ") + format_count(column.distinct_values());
}

/// Bins of one width over the bulk of the values of all, so that a single far one does not hide all others. Of whole
/// numbers each bin has as many as any other.
[[nodiscard]] stats::Edges drawn_edges(std::span<const Column> columns, std::size_t bins) {
    double from = std::numeric_limits<double>::infinity();
    double to = -from;
    for (const auto& column : columns) {
        const auto& numbers = *column.numbers;
        if (numbers.count() == 0) continue;
        const double low = numbers.quantile(0.005);
        const double high = numbers.quantile(0.995);
        const double margin = (high - low) * 0.1;
        from = std::min(from, std::max(numbers.moments.min(), low - margin));
        to = std::max(to, std::min(numbers.moments.max(), high + margin));
    }
    // Beyond a double's digits there is nothing to draw.
    if (!(to > from) || !std::isfinite(to - from) || (to - from) < std::abs(to) * 1e-12)
        return stats::Edges::equal(from, from, 1);
    if (columns[0].type == table::Type::real) return stats::Edges::equal(from, to, bins);
    const double first = std::floor(from);
    const double span = std::floor(to) - first + 1;
    const double step = std::ceil(span / static_cast<double>(bins));
    const double count = std::ceil(span / step);
    return stats::Edges::equal(first, first + step * count, static_cast<std::size_t>(count));
}

/// What a column of texts is told by: its values, or, where hardly one comes twice, what they look like.
[[nodiscard]] const stats::FrequentSketch& told_by(const Column& column) {
    const bool has_categories = !column.categories->frame.categories.empty() || !column.shapes;
    return has_categories ? column.categories->values : column.shapes->patterns;
}

[[nodiscard]] std::string spark(const Column& column) {
    if (!column.numbers || column.numbers->count() == 0) return {};
    const auto counts = estimate(*column.numbers, drawn_edges({&column, 1}, bars_of_text)).inside;
    return counts.size() < 2 ? std::string{} : report::block_bars(std::vector<double>(counts.begin(), counts.end()));
}

[[nodiscard]] std::string summary_of(const Column& column) {
    if (column.numbers) {
        const auto& numbers = *column.numbers;
        if (numbers.count() == 0) return {};
        auto text = fmt::format("{} .. {} .. {}", shown_least(column), shown(column, numbers.quantile(0.5)),
                                shown_greatest(column));
        if (!is_time(column.type)) text += fmt::format(", mean {}", shown(column, numbers.moments.mean()));
        return text;
    }
    const auto count = column.categories->count();
    if (count == 0) return {};
    const auto& told = told_by(column);
    const auto items = told.items();
    std::string text = &told == &column.categories->values ? "" : "like ";
    for (std::size_t i = 0; i < std::min(items.size(), values_of_text); ++i)
        text += fmt::format("{}{} {}", i == 0 ? "" : ", ", visible(quoted(items[i].name)),
                            shown_share(items[i].count, count));
    if (items.size() > values_of_text) text += ", ...";
    return text;
}

/// What belongs into no row, in words.
[[nodiscard]] std::vector<std::string> remarks(const Column& column) {
    std::vector<std::string> list;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) list.push_back(fmt::format("{} {}", format_count(count), what));
    };
    add(column.not_a_number, "not a number");
    add(column.minus_infinite, "-infinity");
    add(column.plus_infinite, "+infinity");
    if (column.shapes) {
        add(column.shapes->empty, "empty");
        add(column.shapes->blank, "blank");
    }
    return list;
}

void write_value(json::Writer& json, const Column& column, double value) {
    if (is_time(column.type) && std::isfinite(value))
        json.string(shown(column, value));
    else
        json.real(value);
}

void write_numbers(json::Writer& json, const Column& column) {
    const auto& numbers = *column.numbers;
    json.key("count").unsigned_integer(numbers.count());
    json.key("zeros").unsigned_integer(numbers.zeros);
    json.key("negatives").unsigned_integer(numbers.negatives);
    if (numbers.count() == 0) return;
    const auto extreme = [&](std::string_view key, std::int64_t whole, double real, const std::string& text) {
        json.key(key);
        if (is_time(column.type))
            json.string(text);
        else if (column.type == table::Type::integer)
            json.integer(whole);
        else
            json.real(real);
    };
    extreme("minimum", numbers.least, numbers.moments.min(), shown_least(column));
    extreme("maximum", numbers.greatest, numbers.moments.max(), shown_greatest(column));
    json.key("mean");
    write_value(json, column, numbers.moments.mean());
    if (!is_time(column.type)) {
        json.key("standard_deviation").real(numbers.moments.standard_deviation(1));
        json.key("skewness").real(numbers.moments.skewness());
        json.key("excess_kurtosis").real(numbers.moments.excess_kurtosis());
    }
    json.key("rank_error").real(numbers.rank_error());
    json.key("quantiles").begin_array();
    for (const auto q : shown_quantiles) {
        json.begin_object().key("share").real(q).key("value");
        write_value(json, column, numbers.quantile(q));
        json.end_object();
    }
    json.end_array();
    const auto& frame = numbers.frame;
    if (!frame.edges) return;
    json.key("histogram").begin_object();
    json.key("edges").begin_array();
    for (const auto edge : frame.edges->values()) write_value(json, column, edge);
    json.end_array().key("counts").begin_array();
    for (const auto count : frame.counts.inside) json.unsigned_integer(count);
    json.end_array().key("below").unsigned_integer(frame.counts.below);
    json.key("above").unsigned_integer(frame.counts.above).key("exact").boolean(frame.is_exact).end_object();
}

void write_items(json::Writer& json, std::string_view key, const stats::FrequentSketch& sketch) {
    json.key(key).begin_array();
    for (const auto& item : sketch.items())
        json.begin_object().key("value").string(item.name).key("count").unsigned_integer(item.count).end_object();
    json.end_array();
}

void write_categories(json::Writer& json, const Column& column) {
    const auto& categories = *column.categories;
    json.key("count").unsigned_integer(categories.count());
    write_items(json, "values", categories.values);
    json.key("count_error").unsigned_integer(categories.values.error());
    if (!column.shapes) return;
    const auto& shapes = *column.shapes;
    json.key("empty").unsigned_integer(shapes.empty).key("blank").unsigned_integer(shapes.blank);
    json.key("length").begin_object().key("minimum").unsigned_integer(shapes.least_length);
    json.key("maximum").unsigned_integer(shapes.greatest_length);
    json.key("total").unsigned_integer(shapes.total_length).end_object();
    write_items(json, "patterns", shapes.patterns);
}

[[nodiscard]] report::ColumnCard card_of(const Column& column, std::uint64_t rows) {
    report::ColumnCard card{.name = column.name,
                            .kind = std::string{to_string(column.type)},
                            .facts = {},
                            .bars = bars_of({&column, 1}),
                            .notes = remarks(column)};
    const auto fact = [&](std::string what, std::string value) {
        if (!value.empty()) card.facts.push_back({std::move(what), std::move(value)});
    };
    fact("missing", shown_share(column.missing, rows));
    fact("different", shown_distinct(column));
    if (column.numbers && column.numbers->count() > 0) {
        fact("range", fmt::format("{} to {}", shown_least(column), shown_greatest(column)));
        fact("quartiles",
             fmt::format("{}, {}, {}", shown(column, column.numbers->quantile(0.25)),
                         shown(column, column.numbers->quantile(0.5)), shown(column, column.numbers->quantile(0.75))));
        fact("mean", shown(column, column.numbers->moments.mean()));
        if (!is_time(column.type))
            fact("deviation", fmt::format("{:.6g}", column.numbers->moments.standard_deviation(1)));
    }
    if (column.shapes && column.categories->count() > 0) {
        fact("length", fmt::format("{} to {}", column.shapes->least_length, column.shapes->greatest_length));
        std::string patterns;
        for (const auto& item : column.shapes->patterns.items()) {
            if (patterns.size() > 60) break;
            patterns += fmt::format("{}{} ({})", patterns.empty() ? "" : ", ", item.name,
                                    shown_share(item.count, column.categories->count()));
        }
        fact("patterns", patterns);
    }
    return card;
}

}  // namespace

report::ColumnBars bars_of(std::span<const profile::Column> columns) {
    report::ColumnBars bars;
    if (columns[0].numbers) {
        if (std::ranges::all_of(columns, [](const auto& column) { return column.numbers->count() == 0; })) return bars;
        const auto edges = drawn_edges(columns, bars_of_page);
        const auto values = edges.values();
        for (std::size_t i = 0; i < edges.bins(); ++i)
            bars.bars.push_back(
                {fmt::format("{} to {}", shown(columns[0], values[i]), shown(columns[0], values[i + 1])), {}});
        for (const auto& column : columns) {
            const auto counts = estimate(*column.numbers, edges);
            for (std::size_t i = 0; i < edges.bins(); ++i)
                bars.bars[i].shares.push_back(share(counts.inside[i], column.numbers->count()));
        }
        bars.from = shown(columns[0], values.front());
        bars.to = shown(columns[0], values.back());
        return bars;
    }
    bars.form = report::ColumnBars::Form::list;
    // The first decides for all: values are not compared with patterns.
    const bool has_values = &told_by(columns[0]) == &columns[0].categories->values;
    std::map<std::string, std::vector<double>> shares;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& told = has_values ? columns[i].categories->values : columns[i].shapes->patterns;
        for (const auto& item : told.items()) {
            auto& of_value = shares[item.name];
            of_value.resize(columns.size());
            of_value[i] = share(item.count, columns[i].categories->count());
        }
    }
    for (auto& [name, of_value] : shares) bars.bars.push_back({name, std::move(of_value)});
    std::ranges::stable_sort(bars.bars, std::greater<>{}, [](const auto& bar) { return std::ranges::max(bar.shares); });
    if (bars.bars.size() > values_of_page) bars.bars.resize(values_of_page);
    return bars;
}

void write_page(Context& ctx, const std::string& file, const report::ColumnPage& page) {
    write_file(ctx, file, [&](const TextSink& sink) { report::write_column_page(page, sink); });
}

void show_profile(Output& out, const NamedProfile& named) {
    Table table;
    table.columns = {{"Column", Table::Align::left},    {"Type", Table::Align::left},
                     {"Missing", Table::Align::right},  {"Different", Table::Align::right},
                     {"Histogram", Table::Align::left}, {"Values", Table::Align::left}};
    for (const auto& column : named.profile.columns) {
        auto values = summary_of(column);
        for (const auto& remark : remarks(column)) values += fmt::format("{}{}", values.empty() ? "" : "; ", remark);
        table.rows.push_back({visible(column.name), std::string{to_string(column.type)},
                              shown_share(column.missing, named.profile.rows), shown_distinct(column), spark(column),
                              std::move(values)});
    }
    out.table(table);
    out.flush();
    out.message(fmt::format("{}: {}, {}", quoted(named.shown), plural(named.profile.rows, "row", "rows"),
                            plural(named.profile.columns.size(), "column", "columns")));
}

void write_profile_summary(Output& out, const NamedProfile& named) {
    out.document("mlo/profile-summary-v1", [&](json::Writer& json) {
        if (named.data) json.key("data").string(named.data->to_string());
        if (named.stored_as) json.key("profile").string(named.stored_as->to_string());
        json.key("rows").unsigned_integer(named.profile.rows);
        json.key("columns").begin_array();
        for (const auto& column : named.profile.columns) {
            json.begin_object().key("name").string(column.name).key("type").string(to_string(column.type));
            json.key("missing").unsigned_integer(column.missing);
            json.key("not_a_number").unsigned_integer(column.not_a_number);
            json.key("minus_infinite").unsigned_integer(column.minus_infinite);
            json.key("plus_infinite").unsigned_integer(column.plus_infinite);
            json.key("different").unsigned_integer(column.distinct_values());
            json.key("different_is_exact").boolean(column.knows_all_values());
            column.numbers ? write_numbers(json, column) : write_categories(json, column);
            json.end_object();
            out.drain();
        }
        json.end_array();
    });
}

void write_profile_page(Context& ctx, const std::string& file, const NamedProfile& named) {
    report::ColumnPage page{.title = named.shown,
                            .subtitle = fmt::format("{}, {}", plural(named.profile.rows, "row", "rows"),
                                                    plural(named.profile.columns.size(), "column", "columns")),
                            .series = {"values"},
                            .columns = {},
                            .made_by = fmt::format("mlo {}", version_number)};
    for (const auto& column : named.profile.columns) page.columns.push_back(card_of(column, named.profile.rows));
    write_page(ctx, file, page);
}

}  // namespace mlo::cli
