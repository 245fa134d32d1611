// SPDX-License-Identifier: Apache-2.0
#include "evidently_output.hpp"

#include <fmt/format.h>

#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "table_output.hpp"

namespace mlo::cli {
namespace {

using drift::EvidentlyColumn;

/// As Python writes a float.
[[nodiscard]] std::string python(double value) {
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}
/// As Python writes a str of printable characters.
[[nodiscard]] std::string python(std::string_view text) {
    const bool has_single = text.find('\'') != text.npos;
    const char quote = has_single && text.find('"') == text.npos ? '"' : '\'';
    std::string quoted_text{quote};
    for (const char c : text) {
        if (c == quote || c == '\\') quoted_text += '\\';
        quoted_text += c;
    }
    return quoted_text + quote;
}

/// One metric as it was asked for, and as the answer tells it.
class Metric {
public:
    explicit Metric(std::string_view name) : name_{name} {}

    enum class Asked : std::uint8_t { yes, no };
    /// `asked`: it was not Evidently's default. Parameters come in the order of their names.
    Metric& text(std::string_view key, std::string_view value, Asked asked) {
        return add({key, std::string{value}, std::nullopt, std::string{value}}, python(value), asked);
    }
    Metric& real(std::string_view key, double value, Asked asked) {
        return add({key, {}, value, python(value)}, python(value), asked);
    }

    /// Its get_fingerprint(): of the class and of what was asked for.
    [[nodiscard]] std::string id() const {
        // A tuple of one has a comma.
        const auto parts = fmt::format("evidently.metrics.column_statistics.{}({}{})", name_, fmt::join(parts_, ", "),
                                       parts_.size() == 1 ? "," : "");
        return hash::to_hex(hash::md5(as_bytes(parts)));
    }
    [[nodiscard]] std::string shown() const {
        std::string list;
        for (const auto& each : parameters_)
            list += fmt::format("{}{}={}", list.empty() ? "" : ",", each.key, each.shown);
        return fmt::format("{}({})", name_, list);
    }
    void write_config(json::Writer& json) const {
        json.begin_object().key("type").string(fmt::format("evidently:metric_v2:{}", name_));
        for (const auto& each : parameters_) {
            json.key(each.key);
            each.real ? json.real(*each.real) : json.string(each.text);
        }
        json.end_object();
    }

private:
    struct Parameter {
        std::string_view key;
        std::string text;
        std::optional<double> real;
        std::string shown;
    };
    Metric& add(Parameter parameter, const std::string& value, Asked asked) {
        if (asked == Asked::yes) parts_.push_back(fmt::format("('{}', {})", parameter.key, value));
        parameters_.push_back(std::move(parameter));
        return *this;
    }

