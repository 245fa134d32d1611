#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""terminal.py KILL_DRIVER MLO

What add, push, pull and tables show at a terminal while they work for long, and what they do not show elsewhere; and Ctrl-C typed there. Time passes
because the driver keeps a write of a pack waiting: the work is always long enough, and no assertion is about how long anything takes."""
import fcntl
import os
import pathlib
import pty
import random
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
from driver import Driver  # noqa: E402

driver = Driver(os.path.abspath(sys.argv[1]))
mlo = os.path.abspath(sys.argv[2])
COLUMNS = 60
# Progress is silent for the first tenth of a second at a terminal, for the first second elsewhere.
HELD_AT_TERMINAL_S, HELD_S = 0.2, 1.1
LABELS = {"add": "hashing", "push": "uploading", "pull": "fetching"}
ERASE = "\r\x1b[K"
STOPPED = ["stopping after the current step; once more to leave at once",
           "error[MLO-U009]: interrupted; what was complete is kept: run the same command again"]


class Screen:
    """A terminal of its own, and what was sent to it."""

    def __init__(self):
        self.leader, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        self._bytes = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        try:
            while part := os.read(self.leader, 4096):
                self._bytes += part
        except OSError:
            pass  # nobody holds the terminal any more

    def text(self):
        return self._bytes.decode().replace("\r\n", "\n")

    def close(self):
        os.close(self.terminal)
        self._reader.join()
        os.close(self.leader)

    def lines(self):
        """What is to be seen in the end."""
        return [line.rpartition(ERASE)[2] for line in self.text().split("\n") if line.rpartition(ERASE)[2]]

    def paints(self):
        """What the live line has shown."""
        return [part for part in re.findall(r"\r\x1b\[K([^\r\n]*)", self.text()) if part]


class Terminal(unittest.TestCase):
    def make_world(self):
        folder = tempfile.TemporaryDirectory(prefix="mlo-terminal-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1",
                            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
        for name in ("work/data", "share"):
            (self.folder / name).mkdir(parents=True)
        for number in range(4):  # together some blocks of 4 MiB: packs are written in such
            (self.folder / "work/data" / str(number)).write_bytes(random.Random(number).randbytes(4_500_000))
        self.run_all("work", ["git", "init", "-q"], [mlo, "init", "-q"], [mlo, "remote", "add", "-q", "origin", "../share"])

    def run_all(self, where, *commands):
        for command in commands:
            subprocess.run(command, cwd=self.folder / where, env=self.environment, check=True, capture_output=True)

    def prepare(self, verb):
        """Everything up to `verb`; returns where to run it, and its words."""
        if verb == "add":
            return "work", ["add", "data"]
        self.run_all("work", [mlo, "add", "-q", "data"], ["git", "add", "-A"], ["git", "commit", "-qm", "one"])
        if verb == "push":
            return "work", ["push"]
        self.run_all("work", [mlo, "push", "-q"])
        self.run_all(".", ["git", "clone", "-q", "work", "reader"])
        return "reader", ["pull"]

    def held_call(self, where, words):
        """The number of a call in the middle of the largest file that the command writes. Runs it on a copy."""
        with tempfile.TemporaryDirectory(prefix="mlo-terminal-") as folder:
            copy = pathlib.Path(folder).resolve() / "world"
            subprocess.run(["cp", "-a", self.folder, copy], check=True)
            _, calls = driver.trace([mlo, *words, "-j", "1"], under=[copy], environment=self.environment, cwd=copy / where)
        runs = {}
        for number, call in enumerate(calls, 1):
            if call[0] == "pwrite64":
                runs.setdefault(call[1], []).append(number)
        longest = max(runs.values(), key=len)
        return longest[len(longest) // 2]

    def run_held(self, verb, options=(), term="xterm", screen=None, while_held=None):
        where, words = self.prepare(verb)
        words += options
        number = self.held_call(where, words)
        with driver.hold(number, [mlo, *words, "-j", "1"], under=[self.folder], environment=self.environment | {"TERM": term},
                         cwd=self.folder / where, terminal=screen and screen.terminal) as held:
            self.assertTrue(held.wait_until_held())
            if while_held:
                while_held(held)
            else:
                time.sleep(HELD_AT_TERMINAL_S if screen and term != "dumb" else HELD_S)
            report = held.end()
        if screen:
            screen.close()
        return report

    def test_a_terminal_shows_a_live_line_that_is_gone_in_the_end(self):
        for verb in LABELS:
            with self.subTest(verb=verb):
                self.make_world()
                screen = Screen()
                self.assertEqual(self.run_held(verb, screen=screen).code, 0)
                self.assertRegex(screen.paints()[0], f"^{LABELS[verb]}: [0-9]+ %, ")
                self.assertLess(max(map(len, screen.paints())), COLUMNS)
                for line in screen.lines():
                    self.assertNotIn("%", line)
                self.assertTrue(screen.text().endswith("\n"))

    def test_a_dumb_terminal_gets_plain_lines(self):
        self.make_world()
        screen = Screen()
        self.assertEqual(self.run_held("add", term="dumb", screen=screen).code, 0)
        self.assertNotIn("\x1b", screen.text())
        self.assertIn("hashing: ", screen.text())

    def test_elsewhere_there_are_plain_lines_only(self):
        for verb in LABELS:
            with self.subTest(verb=verb):
                self.make_world()
                report = self.run_held(verb)
                self.assertEqual(report.code, 0)
                self.assertRegex(report.errors, f"(?m)^{LABELS[verb]}: [0-9]+ %, ")
                self.assertNotIn("\x1b", report.errors + report.output)
                self.assertNotIn("\r", report.errors + report.output)

    def test_a_table_that_takes_long_to_read_shows_it(self):
        self.make_world()
        screen = Screen()
        reader = subprocess.Popen([mlo, "table", "sql", "SELECT sum(n) AS s FROM t", "-"], cwd=self.folder, env=self.environment | {"TERM": "xterm"},
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=screen.terminal)
        for part in (b"n\n" + b"1\n" * 600_000, b"2\n" * 600_000, b"3\n"):
            reader.stdin.write(part)
            reader.stdin.flush()
            time.sleep(HELD_AT_TERMINAL_S)
        output, _ = reader.communicate()
        screen.close()
        self.assertEqual((reader.returncode, output), (0, b"s\n1800003\n"))
        self.assertRegex(screen.paints()[0], "^reading: [0-9.]+ [KM]iB, ")
        self.assertEqual(screen.lines(), [])

    def test_who_wants_no_progress_gets_none(self):
        for verb in LABELS:
            with self.subTest(verb=verb):
                self.make_world()
                screen = Screen()
                self.assertEqual(self.run_held(verb, ["--no-progress"], screen=screen).code, 0)
                self.assertNotIn("\x1b", screen.text())
                self.assertNotIn("%", screen.text())

    def test_the_quiet_say_nothing(self):
        for verb in LABELS:
            with self.subTest(verb=verb):
                self.make_world()
                screen = Screen()
                self.assertEqual(self.run_held(verb, ["--quiet"], screen=screen).code, 0)
                self.assertEqual(screen.text(), "")

    def test_control_c_leaves_two_lines_and_no_progress(self):
        for verb in LABELS:
            with self.subTest(verb=verb):
                self.make_world()
                screen = Screen()

                def interrupt(held):
                    os.write(screen.leader, b"\x03")
                    held.wait_for(lambda: STOPPED[0] in screen.text())

                self.assertEqual(self.run_held(verb, screen=screen, while_held=interrupt).code, 130)
                self.assertEqual([line.removeprefix("^C") for line in screen.lines()], STOPPED)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
