// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mlo/util/bytes.hpp>
#include <string>

namespace mlo::track {

/// How much of a job's output is kept.
struct OutputLimits {
    std::size_t head_bytes = std::size_t{1} << 20;
    std::size_t tail_bytes = std::size_t{7} << 20;
};

/// What a job said, bounded: the begin and the end, and between them how much was left out. A line that is written over
/// and over with carriage returns, as progress bars do, is kept as what stood there last, like on a terminal. Memory is
/// bounded by the limits. Not thread-safe.
class OutputLog {
public:
    explicit OutputLog(const OutputLimits& limits = {}) : limits_{limits} {}

    /// The next bytes, cut anywhere.
    void add(ByteView bytes);
    /// Everything, the last unfinished line too. The object starts anew afterwards.
    [[nodiscard]] Bytes take();

private:
    /// A line, or a piece of one that is too long, is done with.
    void keep(std::string_view text);
    void end_line();

    OutputLimits limits_;
    std::string line_;       ///< what stands on the line that is being written
    bool returned_ = false;  ///< a carriage return came: the next character begins the line anew
    std::string head_;
    bool head_is_full_ = false;
    std::deque<std::string> tail_;
    std::size_t tail_size_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace mlo::track
