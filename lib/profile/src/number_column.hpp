// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/profile.hpp>
#include <optional>
#include <vector>

namespace mlo::profile {

/// Gathers a column of numbers, dates or timestamps. Values go through blocks of a fixed size, in order within each, so
/// that it makes no difference in which pieces they come.
class NumberColumn {
public:
    /// `frame` are bins to count in, if they are known already.
    NumberColumn(const table::ColumnType& type, const Detail& detail, std::uint64_t seed,
                 std::optional<stats::Edges> frame);

    void add(const table::ColumnView& view);
    /// Bytes of values that are kept until bins are known.
    [[nodiscard]] std::uint64_t kept_bytes() const noexcept { return kept_.size() * sizeof(double); }
    void drop_kept();
    /// After the last add(): finds the bins. True if all values must be handed to count() once more.
    [[nodiscard]] bool freeze();
    void count(const table::ColumnView& view);
    /// After freeze(), and count() where it was asked for.
    [[nodiscard]] Column take(std::string name);

private:
    enum class Use : std::uint8_t { everything, counting };
    void read(const table::ColumnView& view, Use use);
    void put(double value, Use use) {
        block_.push_back(value);
        if (block_.size() == block_size_) flush(use);
    }
    void flush(Use use);
    void count_values(const stats::SortedSample& values);
    void know(double value, std::uint64_t times);
    [[nodiscard]] stats::Edges find_edges() const;

    std::size_t block_size_;
    table::ColumnType type_;
    Detail detail_;
    Column column_;
    Numbers numbers_;
    bool has_frame_;
    bool keeps_ = true;
    bool knows_all_ = true;
    std::vector<double> block_;
    std::vector<double> scratch_;
    std::vector<double> kept_;                             ///< blocks, each in order
    std::vector<std::pair<double, std::uint64_t>> known_;  ///< ascending
};

}  // namespace mlo::profile
