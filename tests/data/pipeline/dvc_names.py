#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What DVC 3.67.1 calls files and folders: writes dvc-names.json beside itself.

    python3 -m venv V && V/bin/pip install dvc==3.67.1 && PATH=V/bin:$PATH tests/data/pipeline/dvc_names.py

Each case is a path and what is in it; names are hex, as they need not be UTF-8. `link` is a symbolic link's target.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path


def h(name):
    return (name if isinstance(name, bytes) else name.encode()).hex()


def file(name, text, **more):
    return {"name": h(name), "text": text, **more}


CASES = [
    ("an empty file", [file("top", "")]),
    ("a file", [file("top", "hello\n")]),
    ("a file with CRLF", [file("top", "a\r\nb\r\n")]),
    ("a program", [file("top", "#!/bin/sh\n", executable=True)]),
    ("a folder", [file("top/b", "2"), file("top/a", "1")]),
    ("folders within each other", [file("top/z", "1"), file("top/a/z", "2"), file("top/a/b/c", "3"), file("top/a-b", "4"),
                                   file("top/a.b", "5"), file("top/a0", "6")]),
    ("names with what JSON escapes", [file("top/" + c, c) for c in ['"', "\\", "\x01", "\t", "\n", "\x7f", "a b", "|"]]),
    ("names beyond ASCII", [file("top/" + c, c) for c in ["\u00e9", "e\u0301", "\u65e5\u672c", "\U0001f600", "\uff5e", "\ue000", "z"]]),
    ("empty folders count for nothing", [file("top/a", "1"), {"name": h("top/empty"), "folder": True},
                                         {"name": h("top/sub/empty"), "folder": True}]),
    ("an empty folder", [{"name": h("top"), "folder": True}]),
    ("hidden files", [file("top/.hidden", "1"), file("top/.dir/x", "2")]),
    ("what .dvcignore leaves out", [file(".dvcignore", "*.log\n/top/sub/c\n"), file("top/a.log", "1"), file("top/b", "2"),
                                    file("top/sub/c", "3"), file("top/sub/d", "4")]),
    ("a link to a file", [file("top/a", "1"), {"name": h("top/link"), "link": h("a")}]),
    ("a link to a folder", [file("top/a/b", "1"), {"name": h("top/link"), "link": h("a")}]),
    ("a link to nothing", [file("top/a", "1"), {"name": h("top/link"), "link": h("nowhere")}]),
]


def make(root, entries):
    for entry in entries:
        path = os.path.join(os.fsencode(root), bytes.fromhex(entry["name"]))
        if entry.get("folder"):
            os.makedirs(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if "link" in entry:
            os.symlink(bytes.fromhex(entry["link"]), path)
            continue
        with open(path, "wb") as out:
            out.write(entry["text"].encode())
        if entry.get("executable"):
            os.chmod(path, 0o755)


def answer(entries):
    with tempfile.TemporaryDirectory() as root:
        run = lambda *command: subprocess.run(command, cwd=root, capture_output=True, text=True)
        run("git", "init", "-q")
        run("dvc", "init", "-q")
        make(root, entries)
        result = run("dvc", "add", "-q", "top")
        pointer = Path(root, "top.dvc")
        if not pointer.exists():
            print(result.stderr)
            return None
        fields = dict(line.strip(" -").split(": ", 1) for line in pointer.read_text().splitlines() if ": " in line)
        return {"md5": fields["md5"], "size": int(fields["size"]), "nfiles": int(fields.get("nfiles", 1))}


def main():
    version = subprocess.run(["dvc", "--version"], capture_output=True, text=True).stdout.strip()
    cases = [{"case": name, "entries": entries, "dvc": answer(entries)} for name, entries in CASES]
    text = json.dumps({"dvc": version, "cases": cases}, indent=1) + "\n"
    Path(__file__).with_name("dvc-names.json").write_text(text)


main()
