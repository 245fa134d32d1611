// SPDX-License-Identifier: Apache-2.0
#include "records.hpp"

#include <algorithm>
#include <mlo/util/fs.hpp>
#include <mlo/util/text.hpp>

#include "inputs.hpp"

namespace mlo::table {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
/// A record that is longer is one whose quote never ends.
constexpr std::size_t longest_record_bytes = std::size_t{64} << 20;

/// The records of a file, however large it is.
class FileRecords {
public:
    FileRecords(const std::string& path, const CellForm& form, const Runtime& runtime)
        : file_{open_input(path, runtime)}, runtime_{runtime}, reader_{{}, form} {
        constexpr std::string_view mark = "\xef\xbb\xbf";
        refill();
        if (text_.starts_with(mark)) reader_.continue_at(text_, mark.size());
    }

    bool next(std::vector<std::string>& cells) {
        for (;;) {
            const auto before = reader_;
            const bool is_record = reader_.next(cells);
            // Up to the end of what was read, a record may go on in what was not.
            if (is_over_ || (is_record && reader_.at() + 1 < text_.size())) return is_record;
            if (text_.size() > longest_record_bytes) return false;
            reader_ = before;
            refill();
        }
    }
    [[nodiscard]] const RecordReader& reader() const noexcept { return reader_; }

private:
    void refill() {
        runtime_.check_stop();
        const auto kept = text_.size() - std::min(reader_.at(), text_.size());
        text_.erase(0, text_.size() - kept);
        text_.resize(kept + block_bytes);
        const auto size = file_->read(std::as_writable_bytes(std::span{text_.data() + kept, block_bytes}), offset_);
        offset_ += size;
        text_.resize(kept + size);
        is_over_ = size == 0;
        reader_.continue_at(text_, 0);
    }

    std::unique_ptr<File> file_;
    const Runtime& runtime_;
    RecordReader reader_;
    std::string text_;
    std::uint64_t offset_ = 0;
    bool is_over_ = false;
};

}  // namespace

std::optional<std::uint64_t> line_of_entry(const std::string& path, const CellForm& form, std::uint64_t entry,
                                           const Runtime& runtime) {
    FileRecords records{path, form, runtime};
    std::vector<std::string> cells;
    while (records.next(cells))
        if (records.reader().entry() >= entry) return records.reader().lines_before() + 1;
    return std::nullopt;
}

std::optional<std::uint64_t> line_of_cell(const std::string& path, const CellForm& form, Header header,
                                          std::size_t column, std::string_view text, const Runtime& runtime) {
    FileRecords records{path, form, runtime};
    std::vector<std::string> cells;
    if (header == Header::yes) (void)records.next(cells);
    while (records.next(cells))
        if (column < cells.size() && cells[column] == text) return records.reader().lines_before() + 1;
    return std::nullopt;
}

std::optional<std::uint64_t> line_of_object(const std::string& path, std::uint64_t object, const Runtime& runtime) {
    std::uint64_t line = 1;
    std::uint64_t objects = 0;
    bool is_blank = true;
    std::optional<std::uint64_t> found;
    for_each_block(path, block_bytes, runtime, [&](std::string_view block) {
        for (const char c : block) {
            if (c == '\n') {
                ++line;
                is_blank = true;
            } else if (is_blank && c != ' ' && c != '\t' && c != '\r') {
                is_blank = false;
                if (++objects == object && !found) found = line;
            }
        }
    });
    return found;
}

}  // namespace mlo::table
