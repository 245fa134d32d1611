# SPDX-License-Identifier: Apache-2.0
"""Runs commands under tests/support/kill_driver."""
import fcntl
import os
import pathlib
import subprocess
import tempfile
import termios
import time
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
        done = subprocess.run(self.words(mode, command, under, calls), capture_output=True, env=environment, cwd=cwd, timeout=600)
        return self.read_report(done.returncode, done.stdout, done.stderr)

    def words(self, mode, command, under=(), calls=()):
        """What runs `command` under the driver."""
        words = [self.program, "--report", self._report.name]
        for folder in under:
            words += ["--under", os.path.realpath(folder)]
        if calls:
            words += ["--calls", ",".join(calls)]
        return words + [str(word) for word in mode] + ["--"] + [str(word) for word in command]

    def read_report(self, code, output, errors):
        report = Report(code, output.decode(errors="replace"), errors.decode(errors="replace"))
        if report.code == 125 and "kill_driver:" in report.errors:
            raise RuntimeError(report.errors)
        for line in pathlib.Path(self._report.name).read_text().splitlines():
            kind, *rest = line.split(" ")
            if kind == "calls":
                report.calls = int(rest[0])
            elif kind == "struck":
                report.struck = rest
        return report

    def hold(self, number, command, under=(), environment=None, cwd=None, terminal=None):
        """Starts `command` and keeps its `number`-th call waiting. `terminal`: the descriptor of one to start it on, as a shell would."""
        return Held(self, number, command, under, environment, cwd, terminal)

    def trace(self, command, **options):
        """The counted calls of an undisturbed run, as lists of name and paths."""
        report = self.run(["trace"], command, **options)
        lines = pathlib.Path(self._report.name).read_text().splitlines()
        return report, [line.split(" ")[2:] for line in lines if line.startswith("call ")]


class Held:
    """A command that runs until a call which the driver keeps waiting."""

    def __init__(self, driver, number, command, under, environment, cwd, terminal):
        self._driver = driver
        self._folder = tempfile.TemporaryDirectory(prefix="mlo-held-")
        self._until = pathlib.Path(self._folder.name) / "until"
        self._streams = [open(pathlib.Path(self._folder.name) / name, "w+b") for name in ("output", "errors")]
        pathlib.Path(driver._report.name).write_text("")
        output, errors = self._streams if terminal is None else (terminal, terminal)
        self._process = subprocess.Popen(driver.words(["hold-at", number, self._until], command, under), env=environment, cwd=cwd,
                                         stdin=terminal, stdout=output, stderr=errors, start_new_session=True,
                                         preexec_fn=None if terminal is None else lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        for stream in self._streams:
            stream.close()
        self._folder.cleanup()

    def wait_for(self, condition):
        """Waits until `condition` holds; False if the command ended before."""
        while True:
            has_ended = self._process.poll() is not None
            if condition():
                return True
            if has_ended:
                return False
            time.sleep(0.001)

    def wait_until_held(self):
        return self.wait_for(lambda: pathlib.Path(self._driver._report.name).read_text().startswith("struck "))

    def send(self, number):
        """Sends a signal to the command, not to the driver."""
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        os.kill(int(children[0]), number)

    def errors(self):
        return pathlib.Path(self._streams[1].name).read_bytes()

    def let_go(self):
        self._until.touch()

    def end(self):
        """Lets it go and waits for its end."""
        self.let_go()
        code = self._process.wait(600)
        return self._driver.read_report(code, pathlib.Path(self._streams[0].name).read_bytes(), self.errors())
