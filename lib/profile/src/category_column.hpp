// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/profile.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlo::profile {

/// Gathers a column of texts or booleans. Equal values are counted together before anything else is done with them.
class CategoryColumn {
public:
    /// `frame` are the categories to count, if they are known already.
    CategoryColumn(const table::ColumnType& type, const Detail& detail, std::optional<std::vector<std::string>> frame);

    void add(const table::ColumnView& view);
    /// After the last add(): finds the categories. True if all values must be handed to count() once more.
    [[nodiscard]] bool freeze();
    void count(const table::ColumnView& view);
    /// After freeze(), and count() where it was asked for.
    [[nodiscard]] Column take(std::string name);

private:
    /// A value that waits, and how often it came.
    struct Waiting {
        std::string key;
        std::uint64_t hash = 0;
        std::uint64_t times = 0;
        std::uint64_t length = 0;  ///< in characters, of all of the text
        bool is_blank = false;
    };
    void put(std::string_view text);
    void drain();
    void take_in(const Waiting& waiting);
    void set_frame(std::vector<std::string> categories);

    Detail detail_;
    Column column_;
    Categories categories_;
    Shapes shapes_;
    bool is_counting_ = false;  ///< the second time
    std::vector<Waiting> waiting_;
    std::vector<std::uint32_t> slots_;  ///< open addressing: 0, or one more than a place in waiting_
    std::optional<std::unordered_map<std::string_view, std::size_t>> framed_;  ///< into the frame's categories
};

constexpr std::size_t most_categories = 64;
/// Rarer values are no categories: one in so many, and twice.
constexpr std::uint64_t rarest_share = 1000;
constexpr std::uint64_t least_times = 2;

/// What a long text is known by.
[[nodiscard]] std::string key_of(std::string_view text, std::uint64_t hash);
/// Letters, digits and the rest of a text: "Aaaa 99".
[[nodiscard]] std::string pattern_of(std::string_view text);

}  // namespace mlo::profile
