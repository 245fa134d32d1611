// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/report/ci_log.hpp>
#include <mlo/report/job_report.hpp>
#include <mlo/report/text_chart.hpp>
#include <mlo/util/text.hpp>

#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = JobStage::Outcome;

/// For what is counted instead of shown.
constexpr std::size_t reserve_bytes = 256;
constexpr std::size_t most_cell_bytes = 400;

enum class Within : std::uint8_t { table, element };

/// Nothing in it is markup.
std::string inert(std::string_view bytes, Within within) {
    constexpr std::string_view markup = "\\`*_[]#|~$@";
    std::string text;
    for (const char c : plain_output(bytes)) {
        if (c == '&') {
            text += "&amp;";
        } else if (c == '<') {
            text += "&lt;";
        } else if (c == '>') {
            text += "&gt;";
        } else if (c == '\n' || c == '\t') {
            text += ' ';
        } else {
            if (within == Within::table && markup.find(c) != markup.npos) text += '\\';
            text += c;
        }
    }
    return text;
}

std::string cell(std::string_view bytes) { return inert(bytes, Within::table); }

/// The start of it, if it is long.
std::string_view shortened(std::string_view text) {
    if (text.size() <= most_cell_bytes) return text;
    auto size = most_cell_bytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    return text.substr(0, size);
}

std::string short_cell(std::string_view text) {
    const auto shown = shortened(text);
    return cell(shown) + (shown.size() < text.size() ? "..." : "");
}

/// A block of code that nothing in `text` ends.
std::string fenced(std::string_view text) {
    std::size_t longest = 0;
    std::size_t now = 0;
    for (const char c : text) {
        now = c == '`' ? now + 1 : 0;
        longest = std::max(longest, now);
    }
    const std::string fence(std::max<std::size_t>(longest + 1, 3), '`');
    return fmt::format("{}text\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

/// Gathers pieces as long as there is room.
class Room {
public:
    explicit Room(std::size_t limit_bytes) : left_{limit_bytes} {}
    bool add(std::string_view piece) {
        if (piece.size() + reserve_bytes > left_) return false;
        add_always(piece);
        return true;
    }
    /// Out of the reserve.
    void add_always(std::string_view piece) {
        if (piece.size() > left_) return;
        left_ -= piece.size();
        text_ += piece;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::size_t left_;
    std::string text_;
};

std::string row_of(const JobStage& stage) {
    std::string why = stage.outcome == Outcome::failed ? stage.message : stage.why;
    if (stage.outcome == Outcome::failed && !stage.file.empty()) why += fmt::format(" ({}:{})", stage.file, stage.line);
    const auto word = cell(stage.word);
    return fmt::format("| {} | {} | {} | {} |\n", short_cell(stage.name),
                       stage.outcome == Outcome::failed ? fmt::format("**{}**", word) : word,
                       stage.attempts > 0 ? duration(stage.duration_ms) : "", short_cell(why));
}

void add_stages(const JobReport& report, Room& room) {
    std::vector<const JobStage*> shown;
    for (const auto& stage : report.stages)
        if (stage.outcome != Outcome::unchanged) shown.push_back(&stage);
    std::stable_partition(shown.begin(), shown.end(),
                          [](const JobStage* stage) { return stage->outcome == Outcome::failed; });
    if (!shown.empty() && !room.add("\n| stage | result | time | why |\n| --- | --- | ---: | --- |\n")) return;
    std::size_t rows = 0;
    while (rows < shown.size() && room.add(row_of(*shown[rows]))) ++rows;
    const auto unchanged = report.count(Outcome::unchanged);
    if (rows < shown.size()) room.add_always(fmt::format("\nand {} more\n", format_count(shown.size() - rows)));
    if (unchanged > 0) room.add_always(fmt::format("\n{} up to date\n", plural(unchanged, "stage", "stages")));
}

void add_outputs(const JobReport& report, Room& room) {
    std::size_t left_out = 0;
    for (const auto& stage : report.stages) {
        if (stage.outcome != Outcome::failed || stage.output_end.empty()) continue;
        const auto text = fmt::format("\n<details><summary>{} of {}</summary>\n\n{}\n</details>\n",
                                      stage.is_output_cut ? "the end of the output" : "the output",
                                      inert(stage.name, Within::element), fenced(plain_output(stage.output_end)));
        if (!room.add(text)) ++left_out;
    }
    if (left_out > 0) room.add_always(fmt::format("\nand the output of {} more\n", format_count(left_out)));
}

void add_metrics(const JobReport& report, Room& room) {
    if (report.metrics.empty()) return;
    const bool has_before = std::any_of(report.metrics.begin(), report.metrics.end(),
                                        [](const JobMetric& metric) { return metric.before.has_value(); });
    if (!room.add(has_before ? "\n| metric | before | now | change |\n| --- | ---: | ---: | ---: |\n"
                             : "\n| metric | value |\n| --- | ---: |\n"))
        return;
    for (const auto& metric : report.metrics) {
        const auto name = short_cell(fmt::format("{}:{}", metric.file, metric.key));
        auto row = fmt::format("| {} | {} |\n", name, short_number(metric.value));
        if (has_before) {
            const auto change = metric.before ? metric.value - *metric.before : 0.0;
            row =
                fmt::format("| {} | {} | {} | {} |\n", name, metric.before ? short_number(*metric.before) : "",
                            short_number(metric.value),
                            change != 0 && std::isfinite(change) ? (change > 0 ? "+" : "") + short_number(change) : "");
        }
        if (!room.add(row)) return;
    }
}

}  // namespace

std::string to_markdown(const JobReport& report, std::size_t limit_bytes) {
    Room room{limit_bytes};
    room.add(fmt::format("### {}: {}\n", short_cell(report.title), short_cell(report.summary)));
    add_stages(report, room);
    for (const auto& warning : report.warnings) {
        if (!room.add(fmt::format("\nwarning: {}\n", short_cell(warning)))) break;
    }
    add_metrics(report, room);
    add_outputs(report, room);
    return room.take();
}

}  // namespace mlo::report
