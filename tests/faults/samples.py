# SPDX-License-Identifier: Apache-2.0
"""Trees to version in fault tests, and how to compare them."""
import os
import pathlib


def content_of(name, size):
    """The bytes of a file: its name, repeated (as atomic_writer makes them)."""
    return (f"{name}\n" * (size // (len(name) + 1) + 1))[:size].encode()


def make_tree(data):
    """Small files, a large one, links, an empty folder, a program, and names that are hard."""
    (data / "deep" / "er").mkdir(parents=True)
    (data / "empty").mkdir()
    for number in range(6):
        (data / "deep" / f"file {number}").write_bytes(content_of(f"file {number}", 397 * number))
    (data / "deep" / "er" / "large").write_bytes(b"".join(number.to_bytes(4, "little") for number in range(90_000)))
    (data / "deep" / "link").symlink_to("er/large")
    (data / "tool").write_bytes(b"#!/bin/sh\n")
    (data / "tool").chmod(0o755)
    with open(os.fsencode(data) + b"/\xff new\nline", "wb") as file:
        file.write(b"bytes are names")


def change_tree(data):
    """The next version of that tree: changed, added, removed, renamed, and a folder where a file was."""
    (data / "deep" / "file 1").write_bytes(b"changed")
    (data / "deep" / "file 2").unlink()
    (data / "deep" / "file 3").rename(data / "moved")
    (data / "deep" / "file 4").unlink()
    (data / "deep" / "file 4").mkdir()
    (data / "deep" / "file 4" / "below").write_bytes(b"a folder now")
    (data / "tool").chmod(0o644)
    (data / "empty").rmdir()
    with open(data / "deep" / "er" / "large", "r+b") as file:
        file.seek(100_000)
        file.write(b"in the middle")


def snapshot(folder):
    """Everything below a folder: kind, executable bit and bytes."""
    found = {}
    for path in pathlib.Path(folder).rglob("*"):
        name = os.fsencode(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_dir():
            found[name] = ("folder",)
        else:
            found[name] = ("file", bool(path.stat().st_mode & 0o100), path.read_bytes())
    return found


def differences(expected, found):
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
