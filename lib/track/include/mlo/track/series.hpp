// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mlo/track/run.hpp>
#include <mlo/util/bytes.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// Points in one block of a sealed series.
inline constexpr std::size_t block_points = 1024;

/// What is known of a block without decoding it.
struct BlockEntry {
    std::uint32_t size_bytes = 0;
    std::uint16_t min_index = 0;
    std::uint16_t max_index = 0;
    std::uint16_t nan_count = 0;
    Point first, last, min, max;
};

/// Writes sealed series, piece by piece, in the format that lib/track/README.md states. Not thread-safe.
class SeriesWriter {
public:
    /// `sink` gets the bytes in order.
    explicit SeriesWriter(std::function<void(ByteView)> sink);
    /// The next series; keys ascend bytewise (MLO_ASSERT).
    void begin(std::string_view key);
    /// The next point of the series begun last; they ascend (MLO_ASSERT).
    void add(const Point& point);
    /// Ends the file.
    void finish();

private:
    void flush_block();
    void end_series();

    std::function<void(ByteView)> sink_;
    std::uint64_t written_ = 0;
    std::uint32_t series_count_ = 0;
    std::optional<std::string> key_;
    std::uint64_t point_count_ = 0;
    std::vector<Point> block_;
    Bytes entries_;    ///< of the series begun last
    Bytes directory_;  ///< of those that have ended
};

/// Sealed series in memory or mapped. Opening checks the directory; a block is checked, against its entry too, when it
/// is decoded. Bytes that no SeriesWriter would have written: series_invalid. Reading is thread-safe.
class SeriesFile {
public:
    struct Series {
        std::string key;
        std::uint64_t count = 0;
        std::uint64_t offset = 0;  ///< of its first block
        std::vector<BlockEntry> blocks;
    };

    /// `bytes` must outlive the object; `name` is what messages call them.
    SeriesFile(ByteView bytes, std::string name);

    [[nodiscard]] std::span<const Series> series() const noexcept { return series_; }
    [[nodiscard]] const Series* find(std::string_view key) const noexcept;
    /// Hands over all points in order.
    void read(const Series& series, const std::function<void(std::span<const Point>)>& sink) const;
    /// The points of one block, which lies at `offset`.
    void decode(const Series& series, std::size_t block, std::uint64_t offset, std::vector<Point>& into) const;
    /// Decodes everything: bytes from elsewhere are to be trusted only after that.
    void check() const;

private:
    [[noreturn]] void fail(std::string_view what) const;
    void read_directory(ByteView directory, std::uint64_t blocks_size);
    BlockEntry read_entry(ByteReader& reader, std::uint64_t points) const;

    ByteView bytes_;
    std::string name_;
    std::vector<Series> series_;
};

/// What a curve is drawn against: its steps, or its points evenly spaced.
enum class CurveAxis { step, index };

/// A stretch of a curve: these points are members of the series, none is made up.
struct CurveBucket {
    std::uint64_t first_index = 0;
    std::uint64_t count = 0;      ///< points in the stretch
    std::uint64_t nan_count = 0;  ///< of those, not numbers
    Point first, last;            ///< may be NaN
    Point min, max;               ///< of the numbers; the first point where there are none
    friend bool operator==(const CurveBucket&, const CurveBucket&) = default;
};

/// At most `buckets` stretches of equal width, empty ones left out: what a page draws of a long curve. Decodes only the
/// blocks that a border cuts.
[[nodiscard]] std::vector<CurveBucket> downsample(const SeriesFile& file, const SeriesFile::Series& series,
                                                  CurveAxis axis, std::uint32_t buckets);
/// The same of points in memory, which ascend.
[[nodiscard]] std::vector<CurveBucket> downsample(std::span<const Point> points, CurveAxis axis, std::uint32_t buckets);

}  // namespace mlo::track
