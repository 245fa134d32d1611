// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <mlo/report/text_chart.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace mlo::report {
namespace {

constexpr std::array<std::string_view, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/// The dots of a cell by column and row, as bits of the characters from U+2800 on.
constexpr std::array<std::array<std::uint8_t, 4>, 2> dot_bits{{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}};
constexpr std::size_t dots_across = 2;
constexpr std::size_t dots_down = 4;

std::string braille(std::uint8_t dots) {
    const auto code = 0x2800U + dots;
    return {static_cast<char>(0xE0U | code >> 12U), static_cast<char>(0x80U | (code >> 6U & 0x3FU)),
            static_cast<char>(0x80U | (code & 0x3FU))};
}

std::size_t width_of(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// An axis: numbers to positions from 0 to 1.
class Mapping {
public:
    explicit Mapping(Scale scale) : scale_{scale} {}
    [[nodiscard]] bool takes(double value) const {
        return std::isfinite(value) && (scale_ == Scale::linear || value > 0);
    }
    void include(double value) {
        if (!takes(value)) return;
        low_ = std::min(low_, value);
        high_ = std::max(high_, value);
    }
    [[nodiscard]] bool is_empty() const { return low_ > high_; }
    /// A line that never changes lies in the middle.
    void widen() {
        if (low_ < high_) return;
        if (scale_ == Scale::logarithmic) {
            low_ /= 2;
            high_ *= 2;
        } else {
            constexpr auto most = std::numeric_limits<double>::max();
            const auto room = low_ == 0 ? 1 : std::abs(low_) / 10;
            low_ = std::max(low_ - room, -most);
            high_ = std::min(high_ + room, most);
        }
    }
    [[nodiscard]] double low() const { return low_; }
    [[nodiscard]] double high() const { return high_; }
    [[nodiscard]] double position(double value) const {
        // Halves, since the difference of two numbers may be too large for one, unless these are too small for halves.
        const auto scaled = [&](double each) {
            return scale_ == Scale::logarithmic                ? std::log(each)
                   : std::abs(high_) > 1 || std::abs(low_) > 1 ? each / 2
                                                               : each;
        };
        return std::clamp((scaled(value) - scaled(low_)) / (scaled(high_) - scaled(low_)), 0.0, 1.0);
    }
    [[nodiscard]] std::vector<double> marks(std::size_t wanted) const {
        return scale_ == Scale::logarithmic ? log_ticks(low_, high_, wanted) : ticks(low_, high_, wanted);
    }

private:
    Scale scale_;
    double low_ = std::numeric_limits<double>::infinity();
    double high_ = -std::numeric_limits<double>::infinity();
};

struct Cell {
    std::uint8_t dots = 0;
    std::string text;         ///< instead of dots
    std::uint32_t count = 0;  ///< of the points of a scatter
    std::size_t ink = 0;
    TextSpan::Role role = TextSpan::Role::line;
};

struct Dot {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

class Canvas {
public:
    Canvas(std::size_t columns, std::size_t rows) : columns_{columns}, rows_{rows}, cells_(columns * rows) {}

    [[nodiscard]] Cell& cell(std::size_t column, std::size_t row) { return cells_.at(row * columns_ + column); }
    [[nodiscard]] std::int64_t width() const { return static_cast<std::int64_t>(columns_ * dots_across); }
    [[nodiscard]] std::int64_t height() const { return static_cast<std::int64_t>(rows_ * dots_down); }
    void dot(std::int64_t x, std::int64_t y, const TextLine& line) {
        if (x < 0 || y < 0 || x >= width() || y >= height()) return;
        const auto column = static_cast<std::size_t>(x);
        const auto row = static_cast<std::size_t>(y);
        auto& at = cell(column / dots_across, row / dots_down);
        at.dots |= dot_bits.at(column % dots_across).at(row % dots_down);
        at.ink = line.ink;
        at.role = line.is_behind ? TextSpan::Role::behind : TextSpan::Role::line;
    }
    /// Bresenham's line.
    void join(Dot from, Dot to, const TextLine& line) {
        auto [x, y] = from;
        const auto across = std::abs(to.x - x);
        const auto down = -std::abs(to.y - y);
        const std::int64_t right = x < to.x ? 1 : -1;
        const std::int64_t below = y < to.y ? 1 : -1;
        for (auto error = across + down;;) {
            dot(x, y, line);
            if (x == to.x && y == to.y) return;
            const auto twice = 2 * error;
            if (twice >= down) error += down, x += right;
            if (twice <= across) error += across, y += below;
        }
    }

private:
    std::size_t columns_;
    std::size_t rows_;
    std::vector<Cell> cells_;
};

/// Rows, from pieces.
class RowMaker {
public:
    void add(TextSpan::Role role, std::size_t ink, std::string_view text) {
        if (text.empty()) return;
        if (row_.empty() || row_.back().role != role || row_.back().ink != ink) row_.push_back({role, ink, {}});
        row_.back().text += text;
    }
    void frame(std::string_view text) { add(TextSpan::Role::frame, 0, text); }
    [[nodiscard]] TextRow take() { return std::exchange(row_, {}); }

private:
    TextRow row_;
};

class Drawing {
public:
    explicit Drawing(const TextChart& chart) : chart_{chart}, x_{chart.x_scale}, y_{chart.scale} {}

    std::vector<TextRow> draw() {
        for (const auto& line : chart_.lines) {
            for (const auto& [x, y] : line.points) {
                if (!x_.takes(x)) continue;
                // Where a number cannot be, the axis reaches there all the same: its mark stands there.
                x_.include(x);
                y_.include(y);
            }
        }
        if (x_.is_empty() || y_.is_empty()) return {};
        x_.widen();
        y_.widen();
        set_labels();
        Canvas canvas{columns_, chart_.rows};
        for (const bool is_behind : {true, false})
            for (const auto& line : chart_.lines)
                if (line.is_behind == is_behind) draw_line(canvas, line);
        for (const auto& line : chart_.lines) mark_infinities(canvas, line);
        return make_rows(canvas);
    }

private:
    void set_labels() {
        labels_.assign(chart_.rows, "");
        for (const auto value : y_.marks(std::max<std::size_t>(2, chart_.rows / 2))) {
            const auto row = row_of(value);
            if (labels_[row].empty()) labels_[row] = short_number(value);
        }
        for (const auto& label : labels_) margin_ = std::max(margin_, width_of(label));
        std::size_t marks = 0;
        for (const auto& line : chart_.lines) marks = std::max(marks, width_of(line.mark));
        columns_ = std::max<std::size_t>(10, chart_.columns - std::min(chart_.columns, margin_ + 3 + 2 * marks));
        ends_.resize(chart_.rows);
        not_numbers_.resize(columns_);
    }
    [[nodiscard]] std::size_t row_of(double y) const {
        const auto dots = static_cast<double>(chart_.rows * dots_down - 1);
        return static_cast<std::size_t>(std::lround((1 - y_.position(y)) * dots)) / dots_down;
    }
    [[nodiscard]] std::int64_t dot_of(double x) const {
        return std::lround(x_.position(x) * static_cast<double>(columns_ * dots_across - 1));
    }
    [[nodiscard]] std::size_t column_of(double x) const { return static_cast<std::size_t>(dot_of(x)) / dots_across; }

    void draw_line(Canvas& canvas, const TextLine& line) {
        Dot before;
        bool goes_on = false;
        std::optional<std::size_t> end;
        for (const auto& [x, y] : line.points) {
            if (!x_.takes(x)) continue;
            if (std::isnan(y)) not_numbers_[column_of(x)] = &line;
            if (!y_.takes(y)) {
                goes_on = false;
                continue;
            }
            const Dot at{dot_of(x), std::lround((1 - y_.position(y)) * static_cast<double>(canvas.height() - 1))};
            if (goes_on && !chart_.is_scatter) {
                canvas.join(before, at, line);
            } else if (chart_.is_scatter) {
                add_point(canvas.cell(static_cast<std::size_t>(at.x) / dots_across,
                                      static_cast<std::size_t>(at.y) / dots_down),
                          line);
            } else {
                canvas.dot(at.x, at.y, line);
            }
            before = at;
            goes_on = true;
            end = static_cast<std::size_t>(at.y) / dots_down;
        }
        if (!end || line.mark.empty() || line.is_behind) return;
        // Two lines that end in one place share the row; a third goes to the nearest that has room.
        for (std::size_t distance = 0; distance < chart_.rows; ++distance) {
            for (const auto row : {*end - distance, *end + distance}) {
                if (row >= chart_.rows || ends_[row].size() >= 2) continue;
                ends_[row].push_back(&line);
                return;
            }
        }
    }
    /// A dot alone is hard to see, and several in one place look like one.
    static void add_point(Cell& cell, const TextLine& line) {
        ++cell.count;
        cell.text = cell.count == 1 ? "•" : cell.count < 10 ? std::to_string(cell.count) : "+";
        cell.ink = line.ink;
        cell.role = TextSpan::Role::mark;
    }
    void mark_infinities(Canvas& canvas, const TextLine& line) {
        for (const auto& [x, y] : line.points) {
            if (!std::isinf(y) || !x_.takes(x) || line.is_behind) continue;
            auto& cell = canvas.cell(column_of(x), y > 0 ? 0 : chart_.rows - 1);
            cell = {0, y > 0 ? "▲" : "▼", 0, line.ink, TextSpan::Role::mark};
        }
    }

    std::vector<TextRow> make_rows(Canvas& canvas) {
        std::vector<TextRow> rows;
        RowMaker row;
        for (std::size_t y = 0; y < chart_.rows; ++y) {
            row.frame(std::string(margin_ - width_of(labels_[y]), ' ') + labels_[y] +
                      (labels_[y].empty() ? " │" : " ┤"));
            std::size_t blanks = 0;
            for (std::size_t x = 0; x < columns_; ++x) {
                const auto& cell = canvas.cell(x, y);
                if (cell.dots == 0 && cell.text.empty()) {
                    ++blanks;
                    continue;
                }
                row.frame(std::string(std::exchange(blanks, 0), ' '));
                row.add(cell.role, cell.ink, cell.text.empty() ? braille(cell.dots) : cell.text);
            }
            if (!ends_[y].empty()) row.frame(std::string(blanks + 1, ' '));
            for (const auto* const line : ends_[y]) row.add(TextSpan::Role::mark, line->ink, line->mark);
            rows.push_back(row.take());
        }
        add_x_axis(rows);
        return rows;
    }
    void add_x_axis(std::vector<TextRow>& rows) {
        std::vector<std::pair<std::size_t, std::string>> labels;
        const auto label_of = [&](double value) {
            return chart_.x_label ? chart_.x_label(value) : short_number(value);
        };
        if (chart_.x_unit == XUnit::date) {
            labels = {{0, label_of(x_.low())}, {columns_ - 1, label_of(x_.high())}};
        } else {
            const auto wanted = std::max<std::size_t>(2, columns_ / 14);
            for (const auto value :
                 chart_.x_unit == XUnit::seconds ? duration_ticks(x_.low(), x_.high(), wanted) : x_.marks(wanted))
                labels.emplace_back(column_of(value), label_of(value));
        }
        RowMaker row;
        row.frame(std::string(margin_, ' ') + " └");
        for (std::size_t column = 0; column < columns_; ++column) {
            if (not_numbers_[column] != nullptr) {
                row.add(TextSpan::Role::mark, not_numbers_[column]->ink, "×");
            } else {
                const bool is_tick =
                    std::ranges::any_of(labels, [&](const auto& each) { return each.first == column; });
                row.frame(is_tick ? "┬" : "─");
            }
        }
        rows.push_back(row.take());
        std::string text(margin_ + 2, ' ');
        for (const auto& [column, label] : labels) {
            const auto width = width_of(label);
            const auto middle = margin_ + 2 + column;
            // Within the frame, and apart from the one before.
            auto start = middle - std::min(middle, width / 2);
            start = std::min(start, margin_ + 2 + columns_ - std::min(columns_, width));
            const auto taken = width_of(text);
            if (start < margin_ + 2) start = margin_ + 2;
            if (start < taken + (taken > margin_ + 2 ? 1 : 0)) continue;
            text += std::string(start - taken, ' ') + label;
        }
        row.frame(text);
        rows.push_back(row.take());
    }

    const TextChart& chart_;
    Mapping x_;
    Mapping y_;
    std::size_t margin_ = 0;
    std::size_t columns_ = 0;
    std::vector<std::string> labels_;                 ///< by row
    std::vector<std::vector<const TextLine*>> ends_;  ///< by row
    std::vector<const TextLine*> not_numbers_;        ///< by column
};

}  // namespace

std::vector<TextRow> draw(const TextChart& chart) { return Drawing{chart}.draw(); }

std::string block_bars(std::span<const double> heights) {
    const double most = heights.empty() ? 0 : *std::max_element(heights.begin(), heights.end());
    std::string text;
    for (const double height : heights) {
        const auto eighths = most > 0 ? std::ceil(height / most * static_cast<double>(blocks.size())) : 0;
        text += eighths < 1 ? " " : blocks.at(std::min(blocks.size(), static_cast<std::size_t>(eighths)) - 1);
    }
    return text;
}

std::string sparkline(std::span<const XY> points, std::size_t columns) {
    Mapping x{Scale::linear};
    for (const auto& point : points)
        if (std::isfinite(point.y)) x.include(point.x);
    if (x.is_empty() || columns == 0) return std::string(columns, ' ');
    std::vector<double> means(columns);
    std::vector<std::uint64_t> counts(columns);
    for (const auto& point : points) {
        if (!std::isfinite(point.y) || !std::isfinite(point.x)) continue;
        const auto at = x.low() < x.high() ? x.position(point.x) : 0;
        const auto column = std::min(columns - 1, static_cast<std::size_t>(at * static_cast<double>(columns)));
        const auto share = 1 / static_cast<double>(++counts[column]);
        means[column] += point.y * share - means[column] * share;
    }
    Mapping y{Scale::linear};
    for (std::size_t column = 0; column < columns; ++column)
        if (counts[column] > 0) y.include(means[column]);
    y.widen();
    std::string text;
    for (std::size_t column = 0; column < columns; ++column) {
        if (counts[column] == 0) means[column] = column == 0 ? 0 : means[column - 1];
        const auto height = static_cast<std::size_t>(y.position(means[column]) * static_cast<double>(blocks.size()));
        text += blocks.at(std::min(blocks.size() - 1, height));
    }
    return text;
}

}  // namespace mlo::report
