// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <mlo/remote/remote.hpp>
#include <mlo/store/record.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::sync {

/// Called with each record, header included.
using RecordSink = std::function<void(const store::RecordLocation&, ByteView)>;

/// Records that are read by one request: of one pack, in order of offset, with small gaps.
using RecordRange = std::span<const store::RecordLocation>;

/// Divides `records` into as few requests as is sensible, each for about `piece_bytes` of records. They are sorted for
/// that: packs in the order in which they were first named, so that what was asked for first comes first.
[[nodiscard]] std::vector<RecordRange> divide(std::vector<store::RecordLocation>& records, std::uint64_t piece_bytes);

/// Reads one range; what lies in the gaps is passed over. Throws what the remote and `sink` do; false if the pack ends
/// too early.
[[nodiscard]] bool read_range(remote::Remote& remote, RecordRange range, const RecordSink& sink);

}  // namespace mlo::sync
