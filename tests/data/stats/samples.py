# SPDX-License-Identifier: Apache-2.0
"""The samples of the golden values, made by arithmetic that every IEEE machine does alike: the unit tests make them again.

A sample is {kind, n, seed, scale, shift, levels}: numbers of SplitMix64 (Steele, Lea & Flood 2014), shaped by sums, quotients and floors,
then times a power of two, plus the shift.
"""
import numpy as np

MASK = (1 << 64) - 1


def bits(seed, count):
    state = (np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(seed, count):
    return ((bits(seed, count) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0 ** -53


def sample(kind, n, seed=1, scale=1.0, shift=0.0, levels=5):
    if kind == "uniform":
        x = uniform(seed, n)
    elif kind == "bell":
        u = uniform(seed, 4 * n).reshape(n, 4)
        x = ((u[:, 0] + u[:, 1]) + u[:, 2]) + u[:, 3] - 2.0
    elif kind == "heavy":
        u = uniform(seed, 2 * n).reshape(n, 2)
        x = np.where(u[:, 0] < 0.5, -1.0, 1.0) / u[:, 1]
    elif kind == "ties":
        x = np.floor(uniform(seed, n) * levels)
    else:
        assert kind == "constant"
        x = np.zeros(n)
    return x * scale + shift


def spec(kind, n, seed=1, scale=1.0, shift=0.0, levels=5):
    return {"kind": kind, "n": n, "seed": seed, "scale": scale, "shift": shift, "levels": levels}


def pairs():
    """Pairs of samples over sizes, shapes, shifts and ties."""
    for n, m in ((2, 2), (5, 5), (5, 7), (8, 30), (20, 20), (30, 31), (100, 150), (1000, 1000), (1000, 700), (10000, 10000), (10000, 3000)):
        for kind, shift in (("bell", 0.0), ("bell", 0.25), ("uniform", 0.125), ("heavy", 1.0), ("ties", 0.0), ("ties", 1.0)):
            yield spec(kind, n, 11), spec(kind, m, 77, shift=shift)
    yield spec("bell", 1000, 3), spec("bell", 1000, 4, shift=4.0)  # far apart: the least p
    yield spec("bell", 200, 3), spec("bell", 170, 4, shift=8.0)
    yield spec("bell", 300, 5, scale=2.0 ** 600), spec("heavy", 400, 6, scale=2.0 ** 600)
    yield spec("bell", 300, 5, scale=2.0 ** -900), spec("bell", 400, 6, scale=2.0 ** -900, shift=2.0 ** -902)
    yield spec("constant", 50, shift=2.0), spec("ties", 60, 9, levels=4)
    yield spec("bell", 30, 5), spec("ties", 40, 6, shift=0.0, levels=2)
    yield spec("bell", 400, 21, shift=1e6), spec("bell", 500, 22, shift=1e6 + 0.125)
