#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events of a ledger as lib/ledger/README.md states them, written apart from the C++ code.

Usage: events.py        writes events.jsonl beside it: a run of events, and hashes.txt: the SHA-256 of each
"""

import hashlib
import json
import pathlib


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value):
    """Enough for events: keys and texts without characters beyond the first plane, integers, lists."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


WRITER = "0123456789abcdef" * 2
FIRST_BODY = canonical({"name": "first", "x": 1})
EVENTS = [
    ("run.sealed", "run-1", "2027-01-15T08:00:00Z", [("tree", b"abc"), ("blob", b""), ("blob", b"abc")], FIRST_BODY),
    ("experiment.created", "caf\u00e9 \"quoted\" \\", "2027-01-15T08:00:00.000000001Z", [], b"{}"),
    ("retract", WRITER + "/1", "1970-01-01T00:00:00.5Z", [], None),
    ("from.a-newer.mlo2", "\U0001f600", "2261-12-31T23:59:59.999999999Z", [("tree", b"")], b"[]"),
]

lines, hashes, previous = [], [], None
for seq, (kind, subject, time, ids, body) in enumerate(EVENTS, 1):
    named = sorted((digest(data), what) for what, data in ids)
    line = canonical({
        "version": 1, "writer": WRITER, "seq": seq, "previous": previous, "time": time, "kind": kind, "subject": subject,
        "ids": [[what, name] for name, what in named],
        "body": None if body is None else digest(body),
    })
    previous = digest(line)
    lines.append(line + b"\n")
    hashes.append(previous + "\n")

here = pathlib.Path(__file__).parent
(here / "events.jsonl").write_bytes(b"".join(lines))
(here / "hashes.txt").write_text("".join(hashes))
