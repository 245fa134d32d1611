#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes golden.json: what SciPy, numpy and mpmath say, for tests/unit/stats/golden_test.cpp.

    python3 -m venv VENV && VENV/bin/pip install scipy==1.17.1 numpy==2.4.6 mpmath==1.4.1
    VENV/bin/python tests/data/stats/make_golden.py

Where SciPy itself is less accurate than the test demands, the reference is exact or mpmath's, and the function here says so. Definitions that
Evidently 0.7.23 and NannyML 0.13.1 have of their own are restated.
"""
import json
import math
import pathlib
import warnings
from fractions import Fraction

import mpmath as mp
import numpy as np
import scipy
from scipy import special, stats

from samples import pairs, sample, spec

warnings.simplefilter("ignore")
cases = []


def case(method, **fields):
    cases.append({"method": method, **{key: (float(value) if isinstance(value, np.floating) else value) for key, value in fields.items()}})


def grid_gap(a, b, alternative):
    """D as a ratio of integers: SciPy subtracts rounded shares."""
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    gap = np.searchsorted(a, both, "right").astype(object) * len(b) - np.searchsorted(b, both, "right").astype(object) * len(a)
    high, low = max(max(gap), 0), max(-min(gap), 0)
    return {"two_sided": max(high, low), "greater": high, "less": low}[alternative]


def exact_paths_p(n, m, h, alternative):
    """The share of lattice paths that go outside, counted with integers."""
    if alternative == "less":
        n, m = m, n
    inside = [0] * (m + 1)
    for i in range(n + 1):
        for j in range(m + 1):
            gap = i * m - j * n
            if gap >= h or (alternative == "two_sided" and -gap >= h):
                inside[j] = 0
            else:
                inside[j] = 1 if i == j == 0 else (inside[j] if i else 0) + (inside[j - 1] if j else 0)
    return float(1 - Fraction(inside[m], math.comb(n + m, n)))


def ks_cases():
    names = {"two_sided": "two-sided", "less": "less", "greater": "greater"}
    for first, second in pairs():
        a, b = sample(**first), sample(**second)
        n, m = len(a), len(b)
        for alternative, name in names.items():
            gap = grid_gap(a, b, alternative)
            known = stats.ks_2samp(a, b, alternative=name, method="asymp")
            assert abs(known.statistic - gap / (n * m)) < 1e-15
            fields = {"a": first, "b": second, "alternative": alternative, "statistic": gap / (n * m)}
            case("ks", p_method="asymptotic", p=known.pvalue, **fields)
            if n * m <= 30000 and gap > 0:
                case("ks", p_method="exact", p=exact_paths_p(n, m, gap, alternative), **fields)
            elif alternative == "two_sided" and gap > 0 and max(n, m) <= 1000:
                case("ks", p_method="exact", p=stats.ks_2samp(a, b, method="exact").pvalue, **fields)


def cvm_limit_sf(x):
    """1 - cdf with as many digits as it takes: SciPy stops its series at 1e-7."""
    if x <= 0.003:
        return 1.0
    with mp.workdps(int(40 + 2.2 * x)):
        x = mp.mpf(x)
        total, k = mp.mpf(0), 0
        while True:
            y = 4 * k + 1
            q = mp.mpf(y) ** 2 / (16 * x)
            term = mp.gamma(k + mp.mpf(1) / 2) / mp.factorial(k) / (mp.pi ** mp.mpf("1.5") * mp.sqrt(x)) * mp.sqrt(y) * mp.exp(-q) * mp.besselk(mp.mpf(1) / 4, q)
            total += term
            if term < mp.mpf(10) ** -(mp.mp.dps - 3):
                break
            k += 1
        return float(1 - total)


def cramer_von_mises_cases():
    for first, second in pairs():
        a, b = np.sort(sample(**first)), np.sort(sample(**second))
        n, m = len(a), len(b)
        total, k = n + m, n * m
        ranks = [int(2 * rank) for rank in stats.rankdata(np.concatenate([a, b]))]
        u4 = n * sum((r - 2 * i) ** 2 for i, r in enumerate(ranks[:n], 1)) + m * sum((r - 2 * i) ** 2 for i, r in enumerate(ranks[n:], 1))
        statistic = float(Fraction(u4, 4 * k * total) - Fraction(4 * k - 1, 6 * total))
        expected = (1 + 1 / total) / 6
        variance = (total + 1) * (4 * k * total - 3 * (n * n + m * m) - 2 * k) / (45 * total ** 2 * 4 * k)
        known = stats.cramervonmises_2samp(a, b, method="asymptotic")
        assert abs(known.statistic - statistic) <= 1e-9 * max(1, statistic)
        p = cvm_limit_sf(1 / 6 + (statistic - expected) / math.sqrt(45 * variance))
        assert abs(known.pvalue - p) < 1e-5
        case("cramer_von_mises", a=first, b=second, p_method="asymptotic", statistic=statistic, p=p)
        if max(n, m) <= 20:
            case("cramer_von_mises", a=first, b=second, p_method="exact", statistic=statistic, p=stats.cramervonmises_2samp(a, b, method="exact").pvalue)
    for x in (0.003001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.46136, 0.74346, 1, 2, 5, 10, 30, 80, 139):
        case("cramer_von_mises_limit_sf", x=x, p=cvm_limit_sf(x))


def mann_whitney_exact_sf(u, n, m):
    """P(U >= u) counted with integers."""
    ways = {(0, j): {0: 1} for j in range(m + 1)}
    for i in range(1, n + 1):
        ways[i, 0] = {0: 1}
        for j in range(1, m + 1):
            counts = {}
            for k, v in ways[i - 1, j].items():
                counts[k + j] = counts.get(k + j, 0) + v
            for k, v in ways[i, j - 1].items():
                counts[k] = counts.get(k, 0) + v
            ways[i, j] = counts
    return Fraction(sum(v for k, v in ways[n, m].items() if k >= u), math.comb(n + m, n))


def mann_whitney_cases():
    for first, second in pairs():
        a, b = sample(**first), sample(**second)
        for alternative, name in (("two_sided", "two-sided"), ("less", "less"), ("greater", "greater")):
            for continuity in (False, True):
                known = stats.mannwhitneyu(a, b, alternative=name, use_continuity=continuity, method="asymptotic")
                case("mann_whitney", a=first, b=second, alternative=alternative, p_method="asymptotic",
                     continuity="corrected" if continuity else "none", statistic=known.statistic, p=known.pvalue)
            if max(len(a), len(b)) <= 31 and first["kind"] != "ties" and second["kind"] != "ties":
                other = len(a) * len(b) - known.statistic
                u = {"two_sided": max(known.statistic, other), "less": other, "greater": known.statistic}[alternative]
                p = float(min(1, mann_whitney_exact_sf(u, len(a), len(b)) * (2 if alternative == "two_sided" else 1)))
                assert math.isclose(p, stats.mannwhitneyu(a, b, alternative=name, method="exact").pvalue, rel_tol=1e-9)
                case("mann_whitney", a=first, b=second, alternative=alternative, p_method="exact", continuity="corrected",
                     statistic=known.statistic, p=p)


def two_sample_cases():
    for first, second in pairs():
        a, b = sample(**first), sample(**second)
        both = {"a": first, "b": second}
        if len(a) + len(b) >= 4 and len(np.unique(np.concatenate([a, b]))) > 1:
            known = stats.anderson_ksamp([a, b], variant="midrank")
            case("anderson_darling", statistic=known.statistic, p=known.pvalue, **both)
        large = max(np.max(np.abs(a)), np.max(np.abs(b))) > 1e100  # SciPy's energy distance is fine there, its t-test is not
        case("wasserstein", statistic=stats.wasserstein_distance(a, b), **both)
        case("energy_distance", statistic=stats.energy_distance(a, b), **both)
        if min(len(a), len(b)) >= 5 and stats.iqr(np.concatenate([a, b])) > 0:
            known = stats.epps_singleton_2samp(a, b)
            case("epps_singleton", statistic=known.statistic, p=known.pvalue, **both)
        if not large and np.ptp(a) > 0 and np.max(np.abs(a)) > 1e-100:
            for variances in ("equal", "unequal"):
                for alternative, name in (("two_sided", "two-sided"), ("less", "less"), ("greater", "greater")):
                    case("t_test", variances=variances, alternative=alternative, **both, **t_reference(a, b, variances == "equal", alternative))
                    known = stats.ttest_ind(a, b, equal_var=variances == "equal", alternative=name)
                    assert math.isclose(known.statistic, cases[-1]["statistic"], rel_tol=1e-6)
                    assert math.isclose(known.pvalue, cases[-1]["p"], rel_tol=1e-4, abs_tol=1e-300), (known, cases[-1])


def t_reference(a, b, pooled, alternative):
    """With exact moments and mpmath's tail: SciPy's moments are rounded, which the tail of a large t magnifies."""
    fa, fb = [Fraction(float(x)) for x in a], [Fraction(float(x)) for x in b]
    n, m = len(a), len(b)
    mean_a, mean_b = sum(fa) / n, sum(fb) / m
    ssa, ssb = sum((x - mean_a) ** 2 for x in fa), sum((x - mean_b) ** 2 for x in fb)
    if pooled:
        df, error = Fraction(n + m - 2), (ssa + ssb) / (n + m - 2) * (Fraction(1, n) + Fraction(1, m))
    else:
        va, vb = ssa / (n - 1) / n, ssb / (m - 1) / m
        error = va + vb
        df = error ** 2 / (va ** 2 / (n - 1) + vb ** 2 / (m - 1))
    with mp.workdps(60):
        t = mp.mpf((mean_a - mean_b).numerator) / (mean_a - mean_b).denominator / mp.sqrt(mp.mpf(error.numerator) / error.denominator)
        nu = mp.mpf(df.numerator) / df.denominator
        p = {"two_sided": 2 * t_sf(abs(t), nu), "greater": t_sf(t, nu), "less": t_sf(-t, nu)}[alternative]
        return {"statistic": float(t), "degrees": float(nu), "p": float(p)}


def t_sf(t, nu):
    tail = mp.betainc(nu / 2, mp.mpf(1) / 2, 0, nu / (nu + t * t), regularized=True) / 2
    return tail if t >= 0 else 1 - tail


def smirnov_sf(n, d):
    with mp.workdps(40):
        d = mp.mpf(d)
        return float(d * mp.fsum(mp.binomial(n, j) * (d + mp.mpf(j) / n) ** (j - 1) * (1 - d - mp.mpf(j) / n) ** (n - j)
                                 for j in range(int(mp.floor(n * (1 - d))) + 1)))


def distribution_cases():
    for x in (-40, -8, -1, -1e-3, 0, 1e-300, 0.5, 1, 3, 8, 20, 37):
        with mp.workdps(60):
            case("normal_sf", x=x, p=float(mp.erfc(mp.mpf(x) / mp.sqrt(2)) / 2))
    for p in (1e-300, 1e-20, 1e-3, 0.025, 0.3, 0.5, 0.975, 0.999999):
        case("normal_quantile", x=p, p=special.ndtri(p))
    for nu in (0.5, 1, 2, 3.7, 10, 100, 1e4, 1e6):
        for t in (-30, -2, -1e-8, 0, 1e-8, 0.1, 1, 2.5, 10, 50, 1e5, 1e100):
            with mp.workdps(400 if t < 1e50 else 60):
                case("student_t_sf", x=t, degrees=nu, p=float(t_sf(mp.mpf(t), mp.mpf(nu))))
    for nu in (1, 2, 3, 10, 55, 1000, 100000):
        for ratio in (1e-6, 0.1, 0.5, 0.9, 1, 1.1, 2, 5, 20, 1000):
            with mp.workdps(60):
                case("chi_squared_sf", x=nu * ratio, degrees=nu, p=float(mp.gammainc(mp.mpf(nu) / 2, mp.mpf(nu * ratio) / 2, regularized=True)))
    for x in (1e-3, 0.05, 0.2, 0.5, 0.8, 0.99, 1, 1.01, 1.36, 2, 5, 18):
        with mp.workdps(60):
            case("kolmogorov_limit_sf", x=x, p=float(2 * mp.nsum(lambda k: (-1) ** (int(k) - 1) * mp.exp(-2 * k * k * mp.mpf(x) ** 2), [1, 400 if x > 0.01 else 20000])) if x > 0.04 else 1.0)
    for n in (1, 2, 5, 30, 139, 140, 141, 500, 1000, 4000):
        for d in (0.001, 0.01, 0.03, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 0.99):
            case("ks_one_sided_sf", n=n, x=d, p=smirnov_sf(n, d))
    for n in (1, 2, 5, 10, 30, 100, 140, 141, 500, 1000, 10000, 100000, 500000):  # from 10^6 on, SciPy takes the first term of an expansion
        for z in (0.2, 0.3, 0.45, 0.6, 0.8, 0.9, 1.0, 1.2, 1.4, 1.48, 1.5, 2, 3, 4, 6, 10, 15):
            if z / math.sqrt(n) < 1:
                case("kolmogorov_sf", n=n, x=z / math.sqrt(n), p=stats.kstwo.sf(z / math.sqrt(n), n))
    for n, k, p in ((10, 3, 0.25), (1000, 10, 0.5), (1000, 500, 0.5), (100000, 50500, 0.5), (10 ** 9, 1000, 1e-6), (5, 5, 0.125), (5, 0, 0.125)):
        with mp.workdps(60):
            case("binomial_pmf", n=n, k=k, x=p, p=float(mp.binomial(n, k) * mp.mpf(p) ** k * (1 - mp.mpf(p)) ** (n - k)))
    for k, total, good, draws in ((1, 10, 4, 3), (0, 10, 4, 3), (50, 1000, 100, 400), (5000, 100000, 10000, 50000), (5200, 100000, 10000, 50000), (3, 3, 3, 3), (4, 10, 4, 3)):
        case("hypergeometric_pmf", k=k, total=total, good=good, draws=draws,
             p=float(Fraction(math.comb(good, k) * (math.comb(total - good, draws - k) if draws >= k else 0), math.comb(total, draws))))


def moments_reference(x):
    f = [Fraction(float(value)) for value in x]
    n = len(f)
    mean = sum(f) / n
    m2, m3, m4 = (sum((value - mean) ** k for value in f) / n for k in (2, 3, 4))
    with mp.workdps(40):
        real = lambda q: mp.mpf(q.numerator) / q.denominator
        shape = {"skewness": float(real(m3) / mp.sqrt(real(m2)) ** 3), "kurtosis": float(real(m4 / m2 ** 2) - 3)} if m2 else {}
        return {"mean": float(mean), "deviation": float(mp.sqrt(real(m2))), **shape}


def description_cases():
    shapes = [spec(kind, n, 5, shift=shift) for n in (1, 2, 5, 30, 1000) for kind in ("bell", "heavy", "ties", "constant") for shift in (0.0, 1e9)]
    shapes += [spec("bell", 500, 7, scale=2.0 ** 1022), spec("bell", 500, 7, scale=2.0 ** -1040), spec("heavy", 10000, 8)]
    for shape in shapes:
        x = sample(**shape)
        case("moments", a=shape, **moments_reference(x))
        if shape["scale"] != 1:
            continue
        case("median_absolute_deviation", a=shape, statistic=stats.median_abs_deviation(x))
        case("trimmed_mean", a=shape, x=0.1, statistic=stats.trim_mean(x, 0.1))
        for method in ("linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf", "averaged_inverted_cdf", "closest_observation",
                       "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased"):
            shares = [0, 0.01, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 0.999, 1]
            case("quantile", a=shape, quantile_method=method, at=shares, values=[float(np.quantile(x, q, method=method)) for q in shares])


def main():
    for make in (ks_cases, cramer_von_mises_cases, mann_whitney_cases, two_sample_cases, distribution_cases, description_cases):
        make()
    folder = pathlib.Path(__file__).resolve().parent
    lines = ",\n".join(json.dumps(entry) for entry in cases)
    made = {"scipy": scipy.__version__, "numpy": np.__version__, "mpmath": mp.__version__}
    (folder / "golden.json").write_text('{"made_with": ' + json.dumps(made) + ', "cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
