// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/track/liveness.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/util/bytes.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The format of journals, stated in lib/track/README.md.
namespace mlo::track::journal {

inline constexpr std::size_t header_bytes = 64;
inline constexpr std::size_t frame_header_bytes = 32;
inline constexpr std::uint64_t max_payload_bytes = std::uint64_t{64} << 20;

/// Which file it is.
struct Header {
    std::string run;  ///< 32 hexadecimal digits
    std::uint32_t generation = 1;
    friend bool operator==(const Header&, const Header&) = default;
};
[[nodiscard]] Bytes encode(const Header& header);
/// Nothing for what is no whole header.
[[nodiscard]] std::optional<Header> parse_header(ByteView bytes);
[[nodiscard]] std::string file_name(const Header& header);

struct Frame {
    std::size_t begin = 0;  ///< within what was given
    std::size_t end = 0;
    std::uint64_t number = 0;
    std::string_view payload;
};
[[nodiscard]] Bytes encode_frame(const Header& header, std::uint64_t number, std::string_view payload);
/// The first whole frame at `from` or behind it; nothing if there is none.
[[nodiscard]] std::optional<Frame> find_frame(ByteView bytes, std::size_t from, const Header& header);

enum class Kind : std::uint8_t { create, write, end };

/// What a frame says.
struct Operation {
    Kind kind = Kind::write;
    std::int64_t time_ms = 0;
    std::optional<ProcessIdentity> process{};
    std::optional<std::pair<std::int64_t, std::uint64_t>> job{};  ///< pid, start ticks
    std::optional<Ingested> ingested{};
    std::vector<std::pair<std::string, std::vector<Point>>> points{};  ///< by key
    std::optional<RunDocument> document{};
};
/// The payload. Throws run_too_large.
[[nodiscard]] std::string encode(const Operation& operation);
/// Throws journal_invalid for anything that encode would not have written. `name` is what messages call it.
[[nodiscard]] Operation parse_operation(std::string_view payload, std::string_view name);

}  // namespace mlo::track::journal
