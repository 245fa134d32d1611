# SPDX-License-Identifier: Apache-2.0
"""What the helpers of transcripts share."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def folder_of(name):
    """Where .ci/setup has put a tool. A transcript has a home of its own; TOOLS_CACHE is its caller's cache folder."""
    variables = dict(os.environ)
    if "TOOLS_CACHE" in variables:
        variables["XDG_CACHE_HOME"] = variables["TOOLS_CACHE"]
    found = subprocess.run([ROOT / ".ci/setup", "where", name], env=variables, capture_output=True, text=True, check=True)
    folder = pathlib.Path(found.stdout.strip())
    if not folder.is_dir():
        sys.exit(f"{name} is not there: run .ci/setup tests")
    return folder


def read_input():
    """The bytes of the file that is named, or else of standard input."""
    if len(sys.argv) > 2:
        sys.exit(f"usage: {pathlib.Path(sys.argv[0]).name} [FILE]")
    return pathlib.Path(sys.argv[1]).read_bytes() if len(sys.argv) == 2 else sys.stdin.buffer.read()
