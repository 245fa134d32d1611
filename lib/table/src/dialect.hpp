// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/table/source.hpp>

namespace mlo::table {

enum class LineEnds : std::uint8_t { lf, crlf, cr, mixed };

/// What parts and quotes the cells of a CSV file.
struct CellForm {
    char delimiter = ',';
    char quote = '"';
    char escape = '"';  ///< `"` (doubled) or a backslash

    friend bool operator==(const CellForm&, const CellForm&) = default;
};

/// How a CSV file is written.
struct Dialect : CellForm {
    bool has_header = false;
    LineEnds line_ends = LineEnds::lf;
    std::vector<std::string> titles;  ///< unique, never empty
    std::string header_reason;        ///< why the first row is, or is not, taken for titles
    std::vector<std::string> notes;   ///< titles that had to be changed
};

/// Reads cells as RFC 4180 has them, with any delimiter. Never fails: what is wrong is for the engine to say.
class RecordReader {
public:
    RecordReader(std::string_view text, const CellForm& form) noexcept : text_{text}, form_{form} {}
    /// Goes on in a text that begins with the rest of the one so far.
    void continue_at(std::string_view text, std::size_t at) noexcept {
        text_ = text;
        at_ = at;
    }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    /// The next record that is not an empty line; false at the end.
    bool next(std::vector<std::string>& cells);
    /// After next(): the number of lines that began before this record, and whether its text ended within a quote.
    [[nodiscard]] std::uint64_t lines_before() const noexcept { return start_line_; }
    [[nodiscard]] bool is_torn() const noexcept { return is_torn_; }
    /// How the engine counts: records, and the empty lines between them.
    [[nodiscard]] std::uint64_t entry() const noexcept { return entry_; }
    /// Whether something other than a delimiter followed a closing quote anywhere so far.
    [[nodiscard]] bool has_stray_quotes() const noexcept { return has_stray_quotes_; }

private:
    void read_quoted(std::string& cell);
    bool take_line_end();

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 0;
    std::uint64_t start_line_ = 0;
    std::uint64_t entry_ = 0;
    CellForm form_;
    bool is_torn_ = false;
    bool has_stray_quotes_ = false;
};

/// The dialect of a file that starts with `head`; what `form` says is not guessed.
[[nodiscard]] Dialect detect_dialect(std::string_view head, const CsvForm& form);

/// The names that columns of these titles get: empty and repeated ones are changed, which `notes` says.
[[nodiscard]] std::vector<std::string> unique_titles(std::vector<std::string> titles, std::vector<std::string>& notes);

}  // namespace mlo::table
