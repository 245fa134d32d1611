#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usage: check_forms.py CHECK_FORMS. Has reports of checks written in all forms, and each read by what reads it elsewhere: SARIF by its schema, Prometheus'
text by promtool, JUnit by an XML reader that knows what its readers agree on."""

import pathlib
import subprocess
import sys
import tempfile

HELPERS = pathlib.Path(__file__).resolve().parents[2] / "functional/bin"
READERS = {".xml": "check_junit", ".sarif": "check_sarif", ".prom": "check_prometheus"}

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], folder], check=True)
    failures = 0
    read = 0
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix not in READERS:
            continue
        with open(path, "rb") as text:
            result = subprocess.run([HELPERS / READERS[path.suffix]], stdin=text, capture_output=True, text=True, check=False)
        read += 1
        if result.returncode != 0:
            failures += 1
            print(f"{path.name}: {(result.stdout + result.stderr)[-2000:]}")
print(f"{read} read, {failures} refused")
sys.exit(1 if failures or read < 18 else 0)
