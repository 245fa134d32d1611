// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/output_log.hpp>

namespace mlo::track {
namespace {

/// A longer line is kept in pieces, so that memory stays bounded.
constexpr std::size_t longest_line = std::size_t{64} * 1024;

}  // namespace

void OutputLog::add(ByteView bytes) {
    std::string_view text = as_text(bytes);
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        const auto plain = text.substr(0, end);
        if (!plain.empty()) {
            if (returned_) line_.clear();
            returned_ = false;
            line_ += plain;
            if (line_.size() > longest_line) {
                keep(line_);
                line_.clear();
            }
        }
        if (end == std::string_view::npos) return;
        if (text[end] == '\r')
            returned_ = true;
        else
            end_line();
        text.remove_prefix(end + 1);
    }
}

void OutputLog::end_line() {
    line_ += '\n';
    keep(line_);
    line_.clear();
    returned_ = false;
}

/// The head ends for good at the first line that does not fit, so that what is left out is one piece.
void OutputLog::keep(std::string_view text) {
    if (!head_is_full_ && head_.size() + text.size() <= limits_.head_bytes) {
        head_ += text;
        return;
    }
    head_is_full_ = true;
    tail_.emplace_back(text);
    tail_size_ += text.size();
    while (tail_size_ > limits_.tail_bytes) {
        tail_size_ -= tail_.front().size();
        left_out_ += tail_.front().size();
        tail_.pop_front();
    }
}

Bytes OutputLog::take() {
    if (!line_.empty()) keep(line_);
    Bytes log;
    append(log, as_bytes(head_));
    if (left_out_ > 0) append(log, as_bytes(fmt::format("[mlo: {} bytes of output were left out here]\n", left_out_)));
    for (const auto& piece : tail_) append(log, as_bytes(piece));
    *this = OutputLog{limits_};
    return log;
}

}  // namespace mlo::track
