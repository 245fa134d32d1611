// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/report/curve.hpp>
#include <span>
#include <string>
#include <vector>

namespace mlo::report {

/// A line of a chart. NaN is a gap with a mark below, infinities are marks at the edge.
struct TextLine {
    std::vector<XY> points;
    std::string mark;     ///< one character, shown where the line ends; may be empty
    std::size_t ink = 0;  ///< which colour; any number
    /// Drawn before the others and where they leave room.
    bool is_behind = false;
};

/// Whether values are spaced evenly, or their logarithms: then what is not positive is left out.
enum class Scale : std::uint8_t { linear, logarithmic };

/// What x is: seconds have their marks at whole minutes, hours and days; dates are labelled at both ends alone.
enum class XUnit : std::uint8_t { number, seconds, date };

/// How a number is written at an axis.
using TickLabel = std::function<std::string(double)>;

struct TextChart {
    std::vector<TextLine> lines;
    Scale scale = Scale::linear;  ///< of y
    Scale x_scale = Scale::linear;
    std::size_t columns = 80;  ///< of the terminal
    std::size_t rows = 12;     ///< of the area that is drawn in
    XUnit x_unit = XUnit::number;
    TickLabel x_label{};  ///< empty: short_number
    /// Each point alone: a mark, or how many there are in one place.
    bool is_scatter = false;
};

/// A piece of a row in one colour.
struct TextSpan {
    enum class Role : std::uint8_t { line, behind, frame, mark };
    Role role = Role::frame;
    std::size_t ink = 0;  ///< of lines and marks
    std::string text;
};
using TextRow = std::vector<TextSpan>;

/// A chart of braille characters with axes, in UTF-8; no row where there is no number to draw.
[[nodiscard]] std::vector<TextRow> draw(const TextChart& chart);

/// The line in one row of `columns` eighths-high blocks from its least to its greatest number: in each column the mean,
/// or what stands before it where no number falls into it. Spaces for a line without numbers.
[[nodiscard]] std::string sparkline(std::span<const XY> points, std::size_t columns);

/// A block for each number, eighths high from 0 to the greatest; a space for 0. None may be negative.
[[nodiscard]] std::string block_bars(std::span<const double> heights);

/// Round numbers within [low, high], about `wanted` of them: 1, 2 or 5 times a power of ten.
[[nodiscard]] std::vector<double> ticks(double low, double high, std::size_t wanted);
/// The same of seconds: 1, 2, 5, 10, 20 or 30 of them or of minutes, 1, 2, 3, 6, 12 hours, days.
[[nodiscard]] std::vector<double> duration_ticks(double low, double high, std::size_t wanted);
/// The same for a logarithmic axis, 0 < low <= high.
[[nodiscard]] std::vector<double> log_ticks(double low, double high, std::size_t wanted);
/// Six digits that count: "0.25", "1e-07", "nan", "-inf".
[[nodiscard]] std::string short_number(double value);

}  // namespace mlo::report
