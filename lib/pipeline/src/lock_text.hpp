// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/record.hpp>

namespace mlo::pipeline {

/// The lines of one stage within the text of a lock.
struct LockBlock {
    std::string_view name;  ///< of the stage
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Where the stages of a lock stand in its text, found by the starts of its lines.
class LockText {
public:
    /// Throws lock_conflict, lock_invalid, lock_newer.
    LockText(Dialect dialect, std::string file, std::string text);
    LockText(const LockText&) = delete;
    LockText& operator=(const LockText&) = delete;

    /// In the order of the text.
    [[nodiscard]] const std::vector<LockBlock>& blocks() const noexcept { return blocks_; }
    /// Null if there is none.
    [[nodiscard]] const LockBlock* find(std::string_view stage) const noexcept;
    [[nodiscard]] std::string_view text_of(const LockBlock& block) const noexcept {
        return std::string_view{text_}.substr(block.begin, block.end - block.begin);
    }
    /// What stands behind the stage's name, as `to_record` understands it. Throws lock_invalid with its place.
    [[nodiscard]] StageRecord read(const LockBlock& block, StageRecord (*to_record)(const Value&)) const;

    /// What stands before the line `stages:`, between it and the first stage, and behind the last.
    [[nodiscard]] std::string_view head() const noexcept { return std::string_view{text_}.substr(0, stages_begin_); }
    [[nodiscard]] std::string_view lead() const noexcept;
    [[nodiscard]] std::string_view tail() const noexcept { return std::string_view{text_}.substr(tail_begin_); }
    /// The text that was given.
    [[nodiscard]] const std::string& original() const noexcept { return is_laid_out_anew_ ? original_ : text_; }
    /// "\n", or "\r\n" where the text has those.
    [[nodiscard]] std::string_view line_end() const noexcept;

private:
    enum class Scan : std::uint8_t { done, unusual };

    Scan scan();
    Scan scan_stages(std::size_t& at);
    Scan scan_name(std::size_t begin, std::size_t end);
    [[nodiscard]] bool is_frame_sound() const;
    void check_conflicts() const;
    void check_schema(const Value& top) const;
    [[nodiscard]] std::string way_back() const;
    void lay_out_anew();
    void index();
    [[nodiscard]] Document parse(std::string_view text) const;
    [[nodiscard]] Value value_of(std::string_view stage) const;
    [[nodiscard]] std::string place_of(std::size_t at) const;
    [[noreturn]] void rethrow(const Error& error, std::string_view what) const;

    Dialect dialect_;
    std::string file_;
    std::string text_;
    std::string original_;
    bool is_laid_out_anew_ = false;
    std::size_t stages_begin_ = 0;  ///< of the line `stages:`
    std::size_t lead_begin_ = 0;    ///< behind that line
    std::size_t tail_begin_ = 0;
    std::vector<LockBlock> blocks_;
    std::vector<std::uint32_t> by_name_;
    std::deque<std::string> names_;  ///< those that are not plain in the text
    mutable std::optional<Document> whole_;
};

}  // namespace mlo::pipeline
