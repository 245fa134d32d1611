#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes golden.txt: the store's formats, computed from lib/store/README.md alone, independently of the C++ code.

    python3 tests/data/store/make_golden.py > tests/data/store/golden.txt
"""
import hashlib
import struct

MASK = (1 << 64) - 1


def stream(size):
    """SHA-256 of 0, 1, 2, ... as 8 little-endian bytes, concatenated."""
    blocks = (hashlib.sha256(struct.pack("<Q", i)).digest() for i in range((size + 31) // 32))
    return b"".join(blocks)[:size]


def gear_table():
    state, table = 0x6D6C6F2067656172, []
    for _ in range(256):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        table.append(z ^ (z >> 31))
    return table


def cuts(data, gear):
    sizes, start = [], 0
    while start < len(data):
        size = min(len(data) - start, 256 << 10)
        h = 0
        for i in range(16 << 10, size):
            h = ((h << 1) + gear[data[start + i]]) & MASK
            bits = 18 if i < 64 << 10 else 14
            if h >> (64 - bits) == 0:
                size = i + 1
                break
        sizes.append(size)
        start += size
    return sizes


def binary_id(data):
    return b"\x01" + hashlib.sha256(data).digest()


def entry(kind, flags, name, size, rest):
    return kind + bytes([flags]) + struct.pack("<HQ", len(name), size) + name + rest


def tree():
    return (b"mlo tree 1\n" + entry(b"f", 0, b"a", 3, binary_id(b"abc")) + entry(b"d", 0, b"dir", 70000, binary_id(b"dir"))
            + entry(b"l", 0, b"link", 6, b"../a/b") + entry(b"f", 1, b"run\n\xff", 0, binary_id(b"")))


def recipe(data, sizes):
    entries, at = b"", 0
    for size in sizes:
        entries += hashlib.sha256(data[at:at + size]).digest() + struct.pack("<Q", size)
        at += size
    return bytes([1, 0, 14, 16, 18, 0, 0, 0]) + struct.pack("<QQ", len(data), len(sizes)) + entries


if __name__ == "__main__":
    data = stream(3 << 20)
    gear = gear_table()
    sizes = cuts(data, gear)
    print("gear", f"{gear[0]:016x}", f"{gear[255]:016x}")
    print("stream", hashlib.sha256(data).hexdigest())
    print("cuts", *sizes)
    print("zero-cuts", *cuts(bytes(600000), gear))
    print("tree", tree().hex())
    print("tree-id", hashlib.sha256(tree()).hexdigest())
    print("recipe-sha256", hashlib.sha256(recipe(data, sizes)).hexdigest())
