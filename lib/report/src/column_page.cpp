// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/report/column_page.hpp>
#include <mlo/util/text.hpp>

#include "html.hpp"

namespace mlo::report {
namespace {

using Sink = std::function<void(std::string_view)>;

constexpr std::size_t most_columns = 1000;
constexpr double width = 340;
constexpr double height = 90;
constexpr double row_height = 18;
constexpr double label_width = 150;

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --back: #fff; --ink: #1c2024; --soft: #60666d; --line: #d9dde1; --fill: #f3f5f7; --bar0: #3b7dd8; --bar1: #d8803b; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --ink: #e6e8ea; --soft: #9aa2aa; --line: #343a41; --fill: #1f2429; --bar0: #64a0f0; --bar1: #f0a564; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 16px 20px 40px; background: var(--back); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 20px; } h2 { margin: 0 0 6px; font-size: 15px; }
h1, h2, td, li { unicode-bidi: isolate; overflow-wrap: anywhere; }
p { margin: 3px 0; } .soft, h2 span { color: var(--soft); font-weight: 400; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(370px, 1fr)); gap: 12px; margin-top: 16px; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
table { border-collapse: collapse; width: 100%; margin-bottom: 6px; }
td { padding: 1px 10px 1px 0; vertical-align: top; } td:first-child { color: var(--soft); white-space: nowrap; width: 1%; }
ul { margin: 4px 0 0; padding-left: 18px; color: var(--soft); }
svg { display: block; max-width: 100%; } svg text { fill: var(--soft); font-family: ui-monospace, monospace; font-size: 11px; }
svg .axis { stroke: var(--line); } .s0 { fill: var(--bar0); } .s1 { fill: var(--bar1); } .many { opacity: .6; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 4px 0 10px; } .key.s0 { background: var(--bar0); } .key.s1 { background: var(--bar1); }
)css";

std::string percent(double share) { return fmt::format("{:.3g} %", 100 * share); }

std::string title_of(const ColumnBars::Bar& bar, const std::vector<std::string>& series) {
    std::string text = bar.label;
    for (std::size_t i = 0; i < bar.shares.size(); ++i)
        text += series.size() > 1 ? fmt::format("\n{}: {}", series[i], percent(bar.shares[i]))
                                  : ": " + percent(bar.shares[i]);
    return escape_html(text);
}

double greatest(const ColumnBars& bars) {
    double most = 0;
    for (const auto& bar : bars.bars)
        for (const auto share : bar.shares) most = std::max(most, share);
    return most > 0 ? most : 1;
}

void write_histogram(const ColumnBars& bars, const std::vector<std::string>& series, const Sink& sink) {
    const auto most = greatest(bars);
    const double step = width / static_cast<double>(bars.bars.size());
    sink(fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\">", width, height + 16, width,
                     height + 16));
    for (std::size_t i = 0; i < bars.bars.size(); ++i) {
        const auto& bar = bars.bars[i];
        sink(fmt::format("<g><title>{}</title>", title_of(bar, series)));
        for (std::size_t s = 0; s < bar.shares.size(); ++s) {
            const double tall = bar.shares[s] / most * (height - 4);
            sink(fmt::format("<rect class=\"s{}{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>",
                             s % 2, bar.shares.size() > 1 ? " many" : "", static_cast<double>(i) * step, height - tall,
                             std::max(0.5, step - 1), tall));
        }
        sink("</g>");
    }
    sink(fmt::format("<line class=\"axis\" x1=\"0\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/>", height, width));
    sink(fmt::format(
        "<text x=\"0\" y=\"{0}\">{1}</text><text x=\"{2}\" y=\"{0}\" text-anchor=\"end\">{3}</text></svg>\n",
        height + 13, escape_html(bars.from), width, escape_html(bars.to)));
}

void write_list(const ColumnBars& bars, const std::vector<std::string>& series, const Sink& sink) {
    const auto most = greatest(bars);
    const auto tall = row_height * static_cast<double>(bars.bars.size());
    constexpr std::size_t longest = 22;
    sink(fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\">", width, tall, width, tall));
    for (std::size_t i = 0; i < bars.bars.size(); ++i) {
        const auto& bar = bars.bars[i];
        const double top = static_cast<double>(i) * row_height;
        auto label = as_text(bar.label);
        if (label.size() > longest) {
            auto size = longest;
            while ((static_cast<unsigned char>(label[size]) & 0xC0u) == 0x80u) --size;
            label = label.substr(0, size) + "...";
        }
        sink(fmt::format("<g><title>{}</title><text x=\"0\" y=\"{:.1f}\">{}</text>", title_of(bar, series), top + 13,
                         escape_html(label)));
        const double each = (row_height - 5) / static_cast<double>(std::max<std::size_t>(bar.shares.size(), 1));
        for (std::size_t s = 0; s < bar.shares.size(); ++s)
            sink(fmt::format("<rect class=\"s{}\" x=\"{}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>", s % 2,
                             label_width, top + 2 + each * static_cast<double>(s),
                             std::max(0.5, bar.shares[s] / most * (width - label_width - 60)), each));
        if (!bar.shares.empty())
            sink(fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", width, top + 13,
                             percent(bar.shares.back())));
        sink("</g>");
    }
    sink("</svg>\n");
}

void write_card(const ColumnCard& card, const std::vector<std::string>& series, const Sink& sink) {
    sink(fmt::format("<section class=\"card\"><h2>{} <span>{}</span></h2>\n<table>", escape_html(card.name),
                     escape_html(card.kind)));
    for (const auto& fact : card.facts)
        sink(fmt::format("<tr><td>{}</td><td>{}</td></tr>", escape_html(fact.what), escape_html(fact.value)));
    sink("</table>\n");
    if (!card.bars.bars.empty())
        card.bars.form == ColumnBars::Form::histogram ? write_histogram(card.bars, series, sink)
                                                      : write_list(card.bars, series, sink);
    if (!card.notes.empty()) {
        sink("<ul>");
        for (const auto& note : card.notes) sink(fmt::format("<li>{}</li>", escape_html(note)));
        sink("</ul>");
    }
    sink("</section>\n");
}

}  // namespace

void write_column_page(const ColumnPage& page, const Sink& sink) {
    sink(page_head(page.title, style, {}));
    sink(fmt::format("<h1>{}</h1>\n<p class=\"soft\">{}</p>\n", escape_html(page.title), escape_html(page.subtitle)));
    if (page.series.size() > 1) {
        sink("<p>");
        for (std::size_t i = 0; i < page.series.size(); ++i)
            sink(fmt::format("<span class=\"key s{}\"></span>{}", i % 2, escape_html(page.series[i])));
        sink("</p>\n");
    }
    const auto shown = std::min(page.columns.size(), most_columns);
    if (shown < page.columns.size())
        sink(fmt::format("<p class=\"soft\">The first {} of {} are shown.</p>\n", format_count(shown),
                         plural(page.columns.size(), "column", "columns")));
    sink("<div class=\"cards\">\n");
    for (std::size_t i = 0; i < shown; ++i) write_card(page.columns[i], page.series, sink);
    sink(fmt::format("</div>\n<p class=\"soft\">{}</p>\n</body></html>\n", escape_html(page.made_by)));
}

}  // namespace mlo::report
