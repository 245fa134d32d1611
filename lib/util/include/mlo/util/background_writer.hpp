// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mlo/util/block.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/fs.hpp>
#include <mutex>
#include <optional>
#include <thread>

namespace mlo {

/// Appends to a file in large blocks past the page cache, from a thread of its own, so that whoever has the bytes does
/// not wait for the disk. At most five blocks are in memory. Not thread-safe.
class BackgroundWriter {
public:
    /// `file` must outlive the object and be used by nobody else until finish. With `jobs` 1 no thread is made.
    BackgroundWriter(File& file, std::uint32_t jobs);
    /// What was not written yet is dropped.
    ~BackgroundWriter();
    BackgroundWriter(const BackgroundWriter&) = delete;
    BackgroundWriter& operator=(const BackgroundWriter&) = delete;

    /// Copies `bytes`. Throws what an earlier write to the file threw.
    void write(ByteView bytes);
    /// Returns once everything is written. Nothing may be written afterwards.
    void finish();

private:
    void begin();
    void hand_over();
    void work(const std::stop_token& stop);

    static constexpr std::size_t max_full_blocks = 3;

    File& file_;
    std::uint32_t jobs_;
    bool has_begun_ = false;
    std::optional<Block> filling_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable_any changed_;
    std::deque<Block> full_;
    std::deque<Block> empty_;
    bool is_writing_ = false;
    std::exception_ptr failure_;
    std::jthread thread_;  ///< last: it uses all the others
};

}  // namespace mlo
