// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mlo/util/document.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace mlo::yaml {

/// A YAML text by lines and simple tokens, for the editor. Lines count from 0; `count()` is one past the last. What it
/// says of tokens is a guess that holds for one-line scalars, keys and flow collections.
class Lines {
public:
    /// `text` must outlive the object.
    explicit Lines(std::string_view text);

    [[nodiscard]] std::size_t count() const noexcept { return starts_.size(); }
    /// Where a line starts; the end of the text for count().
    [[nodiscard]] std::size_t start(std::size_t line) const noexcept {
        return line < starts_.size() ? starts_[line] : text_.size();
    }
    /// Where a line ends, without its line break.
    [[nodiscard]] std::size_t content_end(std::size_t line) const noexcept;
    [[nodiscard]] std::size_t offset(TextPlace place) const noexcept;
    /// What the first line ends with: "\r\n" or "\n".
    [[nodiscard]] std::string_view line_break() const noexcept { return line_break_; }

    /// Neither blank nor a comment.
    [[nodiscard]] bool has_content(std::size_t line) const noexcept;
    [[nodiscard]] bool is_comment(std::size_t line) const noexcept;
    /// `---` or `...`.
    [[nodiscard]] bool is_document_marker(std::size_t line) const noexcept;
    [[nodiscard]] std::size_t indent(std::size_t line) const noexcept;

    /// Just behind the colon of the key that starts at `offset`, if that is on the same line.
    [[nodiscard]] std::optional<std::size_t> after_colon(std::size_t offset) const noexcept;
    /// True if the value that follows the colon before `offset` is `|` or `>`.
    [[nodiscard]] bool starts_block_scalar(std::size_t offset) const noexcept;
    /// The end of the value on its line that follows the colon before `offset`; `offset` itself if there is none.
    [[nodiscard]] std::size_t token_end(std::size_t offset) const noexcept;

private:
    [[nodiscard]] std::string_view line_at(std::size_t line) const noexcept;
    /// The rest of the line from `offset`.
    [[nodiscard]] std::string_view rest(std::size_t offset) const noexcept;

    std::string_view text_;
    std::vector<std::size_t> starts_;
    std::string_view line_break_ = "\n";
};

}  // namespace mlo::yaml
