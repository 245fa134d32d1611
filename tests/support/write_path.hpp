// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "fault_fs.hpp"

namespace mlo::test {

/// One way of writing, put to the test: what it does, what was promised so far, and what must hold after any cut.
struct WritePath {
    /// Prepares a file system; all of it is durable afterwards.
    std::function<FaultFs()> prepare;
    /// Does the work. Whatever it acknowledges on the way it notes in `acknowledged` right after the call that promised
    /// it.
    std::function<void(FaultFs& fs, std::uint64_t& acknowledged)> work;
    /// Looks at what a cut left, when that many items had been acknowledged. Reports by Catch's assertions.
    std::function<void(FaultFs& after, std::uint64_t acknowledged)> check;
};

struct CutCounts {
    std::uint64_t exhaustive = 0;  ///< states of those cuts whose states were all tried
    std::uint64_t random = 0;
    std::uint64_t changes = 0;
};

/// Cuts the power before each change and after the last: tries every state where there are at most `limit`, and
/// `random` seeded random ones spread evenly over the cuts.
CutCounts cut_everywhere(const WritePath& path, std::size_t limit, std::uint64_t random);

struct FaultCounts {
    std::uint64_t runs = 0;
    std::uint64_t reported = 0;  ///< runs that ended with an error
};

/// Lets each call of the work fail, once with EIO and persistently with ENOSPC (in the full run both with EDQUOT,
/// EMFILE and EINTR too), until a run ends without meeting its fault. A run that reports success must have done all;
/// one that fails may be cut at once, and the work done again after that must succeed. `complete` is what the whole
/// work acknowledges.
FaultCounts fail_everywhere(const WritePath& path, std::uint64_t complete);

/// Kills the work at each of its calls, does it again beside what the dead left, and only then cuts the power: what the
/// second run acknowledged must be there, although it may have found it already done. Returns the number of kills.
std::uint64_t kill_everywhere(const WritePath& path, std::uint64_t complete);

}  // namespace mlo::test
