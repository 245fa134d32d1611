# SPDX-License-Identifier: Apache-2.0
"""How the recorded cases are written: one line each, so that a change of DVC's answers is a short diff."""

import json
import math
import pathlib


def plain(value):
    """As JSON can say it: NaN and the infinities are {"$f": ...}, as in canonical JSON of lib/json; tuples and sets are lists, bytes
    are texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$f": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, dict):
        return {key if isinstance(key, str) else plain_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (set, frozenset)):
        return [plain(item) for item in sorted(value, key=repr)]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def plain_key(key):
    if key is None:
        return "null"
    return str(key).lower() if isinstance(key, bool) else str(key)


def save(script, name, cases):
    path = pathlib.Path(script).parent / name
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, allow_nan=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8", errors="strict")
    print(f"{path.name}: {len(cases)} cases")
