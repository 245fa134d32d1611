// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/values.hpp>

#include "profiles.hpp"

namespace mlo::cli {

/// The values of two tables whose profiles were read, the reference first: a column is read when it is asked for.
class TableValues final : public drift::ValueSource {
public:
    /// `tables` outlives it.
    explicit TableValues(OpenTables& tables) : tables_{tables} {}

    [[nodiscard]] std::optional<std::vector<double>> numbers(drift::Side side, std::string_view column) override;
    [[nodiscard]] std::optional<drift::Occurrences> texts(drift::Side side, std::string_view column) override;

private:
    template <class Visit>
    [[nodiscard]] bool for_each_view(drift::Side side, std::string_view column, const Visit& visit);

    OpenTables& tables_;
};

}  // namespace mlo::cli
