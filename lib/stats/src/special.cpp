// SPDX-License-Identifier: Apache-2.0
// The one source that includes Boost.Math, which is slow to compile.
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include <mlo/stats/distributions.hpp>

#include "require.hpp"

namespace mlo::stats {
namespace {

namespace bm = boost::math;

// Underflow is an answer here, and what cannot be computed is NaN: nothing of Boost's own is thrown.
using Quiet = bm::policies::policy<
    bm::policies::domain_error<bm::policies::ignore_error>, bm::policies::pole_error<bm::policies::ignore_error>,
    bm::policies::overflow_error<bm::policies::ignore_error>, bm::policies::underflow_error<bm::policies::ignore_error>,
    bm::policies::evaluation_error<bm::policies::ignore_error>>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double normal_sf(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) {
    require_within(p, 0, 1, "a probability");
    return -std::numbers::sqrt2 * bm::erfc_inv(2 * p, Quiet{});
}

double student_t_sf(double t, double degrees) {
    require_positive(degrees, "the degrees of freedom of Student's t");
    if (std::isnan(t)) return nan;
    if (std::isinf(t)) return t > 0 ? 0 : 1;
    const double square = t * t;
    if (std::abs(t) < 0.1)
        return 0.5 - std::copysign(0.5 * bm::ibeta(0.5, degrees / 2, square / (degrees + square), Quiet{}), t);
    // P(T > |t|) = I_x(degrees / 2, 1 / 2) / 2 with x = degrees / (degrees + t^2), given by x or 1 - x, whichever is
    // small.
    const double tail = square < degrees ? 0.5 * bm::ibetac(0.5, degrees / 2, square / (degrees + square), Quiet{})
                                         : 0.5 * bm::ibeta(degrees / 2, 0.5, 1 / (1 + (t / degrees) * t), Quiet{});
    return t >= 0 ? tail : 1 - tail;
}

double chi_squared_sf(double x, double degrees) {
    require_positive(degrees, "the degrees of freedom of chi-squared");
    if (std::isnan(x)) return nan;
    if (x <= 0) return 1;
    if (std::isinf(x)) return 0;
    return bm::gamma_q(degrees / 2, x / 2, Quiet{});
}

double chi_squared_isf(double p, double degrees) {
    require_positive(degrees, "the degrees of freedom of chi-squared");
    require_within(p, 0, 1, "a probability");
    return 2 * bm::gamma_q_inv(degrees / 2, p, Quiet{});
}

double chi_squared_noncentrality(double degrees, double alpha, double power) {
    require_within(power, alpha, 1, "the power");
    const double critical = chi_squared_isf(alpha, degrees);
    return bm::non_central_chi_squared_distribution<double, Quiet>::find_non_centrality(
        bm::complement(degrees, critical, power));
}

}  // namespace mlo::stats
