#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sealed series as lib/track/README.md states them, written apart from the C++ code: makes the golden files beside it.

Usage: series.py         writes series.json: each case has its points and the bytes (base64; long ones as SHA-256 alone)
A value is the 16 hex digits of its bits. A long series is a recipe: "walk" is what walk() below makes of its seed and count.
"""

import base64
import hashlib
import json
import math
import pathlib
import struct

NAN = 0x7FF8000000000000


def bits(value):
    return NAN if math.isnan(value) else struct.unpack("<Q", struct.pack("<d", value + 0.0))[0]


def order(point):
    step, time, value = point
    return step, time, math.isnan(value), 0.0 if math.isnan(value) else value


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def zigzag(value):
    value &= 2**64 - 1
    signed = value - 2**64 if value >= 2**63 else value
    return 2 * signed if signed >= 0 else -2 * signed - 1


def packed(point):
    return struct.pack("<qqQ", point[0], point[1], bits(point[2]))


def block(points):
    out = b"".join(varint((b[0] - a[0]) & (2**64 - 1)) for a, b in zip(points, points[1:]))
    out += b"".join(varint(zigzag(b[1] - a[1])) for a, b in zip(points, points[1:]))
    return out + b"".join(struct.pack("<Q", bits(p[2])) for p in points)


def entry(points):
    numbers = [(p[2], i) for i, p in enumerate(points) if not math.isnan(p[2])]
    least = min(numbers)[1] if numbers else 0
    greatest = min(numbers, key=lambda n: (-n[0], n[1]))[1] if numbers else 0
    head = struct.pack("<IHHH", len(block(points)), least, greatest, len(points) - len(numbers))
    return head + b"".join(packed(p) for p in (points[0], points[-1], points[least], points[greatest]))


def encode(series):
    blocks, directory = b"", struct.pack("<I", len(series))
    for key in sorted(series, key=lambda k: k.encode()):
        points = sorted(series[key], key=order)
        cut = [points[i:i + 1024] for i in range(0, len(points), 1024)]
        blocks += b"".join(block(part) for part in cut)
        directory += struct.pack("<H", len(key.encode())) + key.encode() + struct.pack("<Q", len(points))
        directory += b"".join(entry(part) for part in cut)
    head = b"mlo series 1\n\0\0\0" + blocks
    return head + directory + struct.pack("<QQ", len(head), len(directory)) + b"MLOserie"


def walk(seed, count):
    """Steps that rise by 0 to 3, times that mostly rise, values of few and of many digits, some of them no numbers."""
    state, step, time, points = seed, -5, 1_700_000_000_000, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        draw = state >> 33
        step += draw % 4
        time += draw % 1000 - 100
        value = float(draw % 100) / 8 if draw % 3 else (draw / 7.0)
        if draw % 97 == 0:
            value = math.nan
        if draw % 101 == 0:
            value = math.inf
        points.append((step, time, value))
    return sorted({(s, t, bits(v)) for s, t, v in points}, key=lambda p: order((p[0], p[1], struct.unpack("<d", struct.pack("<Q", p[2]))[0])))


def main():
    real = lambda b: struct.unpack("<d", struct.pack("<Q", b))[0]
    hand = {
        "nothing": {},
        "one point": {"loss": [(0, 1_700_000_000_000, 0.25)]},
        "two names": {"val/loss": [(1, 5, 2.0), (2, 4, 1.0)], "acc": [(1, 5, 0.5)]},
        "no number": {"m": [(0, 0, math.nan), (1, 0, math.nan)]},
        "infinities and NaN at one step": {"m": [(3, 9, math.nan), (3, 9, math.inf), (3, 9, -math.inf), (3, 9, 0.0)]},
        "far apart": {"m": [(-2**63, 2**63 - 1, 1.5), (0, -2**63, 5e-324), (2**63 - 1, 0, -1.7976931348623157e308)]},
        "equal extremes": {"m": [(1, 1, 2.0), (2, 1, 1.0), (3, 1, 2.0), (4, 1, 1.0)]},
        "letters": {"\u00e9t\u00e9": [(0, 0, 1.0)], "z": [(0, 0, 2.0)], "Z 1/2": [(0, 0, 3.0)]},
    }
    cases = []
    for name, series in hand.items():
        data = encode(series)
        cases.append({"name": name, "series": [[key, [[s, t, f"{bits(v):016x}"] for s, t, v in sorted(points, key=order)]]
                                               for key, points in sorted(series.items(), key=lambda item: item[0].encode())],
                      "bytes": base64.b64encode(data).decode(), "sha256": hashlib.sha256(data).hexdigest()})
    for seed, count in ((1, 1023), (2, 1024), (3, 1025), (4, 5000)):
        points = [(s, t, real(b)) for s, t, b in walk(seed, count)]
        data = encode({"walk": points})
        cases.append({"name": f"walk of {count}", "walk": [seed, count], "points": len(points), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    pathlib.Path(__file__).with_name("series.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
