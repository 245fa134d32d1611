// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/table/column.hpp>

/// What type the texts of a column have, and why.
namespace mlo::table {

/// How the values of a column that is read from text are to be understood.
struct ValueForm {
    Type type = Type::text;
    /// Of dates and timestamps, as strftime(3) writes it; empty: ISO 8601.
    std::string format;
    /// Texts that stand for no value, besides an empty cell.
    std::vector<std::string> nulls;
    char decimal_point = '.';
    char thousands = 0;    ///< a separator that numbers may have between digits; 0: none
    bool is_wide = false;  ///< integers beyond 2^53 are to be expected

    friend bool operator==(const ValueForm&, const ValueForm&) = default;
};

/// What was decided, and the sentence that tells why.
struct Inferred {
    ValueForm form;
    std::string evidence;
};

/// What is known of the texts of one column. Kept for parts of it and merged, the answer is that of the whole.
class Evidence {
public:
    /// The text of row `row`, which counts from 0.
    void add(std::string_view text, std::uint64_t row);
    void add_null() noexcept { ++nulls_; }
    void merge(const Evidence& other);

    /// The narrowest type that holds every value without loss: boolean, integer, real, date, timestamp, else text.
    /// Texts such as "NA" may stand for missing values in any but a text. Integers that lose leading zeros or do not
    /// fit 64 bits stay text. The sentence calls the first row `first_number`.
    [[nodiscard]] Inferred decide(std::uint64_t first_number) const;

    [[nodiscard]] std::uint64_t nulls() const noexcept { return nulls_; }
    [[nodiscard]] std::uint64_t texts() const noexcept { return texts_; }

private:
    struct Tally {
        std::uint64_t count = 0;
        std::uint64_t first_misfit = UINT64_MAX;  ///< row of the first text that is none of these
        std::string misfit;
        void fit() noexcept { ++count; }
        void miss(std::string_view text, std::uint64_t row);
        void merge(const Tally& other);
    };
    static constexpr std::size_t date_formats = 7;
    [[nodiscard]] std::string nearly(std::string_view what, const Tally& tally, std::uint64_t first_number) const;
    [[nodiscard]] std::string fit_note(std::uint64_t values, std::string_view format) const;
    void add_number(std::string_view text, std::uint64_t row);
    [[nodiscard]] Inferred decide_text(std::uint64_t first_number) const;

    std::uint64_t nulls_ = 0;
    std::uint64_t texts_ = 0;  ///< null words included
    std::uint64_t leading_zeros_ = 0;
    std::uint64_t beyond_64_bits_ = 0;
    std::uint64_t beyond_doubles_ = 0;  ///< of those that fit 64 bits
    std::map<std::string, std::uint64_t, std::less<>> null_words_;
    Tally booleans_;
    Tally integers_;
    Tally reals_;
    Tally grouped_;  ///< numbers with separators of thousands: "1,234.5"
    std::array<Tally, date_formats> dates_;
    Tally timestamps_;
};

}  // namespace mlo::table
