// SPDX-License-Identifier: Apache-2.0
#include "dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/table/inference.hpp>
#include <mlo/util/text.hpp>
#include <set>

namespace mlo::table {
namespace {

constexpr char candidates[] = {',', '\t', ';', '|'};
constexpr std::size_t records_looked_at = 500;
/// Kept out of the way of RecordReader: no text has it twice in a row by chance.
constexpr char no_character = '\0';

struct Score {
    std::size_t cells = 0;   ///< of the first record
    std::size_t equals = 0;  ///< records that have as many
    std::size_t records = 0;
    bool has_stray_quotes = false;

    [[nodiscard]] double share() const noexcept {
        return records == 0 ? 0 : static_cast<double>(equals) / static_cast<double>(records);
    }
};

Score score_of(std::string_view head, const CellForm& form) {
    Score score;
    RecordReader reader{head, form};
    std::vector<std::string> cells;
    while (score.records < records_looked_at && reader.next(cells)) {
        if (score.records == 0) score.cells = cells.size();
        if (cells.size() == score.cells) ++score.equals;
        ++score.records;
    }
    score.has_stray_quotes = reader.has_stray_quotes();
    return score;
}

LineEnds line_ends_of(std::string_view head) {
    std::size_t crlf = 0;
    std::size_t lf = 0;
    std::size_t cr = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] == '\r') {
            if (i + 1 < head.size() && head[i + 1] == '\n') {
                ++crlf;
                ++i;
            } else if (i + 1 < head.size()) {
                ++cr;
            }
        } else if (head[i] == '\n') {
            ++lf;
        }
    }
    if ((crlf > 0) + (lf > 0) + (cr > 0) > 1) return LineEnds::mixed;
    return crlf > 0 ? LineEnds::crlf : cr > 0 ? LineEnds::cr : LineEnds::lf;
}

/// Whether a cell can be a title: a value of a column that is not text cannot.
bool is_value(const std::string& cell) {
    Evidence evidence;
    evidence.add(cell, 0);
    return evidence.decide(1).form.type != Type::text;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return result;
}

}  // namespace

bool RecordReader::take_line_end() {
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '\r') {
        at_ += at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2U : 1U;
        ++line_;
        return true;
    }
    if (text_[at_] != '\n') return false;
    ++at_;
    ++line_;
    return true;
}

void RecordReader::read_quoted(std::string& cell) {
    ++at_;
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c == form_.escape && form_.escape != form_.quote && at_ + 1 < text_.size()) {
            cell += text_[at_ + 1];
            at_ += 2;
        } else if (c == form_.quote) {
            ++at_;
            if (form_.escape != form_.quote || at_ >= text_.size() || text_[at_] != form_.quote) return;
            cell += form_.quote;
            ++at_;
        } else {
            if (c == '\n') ++line_;
            cell += c;
            ++at_;
        }
    }
    is_torn_ = true;
}

bool RecordReader::next(std::vector<std::string>& cells) {
    cells.clear();
    while (take_line_end()) entry_ += entry_ > 0 ? 1U : 0U;
    if (at_ >= text_.size()) return false;
    ++entry_;
    start_line_ = line_;
    for (;;) {
        auto& cell = cells.emplace_back();
        if (form_.quote != no_character && at_ < text_.size() && text_[at_] == form_.quote) {
            read_quoted(cell);
            if (at_ < text_.size() && text_[at_] != form_.delimiter && text_[at_] != '\n' && text_[at_] != '\r')
                has_stray_quotes_ = true;
        }
        while (at_ < text_.size() && text_[at_] != form_.delimiter && text_[at_] != '\n' && text_[at_] != '\r')
            cell += text_[at_++];
        if (at_ >= text_.size()) return true;
        if (text_[at_] != form_.delimiter) return take_line_end();
        ++at_;
    }
}

std::vector<std::string> unique_titles(std::vector<std::string> titles, std::vector<std::string>& notes) {
    for (auto& title : titles) {
        if (title.find('\0') == title.npos) continue;
        // A NUL byte would end the statement that names the column.
        std::replace(title.begin(), title.end(), '\0', '?');
        notes.push_back(fmt::format("a title has NUL bytes: the column is called {}", quoted(title)));
    }
    std::set<std::string> taken;
    for (const auto& title : titles) taken.insert(lower(title));
    std::set<std::string> seen;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        auto& title = titles[i];
        const auto given = title;
        if (title.empty()) title = fmt::format("column{}", i + 1);
        if (!given.empty() && seen.insert(lower(title)).second) continue;
        const auto stem = title;
        for (int number = 2; given.empty() ? taken.count(lower(title)) != 0 || !seen.insert(lower(title)).second
                                           : taken.count(lower(title)) != 0;
             ++number)
            title = fmt::format("{}_{}", stem, number);
        taken.insert(lower(title));
        seen.insert(lower(title));
        notes.push_back(given.empty() ? fmt::format("column {} has no title: it is called {}", i + 1, quoted(title))
                                      : fmt::format("a second column has the title {}: it is called {}", quoted(given),
                                                    quoted(title)));
    }
    return titles;
}

Dialect detect_dialect(std::string_view head, const CsvForm& form) {
    Dialect dialect;
    if (form.quote) dialect.quote = *form.quote;
    dialect.escape = dialect.quote;
    dialect.line_ends = line_ends_of(head);
    Score best;
    if (form.delimiter) {
        dialect.delimiter = *form.delimiter;
        best = score_of(head, dialect);
    } else {
        for (const char delimiter : candidates) {
            const auto score = score_of(head, {delimiter, dialect.quote, dialect.escape});
            if (score.cells < 2 || score.share() < best.share() ||
                (score.share() == best.share() && score.cells <= best.cells))
                continue;
            best = score;
            dialect.delimiter = delimiter;
        }
    }
    if (best.has_stray_quotes && !score_of(head, {dialect.delimiter, dialect.quote, '\\'}).has_stray_quotes)
        dialect.escape = '\\';

    RecordReader reader{head, dialect};
    std::vector<std::string> first;
    (void)reader.next(first);
    if (form.header == Header::automatic) {
        const auto value = std::find_if(first.begin(), first.end(), is_value);
        dialect.has_header = value == first.end();
        dialect.header_reason =
            dialect.has_header
                ? "the first row is taken for titles: none of its cells is a number, a date or a truth value"
                : fmt::format("the first row is taken for values: {} is no title", quoted(*value));
    } else {
        dialect.has_header = form.header == Header::yes;
        dialect.header_reason = "as '--header' says";
    }
    if (!dialect.has_header)
        for (std::size_t i = 0; i < first.size(); ++i) first[i] = fmt::format("column{}", i + 1);
    dialect.titles = unique_titles(std::move(first), dialect.notes);
    return dialect;
}

}  // namespace mlo::table
