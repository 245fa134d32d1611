// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mlo/track/output_log.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/child.hpp>
#include <span>
#include <string>
#include <string_view>

namespace mlo::pipeline {

/// What a stage prints, in lines, and whole in a log. Bytes may be cut anywhere and need not be text. Of a line that is
/// written over and over with carriage returns, as progress bars do, what stood there last is told. The two streams do
/// not get into each other's lines. Memory is bounded: a line that is longer than `longest_line` is told in pieces of
/// that size. Not thread-safe.
class StageOutput {
public:
    static constexpr std::size_t longest_line = std::size_t{64} << 10;
    /// A line without its end; valid during the call.
    using Tell = std::function<void(OutputStream stream, std::string_view line)>;

    explicit StageOutput(const track::OutputLimits& limits = {}) : log_{limits} {}

    void add(OutputStream stream, ByteView bytes, const Tell& tell);
    /// Tells the lines that have no end, and hands over the log. The object starts anew afterwards.
    [[nodiscard]] Bytes finish(const Tell& tell);

private:
    struct Line {
        std::string text;
        bool has_returned = false;  ///< the next character begins the line anew
        bool is_rest = false;       ///< of one that was told in part
    };
    void end_line(OutputStream stream, const Tell& tell);

    std::array<Line, 2> lines_;
    track::OutputLog log_;
};

/// As wide as the longest of them, in characters, up to 32: what `line_prefix` is to fill.
[[nodiscard]] std::size_t prefix_width(std::span<const std::string> names);
/// "fit    | ": the name of a stage before a line of its output. Names that are too long are cut in the middle.
[[nodiscard]] std::string line_prefix(std::string_view name, std::size_t width);

}  // namespace mlo::pipeline
