#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""track_damage.py MLO

Damaged databases of runs and ledger, page by page: zeroed, overwritten, the file cut before it (some pages of each; MLO_FULL=1: all). 'mlo
doctor' mends each, keeps a copy of the damaged file, and says what is lost; no sealed run is lost, no second call finds work, and the next
run is recorded. So too where the ledger is gone, or an old one was put back, or both databases are damaged at once."""
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

FULL = os.environ.get("MLO_FULL") == "1"
mlo = os.path.abspath(sys.argv[1])
PAGE = 4096
PAGES_OF_A_KIND = 4
POINTS = 400
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
               "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LANG": "C.UTF-8"}
JOB = r"""printf '{"loss": 0.5, "step": 1}\n{"loss": 0.25, "step": 2}\n' >> "$MLO_METRICS" """


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory(prefix="mlo-damage-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        cls.addClassCleanup(cls.home.cleanup)
        cls.work = pathlib.Path(cls.home.name) / "work"
        cls.store = cls.work / ".git" / "mlo"
        cls.work.mkdir()
        for command in (["git", "init", "-q"], ["git", "commit", "-q", "--allow-empty", "-m", "begin"], [mlo, "init", "-q"]):
            subprocess.run(command, cwd=cls.work, env=ENVIRONMENT, check=True, capture_output=True)
        for number in range(10):
            cls.call("track", "-q", "-n", f"run{number}", "-e", ["pines", "oaks"][number % 2], "-p", f"lr=0.{number}", "-p", f"seed={number}",
                     "-t", "team=a", "--", "sh", "-c", JOB)
            if number == 5:
                cls.settle()
                cls.old_ledger = (cls.store / "ledger.db").read_bytes()
        cls.call("runs", "rename", "run3", "trois")
        cls.open_run = cls.call("track", "start", "-q", "-n", "open", "-p", "k=v", "--pid", str(os.getpid())).stdout.strip()
        with open(cls.store / "metrics" / f"{cls.open_run}.jsonl", "a") as lines:
            for step in range(POINTS):
                lines.write(json.dumps({"loss": step / 7, "step": step}) + "\n")
        cls.call("runs")
        cls.call("track", "log", "--run", cls.open_run, "accuracy=0.5")
        cls.settle()
        cls.pristine = pathlib.Path(cls.home.name) / "pristine"
        shutil.copytree(cls.work, cls.pristine, symlinks=True)
        cls.whole = cls.runs()
        cls.whole_open = cls.shown_open()

    @classmethod
    def call(cls, *words, code=0):
        done = subprocess.run([mlo, *words], cwd=cls.work, env=ENVIRONMENT, capture_output=True, text=True, errors="replace", timeout=120)
        if code is not None and done.returncode != code:
            raise AssertionError(f"mlo {' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done

    @classmethod
    def settle(cls):
        """Moves the logs into the one file of each database."""
        for name in ("runs.db", "ledger.db"):
            database = sqlite3.connect(cls.store / name)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            for suffix in ("-wal", "-shm"):
                (cls.store / (name + suffix)).unlink(missing_ok=True)

    @classmethod
    def runs(cls):
        return {run["id"]: run["name"] for run in json.loads(cls.call("runs", "--json", "-n", "1000").stdout)["runs"]}

    @classmethod
    def shown_open(cls):
        run = json.loads(cls.call("runs", "show", cls.open_run, "--json").stdout)["run"]
        return run["params"], {key: metric["count"] for key, metric in run["metrics"].items()}

    def restore(self):
        shutil.rmtree(self.work)
        shutil.copytree(self.pristine, self.work, symlinks=True)

    def damages(self, name):
        content = (self.pristine / ".git" / "mlo" / name).read_bytes()
        rubbish = random.Random(1)
        count = len(content) // PAGE
        step = 1 if FULL else max(1, count // PAGES_OF_A_KIND)
        for shift, kind in enumerate(("zeroed", "overwritten", "cut")):
            for page in range(shift % step, count, step):
                damaged = bytearray(content)
                if kind == "cut":
                    del damaged[page * PAGE + (100 if page % 2 else 0):]
                else:
                    damaged[page * PAGE:(page + 1) * PAGE] = bytes(PAGE) if kind == "zeroed" else rubbish.randbytes(PAGE)
                yield kind, page, bytes(damaged)

    def damage(self, name, content):
        self.restore()
        (self.store / name).write_bytes(content)
        return self.call("doctor", "-q", code=None).returncode != 0

    def check_copy(self, name, content, is_noticed):
        copies = list(self.store.glob(f"{name}.damaged-*"))
        self.assertEqual([copy.read_bytes() for copy in copies if not copy.name.endswith(("-wal", "-shm"))], [content] if is_noticed else [])

    def check_mended(self, flag):
        """Another call finds nothing to do, the next run is recorded, and nothing that was sealed is lost."""
        again = self.call("doctor", flag)
        self.assertNotIn("damaged", again.stderr)
        self.assertNotIn("lost", again.stderr)
        self.call("track", "-q", "-n", "next", "--", "true")
        found = self.runs()
        self.assertEqual({run: name for run, name in self.whole.items() if run != self.open_run}.items() - found.items(), set())
        self.assertIn("next", found.values())
        self.call("doctor", "-q")
        return found

    def test_each_page_of_the_run_store(self):
        kept = 0
        for kind, page, content in self.damages("runs.db"):
            with self.subTest(kind=kind, page=page):
                is_noticed = self.damage("runs.db", content)
                report = self.call("doctor", "--rebuild").stderr
                self.check_copy("runs.db", content, is_noticed)
                found = self.check_mended("--rebuild")
                is_whole = self.open_run in found and self.shown_open() == self.whole_open
                kept += is_whole
                if not is_whole:
                    self.assertIn("lost", report)
                if "nothing of it is lost" in report:
                    self.assertTrue(is_whole)
                if self.open_run in found:
                    self.call("track", "end", "-q", self.open_run)
        self.assertGreater(kept, 5)

    def test_each_page_of_the_ledger(self):
        for kind, page, content in self.damages("ledger.db"):
            with self.subTest(kind=kind, page=page):
                is_noticed = self.damage("ledger.db", content)
                if is_noticed:
                    refused = self.call("doctor", "--rebuild", code=1).stderr
                    self.assertRegex(refused, r"error\[MLO-L00[78]\]")
                    self.assertIn("help: mlo doctor --salvage", refused)
                    if content:  # an empty file is a ledger that nothing was written to yet
                        self.assertEqual((self.store / "ledger.db").read_bytes(), content)
                self.call("doctor", "--salvage")
                self.check_copy("ledger.db", content, is_noticed and content)
                self.check_mended("--salvage")
                self.assertEqual(self.shown_open(), self.whole_open)

    def test_a_ledger_that_is_gone_or_older(self):
        for content in (None, b"", self.old_ledger):
            with self.subTest(size=-1 if content is None else len(content)):
                self.restore()
                (self.store / "ledger.db").unlink()
                if content is not None:
                    (self.store / "ledger.db").write_bytes(content)
                self.assertIn("help: mlo doctor --salvage", self.call("doctor", "-q", code=1).stdout)
                self.assertIn("MLO-L008", self.call("doctor", "--rebuild", code=1).stderr)
                self.assertEqual(self.runs(), self.whole)
                self.call("track", "-q", "--", "sh", "-c", "exit 7", code=7)  # is recorded, and sealed later
                self.call("doctor", "--salvage")
                self.check_mended("--salvage")
                self.assertEqual(self.shown_open(), self.whole_open)

    def test_both_at_once(self):
        for content in (None, b"", self.old_ledger, b"rubbish" * PAGE):
            with self.subTest(size=-1 if content is None else len(content)):
                self.restore()
                damaged = bytes(PAGE) + (self.store / "runs.db").read_bytes()[PAGE:]
                (self.store / "runs.db").write_bytes(damaged)
                (self.store / "ledger.db").unlink()
                if content is not None:
                    (self.store / "ledger.db").write_bytes(content)
                self.assertIn("help: mlo doctor --salvage", self.call("doctor", "--rebuild", code=1).stderr)
                report = self.call("doctor", "--salvage").stderr
                self.check_copy("runs.db", damaged, True)
                self.check_mended("--salvage")
                if self.shown_open() != self.whole_open:
                    self.assertIn("lost", report)


unittest.main(argv=sys.argv[:1])
