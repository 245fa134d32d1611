// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <mlo/json/writer.hpp>
#include <mlo/report/page.hpp>

#include "assets.hpp"
#include "html.hpp"

namespace mlo::report {
namespace {

using Sink = std::function<void(std::string_view)>;

/// JSON within a script element: whatever the names are, nothing in it ends the element.
class Data {
public:
    explicit Data(const Sink& sink) : sink_{sink} {}

    Data& raw(std::string_view json) {
        text_ += json;
        if (text_.size() > 1U << 16U) flush();
        return *this;
    }
    Data& string(std::string_view bytes) {
        std::string quoted;
        json::append_quoted(quoted, as_text(bytes));
        for (const char c : quoted) {
            if (c == '<') {
                text_ += "\\u003c";
            } else {
                text_ += c;
            }
        }
        return *this;
    }
    Data& number(double value) {
        if (std::isnan(value)) return raw("\"nan\"");
        if (std::isinf(value)) return raw(value > 0 ? "\"inf\"" : "\"-inf\"");
        fmt::format_to(std::back_inserter(text_), "{:.9g}", value);
        return *this;
    }
    template <typename Items, typename Write>
    Data& list(const Items& items, const Write& write) {
        raw("[");
        bool is_first = true;
        for (const auto& item : items) {
            if (!is_first) raw(",");
            is_first = false;
            write(item);
        }
        return raw("]");
    }
    void flush() {
        sink_(text_);
        text_.clear();
    }

private:
    const Sink& sink_;
    std::string text_;
};

/// A column of positions as differences, which are short. They are rounded so that the sums do not drift.
template <typename Items, typename Of>
void write_deltas(Data& data, const Items& items, const Of& of) {
    std::int64_t before = 0;
    data.list(items, [&](const auto& item) {
        const auto at = of(item);
        // Modulo 2^64, as the reader's doubles hardly differ.
        const auto delta =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(before));
        data.raw(fmt::format("{}", delta));
        before = at;
    });
}

void write_points(Data& data, const Curve& curve) {
    data.raw("{\"steps\":");
    write_deltas(data, curve.points, [](const CurvePoint& point) { return point.step; });
    data.raw(",\"times\":");
    write_deltas(data, curve.points, [](const CurvePoint& point) { return point.time_ms; });
    data.raw(",\"values\":");
    data.list(curve.points, [&](const CurvePoint& point) { data.number(point.value); });
    data.raw("}");
}

void write_means(Data& data, const Curve& curve) {
    data.raw(",\"means\":{\"steps\":");
    write_deltas(data, curve.means, [](const CurveMean& mean) { return std::llround(mean.step); });
    data.raw(",\"times\":");
    write_deltas(data, curve.means, [](const CurveMean& mean) { return std::llround(mean.time_ms); });
    data.raw(",\"values\":");
    data.list(curve.means, [&](const CurveMean& mean) { data.number(mean.value); });
    data.raw(",\"counts\":");
    data.list(curve.means, [&](const CurveMean& mean) { data.raw(fmt::format("{}", mean.count)); });
    data.raw("}");
}

void write_curve(Data& data, const PageCurve& each) {
    const auto& curve = each.curve;
    data.raw(fmt::format(R"({{"run":{},"total":{},"nan":{},"inf":{},"-inf":{},"last":)", each.run, curve.total,
                         curve.nan_count, curve.plus_infinities, curve.minus_infinities));
    data.number(each.last);
    data.raw(",\"least\":");
    each.least ? data.number(*each.least) : data.raw("null");
    data.raw(",\"greatest\":");
    each.greatest ? data.number(*each.greatest) : data.raw("null");
    data.raw(",\"points\":");
    write_points(data, curve);
    if (!curve.means.empty()) write_means(data, curve);
    data.raw("}");
}

std::string_view name_of(CurveAxis axis) {
    if (axis == CurveAxis::step) return "step";
    return axis == CurveAxis::time ? "time" : "relative";
}
std::string_view is_log(Scale scale) { return scale == Scale::logarithmic ? "true" : "false"; }

void write_content(Data& data, const PageCurves& curves) {
    data.raw(
        fmt::format(R"("colored":true,"axis":"{}","log":{},"smoothing":)", name_of(curves.axis), is_log(curves.scale)));
    data.number(curves.smoothing).raw(",\"metrics\":");
    data.list(curves.metrics, [&](const PageMetric& metric) {
        data.raw("{\"name\":").string(metric.name).raw(",\"curves\":");
        data.list(metric.curves, [&](const PageCurve& curve) { write_curve(data, curve); });
        data.raw("}");
    });
}

void write_column(Data& data, const PageColumn& column) {
    data.raw("{\"title\":").string(column.title).raw(",\"cells\":");
    data.list(column.cells, [&](const PageCell& cell) {
        if (const auto* const number = std::get_if<double>(&cell)) {
            // As an object, so that the text "nan" is told from the number.
            if (std::isfinite(*number)) {
                data.number(*number);
            } else {
                data.raw("{\"f\":").number(*number).raw("}");
            }
        } else if (const auto* const text = std::get_if<std::string>(&cell)) {
            data.string(*text);
        } else {
            data.raw("null");
        }
    });
    data.raw("}");
}

void write_content(Data& data, const PageScatter& scatter) {
    data.raw(fmt::format(R"("scatter":{{"xlog":{},"ylog":{},"x":)", is_log(scatter.x_scale), is_log(scatter.y_scale)));
    write_column(data, scatter.x);
    data.raw(",\"y\":");
    write_column(data, scatter.y);
    data.raw("}");
}

void write_content(Data& data, const PageParallel& parallel) {
    data.raw("\"parallel\":");
    data.list(parallel.columns, [&](const PageColumn& column) { write_column(data, column); });
}

void write_data(const Page& page, const Sink& sink) {
    Data data{sink};
    data.raw("{\"runs\":");
    data.list(page.runs, [&](const PageRun& run) {
        data.raw("{\"id\":").string(run.id).raw(",\"name\":").string(run.name).raw(",\"experiment\":");
        data.string(run.experiment).raw(",\"status\":").string(run.status);
        data.raw(fmt::format(",\"started\":{}}}", run.started_ms));
    });
    data.raw(",");
    std::visit([&](const auto& content) { write_content(data, content); }, page.content);
    data.raw("}");
    data.flush();
}

}  // namespace

void write_page(const Page& page, const Sink& sink) {
    const auto scripts = page_scripts();
    sink(page_head(page.title, page_style(), scripts));
    sink(fmt::format("<header>\n<h1>{}</h1>\n<p class=\"soft\">{}</p>\n", escape_html(page.title),
                     escape_html(page.subtitle)));
    for (const auto& note : page.notes) sink(fmt::format("<p class=\"note\">{}</p>\n", escape_html(note)));
    sink(
        "</header>\n<main><noscript><p class=\"card\">The charts are drawn by the scripts within this "
        "page.</p></noscript></main>\n");
    sink("<script type=\"application/json\" id=\"data\">");
    write_data(page, sink);
    sink("</script>\n");
    sink(fmt::format("<!--\n{}-->\n", page_licence()));
    for (const auto script : scripts) {
        sink("<script>");
        sink(script);
        sink("</script>\n");
    }
    sink("</body>\n</html>\n");
}

}  // namespace mlo::report
