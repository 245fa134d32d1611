#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of the code base (rules.py) and prints each breach; exits 1 if there is one. Usage: check.py [ROOT]"""

import pathlib
import sys

import rules


def complaints(root):
    tree = rules.Tree(root)
    return [f"{rule.__name__}: {complaint}" for rule in rules.ALL for complaint in rule(tree)]


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parents[2]
    found = complaints(root)
    for complaint in found:
        print(complaint)
    print(f"{len(rules.ALL)} rules, {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
