# SPDX-License-Identifier: Apache-2.0
"""Runs commands under tests/support/kill_driver."""
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass, field


@dataclass
class Report:
    code: int
    output: str
    errors: str
    calls: int = 0
    struck: list[str] = field(default_factory=list)  # number, name, paths of the call that was interfered with


class Driver:
    def __init__(self, program):
        self.program = str(program)
        self._report = tempfile.NamedTemporaryFile(prefix="mlo-kill-report-")

    def run(self, mode, command, under=(), calls=(), environment=None, cwd=None):
        """Runs `command` in a mode as the driver's usage names them, say ['kill-at', 7]."""
        words = [self.program, "--report", self._report.name]
        for folder in under:
            words += ["--under", os.path.realpath(folder)]
        if calls:
            words += ["--calls", ",".join(calls)]
        words += [str(word) for word in mode] + ["--"] + [str(word) for word in command]
        done = subprocess.run(words, capture_output=True, env=environment, cwd=cwd, timeout=600)
        report = Report(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        if report.code == 125 and "kill_driver:" in report.errors:
            raise RuntimeError(report.errors)
        for line in pathlib.Path(self._report.name).read_text().splitlines():
            kind, *rest = line.split(" ")
            if kind == "calls":
                report.calls = int(rest[0])
            elif kind == "struck":
                report.struck = rest
        return report

    def trace(self, command, **options):
        """The counted calls of an undisturbed run, as lists of name and paths."""
        report = self.run(["trace"], command, **options)
        lines = pathlib.Path(self._report.name).read_text().splitlines()
        return report, [line.split(" ")[2:] for line in lines if line.startswith("call ")]
