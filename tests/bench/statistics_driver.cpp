// SPDX-License-Identifier: Apache-2.0
// statistics_driver VALUES ROUNDS: times each kernel of lib/stats and prints milliseconds by name, as JSON.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <mlo/stats/counts.hpp>
#include <mlo/stats/distinct_sketch.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/histogram.hpp>
#include <mlo/stats/quantile_sketch.hpp>
#include <mlo/stats/random.hpp>
#include <mlo/stats/two_sample.hpp>
#include <string>
#include <vector>

namespace {

using namespace mlo::stats;

volatile double sink = 0;  // so that no result is unused

class Report {
public:
    explicit Report(int rounds) : rounds_{rounds} {}

    /// `prepare` makes what `kernel` consumes, outside of the time.
    template <class Prepare, class Kernel>
    void time(const std::string& name, Prepare prepare, Kernel kernel) {
        double best = std::numeric_limits<double>::infinity();
        for (int i = 0; i < rounds_; ++i) {
            auto input = prepare();
            const auto start = std::chrono::steady_clock::now();
            sink = kernel(input);
            best = std::min(
                best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        }
        text_ += fmt::format("\"{}\": {:.4f}, ", name, best);
    }
    template <class Kernel>
    void time(const std::string& name, Kernel kernel) {
        time(
            name, [] { return 0; }, [&](int) { return kernel(); });
    }

    [[nodiscard]] std::string finish() const {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return fmt::format("{{{}\"peak MiB\": {}}}", text_, usage.ru_maxrss / 1024);
    }

private:
    int rounds_;
    std::string text_;
};

std::vector<double> normal_like(std::size_t count, std::uint64_t seed, double shift) {
    Generator generator{seed};
    std::vector<double> values(count);
    for (auto& value : values) {
        value = shift;
        for (int i = 0; i < 4; ++i) value += generator.uniform();
    }
    return values;
}

void time_all(Report& report, std::size_t size) {
    const auto raw = normal_like(size, 1, 0);
    auto first = raw;
    auto second = normal_like(size, 2, 0.01);
    std::vector<double> scratch;
    const auto a = SortedSample::sort(first, scratch);
    const auto b = SortedSample::sort(second, scratch);
    report.time(
        "sort", [&] { return std::vector<double>{raw}; },
        [&](std::vector<double>& values) { return SortedSample::sort(values, scratch).max(); });
    report.time("ks", [&] { return ks(a, b, {.method = PMethod::asymptotic}).p; });
    report.time("cramer_von_mises", [&] { return cramer_von_mises(a, b).p; });
    report.time("mann_whitney", [&] { return mann_whitney(a, b).p; });
    report.time("anderson_darling", [&] { return anderson_darling(a, b).p; });
    report.time("wasserstein", [&] { return wasserstein(a, b); });
    report.time("energy_distance", [&] { return energy_distance(a, b); });
    report.time("epps_singleton", [&] { return epps_singleton(a, b).p; });
    report.time("moments", [&] {
        Moments moments;
        moments.add(raw);
        return moments.excess_kurtosis();
    });
    const auto edges = Edges::quantiles(a, 30);
    report.time("bins and psi", [&] {
        return psi(shares(mlo::stats::count(a, edges).inside), shares(mlo::stats::count(b, edges).inside));
    });
    std::vector<std::uint64_t> categories[2];
    Generator generator{3};
    for (auto& list : categories)
        for (int i = 0; i < 1000; ++i) list.push_back(1 + generator.below(999));
    report.time("chi2, 1000 categories", [&] { return homogeneity(categories[0], categories[1]).p; });
    QuantileSketch sketch;
    report.time("quantile sketch, insert", [&] {
        sketch = QuantileSketch{};
        sketch.add(raw);
        return sketch.rank(2);
    });
    report.time(
        "quantile sketch, merge", [&] { return sketch; },
        [&](QuantileSketch& into) {
            into.merge(sketch);
            return into.max();
        });
    DistinctSketch distinct;
    report.time("distinct sketch, insert", [&] {
        for (std::uint64_t i = 0; i < size; ++i) distinct.add(mixed(i));
        return distinct.estimate();
    });
    report.time("distinct sketch, merge", [&] {
        auto into = distinct;
        into.merge(distinct);
        return into.estimate();
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: statistics_driver VALUES ROUNDS\n", stderr);
        return 2;
    }
    Report report{static_cast<int>(std::strtol(argv[2], nullptr, 10))};
    time_all(report, std::strtoul(argv[1], nullptr, 10));
    fmt::print("{}\n", report.finish());
    return 0;
}
