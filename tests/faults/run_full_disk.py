#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_full_disk.py KILL_DRIVER MLO STORE_CHECK

A disk that is full from some call on, below 'mlo run' and its stages, first while they run, then while their results are restored: at moments
spread evenly over the calls (12, MLO_FULL=1: each). The command says so, once for each stage that fails of it, and ends with exit code 1. With room again the next 'mlo run'
ends well: outputs and lock are those of a run that nobody disturbed, what was done is not done again, and each result can be restored."""
import errno
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from driver import Driver

FULL = os.environ.get("MLO_FULL") == "1"
driver = Driver(os.path.abspath(sys.argv[1]))
mlo, store_check = os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
# What a full disk answers with ENOSPC; removing and renaming within a folder go on.
NEEDS_ROOM = ["open", "openat", "openat2", "creat", "write", "pwrite64", "writev", "pwritev", "copy_file_range", "mkdir", "mkdirat",
              "ftruncate", "fallocate", "fsync", "fdatasync", "syncfs"]
# What a stage does is told where there is room.
PIPELINE = r"""stages:
  begin: {cmd: 'echo begin >> "$RAN"; tr a-z A-Z < in > loud', deps: [in], outs: [loud]}
  left:
    cmd:
      - 'echo left >> "$RAN"'
      - mkdir -p parts
      - cp loud parts/one
      - cp loud parts/two
    deps: [loud]
    outs: [parts]
  right: {cmd: 'echo right >> "$RAN"; wc -c < loud > size', deps: [loud], params: [shown], outs: [size]}
  join:
    cmd: 'echo join >> "$RAN"; cat parts/one size > whole && echo "{\"n\": 3}" > metrics.json'
    deps: [parts, size]
    outs: [whole]
    metrics: [metrics.json]
"""
STAGES = ["begin", "left", "right", "join"]
OUTPUTS = {"loud": "DATA\n", "parts/one": "DATA\n", "parts/two": "DATA\n", "size": "5\n", "whole": "DATA\n5\n", "metrics.json": '{"n": 3}\n'}


class Project:
    def __init__(self, folder, told):
        self.folder, self.told = folder, told
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8", "RAN": str(told)}

    def prepare(self):
        for command in (["git", "init", "-q"], [mlo, "init", "-q"]):
            subprocess.run(command, cwd=self.folder, env=self.environment, check=True, capture_output=True)
        for name, text in {"in": "data\n", "params.yaml": "shown: true\n", "pipeline.yaml": PIPELINE}.items():
            (self.folder / name).write_text(text)

    def run(self, mode):
        return driver.run(mode, [mlo, "run", "-j", "2", "--json"], under=[self.folder], calls=NEEDS_ROOM, environment=self.environment,
                          cwd=self.folder)

    def report(self, *options):
        done = subprocess.run([mlo, "run", "--json", *options], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stderr, outcomes(done.stdout)

    def ran(self):
        return self.told.read_text().split() if self.told.exists() else []

    def remove_outputs(self):
        for name in OUTPUTS:
            (self.folder / name).unlink(missing_ok=True)
        if (self.folder / "parts").exists():
            (self.folder / "parts").rmdir()
        (self.folder / "pipeline.lock").unlink(missing_ok=True)

    def left_over(self):
        """Temporary files that nobody will remove."""
        return [str(path) for path in self.folder.rglob("*") if path.name.endswith(".tmp") or path.name.startswith(".mlo-")]


def outcomes(output):
    """By stage; none if the answer is an error."""
    return {stage["name"]: stage["outcome"] for stage in json.loads(output).get("stages", [])}


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mlo-full-disk-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.template = self.copy_of(None)
        self.template.prepare()

    def copy_of(self, project):
        """The project once more, as it is."""
        number = len(list(self.folder.iterdir()))
        if project is None:
            (self.folder / str(number)).mkdir()
        else:
            shutil.copytree(project.folder, self.folder / str(number), symlinks=True)
        told = pathlib.Path(f"{self.folder}/{number}.told")
        if project is not None and project.told.exists():
            shutil.copy(project.told, told)
        return Project(self.folder / str(number), told)

    def check_outputs(self, project, lock):
        for name, text in OUTPUTS.items():
            self.assertEqual((project.folder / name).read_text(), text, name)
        self.assertEqual((project.folder / "pipeline.lock").read_bytes(), lock)

    def check_after(self, project, lock, done):
        """With room again: `done` is what need not run any more."""
        before = project.ran()
        code, errors, now = project.report("-j", "2")
        self.assertEqual(code, 0, errors)
        again = set(project.ran()[len(before):]) & done
        self.assertFalse(again, f"did again: {again}; {errors}")
        self.check_outputs(project, lock)
        code, errors, now = project.report("--dry")
        self.assertEqual((code, set(now.values())), (0, {"up-to-date"}), errors)
        # All results are known, whole.
        project.remove_outputs()
        code, errors, now = project.report()
        self.assertEqual((code, set(now.values())), (0, {"restored"}), errors)
        self.check_outputs(project, lock)
        checked = subprocess.run([store_check, project.folder / ".git" / "mlo"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def fill_at_all_moments(self, begin, done_before):
        undisturbed = self.copy_of(begin)
        count = undisturbed.run(["count"])
        self.assertEqual(count.code, 0, count.errors)
        lock = (undisturbed.folder / "pipeline.lock").read_bytes()
        self.check_outputs(undisturbed, lock)
        self.assertGreater(count.calls, 20)
        failures = 0
        for number in range(1, count.calls + 1, 1 if FULL else max(1, count.calls // 12)):
            with self.subTest(call=number):
                project = self.copy_of(begin)
                report = project.run(["fail-at", number, errno.ENOSPC, "persistent"])
                found = outcomes(report.output)
                done = {name for name, outcome in found.items() if outcome in ("ran", "restored", "up-to-date")}
                if report.code == 0:
                    # What there was no room for is of no consequence, or disposable.
                    self.assertNotIn("error[", report.errors)
                    self.assertEqual(done, set(STAGES))
                else:
                    failures += 1
                    self.assertEqual(report.code, 1, report.errors)
                    said = [line for line in report.errors.splitlines() if line.startswith("error[")]
                    failed = list(found.values()).count("failed")
                    self.assertTrue(1 <= len(said) <= failed + 1, report.errors)
                self.check_after(project, lock, done | done_before)
                shutil.rmtree(project.folder)
        self.assertGreater(failures, 3)

    def test_while_stages_run(self):
        self.fill_at_all_moments(self.template, set())

    def test_while_results_are_restored(self):
        project = self.copy_of(self.template)
        code, errors, _ = project.report()
        self.assertEqual(code, 0, errors)
        project.remove_outputs()
        self.fill_at_all_moments(project, set(STAGES))


unittest.main(argv=sys.argv[:1])
