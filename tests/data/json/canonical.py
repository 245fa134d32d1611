#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON as lib/json/README.md states it, written apart from the C++ code: makes the golden files beside it.

Usage: canonical.py         writes canonical-values.json and canonical-doubles.json
A value in the files says its type: {"int": "1"}, {"real": "<16 hex digits of the bits>"}, {"text": "a"}, {"bytes": "<base64>"},
{"list": [...]}, {"object": [[key, value], ...]}, {"bool": true}, {"null": null}.
"""

import base64
import hashlib
import json
import math
import pathlib
import random
import struct

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def text(value):
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'


def real(value):
    """ECMAScript's Number::toString, from the shortest digits that Python's repr finds; then '.0' if it looks like an integer."""
    if math.isnan(value):
        return '{"$f":"nan"}'
    if math.isinf(value):
        return '{"$f":"inf"}' if value > 0 else '{"$f":"-inf"}'
    if value == 0:
        return "0.0"
    if value < 0:
        return "-" + real(-value)
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = (whole + fraction).lstrip("0")
    n = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k) + ".0"
    if 0 < n <= 21:
        return digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return "0." + "0" * -n + digits
    sign = "+" if n > 0 else "-"
    return digits[0] + ("." + digits[1:] if k > 1 else "") + "e" + sign + str(abs(n - 1))


def canonical(value):
    ((kind, content),) = value.items()
    if kind == "null":
        return "null"
    if kind == "bool":
        return "true" if content else "false"
    if kind == "int":
        return content
    if kind == "real":
        return real(struct.unpack(">d", bytes.fromhex(content))[0])
    if kind == "text":
        return text(content)
    if kind == "bytes":
        try:
            return text(base64.b64decode(content).decode("utf-8"))
        except UnicodeDecodeError:
            return '{"$b":' + text(content) + "}"
    if kind == "list":
        return "[" + ",".join(map(canonical, content)) + "]"
    members = [("$" + key if key.startswith("$") else key, member) for key, member in content]
    members.sort(key=lambda member: member[0].encode("utf-16-be"))
    return "{" + ",".join(text(key) + ":" + canonical(member) for key, member in members) + "}"


def bits(value):
    return struct.pack(">d", value).hex()


def integer(value):
    return {"int": str(value)}


def values():
    one = integer(1)
    rfc_8785_keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    yield "null", {"null": None}
    yield "booleans", {"list": [{"bool": True}, {"bool": False}]}
    yield "integers in full", {"list": list(map(integer, [0, -1, 2**53 + 1, -(2**63), 2**63 - 1, 2**63, 2**64 - 1]))}
    yield "an integer is not a real", {"list": [one, {"real": bits(1.0)}]}
    yield "not finite", {"list": [{"real": bits(x)} for x in (math.nan, math.inf, -math.inf)]}
    yield "empty", {"list": [{"list": []}, {"object": []}, {"text": ""}]}
    yield "escapes", {"text": "".join(map(chr, range(0x21))) + "\"\\/\x7f\u2028\u20ac\U0001f600"}
    yield "bytes", {"list": [{"bytes": base64.b64encode(b).decode()} for b in (b"", b"text \xc3\xa9", b"\xff\x00", b"\xc3", b"\xed\xa0\x80")]}
    yield "keys of RFC 8785", {"object": [[key, integer(i)] for i, key in enumerate(rfc_8785_keys)]}
    yield "surrogates before private use", {"object": [["\ue000", one], ["\U00010000", one], ["\uffff", one], ["\ud7ff", one], ["\U0010ffff", one]]}
    yield "prefixes and empty keys", {"object": [["ab", one], ["a", one], ["", one], ["a\u0000", one], ["b", one]]}
    yield "dollars", {"object": [["$f", {"text": "nan"}], ["$$", one], ["$", one], ["#", one], ["%", one], ["a$", one]]}
    yield "the example of the README", {"object": [["\ufb00", {"bool": True}], ["\U0001f600", {"null": None}], ["$f", {"text": "nan"}],
        ["a", {"list": [one, {"real": bits(1.0)}, {"bytes": "/wA="}]}]]}
    yield "nested", {"object": [["z", {"list": [{"object": [["b", one], ["a", {"null": None}]]}]}], ["a", {"object": [["y", one], ["x", one]]}]]}


def doubles():
    edges = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740992.0, 9007199254740994.0, 1 / 3, 0.1, 1.5, 333333333.3333332]
    edges += [s * float(f"{m}e{e}") for e in range(-9, 24) for m in (1, 1.5, 9.999999999999999, 123456789) for s in (1, -1)]
    chosen = random.Random(8785)
    random_bits = (struct.unpack(">d", struct.pack(">Q", chosen.getrandbits(64)))[0] for _ in range(300))
    return edges + [x for x in random_bits if math.isfinite(x)] + [chosen.uniform(-1e6, 1e6) for _ in range(100)]


def write(name, rows):
    body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    (pathlib.Path(__file__).parent / name).write_text(f"[\n{body}\n]\n")


if __name__ == "__main__":
    rows = [(name, value, canonical(value)) for name, value in values()]
    write("canonical-values.json", [{"name": n, "value": v, "canonical": c, "sha256": hashlib.sha256(c.encode()).hexdigest()} for n, v, c in rows])
    write("canonical-doubles.json", [[bits(x), real(x)] for x in doubles()])
