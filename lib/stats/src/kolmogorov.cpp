// SPDX-License-Identifier: Apache-2.0
// The distribution of the Kolmogorov-Smirnov statistic of one sample, by Simard & L'Ecuyer, "Computing the two-sided
// Kolmogorov-Smirnov distribution", Journal of Statistical Software 39(11), 2011.
#include <algorithm>
#include <cmath>
#include <mlo/stats/distributions.hpp>
#include <numbers>
#include <vector>

namespace mlo::stats {
namespace {

constexpr double pi = std::numbers::pi;

/// n! / n^n * y^n.
double ruben_gambino_cdf(double n, double y) {
    double product = 1;
    for (int i = 1; i <= n && product > 0; ++i) product *= i / n * y;
    return product;
}

/// A square matrix times 2^exponent.
struct Scaled {
    std::vector<double> cells;
    int exponent = 0;
};

Scaled product(const Scaled& a, const Scaled& b, std::size_t size) {
    Scaled result{std::vector<double>(size * size), a.exponent + b.exponent};
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < size; ++k) {
            const double factor = a.cells[i * size + k];
            if (factor == 0) continue;
            for (std::size_t j = 0; j < size; ++j) result.cells[i * size + j] += factor * b.cells[k * size + j];
        }
    constexpr int step = 400;
    const auto middle = (size / 2) * size + size / 2;
    if (result.cells[middle] > std::ldexp(1.0, step)) {
        for (auto& cell : result.cells) cell = std::ldexp(cell, -step);
        result.exponent += step;
    }
    return result;
}

/// P(D <= d) exactly, by Durbin's matrix (Marsaglia, Tsang & Wang 2003). O((n d)^3 log n).
double durbin_cdf(std::uint64_t n, double d) {
    const double nd = static_cast<double>(n) * d;
    const auto k = static_cast<std::size_t>(std::ceil(nd));
    const double h = static_cast<double>(k) - nd;
    const auto size = 2 * k - 1;
    std::vector<double> inverse_factorial(size + 1, 1.0);
    for (std::size_t i = 1; i <= size; ++i) inverse_factorial[i] = inverse_factorial[i - 1] / static_cast<double>(i);
    Scaled matrix{std::vector<double>(size * size), 0};
    const auto cell = [&](std::size_t row, std::size_t column) -> double& { return matrix.cells[row * size + column]; };
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= std::min(i + 1, size - 1); ++j) cell(i, j) = inverse_factorial[i + 1 - j];
    for (std::size_t i = 0; i < size; ++i) {
        const double missing = std::pow(h, static_cast<double>(i + 1)) * inverse_factorial[i + 1];
        cell(i, 0) -= missing;
        cell(size - 1, size - 1 - i) -= missing;
    }
    if (2 * h > 1) cell(size - 1, 0) += std::pow(2 * h - 1, static_cast<double>(size)) * inverse_factorial[size];
    Scaled power{std::vector<double>(size * size), 0};
    for (std::size_t i = 0; i < size; ++i) power.cells[i * size + i] = 1;
    for (auto left = n; left > 0; left /= 2) {
        if (left % 2 == 1) power = product(power, matrix, size);
        if (left > 1) matrix = product(matrix, matrix, size);
    }
    double result = power.cells[(k - 1) * size + k - 1];
    int exponent = power.exponent;
    for (std::uint64_t i = 1; i <= n; ++i) {
        result *= static_cast<double>(i) / static_cast<double>(n);
        if (result < 0x1p-400) {
            result *= 0x1p400;
            exponent -= 400;
        }
    }
    return std::ldexp(result, exponent);
}

