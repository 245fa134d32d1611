// SPDX-License-Identifier: Apache-2.0
#include "scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <vector>

namespace mlo::toml {
namespace {

/// After the string that starts at `at`; one that does not end reaches to where it had to: TOML's own parser tells.
std::size_t after_string(std::string_view text, std::size_t at) noexcept {
    const char quote = text[at];
    const bool is_long = text.substr(at, 3) == std::string_view{quote == '"' ? R"(""")" : "'''"};
    for (at += is_long ? 3 : 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (!is_long && (text[at] == quote || text[at] == '\n')) {
            return at + 1;
        } else if (is_long && text[at] == quote && text.substr(at, 3) == std::string(3, quote)) {
            // Up to two quotes may stand right before the three that end it.
            const auto end = std::min(text.find_first_not_of(quote, at), text.size());
            return std::min(end, at + 5);
        }
    }
    return text.size();
}

/// Follows keys and brackets. A level more than there are is no harm, one less is, so dots of numbers count too.
class Extent {
public:
    Extent(std::string_view text, std::string_view file, const DocumentLimits& limits)
        : text_{text}, file_{file}, limits_{limits}, deepest_{2u * limits.depth + 16u} {}

    void check() {
        for (std::size_t at = 0; at < text_.size();) {
            const char c = text_[at];
            if (c == '"' || c == '\'') {
                at = after_string(text_, at);
                continue;
            }
            if (c == '#') {
                at = std::min(text_.find('\n', at), text_.size());
                continue;
            }
            take(c);
            const auto depth = header_ + within_ + open_.size() + key_ + dots_;
            if (depth > deepest_) fail(at, fmt::format("nested more than {} levels deep", limits_.depth));
            if (values_ > limits_.nodes) {
                fail(at, fmt::format("more than {} values and keys", format_count(limits_.nodes)));
            }
            ++at;
        }
    }

private:
    void take(char c) {
        switch (c) {
            case '.':
                ++dots_;
                break;
            case '=':
                key_ = dots_ + 1;
                dots_ = 0;
                ++values_;
                break;
            case ',':
                key_ = dots_ = 0;
                ++values_;
                break;
            case '\n':
                dots_ = 0;
                if (open_.empty()) key_ = 0;
                in_header_ = false;
                break;
            case '[':
            case '{':
                open(c);
                break;
            case ']':
            case '}':
                close();
                break;
            default:
                break;
        }
    }

    void open(char c) {
        if (c == '[' && open_.empty() && key_ == 0) {
            in_header_ = true;
            header_ = dots_ = 0;
            ++values_;
            return;
        }
        open_.push_back(key_);
        within_ += key_;
        key_ = dots_ = 0;
    }

    void close() {
        if (in_header_) {
            header_ = std::max(header_, dots_ + 2);
            dots_ = 0;
        } else if (!open_.empty()) {
            within_ -= open_.back();
            open_.pop_back();
            key_ = dots_ = 0;
            // Until the line ends, a bracket is no header.
            if (open_.empty()) key_ = 1;
        }
    }

    [[noreturn]] void fail(std::size_t at, const std::string& what) const {
        throw Error{mlo::errors::document_too_large, fmt::format("{} is {}", quoted(file_), what)}.at(
            format_place(file_, PlaceCounter{text_}.at(at)));
    }

    std::string_view text_;
    std::string_view file_;
    DocumentLimits limits_;
    std::size_t deepest_;
    std::vector<std::size_t> open_;  ///< of each open list or inline table, the parts of the key before it
    std::size_t within_ = 0;         ///< their sum
    std::size_t header_ = 0;         ///< the parts of the last [header]
    std::size_t key_ = 0;            ///< those before the last '='
    std::size_t dots_ = 0;
    std::uint64_t values_ = 0;  ///< at least so many, once all is read
    bool in_header_ = false;
};

}  // namespace

void check_extent(std::string_view text, std::string_view file, const DocumentLimits& limits) {
    Extent{text, file, limits}.check();
}

}  // namespace mlo::toml
