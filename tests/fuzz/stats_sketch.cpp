// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <mlo/stats/distinct_sketch.hpp>
#include <mlo/stats/quantile_sketch.hpp>
#include <mlo/util/error.hpp>
#include <span>

namespace {

template <class Use>
void unless_corrupt(Use use) {
    try {
        use();
    } catch (const mlo::Error& error) {
        if (error.kind() != mlo::ErrorKind::corrupt) throw;
    }
}

}  // namespace

/// What is read as a sketch is written again as the same bytes, answers, and merges with itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto bytes = std::as_bytes(std::span{data, size});
    unless_corrupt([&] {
        auto sketch = stats::QuantileSketch::decode(bytes, "input");
        MLO_ASSERT(std::ranges::equal(sketch.encode(), bytes));
        if (sketch.count() == 0 || sketch.count() > std::uint64_t{1} << 62u) return;
        MLO_ASSERT(sketch.quantile(0) == sketch.min() && sketch.quantile(1) == sketch.max());
        const double rank = sketch.rank(sketch.quantile(0.5));
        MLO_ASSERT(rank >= 0 && rank <= 1);
        sketch.merge(sketch);
        sketch.add(0.0);
        (void)stats::QuantileSketch::decode(sketch.encode(), "merged");
    });
    unless_corrupt([&] {
        auto sketch = stats::DistinctSketch::decode(bytes, "input");
        MLO_ASSERT(std::ranges::equal(sketch.encode(), bytes));
        const double estimate = sketch.estimate();
        sketch.merge(sketch);
        MLO_ASSERT(estimate >= 0 && sketch.estimate() == estimate);
    });
    return 0;
}
