#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usage: same_snapshot.py OURS.json THEIRS.json: whether two snapshots are equal, numbers to nine digits, but for "schema"."""
import json
import math
import pathlib
import sys


def differ(ours, theirs, place):
    if isinstance(ours, float) and isinstance(theirs, float):
        return [] if math.isclose(ours, theirs, rel_tol=1e-9) else [f"{place}: {ours} is not {theirs}"]
    if type(ours) is not type(theirs):
        return [f"{place}: {ours!r} is not {theirs!r}"]
    if isinstance(ours, dict):
        found = [] if list(ours) == list(theirs) else [f"{place}: {list(ours)} is not {list(theirs)}"]
        return found + [each for key in ours if key in theirs for each in differ(ours[key], theirs[key], f"{place}.{key}")]
    if isinstance(ours, list):
        found = [] if len(ours) == len(theirs) else [f"{place}: {len(ours)} items are not {len(theirs)}"]
        return found + [each for i, pair in enumerate(zip(ours, theirs)) for each in differ(*pair, f"{place}[{i}]")]
    return [] if ours == theirs else [f"{place}: {ours!r} is not {theirs!r}"]


ours, theirs = (json.loads(pathlib.Path(name).read_text()) for name in sys.argv[1:])
ours.pop("schema")
found = differ(ours, theirs, "")
print("\n".join(found) or f"{len(ours['metrics'])} metrics, {len(ours['tests'])} tests: the same")
sys.exit(bool(found))
