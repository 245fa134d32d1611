// SPDX-License-Identifier: Apache-2.0
#include "plot_json.hpp"

#include <chrono>
#include <mlo/util/text.hpp>

#include "plot_page.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view schema = "mlo/plot-v1";

std::string time_text(std::int64_t time_ms) { return to_rfc3339(Timestamp{std::chrono::milliseconds{time_ms}}); }

void write_runs(json::Writer& json, const std::vector<track::ListedRun>& runs) {
    json.key("runs").begin_array();
    for (const auto& run : runs) {
        json.begin_object();
        json.key("id").string(run.id);
        json.key("name").string(run.name);
        json.key("status").string(to_string(run.state));
        json.key("started").string(time_text(run.started_ms));
        json.end_object();
    }
    json.end_array();
}

void write_curve(Output& out, json::Writer& json, const track::ListedRun& run, const report::Curve& curve,
                 const CurveStyle& style, double range) {
    json.begin_object();
    json.key("run").string(run.id);
    json.key("total").unsigned_integer(curve.total);
    json.key("points").begin_array();
    for (const auto& point : curve.points) {
        json.begin_object();
        json.key("step").integer(point.step);
        json.key("time").string(time_text(point.time_ms));
        json.key("value").real(point.value);
        json.end_object();
        out.drain();
    }
    json.end_array();
    if (style.smoothing) {
        json.key("smoothed").begin_array();
        for (const auto& [x, y] : smooth(curve, style.axis, run.started_ms, *style.smoothing, range)) {
            json.begin_object();
            json.key("x").real(x);
            json.key("value").real(y);
            json.end_object();
            out.drain();
        }
        json.end_array();
    }
    json.end_object();
}

}  // namespace

void answer_curves(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<PlottedMetric>& metrics,
                   const CurveStyle& style) {
    out.document(schema, [&](json::Writer& json) {
        write_runs(json, runs);
        json.key("metrics").begin_array();
        for (const auto& metric : metrics) {
            const auto range = x_range(runs, metric, style.axis);
            json.begin_object();
            json.key("name").string(metric.name);
            json.key("curves").begin_array();
            for (const auto& [run, curve] : metric.curves) write_curve(out, json, runs[run], curve, style, range);
            json.end_array();
            json.end_object();
        }
        json.end_array();
    });
}

void answer_columns(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<RunColumn>& columns) {
    out.document(schema, [&](json::Writer& json) {
        write_runs(json, runs);
        json.key("columns").begin_array();
        for (const auto& column : columns) {
            json.begin_object();
            json.key("name").string(is_valid_utf8(column.title) ? column.title : printable(column.title));
            json.key("values").begin_array();
            for (const auto& cell : column_of(column, runs, Mixed::allowed).cells) {
                if (const auto* const number = std::get_if<double>(&cell)) {
                    json.real(*number);
                } else if (const auto* const text = std::get_if<std::string>(&cell)) {
                    json.string(*text);
                } else {
                    json.null();
                }
            }
            json.end_array();
            json.end_object();
            out.drain();
        }
        json.end_array();
    });
}

}  // namespace mlo::cli
