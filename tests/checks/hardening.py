#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a program is built as hard as it should be. Usage: hardening.py FILE, or hardening.py --selftest"""

import pathlib
import re
import subprocess
import sys
import tempfile


def readelf(path):
    return subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic", "--symbols", str(path)],
                          check=True, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def begins_with_endbr(path):
    """Debian's own start-up objects carry no CET note, so the whole program cannot either: look at the code instead."""
    code = subprocess.run(["objdump", "--disassemble=main", "--no-show-raw-insn", str(path)], check=True, capture_output=True, text=True).stdout
    return re.search(r"<main>:\s+[0-9a-f]+:\s+endbr64", code) is not None


def weaknesses(path, source_folder):
    facts = readelf(path)

    def has(pattern):
        return re.search(pattern, facts, re.MULTILINE) is not None

    checks = {
        "position-independent (PIE)": has(r"^\s*Type:\s+DYN") and has(r"FLAGS_1\).*\bPIE\b"),
        "relocations read-only (RELRO)": has(r"^\s*GNU_RELRO\b"),
        "all symbols bound at start (NOW)": has(r"FLAGS\).*\bBIND_NOW\b|FLAGS_1\).*\bNOW\b"),
        "stack not executable": has(r"^\s*GNU_STACK\s+(\S+\s+){5}RW\s"),
        "no segment both writable and executable": not has(r"^\s*LOAD\s+(\S+\s+){5}RWE"),
        "stack protector": has(r"__stack_chk_fail"),
        "fortified library calls": has(r"\b__(mem|str|read|pread|recv|snprintf|vsnprintf|fd)\w*_chk\b"),
        "no RPATH or RUNPATH": not has(r"\((RPATH|RUNPATH)\)"),
        "no folder of the machine that built it": str(source_folder).encode() not in pathlib.Path(path).read_bytes(),
    }
    if has(r"^\s*Machine:.*X86-64"):
        checks["control-flow protection (endbr64)"] = begins_with_endbr(path)
    return [name for name, holds in checks.items() if not holds]


def selftest():
    """A program built without any of it must be refused for each reason."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, "weak.c"), pathlib.Path(folder, "weak")
        source.write_text("int main(void) { return 0; }\n")
        subprocess.run(["gcc", "-g", "-no-pie", "-fno-stack-protector", "-fcf-protection=none", "-z", "norelro", "-z", "lazy", "-z", "execstack", "-Wl,-rpath,/x",
                        "-o", program, source], check=True, capture_output=True)
        found = weaknesses(program, folder)
        machine = readelf(program)
    words = {"PIE", "RELRO", "NOW", "stack not executable", "stack protector", "fortified", "RPATH", "no folder"} | ({"control-flow"} if "X86-64" in machine else set())
    missed = {word for word in words if not any(word in weakness for weakness in found)}
    for word in sorted(missed):
        print(f"selftest: a weak program passes the check '{word}'")
    return 1 if missed else 0


def main(arguments):
    if arguments == ["--selftest"]:
        return selftest()
    found = weaknesses(arguments[0], pathlib.Path(__file__).resolve().parents[2])
    for weakness in found:
        print(f"{arguments[0]}: not: {weakness}")
    return 1 if found else selftest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
