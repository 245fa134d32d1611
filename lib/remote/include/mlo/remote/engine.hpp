// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>

namespace mlo::remote {

struct Traffic;

struct EngineOptions {
    std::uint32_t most_requests = 16;    ///< at once, at least 1
    std::uint64_t bytes_per_second = 0;  ///< of values, both directions together; 0: no limit
    std::uint32_t attempts = 10;         ///< of an operation without any progress, at least 1
    std::uint32_t first_attempts = 3;    ///< the same while nothing has ever succeeded: a wrong host is known soon
};

/// `remote` for use over a network that is slow, crowded and breaks.
///
/// - An operation that fails with kind network is tried again after a random time below a bound that doubles ("full
///   jitter": M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015), later by what the other side
///   asked for (Error::again_after), up to a minute; and no other is. A `get` goes
///   on behind the last byte that arrived, a `list` behind the last key. A `put` whose answer was lost, and that finds
///   the key there next time, compares: its own bytes count as created.
/// - Requests at once start at 4, grow by one for each round of successes while all are in use, and are halved when
///   the remote is overloaded or breaks off (AIMD: Chiu and Jain, 1989), at most once for all that were under way.
/// - Bytes are slowed down to `bytes_per_second`.
///
/// What is called while an operation runs (sinks, sources, visits) must not call the result: it may have to wait for
/// itself. `traffic` must outlive the result. Throws what `remote` throws; after the last attempt with a note that says
/// so.
[[nodiscard]] std::unique_ptr<Remote> with_engine(std::unique_ptr<Remote> remote, const EngineOptions& options,
                                                  Traffic& traffic, const Runtime& runtime);

}  // namespace mlo::remote
