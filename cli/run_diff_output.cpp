// SPDX-License-Identifier: Apache-2.0
#include "run_diff_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/util/text.hpp>

#include "run_columns.hpp"
#include "run_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

using track::Comparison;
using track::Difference;
using Facts = std::vector<Difference<track::Fact>>;

constexpr std::size_t widest_cell = 40;
constexpr std::size_t digits_of_id = 12;

/// A part that is facts alone.
struct FactPart {
    const char* part;
    const char* member;  ///< in JSON
    const char* title;
    Facts Comparison::*facts;
};
constexpr FactPart fact_parts[] = {{"run", "run", "run", &Comparison::run},
                                   {"code", "code", "code", &Comparison::code},
                                   {"params", "params", "parameters", &Comparison::params},
                                   {"params", "seeds", "seeds", &Comparison::seeds},
                                   {"tags", "tags", "tags", &Comparison::tags},
                                   {"environment", "environment", "environment", &Comparison::environment},
                                   {"packages", "packages", "packages", &Comparison::packages},
                                   {"host", "host", "host", &Comparison::host},
                                   {"usage", "usage", "use of the machine", &Comparison::usage}};

/// What stands in one place of each run.
struct Row {
    std::string key;
    std::vector<std::string> cells;
    std::string difference{};
};

std::string to_cell(const std::string& text) { return text.empty() ? "''" : printable(text); }

std::string to_cell(const track::Fact& fact) {
    if (const auto* integer = std::get_if<std::int64_t>(&fact)) return fmt::format("{}", *integer);
    if (const auto* real = std::get_if<double>(&fact)) return format_value(*real);
    return to_cell(std::get<std::string>(fact));
}

template <class T, class ToCell>
Row row_of(const Difference<T>& difference, ToCell cell) {
    Row row{printable(difference.key), {}};
    for (const auto& value : difference.values) row.cells.push_back(value ? cell(*value) : "-");
    return row;
}

std::vector<Row> fact_rows(const Facts& facts) {
    std::vector<Row> rows;
    for (const auto& each : facts) rows.push_back(row_of(each, [](const track::Fact& fact) { return to_cell(fact); }));
    return rows;
}

/// "+0.25 (+50 %)"; nothing where that says nothing.
std::string difference_of(std::optional<double> before, std::optional<double> after) {
    if (!before || !after || !std::isfinite(*before) || !std::isfinite(*after)) return {};
    const double difference = *after - *before;
    if (!std::isfinite(difference)) return {};
    auto text = fmt::format("{:+.6g}", difference);
    const double share = difference / std::abs(*before) * 100;
    if (*before != 0 && std::isfinite(share)) text += fmt::format(" ({:+.3g} %)", share);
    return text;
}

using Metric = track::MetricSummary;
using Get = std::optional<track::Point> (*)(const Metric&);

struct MetricFacet {
    const char* suffix;
    Get get;
};
constexpr MetricFacet metric_facets[] = {
    {"", [](const Metric& metric) { return std::optional{metric.last}; }},
    {".min", [](const Metric& metric) { return metric.min; }},
    {".max", [](const Metric& metric) { return metric.max; }},
};

bool differ(const std::vector<std::string>& cells) {
    return std::any_of(cells.begin(), cells.end(), [&](const std::string& cell) { return cell != cells.front(); });
}

/// The last value, and of the others what differs; the step where the values do not.
void add_metric_rows(const Difference<Metric>& metric, std::vector<Row>& rows) {
    const bool has_one_point = std::all_of(metric.values.begin(), metric.values.end(),
                                           [](const auto& value) { return !value || value->count == 1; });
    for (const auto& facet : metric_facets) {
        if (facet.suffix[0] != '\0' && has_one_point) continue;
        Row values{printable(metric.key) + facet.suffix, {}};
        Row steps{printable(metric.key) + facet.suffix + " (step)", {}};
        std::vector<std::optional<track::Point>> points;
        bool is_exactly_same = true;
        for (const auto& value : metric.values) {
            points.push_back(value ? facet.get(*value) : std::nullopt);
            const auto& point = points.back();
            values.cells.push_back(point ? format_value(point->value) : "-");
            steps.cells.push_back(point ? fmt::format("{}", point->step) : "-");
            const auto number = [](const auto& each) {
                return each ? std::optional{track::Point{0, 0, each->value}} : std::nullopt;
            };
            is_exactly_same = is_exactly_same && number(point) == number(points.front());
        }
        if (points.size() == 2 && points[0] && points[1])
            values.difference = difference_of(points[0]->value, points[1]->value);
        if (!is_exactly_same)
            rows.push_back(std::move(values));
        else if (differ(steps.cells))
            rows.push_back(std::move(steps));
    }
    Row counts = row_of(metric, [](const Metric& value) { return fmt::format("{}", value.count); });
    counts.key += ".count";
    if (differ(counts.cells) &&
        std::none_of(counts.cells.begin(), counts.cells.end(), [](const std::string& cell) { return cell == "-"; }))
        rows.push_back(std::move(counts));
}