    std::string name_;
    std::vector<Parameter> parameters_;
    std::vector<std::string> parts_;
};

[[nodiscard]] Metric count_metric(const drift::Rules& rules) {
    constexpr double usual_share = 0.5;
    Metric metric{"DriftedColumnsCount"};
    metric.real("drift_share", rules.share, rules.share == usual_share ? Metric::Asked::no : Metric::Asked::yes);
    if (rules.method) metric.text("method", drift::row_of(*rules.method).name, Metric::Asked::yes);
    if (rules.threshold) metric.real("threshold", *rules.threshold, Metric::Asked::yes);
    return metric;
}

[[nodiscard]] Metric column_metric(const EvidentlyColumn& column, const drift::Rules& rules) {
    const auto& row = drift::row_of(column.method);
    Metric metric{"ValueDrift"};
    metric.text("column", column.name, Metric::Asked::yes);
    if (rules.method)
        metric.text("method", row.name, Metric::Asked::yes);
    else
        metric.text("method", row.title, Metric::Asked::no);
    return metric.real("threshold", column.threshold, rules.threshold ? Metric::Asked::yes : Metric::Asked::no);
}

void write_metric(json::Writer& json, const Metric& metric) {
    json.key("id").string(metric.id()).key("metric_name").string(metric.shown()).key("config");
    metric.write_config(json);
}

void write_metric_config(json::Writer& json, const Metric& metric) {
    json.key("metric_config").begin_object().key("metric_id").string(metric.id()).key("params");
    metric.write_config(json);
    json.end_object();
}

void write_kind(json::Writer& json, std::string_view type) {
    json.key("type").string(fmt::format("evidently:test_v2:{}", type)).key("is_critical").boolean(true);
    json.key("alias").null().key("label_filters").null();
}

void write_share_test(json::Writer& json, const drift::EvidentlyReport& report, const drift::Rules& rules) {
    const auto metric = count_metric(rules);
    const auto write_test = [&] {
        json.begin_object();
        write_kind(json, "LessThanMetricTest");
        json.key("threshold").real(rules.share).end_object();
    };
    json.begin_object().key("id").string("lt");
    json.key("name").string(fmt::format("Share of Drifted Columns: Less {:.3f}", rules.share));
    json.key("description")
        .string(fmt::format("Share of Drifted Columns: Actual value {:.3f} {} {:.3f}", report.share,
                            report.has_drifted ? ">=" : "<", rules.share));
    write_metric_config(json, metric);
    json.key("test_config");
    write_test();
    json.key("status").string(report.has_drifted ? "FAIL" : "SUCCESS");
    json.key("bound_test").begin_object().key("type").string("evidently:bound_test:CountBoundTest").key("test");
    write_test();
    json.key("metric_fingerprint").string(metric.id()).key("is_count").boolean(false).end_object().end_object();
}

void write_column_test(json::Writer& json, const EvidentlyColumn& column, const Metric& metric) {
    const auto score = column.score ? fmt::format("{:.2f}", *column.score) : "nan";
    json.begin_object().key("id").string("drift");
    json.key("name").string(fmt::format("Value Drift for column {}", column.name));
    json.key("description")
        .string(fmt::format("Drift score is {}. The drift detection method is {}. The drift threshold is {:.2f}.",
                            score, drift::row_of(column.method).title, column.threshold));
    write_metric_config(json, metric);
    json.key("test_config").begin_object().end_object();
    json.key("status").string(column.has_drifted ? "FAIL" : "SUCCESS");
    json.key("bound_test").begin_object().key("type").string("evidently:bound_test:ValueDriftBoundTest").key("test");
    json.begin_object();
    write_kind(json, "ValueDriftTest");
    json.end_object().key("metric_fingerprint").string(metric.id()).end_object().end_object();
}

/// Evidently has no such thing, but a status for it.
void write_skipped(json::Writer& json, const drift::EvidentlyReport::NotCompared& each) {
    const auto metric = Metric{"ValueDrift"}.text("column", each.column, Metric::Asked::yes);
    json.begin_object().key("id").string("drift");
    json.key("name").string(fmt::format("Value Drift for column {}", each.column));
    json.key("description").string(fmt::format("Not compared: {}.", each.reason));
    write_metric_config(json, metric);
    json.key("test_config").begin_object().end_object().key("status").string("SKIPPED").end_object();
}

void tell_not_compared(Output& out, const drift::EvidentlyReport& report) {
    for (const auto& each : report.not_compared)
        out.message(fmt::format("{}: not compared: {}", quoted(each.column), each.reason));
}

}  // namespace

void show_evidently(Output& out, const drift::EvidentlyReport& report, const drift::Rules& rules) {
    const auto rows =
        fmt::format("{} against {}", plural(report.current_rows, "row", "rows"), format_count(report.reference_rows));
    if (report.columns.empty())
        out.line(out.painted(Paint::changed, fmt::format("nothing that Evidently compares, {}", rows)));
    else
        out.line(out.painted(report.has_drifted ? Paint::bad : Paint::good,
                             fmt::format("{} by Evidently's rules: {} of {} drifted, a share of {:g} is asked for, {}",
                                         report.has_drifted ? "drift" : "no drift", format_count(report.drifted),
                                         plural(report.columns.size(), "column", "columns"), rules.share, rows)));
    Table table;
    table.columns = {{"Column", Table::Align::left},  {"Type", Table::Align::left},
                     {"Verdict", Table::Align::left}, {"Method", Table::Align::left},
                     {"Score", Table::Align::right},  {"Threshold", Table::Align::right}};
    for (const auto& column : report.columns)
        table.rows.push_back({visible(column.name), std::string{to_string(column.type)},
                              column.has_drifted ? "drift" : "-", std::string{drift::row_of(column.method).title},
                              column.score ? fmt::format("{:.4g}", *column.score) : "NaN",
                              fmt::format("{:g}", column.threshold)});
    out.table(table);
    out.flush();
    tell_not_compared(out, report);
}

void write_evidently(Output& out, const drift::EvidentlyReport& report, const drift::Rules& rules) {
    out.document("mlo/drift-evidently-v1", [&](json::Writer& json) {
        json.key("metrics").begin_array().begin_object();
        write_metric(json, count_metric(rules));
        json.key("value").begin_object().key("count").real(static_cast<double>(report.drifted));
        json.key("share").real(report.share).end_object().end_object();
        for (const auto& column : report.columns) {
            json.begin_object();
            write_metric(json, column_metric(column, rules));
            json.key("value");
            column.score ? json.real(*column.score) : json.null();
            json.end_object();
            out.drain();
        }
        json.end_array().key("tests").begin_array();
        write_share_test(json, report, rules);
        for (const auto& column : report.columns) {
            write_column_test(json, column, column_metric(column, rules));
            out.drain();
        }
        for (const auto& each : report.not_compared) write_skipped(json, each);
        json.end_array();
    });
    out.flush();
    tell_not_compared(out, report);
}

}  // namespace mlo::cli
