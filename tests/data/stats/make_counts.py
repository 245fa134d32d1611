#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes counts.json: tests and distances of counts, bins, corrections and effects, for tests/unit/stats/counts_test.cpp. Run as
make_golden.py is. Distances and Fisher's test are computed with mpmath or integers, as SciPy's cancel where they are small; SciPy is
asserted to agree as far as it goes. ZeroFill, PSI, Hellinger and MMD are restated from Evidently 0.7.23.
"""
import json
import math
import pathlib
import warnings
from fractions import Fraction

import mpmath as mp
import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

from samples import sample, spec

warnings.simplefilter("ignore")
mp.mp.dps = 50
cases = []


def case(method, **fields):
    cases.append({"method": method, **fields})


TABLES = [([10, 20, 30], [12, 18, 33]), ([1, 2], [3, 4]), ([0, 5, 9], [4, 0, 8]), ([1000, 2000], [1010, 1995]), ([500000, 250000, 250001], [500100, 249950, 249951]),
          ([7], [9]), ([3, 0], [0, 4]), ([100, 50, 25, 12, 6, 3, 1], [90, 60, 20, 15, 5, 2, 3]), ([10 ** 9, 10 ** 9 + 5], [10 ** 9 - 7, 10 ** 9]),
          ([5, 5, 0], [6, 4, 0]), ([100000, 1], [1, 100000]), ([800, 200], [200, 800])]


def real(number):
    return mp.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else mp.mpf(number)


def tail(statistic, degrees):
    return float(mp.gammainc(mp.mpf(degrees) / 2, statistic / 2, regularized=True)) if degrees else 1.0


def counts_cases():
    for a, b in TABLES:
        kept = [(x, y) for x, y in zip(a, b) if x + y]
        na, nb = sum(a), sum(b)
        for divergence in ("pearson", "log_likelihood"):
            for yates in (False, True):
                total = mp.mpf(0)
                for x, y in kept:
                    for observed, side in ((x, na), (y, nb)):
                        e = Fraction((x + y) * side, na + nb)
                        o = Fraction(observed)
                        if yates and len(kept) == 2:
                            o += min(Fraction(1, 2), abs(e - o)) * (1 if e > o else -1)
                        total += real((o - e) ** 2 / e) if divergence == "pearson" else (2 * real(o) * mp.log(real(o / e)) if o else 0)
                degrees = len(kept) - 1
                total = total if degrees else mp.mpf(0)
                case("homogeneity", a=a, b=b, divergence=divergence, yates=yates, statistic=float(total), degrees=degrees, p=tail(total, degrees))
                if degrees:
                    known = stats.chi2_contingency(np.array(kept).T, correction=yates, lambda_=divergence.replace("_", "-"))
                    assert math.isclose(known.statistic, float(total), rel_tol=1e-6, abs_tol=1e-6), (a, b, known, total)
            scaled = [Fraction(y * na, nb) for y in b]
            if all(y for x, y in kept):
                total = sum((real((x - e) ** 2 / e) if divergence == "pearson" else (2 * x * mp.log(real(x / e)) if x else 0)) for x, e in zip(a, scaled) if e)
                degrees = len(kept) - 1
                total = total if degrees else mp.mpf(0)
                case("goodness_of_fit", a=a, b=b, divergence=divergence, statistic=float(total), degrees=degrees, p=tail(total, degrees))


def fisher_cases():
    tables = [(3, 1, 1, 3), (8, 2, 1, 5), (10, 10, 10, 10), (0, 5, 5, 0), (1, 9, 11, 3), (120, 80, 100, 100), (2, 3, 0, 7), (0, 4, 0, 6), (500, 500, 400, 600),
              (1000, 9000, 1200, 8800), (7, 93, 30, 70), (1, 0, 0, 1), (300, 700, 700, 300)]
    for a, b, c, d in tables:
        total, row, column = a + b + c + d, a + b, a + c
        ways = {x: math.comb(row, x) * math.comb(total - row, column - x) for x in range(max(0, row + column - total), min(row, column) + 1)}
        whole = sum(ways.values())
        for alternative in ("two_sided", "less", "greater"):
            kept = {"two_sided": lambda x: ways[x] <= ways[a], "less": lambda x: x <= a, "greater": lambda x: x >= a}[alternative]
            p = float(Fraction(sum(count for x, count in ways.items() if kept(x)), whole))
            known = stats.fisher_exact([[a, b], [c, d]], alternative=alternative.replace("_", "-"))
            assert math.isclose(known.pvalue, p, rel_tol=1e-7), (a, b, c, d, alternative, known, p)
            case("fisher_exact", table=[a, b, c, d], alternative=alternative, p=p)


def filled(counts, fill):
    n = Fraction(sum(counts))
    if fill == "half_count":
        return [(c + Fraction(1, 2)) / (n + Fraction(len(counts), 2)) for c in counts]
    shares = [c / n for c in counts]
    if fill == "evidently":
        least = min(s for s in shares if s)
        value = least / 10 ** 6 if least <= Fraction(1, 10000) else Fraction(1, 10000)
        shares = [s or value for s in shares]
    return shares


def distance_cases():
    for a, b in TABLES:
        for fill in ("none", "evidently", "half_count"):
            p, q = [real(x) for x in filled(a, fill)], [real(x) for x in filled(b, fill)]
            sp, sq = sum(p), sum(q)
            u, v = [x / sp for x in p], [x / sq for x in q]
            entropy = lambda left, right: mp.fsum(x * mp.log(x / y) if x else 0 for x, y in zip(left, right)) if all(y or not x for x, y in zip(left, right)) else mp.inf
            middle = [(x + y) / 2 for x, y in zip(u, v)]
            divergence = max(mp.mpf(0), (entropy(u, middle) + entropy(v, middle)) / 2)
            fields = {"kullback_leibler": entropy(u, v), "psi": mp.fsum((x - y) * mp.log(x / y) if x != y else 0 for x, y in zip(p, q)) if all((x > 0) == (y > 0) for x, y in zip(p, q)) else mp.inf,
                      "jensen_shannon": mp.sqrt(divergence), "jensen_shannon_bits": mp.sqrt(divergence / mp.log(2)),
                      "hellinger": mp.sqrt(mp.fsum((mp.sqrt(x) - mp.sqrt(y)) ** 2 for x, y in zip(u, v)) / 2),
                      "total_variation": mp.fsum(abs(x - y) for x, y in zip(u, v)) / 2, "l_infinity": max(abs(x - y) for x, y in zip(u, v))}
            known = [float(x) for x in u], [float(x) for x in v]
            assert math.isclose(jensenshannon(*known), float(fields["jensen_shannon"]), rel_tol=1e-3, abs_tol=1e-7)
            finite = {key: float(value) for key, value in fields.items() if mp.isfinite(value)}
            case("distances", a=a, b=b, fill=fill, **finite)
    assert math.isclose(jensenshannon([1, 0], [.5, .5]), 0.46450140402245893, rel_tol=1e-15)


def bins_cases():
    for shape in (spec("bell", 1000, 5), spec("heavy", 300, 6), spec("ties", 100, 7), spec("constant", 20, shift=3.0), spec("uniform", 1, 8), spec("bell", 2, 8), spec("bell", 10000, 9)):
        x = sample(**shape)
        for rule in ("sturges", "doane"):
            counts, edges = np.histogram(x, bins=rule)
            case("edges", a=shape, rule=rule, edges=[float(e) for e in edges], counts=[int(c) for c in counts])


def correction_cases():
    lists = [[0.01, 0.04, 0.03, 0.005], [0.5], [1.0, 1.0], [0.0, 1e-300, 0.2], [0.05] * 5, [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]]
    for p in lists:
        order = np.argsort(p, kind="stable")
        holm, greatest = [0.0] * len(p), 0.0
        for i, index in enumerate(order):
            greatest = max(greatest, min(1.0, (len(p) - i) * p[index]))
            holm[index] = greatest
        case("adjusted", p=p, bonferroni=[min(1.0, x * len(p)) for x in p], holm=holm, benjamini_hochberg=[float(x) for x in stats.false_discovery_control(p, method="bh")])


def effect_cases():
    for k, n, confidence in ((0, 10, 0.95), (5, 10, 0.95), (10, 10, 0.9), (1, 1000, 0.99), (400000, 1000000, 0.95)):
        known = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
        case("wilson", k=k, n=n, confidence=confidence, low=float(known.low), high=float(known.high))
    for degrees, alpha, power in ((1, 0.05, 0.8), (9, 0.05, 0.8), (29, 0.01, 0.95), (9, 0.05, 0.06), (199, 0.001, 0.9)):
        case("noncentrality", degrees=degrees, alpha=alpha, power=power, critical=float(stats.chi2.isf(alpha, degrees)))


def kernel_discrepancy(a, b, sigma):
    kernel = lambda x, y: np.exp(-((x[:, None] - y[None, :]) ** 2) / (2 * sigma ** 2))
    n, m = len(a), len(b)
    return (kernel(a, a).sum() - n) / (n * (n - 1)) + (kernel(b, b).sum() - m) / (m * (m - 1)) - 2 * kernel(a, b).mean()


def mmd_cases():
    for first, second in ((spec("bell", 60, 1), spec("bell", 60, 2)), (spec("bell", 50, 3), spec("bell", 80, 4, shift=0.5)), (spec("uniform", 31, 5), spec("heavy", 40, 6))):
        a, b = np.sort(sample(**first)), np.sort(sample(**second))
        sigma = math.sqrt(np.median((a[:, None] - a[None, :]) ** 2) / 2)
        without_a = [kernel_discrepancy(np.delete(a, i), b, sigma) for i in range(len(a))]
        without_b = [kernel_discrepancy(a, np.delete(b, i), sigma) for i in range(len(b))]
        error = math.sqrt(sum(np.var(x) * (len(x) - 1) for x in (without_a, without_b)))
        case("mmd", a=first, b=second, squared=float(kernel_discrepancy(a, b, sigma)), bandwidth=sigma, standard_error=error)


def main():
    for make in (counts_cases, fisher_cases, distance_cases, bins_cases, correction_cases, effect_cases, mmd_cases):
        make()
    made = {"scipy": scipy.__version__, "numpy": np.__version__, "mpmath": mp.__version__}
    lines = ",\n".join(json.dumps(entry) for entry in cases)
    (pathlib.Path(__file__).resolve().parent / "counts.json").write_text('{"made_with": ' + json.dumps(made) + ', "cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
