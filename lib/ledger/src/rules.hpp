// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/ledger/event.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::ledger {

constexpr std::size_t writer_digits = 32;
constexpr std::size_t max_kind_bytes = 64;
constexpr std::size_t max_subject_bytes = 250;
/// What JSON's readers elsewhere still count exactly.
constexpr std::uint64_t max_seq = std::uint64_t{1} << 53;

[[nodiscard]] bool is_writer(std::string_view text) noexcept;
/// What is wrong with the members of an event, if anything is.
[[nodiscard]] std::optional<std::string> fault_of(const Event& event);

/// Nothing unless to_rfc3339 would write it so.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;

/// The ids of an event as they are in ledger.db.
[[nodiscard]] Bytes pack_ids(const std::vector<store::ObjectRef>& ids);
[[nodiscard]] std::optional<std::vector<store::ObjectRef>> unpack_ids(ByteView bytes);

[[nodiscard]] Bytes writer_bytes(std::string_view hex);

}  // namespace mlo::ledger
