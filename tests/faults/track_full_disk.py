#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""track_full_disk.py KILL_DRIVER MLO

A disk that is full from some call of 'mlo track' on, below the store: at moments spread evenly over the calls (12, MLO_FULL=1: each).
The job goes on and its exit code is the one returned, unless it never began (125). What could not be recorded is said; a run about which
nothing was said is complete. Afterwards, with room again, the store is sound and takes the next run."""
import errno
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from driver import Driver

FULL = os.environ.get("MLO_FULL") == "1"
driver = Driver(sys.argv[1])
mlo = sys.argv[2]
# What a full disk answers with ENOSPC; removing and renaming within a folder go on.
NEEDS_ROOM = ["open", "openat", "openat2", "creat", "write", "pwrite64", "writev", "pwritev", "mkdir", "mkdirat", "ftruncate", "fallocate",
              "fsync", "fdatasync", "syncfs"]
JOB = r"""echo begun > begun; echo hello; printf '{"loss": 0.5, "step": 1}\n{"loss": 0.25, "step": 2}\n' >> "$MLO_METRICS" || echo told
echo made > out.txt; exit 7"""
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
               "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LANG": "C.UTF-8"}


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mlo-full-disk-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for command in (["git", "init", "-q"], ["git", "commit", "-q", "--allow-empty", "-m", "begin"], [mlo, "init", "-q"]):
            subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, check=True, capture_output=True)

    def mlo(self, *words):
        done = subprocess.run([mlo, *words], cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"mlo {' '.join(words)}: {done.stderr}")
        return done.stdout

    def track(self, mode):
        for name in ("begun", "out.txt"):
            (self.folder / name).unlink(missing_ok=True)
        return driver.run(mode, [mlo, "track", "-o", "out.txt", "--", "sh", "-c", JOB], under=[self.folder / ".git" / "mlo"], calls=NEEDS_ROOM,
                          environment=ENVIRONMENT, cwd=self.folder)

    def runs(self):
        return {run["id"] for run in json.loads(self.mlo("runs", "--json"))["runs"]}

    def check(self, report, before):
        began = (self.folder / "begun").exists()
        self.assertEqual(report.code, 7 if began else 125, report.errors)
        if not began:
            self.assertIn("error[", report.errors)
            return
        self.assertIn("hello", report.output)
        new = self.runs() - before
        self.assertLessEqual(len(new), 1)
        if "warning" in report.errors:  # what is lost was said
            return
        run = json.loads(self.mlo("runs", "show", new.pop(), "--json"))["run"]
        self.assertEqual((run["status"], run["exit_code"], run["losses"]), ("FAILED", 7, []))
        self.assertEqual(run["metrics"]["loss"]["count"], 2)
        self.assertEqual([output["path"] for output in run["outputs"]], ["out.txt"])

    def test_the_job_goes_on_and_what_is_lost_is_said(self):
        self.assertEqual(self.track(["count"]).code, 7)  # makes the databases
        calls = self.track(["count"]).calls
        self.assertGreater(calls, 20)
        step = 1 if FULL else max(1, calls // 12)
        said = 0
        for number in range(1, calls + 1, step):
            with self.subTest(call=number):
                before = self.runs()
                report = self.track(["fail-at", number, errno.ENOSPC, "persistent"])
                self.check(report, before)
                said += "warning" in report.errors
                before = self.runs()
                self.check(self.track(["count"]), before)
        self.assertGreater(said, 0)


unittest.main(argv=sys.argv[:1])