/// P(D <= d) by Pelz & Good (1976): K0(z) + K1(z) / sqrt n + K2(z) / n + K3(z) / n^1.5 with z = d sqrt n.
double pelz_good_cdf(double n, double d) {
    const double z = d * std::sqrt(n);
    const double z2 = z * z;
    const double z4 = z2 * z2;
    const double z6 = z4 * z2;
    const double pi2 = pi * pi;
    const double pi4 = pi2 * pi2;
    double k0 = 0;
    double k1 = 0;
    double k2 = 0;
    double k3 = 0;
    double k2_even = 0;
    double k3_even = 0;
    for (int k = static_cast<int>(std::ceil(16 * z / pi)); k >= 1; --k) {
        const double m = 2.0 * k - 1;
        const double m2 = m * m;
        const double m4 = m2 * m2;
        const double odd = std::exp(-pi2 * m2 / (8 * z2));
        k0 += odd;
        k1 += odd * (pi2 / 4 * m2 - z2);
        k2 += odd * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 + pi4 * (1 - 2 * z2) / 16 * m4);
        k3 += odd * (-30 * z6 - 90 * z4 * z4 + pi2 * (135 * z4 - 96 * z6) / 4 * m2 +
                     pi4 * (212 * z4 - 60 * z2) / 16 * m4 + pi4 * pi2 * (5 - 30 * z2) / 64 * m4 * m2);
        const double k_squared = static_cast<double>(k) * k;
        const double even = std::exp(-pi2 * k_squared / (2 * z2)) * k_squared;
        k2_even += even;
        k3_even += even * (3 * z2 - pi2 * k_squared);
    }
    const double root = std::sqrt(2 * pi);
    k0 *= root / z;
    k1 *= root / (6 * z4);
    k2 = root * (k2 / (72 * z6 * z) - pi2 * k2_even / (36 * z2 * z));
    k3 = root * (k3 / (6480 * z6 * z4) + pi2 * k3_even / (216 * z6));
    return k0 + (k1 + (k2 + k3 / std::sqrt(n)) / std::sqrt(n)) / std::sqrt(n);
}

double clipped(double probability) { return std::clamp(probability, 0.0, 1.0); }

}  // namespace

double ks_one_sided_sf(std::uint64_t count, double d) {
    if (std::isnan(d)) return d;
    if (d <= 0) return 1;
    if (d >= 1 || count == 0) return 0;
    const auto n = static_cast<double>(count);
    constexpr double underflow_at = 400;  // there e^(-2 n d^2) is no double any more
    if (n * d * d > underflow_at && n > 1000) return 0;
    // The sum over j of d / (d + j/n) times the binomial probability of j at d + j/n (Smirnov; Dwass).
    const auto term = [&](double j) { return d / (d + j / n) * binomial_pmf(j, n, d + j / n, 1 - d - j / n); };
    const double last = n * (1 - d);
    // With many terms the sum is the trapezoidal rule on a function that vanishes at both ends with all its
    // derivatives: a coarse grid gives the same digits (tested against the whole sum).
    constexpr double all_up_to = 20'000;
    const double stride = n <= all_up_to ? 1 : n / 2048;
    double sum = stride == 1 ? term(0) : 0;
    for (int i = 1; i * stride <= last; ++i) sum += term(i * stride);
    return clipped(sum * stride);
}

double kolmogorov_sf(std::uint64_t count, double d) {
    if (std::isnan(d)) return d;
    if (d <= 0 || count == 0) return 1;
    if (d >= 1) return 0;
    const auto n = static_cast<double>(count);
    const double nd = n * d;
    if (nd <= 0.5) return 1;
    if (nd <= 1) return clipped(1 - ruben_gambino_cdf(n, 2 * nd - 1));
    if (nd >= n - 1) return clipped(2 * std::pow(1 - d, n));
    const double nd2 = nd * d;
    constexpr std::uint64_t small = 140;
    if (d >= 0.5 || nd2 >= (count <= small ? 4 : 2.2)) return clipped(2 * ks_one_sided_sf(count, d));
    const bool exact = count <= small || (count <= 100'000 && n * std::pow(d, 1.5) <= 1.4);
    return clipped(1 - (exact ? durbin_cdf(count, d) : pelz_good_cdf(n, d)));
}

}  // namespace mlo::stats