std::vector<Row> metric_rows(const std::vector<Difference<Metric>>& metrics) {
    std::vector<Row> rows;
    for (const auto& metric : metrics) add_metric_rows(metric, rows);
    return rows;
}

template <class Item, class Detail>
std::vector<Row> object_rows(const std::vector<Difference<std::vector<Item>>>& objects, Detail detail) {
    std::vector<Row> rows;
    for (const auto& each : objects)
        rows.push_back(row_of(each, [&](const std::vector<Item>& items) {
            std::string text;
            for (const auto& item : items)
                text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", item.id.hex().substr(0, digits_of_id),
                                    detail(item));
            return text;
        }));
    return rows;
}

/// Long values of two runs get lines of their own; of more, the start that they share goes, and the end.
void shorten(std::vector<std::string>& cells) {
    std::size_t shared = cells.front().size();
    for (const auto& cell : cells) {
        const auto ends = std::mismatch(cell.begin(), cell.end(), cells.front().begin(), cells.front().end());
        shared = std::min(shared, static_cast<std::size_t>(ends.first - cell.begin()));
    }
    const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    for (auto& cell : cells) {
        constexpr std::size_t context = 8;
        std::size_t start = shared > 2 * context ? shared - context : 0;
        while (start > 0 && start < cell.size() && is_inside(cell[start])) --start;
        if (start > 0) cell = "…" + cell.substr(start);
        if (display_width(cell) <= widest_cell) continue;
        std::size_t end = widest_cell;
        while (end > 0 && is_inside(cell[end])) --end;
        cell = cell.substr(0, end) + "…";
    }
}

class Printer {
public:
    Printer(Output& out, std::span<const track::RunDocument> runs) : out_{out}, runs_{runs} {}

    void show(std::string_view title, std::vector<Row> rows) {
        if (rows.empty()) return;
        out_.line("");
        Table table;
        const bool has_differences =
            std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.difference.empty(); });
        table.columns.push_back({std::string{title}});
        for (const auto& run : runs_) table.columns.push_back({short_id(run.id)});
        if (has_differences) table.columns.push_back({"difference"});
        std::vector<Row> long_rows;
        for (auto& row : rows) {
            const bool is_long = std::any_of(row.cells.begin(), row.cells.end(),
                                             [](const std::string& cell) { return display_width(cell) > widest_cell; });
            if (is_long && runs_.size() == 2) {
                long_rows.push_back(std::move(row));
                continue;
            }
            if (is_long) {
                shorten(row.cells);
                was_cut_ = true;
            }
            auto& cells = table.rows.emplace_back();
            cells.push_back("  " + row.key);
            for (auto& cell : row.cells) cells.push_back(std::move(cell));
            if (has_differences) cells.push_back(std::move(row.difference));
        }
        if (table.rows.empty())
            out_.line(out_.painted(Paint::bold, title));
        else
            out_.table(table);
        for (const auto& row : long_rows) {
            out_.line("  {}", row.key);
            out_.line("    {}", out_.painted(Paint::bad, "- " + row.cells[0]));
            out_.line("    {}", out_.painted(Paint::good, "+ " + row.cells[1]));
        }
    }
    [[nodiscard]] bool was_cut() const noexcept { return was_cut_; }

private:
    Output& out_;
    std::span<const track::RunDocument> runs_;
    bool was_cut_ = false;
};

/// Ids are shortened as they are elsewhere.
std::vector<Row> code_rows(const Facts& facts) {
    auto rows = fact_rows(facts);
    constexpr std::size_t digits_of_commit = 10;
    constexpr std::string_view id_start = "sha256:";
    for (auto& row : rows) {
        for (auto& cell : row.cells) {
            if (row.key == "commit") cell = cell.substr(0, digits_of_commit);
            if (row.key == "uncommitted" && cell.starts_with(id_start))
                cell = cell.substr(id_start.size(), digits_of_id);
        }
    }
    return rows;
}

void show_divergence(Output& out, const RunDiff& diff) {
    const auto& first = diff.runs[0];
    const auto& second = diff.runs[1];
    const auto line = [&](const track::RunDocument& has, const track::RunDocument& lacks, std::uint64_t count) {
        constexpr std::size_t digits = 10;
        if (count > 0)
            out.line("  {} has {} more: git log {}..{}", short_id(has.id), plural(count, "commit", "commits"),
                     lacks.source.commit.substr(0, digits), has.source.commit.substr(0, digits));
    };
    line(second, first, diff.divergence->right_only);
    line(first, second, diff.divergence->left_only);
}

template <class T, class Write>
void write_rows(json::Writer& json, std::string_view member, const std::vector<Difference<T>>& rows, Write write) {
    json.key(member).begin_array();
    for (const auto& row : rows) {
        json.begin_object().key("key").string(is_valid_utf8(row.key) ? row.key : printable(row.key));
        json.key("values").begin_array();
        for (const auto& value : row.values) {
            if (value)
                write(*value);
            else
                json.null();
        }
        json.end_array().end_object();
    }
    json.end_array();
}

