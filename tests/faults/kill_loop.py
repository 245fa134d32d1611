#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill_loop.py [--seed N] [--only WORKLOAD] KILL_DRIVER ATOMIC_WRITER [MLO STORE_CHECK]

Kills a command at its system calls that change files, and looks at what is left: nothing half-done is visible, the store is sound,
and the same command, run again, completes. With one thread it is killed at every call; with the default number of threads at points
drawn by the seed (MLO_FULL=1: 2,000 for each workload, else 40). Each failed point prints how to repeat it."""
import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from driver import Driver
from samples import change_tree, content_of, differences, make_tree, snapshot

FULL = os.environ.get("MLO_FULL") == "1"
# A kill leaves what programs see; what a disk holds is the matter of power_cut.py. So a file system in memory does, and is faster.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
RANDOM_POINTS = 2000 if FULL else 40


class Wrong(Exception):
    """What a kill has left is not as promised."""


def run(command, folder):
    environment = {**os.environ, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([str(word) for word in command], cwd=folder, env=environment, capture_output=True)
    if done.returncode != 0:
        raise Wrong(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr).decode(errors='replace').strip()}")
    return done.stdout


def copy_tree(source, target):
    """As it is, times included: the stat cache must take the copy for what it is, another file."""
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)


class AtomicFiles:
    """Files written one by one through AtomicFile."""

    name = "atomic files"
    FILES, SIZE = 4, 10_000

    def __init__(self, writer):
        self.writer = writer

    def prepare(self, folder):
        (folder / "out").mkdir()

    def command(self, jobs):
        return None if jobs is None else [self.writer, "out", self.FILES, self.SIZE]

    def check_killed(self, folder, output):
        for path in (folder / "out").iterdir():
            if not path.name.endswith(".tmp") and path.read_bytes() != content_of(path.name, self.SIZE):
                raise Wrong(f"{path.name} is there and not whole")
        for name in output.replace("done ", "").split():
            if not (folder / "out" / name).exists():
                raise Wrong(f"{name} was acknowledged and is not there")

    def check_complete(self, folder):
        whole = [path for path in (folder / "out").iterdir() if not path.name.endswith(".tmp")]
        if len(whole) != self.FILES:
            raise Wrong(f"{len(whole)} files of {self.FILES}")


class MloWorkload:
    """A command of mlo in a repository with one tracked folder."""

    def __init__(self, program, checker):
        self.program, self.checker = program, checker

    def mlo(self, folder, *words):
        return run([self.program, *words], folder)

    def repository(self, folder):
        self.mlo(folder, "init", "--no-git")
        (folder / "data").mkdir()
        make_tree(folder / "data")

    def words(self, jobs):
        return [] if jobs is None else ["--jobs", str(jobs)]

    def check_store(self, folder):
        run([self.checker, folder / ".mlo"], folder)

    def check_version(self, folder, expected):
        """The pointer's version comes out of the store equal to what was added."""
        other = folder / "data.aside"
        (folder / "data").rename(other)
        self.mlo(folder, "checkout")
        if wrong := differences(expected, snapshot(folder / "data")):
            raise Wrong(f"comes back changed: {wrong}")
        shutil.rmtree(folder / "data")
        other.rename(folder / "data")


class Add(MloWorkload):
    name = "mlo add"

    def prepare(self, folder):
        self.repository(folder)
        self.expected = snapshot(folder / "data")

    def command(self, jobs):
        return [self.program, "add", *self.words(jobs), "data"]

    def check_killed(self, folder, output):
        if wrong := differences(self.expected, snapshot(folder / "data")):
            raise Wrong(f"add changed the data: {wrong}")
        self.check_store(folder)
        if (folder / "data.mlo").exists():
            self.check_version(folder, self.expected)

    def check_complete(self, folder):
        self.check_store(folder)
        self.check_version(folder, self.expected)


class AddAgain(Add):
    """The second version of a tracked folder."""

    name = "mlo add of a change"

    def prepare(self, folder):
        self.repository(folder)
        self.mlo(folder, "add", "data")
        self.before = snapshot(folder / "data")
        self.pointer_before = (folder / "data.mlo").read_bytes()
        change_tree(folder / "data")
        self.expected = snapshot(folder / "data")

    def check_killed(self, folder, output):
        self.check_store(folder)
        is_old = (folder / "data.mlo").read_bytes() == self.pointer_before
        self.check_version(folder, self.before if is_old else self.expected)


class Checkout(MloWorkload):
    """From the second version back to the first."""

    name = "mlo checkout"

    def prepare(self, folder):
        self.repository(folder)
        self.mlo(folder, "add", "data")
        pointer = (folder / "data.mlo").read_bytes()
        self.expected = snapshot(folder / "data")
        change_tree(folder / "data")
        self.mlo(folder, "add", "data")
        self.before = snapshot(folder / "data")
        (folder / "data.mlo").write_bytes(pointer)

    def command(self, jobs):
        return [self.program, "checkout", *self.words(jobs)]

    def check_killed(self, folder, output):
        self.check_store(folder)
        for name, found in snapshot(folder / "data").items():
            is_temporary = any(part.endswith(b".tmp") for part in name.split(b"/"))
            if not is_temporary and found not in (self.before.get(name), self.expected.get(name)):
                raise Wrong(f"{name} is neither old nor new")

    def check_complete(self, folder):
        if wrong := differences(self.expected, snapshot(folder / "data")):
            raise Wrong(f"not as the version says: {wrong}")


