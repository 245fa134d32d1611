#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usage: COMMAND --json | validate.py: checks the document on standard input against the schema that it names, and prints that name."""

import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"

document = json.load(sys.stdin)
name = document["schema"]
schema = json.loads((SCHEMAS / (name.removeprefix("mlo/") + ".json")).read_text())
jsonschema.validate(document, schema)
print(name)
