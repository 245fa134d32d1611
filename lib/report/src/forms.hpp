// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How text, numbers and times stand in the forms that other programs read. Text may be any bytes.
namespace mlo::report {

/// For elements and attributes of XML: white space is kept in both.
[[nodiscard]] std::string xml_escaped(std::string_view bytes);
/// For elements of XML alone: lines stay lines.
[[nodiscard]] std::string xml_body(std::string_view bytes);
/// As JUnit has them: "1.500".
[[nodiscard]] std::string junit_seconds(std::int64_t milliseconds);
/// "2024-01-01T12:00:00", in UTC, with `separator` between day and time.
[[nodiscard]] std::string utc_time(std::int64_t milliseconds, char separator = 'T');

/// "data.yaml:4:15"; without a line, the file alone.
[[nodiscard]] std::string place_text(std::string_view file, std::uint32_t line, std::uint32_t column);
/// An error as the command prints it; what is empty is left out.
[[nodiscard]] std::string diagnostic_text(std::string_view message, std::string_view place,
                                          const std::vector<std::string>& notes, std::string_view help);

enum class Within : std::uint8_t { table, element };
/// Text in which nothing is Markdown's markup, on one line.
[[nodiscard]] std::string inert(std::string_view bytes, Within within);
/// inert(), and no more than the start of what is long.
[[nodiscard]] std::string short_cell(std::string_view text);
/// A block of code that nothing in `text` ends.
[[nodiscard]] std::string fenced(std::string_view text);

/// Gathers pieces as long as there is room.
class Room {
public:
    explicit Room(std::size_t limit_bytes) : left_{limit_bytes} {}
    bool add(std::string_view piece);
    /// Out of a reserve of 256 bytes: for what is counted instead of shown.
    void add_always(std::string_view piece);
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::size_t left_;
    std::string text_;
};

/// A label's value in Prometheus' format and in OpenMetrics.
[[nodiscard]] std::string label(std::string_view bytes);
/// A sample's value in both.
[[nodiscard]] std::string sample(double value);
[[nodiscard]] std::string sample_seconds(std::int64_t milliseconds);

}  // namespace mlo::report
