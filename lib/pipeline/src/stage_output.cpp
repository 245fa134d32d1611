// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/pipeline/stage_output.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

constexpr std::size_t widest = 32;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u; }

/// In code points.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// The first so many characters; from `text` on with as many left out.
std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && (count > 0 || !begins_character(text[at])))
        if (begins_character(text[at++])) --count;
    return text.substr(0, at);
}

}  // namespace

void StageOutput::end_line(OutputStream stream, const Tell& tell) {
    auto& line = lines_[static_cast<std::size_t>(stream)];
    const auto text = std::exchange(line, {}).text;
    log_.add(as_bytes(text));
    log_.add(as_bytes("\n"));
    tell(stream, text);
}

void StageOutput::add(OutputStream stream, ByteView bytes, const Tell& tell) {
    auto& line = lines_[static_cast<std::size_t>(stream)];
    for (auto text = as_text(bytes); !text.empty();) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        if (end > 0) {
            if (std::exchange(line.has_returned, false)) line.text.clear();
            const auto piece = text.substr(0, std::min(end, longest_line - line.text.size()));
            line.text += piece;
            text.remove_prefix(piece.size());
            if (line.text.size() < longest_line) continue;
            end_line(stream, tell);
            line.is_rest = true;
            continue;
        }
        const bool is_end = text.front() == '\n';
        text.remove_prefix(1);
        // The end of a line that was told in pieces, of which nothing is left, is none of its own.
        if (!is_end)
            line.has_returned = true;
        else if (line.is_rest && line.text.empty())
            line = {};
        else
            end_line(stream, tell);
    }
}

Bytes StageOutput::finish(const Tell& tell) {
    for (const auto stream : {OutputStream::output, OutputStream::error_output})
        if (!lines_[static_cast<std::size_t>(stream)].text.empty()) end_line(stream, tell);
    lines_ = {};
    return log_.take();
}

std::size_t prefix_width(std::span<const std::string> names) {
    std::size_t width = 0;
    for (const auto& name : names) width = std::max(width, width_of(name));
    return std::min(width, widest);
}

std::string line_prefix(std::string_view name, std::size_t width) {
    constexpr std::string_view gap = "..";
    const auto own = width_of(name);
    std::string prefix{name};
    if (own > width && width > gap.size()) {
        const auto kept = width - gap.size();
        const auto begin = first_characters(name, (kept + 1) / 2);
        const auto skipped = first_characters(name, own - kept / 2);
        prefix = std::string{begin} + std::string{gap} + std::string{name.substr(skipped.size())};
    }
    prefix.append(width - std::min(width, width_of(prefix)), ' ');
    return prefix + " | ";
}

}  // namespace mlo::pipeline