class FirstCheckout(Checkout):
    """Into a clone that has no data yet."""

    name = "mlo checkout of all"

    def prepare(self, folder):
        self.repository(folder)
        self.mlo(folder, "add", "data")
        self.expected = snapshot(folder / "data")
        self.before = {}
        shutil.rmtree(folder / "data")


class MergeDriver(MloWorkload):
    """What git calls to merge two versions of a tracked folder: its file is as it was, or merged."""

    name = "mlo merge-driver"

    def prepare(self, folder):
        self.repository(folder)
        self.mlo(folder, "add", "data")
        shutil.copy(folder / "data.mlo", folder / "base")
        (folder / "data" / "of ours").write_bytes(b"ours")
        self.mlo(folder, "add", "data")
        shutil.copy(folder / "data.mlo", folder / "ours")
        (folder / "data" / "of ours").unlink()
        change_tree(folder / "data")
        self.mlo(folder, "add", "data")
        shutil.copy(folder / "data.mlo", folder / "theirs")
        self.before = (folder / "ours").read_bytes()
        # What the merge must make, computed by adding it; in another store, so that its trees are not there yet.
        with tempfile.TemporaryDirectory() as other:
            other = pathlib.Path(other)
            self.mlo(other, "init", "--no-git")
            copy_tree(folder / "data", other / "data")
            (other / "data" / "of ours").write_bytes(b"ours")
            self.mlo(other, "add", "data")
            self.merged = (other / "data.mlo").read_bytes()
            self.expected = snapshot(other / "data")

    def command(self, jobs):
        return None if jobs is None else [self.program, "merge-driver", "base", "ours", "theirs", "data.mlo"]

    def check_killed(self, folder, output):
        self.check_store(folder)
        if (found := (folder / "ours").read_bytes()) == self.before:
            return
        if found != self.merged:
            raise Wrong("the file of git is neither as it was nor merged")
        pointer = (folder / "data.mlo").read_bytes()
        (folder / "data.mlo").write_bytes(found)
        self.check_version(folder, self.expected)
        (folder / "data.mlo").write_bytes(pointer)

    def check_complete(self, folder):
        self.check_store(folder)
        if (folder / "ours").read_bytes() != self.merged:
            raise Wrong("not merged")
        self.check_killed(folder, "")


class Loop:
    def __init__(self, driver, workload, seed):
        self.driver, self.workload, self.seed = driver, workload, seed
        self.kills = 0
        self.failures = []

    def run(self):
        with tempfile.TemporaryDirectory(prefix="mlo-kill-loop-", dir=MEMORY) as folder:
            self.folder = pathlib.Path(folder)
            (self.folder / "fixture").mkdir()
            self.workload.prepare(self.folder / "fixture")
            self.every_point()
            if self.workload.command(None) is not None:
                self.random_points()

    def every_point(self):
        number = 1
        while self.strike(number, jobs=1):
            number += 1

    def random_points(self):
        total = self.attempt(["count"], None).calls
        source = random.Random(self.seed)
        for _ in range(RANDOM_POINTS):
            self.strike(source.randint(1, total), jobs=None)

    def attempt(self, mode, jobs):
        """Runs the command in a fresh copy of the fixture."""
        self.place = self.folder / "place"
        shutil.rmtree(self.place, ignore_errors=True)
        copy_tree(self.folder / "fixture", self.place)
        environment = {**os.environ, "HOME": str(self.place), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
        return self.driver.run(mode, self.workload.command(jobs), under=[self.place], environment=environment, cwd=self.place)

    def strike(self, number, jobs):
        """Kills at one point and checks; False if the command ended before it."""
        report = self.attempt(["kill-at", number], jobs)
        try:
            if not report.struck:
                if report.code != 0:
                    raise Wrong(f"ended with {report.code} unharmed: {report.errors}")
                self.workload.check_complete(self.place)
                return False
            self.kills += 1
            self.workload.check_killed(self.place, report.output)
            run(self.workload.command(jobs), self.place)
            self.workload.check_complete(self.place)
        except Wrong as wrong:
            how = "--jobs 1" if jobs == 1 else "default jobs"
            self.failures.append(f"{self.workload.name}, {how}, kill-at {number} ({' '.join(report.struck[1:])}): {wrong}")
            print(f"FAILED: {self.failures[-1]}", flush=True)
        return bool(report.struck)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    kill_driver, writer, *rest = (os.path.abspath(program) for program in options.programs)
    workloads = [AtomicFiles(writer)]
    if rest:
        workloads += [kind(*rest) for kind in (Add, AddAgain, Checkout, FirstCheckout, MergeDriver)]
    failures = 0
    for workload in workloads:
        if options.only not in (None, workload.name):
            continue
        loop = Loop(Driver(kill_driver), workload, options.seed)
        loop.run()
        print(f"{workload.name}: {loop.kills} kills, {len(loop.failures)} failures", flush=True)
        failures += len(loop.failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
