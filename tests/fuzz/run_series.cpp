// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <mlo/track/series.hpp>
#include <mlo/util/error.hpp>

/// What is read as sealed series is written again as the same bytes, and drawn the same from entries as from points.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto bytes = std::as_bytes(std::span{data, size});
    try {
        const track::SeriesFile file{bytes, "input"};
        Bytes written;
        track::SeriesWriter writer{[&](ByteView piece) { append(written, piece); }};
        for (const auto& series : file.series()) {
            writer.begin(series.key);
            std::vector<track::Point> all;
            file.read(series, [&](std::span<const track::Point> points) {
                for (const auto& point : points) writer.add(point);
                all.insert(all.end(), points.begin(), points.end());
            });
            for (const auto axis : {track::CurveAxis::step, track::CurveAxis::index})
                MLO_ASSERT(downsample(file, series, axis, 5) == downsample(all, axis, 5));
        }
        writer.finish();
        MLO_ASSERT(std::ranges::equal(written, bytes));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
    }
    return 0;
}
