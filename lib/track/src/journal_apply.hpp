// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "journal_format.hpp"
#include "run_state.hpp"

namespace mlo::track::journal {

/// How far the journal of a run was read.
struct Position {
    std::uint32_t generation = 1;
    std::uint64_t offset = 0;  ///< 0: not even the header
    std::uint64_t number = 0;
    friend bool operator==(const Position&, const Position&) = default;
};
[[nodiscard]] std::optional<Position> find_position(db::Database& database, const std::string& run);
void put_position(db::Database& database, const std::string& run, const Position& position);

/// Makes what a frame says part of the run; in a Transaction. What may not be becomes a loss of the run. Throws
/// run_not_found where the frame does not begin its run and nobody did before, and journal_invalid for one that begins
/// the run and breaks the rules.
void apply(RunStore::State& state, const std::string& run, const Frame& frame, const std::string& name);

/// Adds to what could not be recorded of the run, once; nothing if the run is not there.
void add_loss(RunStore::State& state, const std::string& run, const std::string& sentence);

}  // namespace mlo::track::journal
