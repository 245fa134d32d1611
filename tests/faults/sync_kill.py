#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sync_kill.py [--seed N] KILL_DRIVER MLO

Kills push and fetch at their system calls that change files (MLO_FULL=1: at every one, else at 40 that the seed draws; and with two threads at
drawn ones). After each: whatever root set is visible names only what a fresh clone can fetch; the same command, run again, completes; a push
sends no pack again that had arrived. Two runs travel with the data: whatever run a clone lists, it can show as the clone that recorded it."""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from driver import Driver

RUNS = ("first", "second")
FULL = os.environ.get("MLO_FULL") == "1"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1"}


class World:
    def __init__(self, mlo, folder):
        self.mlo, self.folder = str(mlo), folder
        self.environment = {key: value for key, value in os.environ.items() if key != "CI"} | GIT | {"HOME": str(folder)}

    def run(self, where, *words):
        return subprocess.run([str(word) for word in words], cwd=self.folder / where, env=self.environment, capture_output=True, text=True)

    def must(self, where, *words):
        done = self.run(where, *words)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self):
        for name in ("work", "share"):
            (self.folder / name).mkdir()
        self.must("work", "git", "init", "-q")
        self.must("work", self.mlo, "init", "-q")
        self.must("work", self.mlo, "remote", "add", "origin", "../share", "-q")
        (self.folder / "work/data/sub").mkdir(parents=True)
        source = random.Random(1)
        for name, size in (("a", 100), ("sub/b", 3000), ("sub/large", 500_000), ("empty", 0)):
            (self.folder / "work/data" / name).write_bytes(source.randbytes(size))
        os.symlink("a", self.folder / "work/data/link")
        self.must("work", self.mlo, "add", "-q", "data")
        self.must("work", "git", "add", "-A")
        self.must("work", "git", "commit", "-qm", "one")
        self.must(".", "git", "clone", "-q", "work", "reader")
        for name in RUNS:
            self.must("work", self.mlo, "track", "-q", "-n", name, "-i", "data", "-o", "model", "--", "sh", "-c",
                      f"echo {name} | tee model; echo '{{\"loss\": 0.5, \"step\": 1}}' >> \"$MLO_METRICS\"")

    def copy(self, target):
        subprocess.run(["cp", "-a", self.folder, target], check=True)
        return World(self.mlo, target)

    def packs(self):
        packs = self.folder / "share/packs"
        return sorted(path.name for path in packs.iterdir() if not path.name.startswith(".")) if packs.is_dir() else []

    def runs(self, where):
        return sorted(run["name"] for run in json.loads(self.must(where, self.mlo, "runs", "--json"))["runs"])

    def check_runs(self, where):
        for name in self.runs(where):
            shown = [json.loads(self.must(place, self.mlo, "runs", "show", name, "--json")) for place in ("work", where)]
            if shown[0] != shown[1]:
                raise AssertionError(f"run {name} is another in {where}")
            if self.must(where, self.mlo, "cat", shown[1]["run"]["log"]) != f"{name}\n":
                raise AssertionError(f"run {name} has another log in {where}")

    def check_data(self, where):
        self.must(".", "diff", "-r", "work/data", f"{where}/data")


def check_push(world):
    before = world.packs()
    published = any((world.folder / "share/roots").glob("*/*/[0-9]*")) if (world.folder / "share/roots").is_dir() else False
    if published:
        world.must(".", "cp", "-a", "reader", "beside")
        world.must("beside", world.mlo, "fetch", "-q")
        world.check_runs("beside")
    world.must("work", world.mlo, "push", "-q")
    if before and world.packs() != before:
        raise AssertionError("a pack that had arrived was sent again")
    check_pull(world)
    if "everything is in" not in world.run("work", world.mlo, "push").stderr:
        raise AssertionError("a complete push finds something to do")


def check_pull(world):
    world.must("reader", world.mlo, "pull", "-q")
    world.check_data("reader")
    if world.runs("reader") != list(RUNS):
        raise AssertionError(f"the reader has the runs {world.runs('reader')}")
    world.check_runs("reader")


def check_fetch(world):
    world.check_runs("reader")  # those that it has so far
    check_pull(world)


def kill_everywhere(driver, prepared, where, command, check, seed):
    failures = 0
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory(dir=MEMORY, prefix="mlo-sync-") as scratch:
            world = prepared.copy(pathlib.Path(scratch) / "count")
            words = [world.mlo, command, "-q", "-j", str(jobs)]
            count = driver.run(["count"], words, under=[world.folder], environment=world.environment, cwd=world.folder / where).calls
        points = range(1, count + 1)
        if jobs == 2 or not FULL:
            points = sorted(random.Random(seed).sample(points, min(40, count)))
        for point in points:
            with tempfile.TemporaryDirectory(dir=MEMORY, prefix="mlo-sync-") as scratch:
                world = prepared.copy(pathlib.Path(scratch) / "world")
                report = driver.run(["kill-at", point], [world.mlo, *words[1:]], under=[world.folder], environment=world.environment,
                                    cwd=world.folder / where)
                try:
                    check(world)
                except AssertionError as error:
                    failures += 1
                    print(f"{command} -j {jobs} killed at call {point} of {count} ({' '.join(report.struck)}): {error}", file=sys.stderr)
        print(f"{command} -j {jobs}: killed at {len(points)} of {count} calls")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("driver")
    parser.add_argument("mlo")
    arguments = parser.parse_args()
    driver = Driver(os.path.abspath(arguments.driver))
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="mlo-sync-") as folder:
        prepared = World(os.path.abspath(arguments.mlo), pathlib.Path(folder).resolve() / "world")
        prepared.folder.mkdir()
        prepared.prepare()
        failures = kill_everywhere(driver, prepared, "work", "push", check_push, arguments.seed)
        prepared.must("work", prepared.mlo, "push", "-q")
        failures += kill_everywhere(driver, prepared, "reader", "fetch", check_fetch, arguments.seed)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
