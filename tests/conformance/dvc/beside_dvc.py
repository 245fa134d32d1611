#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""beside_dvc.py NEIGHBOUR STORE_CHECK

lib/dvc in a project beside the real DVC: each keeps the other out by its locks, and DVC takes what was put into its cache for its own.
The DVC is that of PATH, with MLO_FULL=1 the one that .ci/setup has installed; skipped where there is none. Seen with DVC 3.67.1."""
import contextlib
import hashlib
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from servers import installed

NEIGHBOUR, STORE_CHECK = (os.path.abspath(word) for word in sys.argv[1:3])
DVC, PYTHON = [], ""  # how it is started, and its Python

# Holds the lock of the project as any command of DVC does, until its input ends.
HOLD = "from dvc.repo import Repo\nwith Repo('.').lock:\n    print('held', flush=True)\n    input()\n"


def find_dvc():
    if os.environ.get("MLO_FULL") == "1":
        python = str(installed("dvc") / "bin/python3")
        return [python, "-m", "dvc"], python
    if (script := shutil.which("dvc")) is None:
        print("no DVC here")
        sys.exit(77)
    return [script], pathlib.Path(script).read_text().splitlines()[0].removeprefix("#!").split()[0]


class Beside(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.root = self.folder / "project"
        self.store = self.folder / "store"
        for name in ("home", "system", "site", "project", "store"):
            (self.folder / name).mkdir()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "XDG_CONFIG_DIRS": str(self.folder / "system"),
                            "DVC_SITE_CACHE_DIR": str(self.folder / "site"), "DVC_NO_ANALYTICS": "1", "DVC_TEST": "1"}
        self.dvc("init", "--no-scm", "-q")

    def dvc(self, *words, fails=False):
        done = subprocess.run([*DVC, *words], cwd=self.root, env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def neighbour(self, command, *words):
        done = subprocess.run([NEIGHBOUR, command, self.root, *words], env=self.environment, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.stdout.rstrip("\n")

    @contextlib.contextmanager
    def started(self, *words):
        """A process that holds something until its input ends."""
        with subprocess.Popen([str(word) for word in words], cwd=self.root, env=self.environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.stdin.close()
                process.stdin = None
                process.wait()

    def said(self, process):
        return process.stdout.readline().rstrip("\n")

    def cached(self, md5):
        return self.root / ".dvc/cache/files/md5" / md5[:2] / md5[2:]

    @contextlib.contextmanager
    def reproducing(self):
        """DVC in the middle of a stage, which waits for somebody to write into `gate`."""
        for name in ("begun", "gate"):
            os.mkfifo(self.root / name)
        (self.root / ".dvcignore").write_text("gate\nbegun\n")
        (self.root / "in").write_text("input")
        command = "mkdir out && echo begun > begun && cat gate > out/file"
        (self.root / "dvc.yaml").write_text(f"stages:\n  s: {{cmd: '{command}', deps: [in], outs: [out]}}\n")
        repro = subprocess.Popen([*DVC, "repro", "-q"], cwd=self.root, env=self.environment, start_new_session=True)
        begun = os.open(self.root / "begun", os.O_RDONLY | os.O_NONBLOCK)
        try:
            while not select.select([begun], [], [], 0.1)[0]:
                self.assertIsNone(repro.poll(), "dvc repro ended too soon")
            yield repro
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(repro.pid, signal.SIGKILL)
            repro.wait()
            os.close(begun)

    # Configuration.

    def check_site(self, expected, sharing="own"):
        cache = subprocess.run([PYTHON, "-c", "from dvc.repo import Repo\nprint(Repo('.').cache.local_cache_dir)"], cwd=self.root,
                               env=self.environment, capture_output=True, text=True)
        self.assertEqual(cache.stdout.strip(), str(expected), cache.stderr)
        self.assertEqual(self.neighbour("site"), f"{expected}\t{sharing}")

    def test_configuration(self):
        self.check_site(self.root / ".dvc/cache")
        self.dvc("config", "--system", "cache.dir", str(self.folder / "one"))
        self.assertTrue((self.folder / "system/dvc/config").exists())
        self.check_site(self.folder / "one")
        self.dvc("config", "--global", "cache.dir", "~/two words")
        self.assertTrue((self.folder / "home/.config/dvc/config").exists())
        self.check_site(self.folder / "home/two words")
        self.dvc("config", "cache.dir", "three, # 'four")
        self.check_site(self.root / "three, # 'four")
        self.dvc("config", "--local", "cache.dir", str(self.folder / "five"))
        self.dvc("config", "cache.shared", "group")
        self.check_site(self.folder / "five", "group")
        self.environment["DVC_GLOBAL_CONFIG_DIR"] = str(self.folder / "other")
        self.dvc("config", "--local", "--unset", "cache.dir")
        self.dvc("config", "--unset", "cache.dir")
        self.check_site(self.folder / "one", "group")
        self.dvc("config", "core.hardlink_lock", "true")
        self.assertTrue(self.neighbour("site").startswith("V002 .dvc/config:"))

    # Locks.

    def test_dvc_holds_the_project(self):
        with self.started(PYTHON, "-c", HOLD) as holder:
            self.assertEqual(self.said(holder), "held")
            with self.started(NEIGHBOUR, "lock", self.root) as waiting:
                self.assertEqual(waiting.stderr.readline(), f"waiting for DVC: '{self.root}/.dvc/tmp/lock' is locked by process {holder.pid}\n")
                holder.stdin.write("\n")
                holder.stdin.flush()
                self.assertEqual(self.said(waiting), "held")

    def test_we_hold_the_project(self):
        (self.root / "x").write_text("x")
        with self.started(NEIGHBOUR, "lock", self.root) as holder:
            self.assertEqual(self.said(holder), "held")
            self.assertIn("Unable to acquire lock", self.dvc("add", "x", fails=True))
        self.dvc("add", "x")

    def test_our_paths_stop_dvc(self):
        (self.root / "in").write_text("input")
        (self.root / "dvc.yaml").write_text("stages:\n  s: {cmd: mkdir -p out && cp in out/file, deps: [in], outs: [out]}\n")
        for path, verb in (("out", "w"), ("out", "r"), ("out/file", "w"), ("in", "w")):
            with self.subTest(path=path, verb=verb), self.started(NEIGHBOUR, "paths", self.root, f"{verb}:{self.root}/{path}") as holder:
                self.assertEqual(self.said(holder), "held")
                said = self.dvc("repro", fails=True)
                self.assertIn("is busy, it is being blocked by", said)
                self.assertIn(f"(PID {holder.pid}): neighbour paths", said)
        with self.started(NEIGHBOUR, "paths", self.root, f"r:{self.root}/in", f"w:{self.root}/other") as holder:
            self.assertEqual(self.said(holder), "held")
            self.dvc("repro")
            entries = json.loads((self.root / ".dvc/tmp/rwlock").read_text())
            self.assertEqual(list(entries["read"]), [f"{self.root}/in"])
            self.assertEqual(entries["write"], {f"{self.root}/other": {"pid": holder.pid, "cmd": "neighbour paths"}})
        self.assertEqual((self.root / ".dvc/tmp/rwlock").read_text(), "{}")

    def test_paths_of_dvc_stop_us(self):
        with self.reproducing() as repro:
            for path, verb in (("in", "w"), ("out", "w"), ("out", "r"), ("out/file", "r")):
                with self.subTest(path=path, verb=verb), self.started(NEIGHBOUR, "paths", self.root, f"{verb}:{self.root}/{path}") as other:
                    pid, command, held = self.said(other).split("\t")
                    self.assertEqual((int(pid), held), (repro.pid, str(self.root / path.split("/")[0])))
                    self.assertTrue(command.endswith("repro -q"), command)
            for verb in (f"r:{self.root}/in", f"w:{self.root}/free"):
                with self.started(NEIGHBOUR, "paths", self.root, verb) as other:
                    self.assertEqual(self.said(other), "held")
            (self.root / "gate").write_text("content")
            self.assertEqual(repro.wait(), 0)
        with self.started(NEIGHBOUR, "paths", self.root, f"w:{self.root}/out") as other:
            self.assertEqual(self.said(other), "held")

    def test_what_a_killed_dvc_left_is_no_hindrance(self):
        with self.reproducing() as repro:
            os.killpg(repro.pid, signal.SIGKILL)
        self.assertIn(f'"pid": {repro.pid}', (self.root / ".dvc/tmp/rwlock").read_text())
        with self.started(NEIGHBOUR, "paths", self.root, f"w:{self.root}/out", f"w:{self.root}/in") as other:
            self.assertEqual(self.said(other), "held")
        self.assertEqual((self.root / ".dvc/tmp/rwlock").read_text(), "{}")

    # The cache.

    def test_dvc_takes_what_we_put_for_its_own(self):
        texts = {"empty": "", "small": "abc\n", "large": "0123456789" * 100_000}
        for name, text in texts.items():
            (self.root / name).write_text(text)
        self.dvc("add", *texts)
        shutil.rmtree(self.root / ".dvc/cache")
        for name, text in texts.items():
            md5 = self.neighbour("put", self.store, self.root / name)
            self.assertEqual(md5, hashlib.md5(text.encode()).hexdigest())
            self.assertEqual(self.cached(md5).stat().st_mode & 0o7777, 0o444)
            self.assertEqual(self.cached(md5).stat().st_nlink, 2)
            (self.root / name).unlink()
        self.assertIn("deleted", self.dvc("status"))
        self.dvc("checkout")
        for name, text in texts.items():
            self.assertEqual((self.root / name).read_text(), text)
        self.assertIn("up to date", self.dvc("status"))
        self.assertEqual(self.dvc("data", "status", "--not-in-remote").count("not in cache"), 0)
        subprocess.run([STORE_CHECK, self.store], check=True)

    def test_dvc_takes_a_folder_that_we_put(self):
        files = {"a": "one", "b/c": "two", "\u00e4 b": "one"}
        for name, text in files.items():
            (self.root / "data" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "data" / name).write_text(text)
        self.dvc("add", "data")
        md5 = next(line.split()[-1] for line in (self.root / "data.dvc").read_text().splitlines() if "md5:" in line)
        listing = self.folder / "listing"
        listing.write_bytes(self.cached(md5).read_bytes())
        shutil.rmtree(self.root / ".dvc/cache")
        for name in files:
            self.neighbour("put", self.store, self.root / "data" / name)
        self.assertEqual(self.neighbour("put-listing", listing), md5)
        shutil.rmtree(self.root / "data")
        self.dvc("checkout")
        for name, text in files.items():
            self.assertEqual((self.root / "data" / name).read_text(), text)
        self.assertIn("up to date", self.dvc("status"))

    def test_gc_removes_what_it_does_not_know_and_the_store_stays_whole(self):
        (self.root / "used").write_text("used")
        self.dvc("add", "used")
        used = hashlib.md5(b"used").hexdigest()
        (self.folder / "unused").write_text("unused")
        unused = self.neighbour("put", self.store, self.folder / "unused")
        left_over = self.cached(unused).parent / ".0123456789abcdef012345.tmp"
        left_over.write_text("of a killed process")
        self.dvc("gc", "-w", "-f")
        self.assertTrue(self.cached(used).exists())
        self.assertFalse(self.cached(unused).exists())
        self.assertFalse(left_over.exists())
        subprocess.run([STORE_CHECK, self.store], check=True)
        self.assertEqual(self.neighbour("put", self.store, self.folder / "unused"), unused)
        self.assertEqual(self.cached(unused).read_text(), "unused")

    def test_checkout_by_links_of_a_file_that_the_store_shares(self):
        self.dvc("config", "cache.type", "hardlink")
        (self.root / "data").write_text("shared")
        self.dvc("add", "data")
        shutil.rmtree(self.root / ".dvc/cache")
        (self.folder / "copy").write_text("shared")
        md5 = self.neighbour("put", self.store, self.folder / "copy")
        (self.root / "data").unlink()
        self.dvc("checkout")
        self.assertEqual((self.root / "data").stat().st_ino, self.cached(md5).stat().st_ino)
        self.assertEqual(self.cached(md5).stat().st_nlink, 3)
        self.dvc("unprotect", "data")
        (self.root / "data").write_text("changed")
        self.assertEqual(self.cached(md5).read_text(), "shared")
        subprocess.run([STORE_CHECK, self.store], check=True)

    def test_we_take_what_dvc_put(self):
        (self.root / "data").write_text("taken")
        self.dvc("add", "data")
        md5 = hashlib.md5(b"taken").hexdigest()
        self.assertEqual(self.neighbour("take", self.store, md5), "sha256:" + hashlib.sha256(b"taken").hexdigest())
        self.assertEqual(self.cached(md5).stat().st_nlink, 2)
        self.assertEqual(self.cached(md5).stat().st_mode & 0o7777, 0o444)
        self.assertEqual(self.neighbour("take", self.store, hashlib.md5(b"no").hexdigest()), "none")
        self.assertIn("up to date", self.dvc("status"))
        subprocess.run([STORE_CHECK, self.store], check=True)


if __name__ == "__main__":
    DVC, PYTHON = find_dvc()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
