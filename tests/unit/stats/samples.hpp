// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <mlo/stats/sample.hpp>
#include <mlo/util/document.hpp>
#include <string_view>
#include <vector>

namespace mlo::test {

/// SplitMix64, as tests/data/stats/samples.py has it.
class Stream {
public:
    explicit Stream(std::uint64_t seed) : state_{seed} {}
    std::uint64_t bits() {
        state_ += 0x9E3779B97F4A7C15u;
        auto z = (state_ ^ (state_ >> 30u)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27u)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31u);
    }
    double uniform() { return (static_cast<double>(bits() >> 11u) + 0.5) * 0x1p-53; }
    double bell() {
        double sum = uniform();
        for (int i = 0; i < 3; ++i) sum += uniform();
        return sum - 2;
    }

private:
    std::uint64_t state_;
};

struct SampleSpec {
    std::string_view kind = "bell";
    std::size_t n = 100;
    std::uint64_t seed = 1;
    double scale = 1;
    double shift = 0;
    double levels = 5;
};

inline std::vector<double> unsorted(const SampleSpec& spec) {
    Stream stream{spec.seed};
    std::vector<double> values(spec.n);
    for (auto& value : values) {
        if (spec.kind == "uniform") value = stream.uniform();
        if (spec.kind == "bell") value = stream.bell();
        if (spec.kind == "heavy") {
            const double sign = stream.uniform() < 0.5 ? -1.0 : 1.0;
            value = sign / stream.uniform();
        }
        if (spec.kind == "ties") value = std::floor(stream.uniform() * spec.levels);
        value = value * spec.scale + spec.shift;
    }
    return values;
}

/// Numbers and their proof of order, together.
class Numbers {
public:
    explicit Numbers(std::vector<double> values) : values_{std::move(values)} {
        std::vector<double> scratch;
        (void)stats::SortedSample::sort(values_, scratch);
    }
    explicit Numbers(const SampleSpec& spec) : Numbers{unsorted(spec)} {}
    [[nodiscard]] stats::SortedSample sample() const { return stats::SortedSample::of_sorted(values_); }
    // NOLINTNEXTLINE(google-explicit-constructor): it is what it holds
    operator stats::SortedSample() const { return sample(); }

private:
    std::vector<double> values_;
};

inline SampleSpec spec_of(const Value& value) {
    return {value.get("kind").as_string(),   static_cast<std::size_t>(value.get("n").as_integer()),
            value.get("seed").as_unsigned(), value.get("scale").as_real(),
            value.get("shift").as_real(),    value.get("levels").as_real()};
}

}  // namespace mlo::test
