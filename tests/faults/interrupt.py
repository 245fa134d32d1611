#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""interrupt.py [--seed N] KILL_DRIVER MLO STORE_CHECK

Ctrl-C in the middle of add, checkout, push and pull: SIGINT comes while a system call that changes files waits (MLO_FULL=1: each one in turn,
else 20 that the seed draws), and the call is made once the command has said that it stops. Then the command either ends with 130 and one line
that says so, or it had nothing left to do; nothing half-written is to be seen, no temporary name either; run again, it completes."""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

from driver import Driver
from kill_loop import Add, AddAgain, Checkout, FirstCheckout, Wrong, copy_tree, run
from sync_kill import World, check_fetch, check_push

FULL = os.environ.get("MLO_FULL") == "1"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
POINTS = 20
HEARD = "stopping after the current step; once more to leave at once\n"
STOPPED = "error[MLO-U009]: interrupted; what was complete is kept: run the same command again\n"


class Local:
    """add or checkout, as kill_loop.py runs them."""

    def __init__(self, workload):
        self.workload, self.name = workload, workload.name

    def prepare(self, folder):
        self.workload.prepare(folder)

    def place(self, folder):
        return folder

    def environment(self, folder):
        return {**os.environ, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}

    def command(self):
        return self.workload.command(1)

    def check_stopped(self, folder):
        self.workload.check_killed(folder, "")

    def run_again(self, folder):
        run(self.command(), folder)

    def check_complete(self, folder):
        self.workload.check_complete(folder)


class Transfer:
    """push or pull, as sync_kill.py runs them."""

    def __init__(self, mlo, verb, where, check):
        self.mlo, self.name, self.where, self.check = mlo, f"mlo {verb}", where, check
        self.verb = verb

    def world(self, folder):
        return World(self.mlo, folder)

    def prepare(self, folder):
        world = self.world(folder)
        world.prepare()
        if self.verb == "pull":
            world.must("work", self.mlo, "push", "-q")

    def place(self, folder):
        return folder / self.where

    def environment(self, folder):
        return self.world(folder).environment

    def command(self):
        return [self.mlo, self.verb, "-j", "1"]

    def check_stopped(self, folder):
        self.check(self.world(folder))

    def run_again(self, folder):
        self.world(folder).must(self.where, *self.command())

    def check_complete(self, folder):
        self.check(self.world(folder))


class Interrupts:
    def __init__(self, driver, case, seed):
        self.driver, self.case, self.seed = driver, case, seed
        self.failures = self.ended = 0

    def run(self):
        with tempfile.TemporaryDirectory(prefix="mlo-interrupt-", dir=MEMORY) as folder:
            self.folder = pathlib.Path(folder).resolve()
            (self.folder / "fixture").mkdir()
            self.case.prepare(self.folder / "fixture")
            total = self.driver.run(["count"], self.case.command(), **self.fresh("count")).calls
            points = range(1, total + 1)
            if not FULL:
                points = sorted(random.Random(self.seed).sample(points, min(POINTS, total)))
            for point in points:
                try:
                    self.strike(point)
                except (Wrong, AssertionError) as wrong:
                    self.failures += 1
                    print(f"FAILED: {self.case.name} interrupted at call {point} of {total}: {wrong}", flush=True)
            print(f"{self.case.name}: interrupted at {len(points)} of {total} calls, ended by it {self.ended} times, {self.failures} failures",
                  flush=True)
            if self.ended == 0:
                raise AssertionError(f"nothing ever ends {self.case.name}")

    def fresh(self, name):
        """A copy of the fixture, as what the driver must know of it."""
        folder = self.folder / name
        subprocess.run(["rm", "-rf", folder], check=True)
        copy_tree(self.folder / "fixture", folder)
        return {"under": [folder], "environment": self.case.environment(folder), "cwd": self.case.place(folder)}

    def strike(self, point):
        with self.driver.hold(point, self.case.command(), **self.fresh("place")) as held:
            if not held.wait_until_held():
                raise Wrong(f"it ended before: {held.errors().decode()}")
            held.send(signal.SIGINT)
            held.wait_for(lambda: HEARD.encode() in held.errors())
            report = held.end()
        folder = self.folder / "place"
        if report.code == 0:
            self.case.check_complete(folder)
            return
        self.ended += 1
        if (report.code, report.errors) != (130, HEARD + STOPPED):
            raise Wrong(f"ended with {report.code}: {report.errors}")
        if left := sorted(path for path in self.case.place(folder).rglob(".mlo-*.tmp")):
            raise Wrong(f"left behind: {left}")
        self.case.check_stopped(folder)
        self.case.run_again(folder)
        self.case.check_complete(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("programs", nargs=3)
    options = parser.parse_args()
    kill_driver, mlo, checker = (os.path.abspath(program) for program in options.programs)
    cases = [Local(kind(mlo, checker)) for kind in (Add, AddAgain, Checkout, FirstCheckout)]
    cases += [Transfer(mlo, "push", "work", check_push), Transfer(mlo, "pull", "reader", check_fetch)]
    failures = 0
    for case in cases:
        interrupts = Interrupts(Driver(kill_driver), case, options.seed)
        interrupts.run()
        failures += interrupts.failures
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