template <class Item, class Detail>
void write_objects(json::Writer& json, std::string_view member,
                   const std::vector<Difference<std::vector<Item>>>& objects, Detail detail) {
    write_rows(json, member, objects, [&](const std::vector<Item>& items) {
        json.begin_array();
        for (const auto& item : items) {
            json.begin_object();
            json.key("kind").string(item.kind == store::ObjectKind::tree ? "tree" : "blob");
            json.key("id").string(item.id.to_string());
            detail(item);
            json.end_object();
        }
        json.end_array();
    });
}

}  // namespace

const std::vector<std::string>& diff_parts() {
    static const std::vector<std::string> parts{"run",  "code",        "params",   "tags", "metrics",
                                                "data", "environment", "packages", "host", "usage"};
    return parts;
}

bool RunDiff::is_empty() const {
    const auto has = [&](const char* part, const auto& rows) { return parts.contains(part) && !rows.empty(); };
    const bool has_facts = std::any_of(std::begin(fact_parts), std::end(fact_parts),
                                       [&](const FactPart& each) { return has(each.part, comparison.*each.facts); });
    return !has_facts && !has("metrics", comparison.metrics) && !has("data", comparison.inputs) &&
           !has("data", comparison.outputs) && !has("usage", comparison.usage_metrics) &&
           !(parts.contains("run") && comparison.command);
}

void write_run_diff(json::Writer& json, const RunDiff& diff) {
    json.key("runs").begin_array();
    for (const auto& run : diff.runs) {
        json.begin_object().key("id").string(run.id).key("name").string(run.name);
        json.end_object();
    }
    json.end_array();
    json.key("differ").boolean(!diff.is_empty());
    if (diff.divergence) {
        json.key("commits").begin_object();
        json.key("only_first").unsigned_integer(diff.divergence->left_only);
        json.key("only_second").unsigned_integer(diff.divergence->right_only);
        json.end_object();
    }
    const auto& comparison = diff.comparison;
    for (const auto& each : fact_parts)
        if (diff.parts.contains(each.part))
            write_rows(json, each.member, comparison.*each.facts,
                       [&](const track::Fact& fact) { write_fact(json, fact); });
    if (diff.parts.contains("run")) {
        std::vector<Difference<std::vector<std::string>>> command;
        if (comparison.command) command.push_back(*comparison.command);
        write_rows(json, "command", command, [&](const std::vector<std::string>& words) {
            json.begin_array();
            for (const auto& word : words) json.string(is_valid_utf8(word) ? word : printable(word));
            json.end_array();
        });
    }
    const auto metric = [&](const Metric& value) { write_metric(json, value); };
    if (diff.parts.contains("metrics")) write_rows(json, "metrics", comparison.metrics, metric);
    if (diff.parts.contains("usage")) write_rows(json, "usage_metrics", comparison.usage_metrics, metric);
    if (diff.parts.contains("data")) {
        write_objects(json, "inputs", comparison.inputs,
                      [&](const track::Input& input) { json.key("role").string(to_string(input.role)); });
        write_objects(json, "outputs", comparison.outputs,
                      [&](const track::Output& output) { json.key("size").unsigned_integer(output.size_bytes); });
    }
    json.key("unknown").begin_array();
    for (const auto& sentence : comparison.unknown) json.string(sentence);
    json.end_array();
    if (diff.patch) json::write_path(json, "patch", *diff.patch);
}

void show_run_diff(Output& out, const RunDiff& diff) {
    const auto& comparison = diff.comparison;
    if (!diff.is_empty())
        for (const auto& run : diff.runs)
            out.line("{} {}", out.painted(Paint::bold, short_id(run.id)), printable(run.name));
    Printer printer{out, diff.runs};
    const auto show_facts = [&](std::string_view part) {
        for (const auto& each : fact_parts) {
            if (each.part != part || !diff.parts.contains(each.part)) continue;
            auto rows = part == "code" ? code_rows(comparison.*each.facts) : fact_rows(comparison.*each.facts);
            if (part == "run" && comparison.command)
                rows.insert(rows.begin(),
                            row_of(*comparison.command, [](const auto& words) { return command_text(words); }));
            printer.show(each.title, std::move(rows));
            if (part == "code" && diff.divergence) show_divergence(out, diff);
        }
    };
    for (const auto& part : diff_parts()) {
        show_facts(part);
        if (!diff.parts.contains(part)) continue;
        if (part == "metrics") printer.show("metrics", metric_rows(comparison.metrics));
        if (part == "usage") printer.show("system metrics", metric_rows(comparison.usage_metrics));
        if (part != "data") continue;
        printer.show("inputs",
                     object_rows(comparison.inputs, [](const track::Input& input) { return to_string(input.role); }));
        printer.show("outputs", object_rows(comparison.outputs, [](const track::Output& output) {
                         return format_bytes(output.size_bytes);
                     }));
    }
    if (diff.patch && !diff.patch->empty()) {
        if (!diff.is_empty()) out.line("");
        out.write(*diff.patch);
    }
    out.flush();
    for (const auto& sentence : comparison.unknown) out.warning(sentence);
    if (printer.was_cut()) out.message("long values are cut: --json has them whole");
    if (diff.is_empty() && (!diff.patch || diff.patch->empty())) out.message("the runs do not differ");
}

}  // namespace mlo::cli
