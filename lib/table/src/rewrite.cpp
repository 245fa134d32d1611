// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "inputs.hpp"

namespace mlo::table {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

class Converter {
public:
    explicit Converter(const std::string& encoding) : handle_{::iconv_open("UTF-8", encoding.c_str())} {
        // NOLINTNEXTLINE: iconv_open answers with (iconv_t)-1
        if (reinterpret_cast<std::intptr_t>(handle_) == -1)
            throw Error{errors::encoding_unknown,
                        fmt::format("{} is no encoding that this system knows", quoted(encoding))}
                .hint("iconv -l");
    }
    ~Converter() { ::iconv_close(handle_); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    /// Moves what can be moved from `input` to the end of `output`; false at bytes that are no text.
    bool convert(std::string& input, std::string& output) {
        char* from = input.data();
        std::size_t left = input.size();
        bool is_valid = true;
        while (left > 0) {
            const auto start = output.size();
            output.resize(start + left * 2 + 16);
            char* into = output.data() + start;
            std::size_t room = output.size() - start;
            const auto status = ::iconv(handle_, &from, &left, &into, &room);
            const int reason = errno;
            output.resize(output.size() - room);
            if (status != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
            is_valid = reason == EINVAL;  // the rest of a character follows
            break;
        }
        input.erase(0, input.size() - left);
        return is_valid;
    }

private:
    iconv_t handle_;
};

/// Makes all line ends line feeds, those within quotes apart.
class LineMender {
public:
    explicit LineMender(char quote) noexcept : quote_{quote} {}

    void mend(std::string& text) {
        std::string result;
        result.reserve(text.size() + 1);
        for (const char c : text) {
            const bool was_return = std::exchange(is_after_return_, false);
            if (c == quote_ && quote_ != '\0') is_quoted_ = !is_quoted_;
            if (is_quoted_) {
                result += c;
            } else if (c == '\r') {
                result += '\n';
                is_after_return_ = true;
            } else if (c != '\n' || !was_return) {
                result += c;
            }
        }
        text = std::move(result);
    }

private:
    char quote_;
    bool is_quoted_ = false;
    bool is_after_return_ = false;
};

}  // namespace

void rewrite_text(InputFile& file, const std::string& encoding, MendLines mend, char quote, Scratch& scratch,
                  const Runtime& runtime) {
    std::optional<Converter> converter;
    if (!encoding.empty()) converter.emplace(encoding);
    LineMender mender{quote};
    const auto name = scratch.fresh_name("");
    const auto into = scratch.dir().create(name, 0600);
    const auto progress = runtime.progress.begin("converting", ProgressUnit::bytes);
    std::string pending;
    std::uint64_t lines = 1;
    std::uint64_t offset = 0;
    bool is_start = true;
    const auto wrong = [&](std::string_view what) {
        return Error{errors::encoding_wrong, fmt::format("{} is not in {}: {}", quoted(file.shown),
                                                         encoding.empty() ? "UTF-8" : encoding, what)}
            .at(fmt::format("{}:{}", file.shown, lines))
            .hint("name the encoding that it has: '--encoding windows-1252', '--encoding utf-16', ...");
    };
    for_each_block(file.path, block_bytes, runtime, [&](std::string_view block) {
        offset += block.size();
        progress->advance(block.size());
        std::string text;
        if (converter) {
            pending += block;
            const bool is_valid = converter->convert(pending, text);
            lines += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
            if (!is_valid) throw wrong("these bytes are no character of it");
        } else {
            text = block;
        }
        constexpr std::string_view mark = "\xef\xbb\xbf";
        if (std::exchange(is_start, false) && text.starts_with(mark)) text.erase(0, mark.size());
        if (mend == MendLines::yes) mender.mend(text);
        into->write(std::as_bytes(std::span{text}));
    });
    if (!pending.empty()) throw wrong("it ends within a character");
    file.path = scratch.path_of(name);
}

}  // namespace mlo::table
