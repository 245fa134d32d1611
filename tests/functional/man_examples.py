#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of manual pages: every line '$ COMMAND' in a literal block of a page's EXAMPLES, one after the other.

Each page has a fresh git repository with one commit, after 'mlo init' unless the page itself runs that, holding the untracked files data/train.csv,
data/test.csv and model.bin. A command must end with 0, or with what the line '[N]' among the lines below it says. Output is not compared."""

import argparse
import pathlib
import re
import sys

import runner

PREPARATION = [
    "git init -q && git commit -q --allow-empty -m 'First commit'",
    "mkdir data && seq 1000 >data/train.csv && seq 1001 1200 >data/test.csv && head -c 300000 /dev/zero >model.bin",
]
INITIALISE = "mlo init"


def examples(text):
    """The commands of a page's EXAMPLES as (command, expected exit code)."""
    found, section, in_block = [], "", False
    for line in text.splitlines():
        line = line.strip("\t")
        if line == "```":
            in_block = not in_block
        elif not in_block and line.startswith("# "):
            section = line[2:]
        elif in_block and section == "EXAMPLES" and line.startswith("$ "):
            found.append([line[2:], 0])
        elif in_block and section == "EXAMPLES" and found and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif in_block and section == "EXAMPLES" and found and (stated := re.fullmatch(r"\[(\d+)\]", line)):
            found[-1][1] = int(stated[1])
    return found


def run_page(page, options, has_init):
    """Returns the complaints."""
    wanted = examples(page.read_text(encoding="utf-8"))
    if not wanted:
        return [f"{page.name}: no example"] if page.name.endswith(".1.scd") else []
    before = list(PREPARATION)
    if has_init and not any(re.search(r"\bmlo( -\S+)* init\b", command) for command, _ in wanted):
        before.append(INITIALISE)
    steps = [runner.Step([], command.split("\n"), []) for command in before + [command for command, _ in wanted]]
    root = runner.make_root(None)
    try:
        answers = runner.execute(steps, root, options, page.parent)
    except runner.TranscriptError as error:
        return [f"{page.name}: {error}"]
    finally:
        runner.remove_root(root)
    complaints = []
    for (command, code), answer in zip([(command, 0) for command in before] + wanted, answers):
        actual = int(answer[-1][1:-1]) if answer and re.fullmatch(r"\[\d+\]", answer[-1]) else 0
        if actual != code:
            complaints.append("\n  ".join([f"{page.name}: exit code {actual}, not {code}: {command}"] + answer))
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=pathlib.Path, metavar="PAGE.scd")
    parser.add_argument("--bin", action="append", required=True, type=lambda p: pathlib.Path(p).resolve(), metavar="DIR", help="folder to put first on PATH")
    parser.add_argument("--timeout", type=float, default=300, metavar="S", help="seconds after which a page is given up [default: 300]")
    options = parser.parse_args()
    has_init = (pathlib.Path(__file__).parents[2] / "cli/commands/init.cpp").exists()
    complaints = [complaint for page in options.pages for complaint in run_page(page, options, has_init)]
    print("\n".join(complaints + [f"{len(options.pages)} pages, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
