// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <mlo/util/bytes.hpp>

namespace mlo::store {

/// Content-defined cutting: a Gear hash with normalised chunk sizes (Xia et al., FastCDC, USENIX ATC 2016). All sizes
/// are powers of two.
struct ChunkerParameters {
    std::uint8_t min_log2 = 14;
    std::uint8_t mean_log2 = 16;
    std::uint8_t max_log2 = 18;

    [[nodiscard]] std::size_t min_bytes() const noexcept { return std::size_t{1} << min_log2; }
    [[nodiscard]] std::size_t mean_bytes() const noexcept { return std::size_t{1} << mean_log2; }
    [[nodiscard]] std::size_t max_bytes() const noexcept { return std::size_t{1} << max_log2; }
    friend bool operator==(const ChunkerParameters&, const ChunkerParameters&) = default;
};

/// The size of the first chunk of `data`: a pure function of its bytes. If `data` is shorter than the largest chunk and
/// holds no cut, that is all of it: the caller must have handed over at least max_bytes() unless the object ends there.
[[nodiscard]] std::size_t next_chunk(ByteView data, const ChunkerParameters& parameters) noexcept;

}  // namespace mlo::store
