#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""track_kill.py [--seed N] [--count N] MLO

SIGKILL at moments that the seed draws (20, MLO_FULL=1: 200) for the wrapper 'mlo track', for its job, and for calls of 'mlo track log'.
Afterwards 'mlo runs' tells the truth: LOST where the wrapper died, KILLED where the job did. Every point whose call of 'mlo track log' ended
with 0 is there exactly once, and so is every complete line of $MLO_METRICS. Then eight processes record at once, in one run and in eight."""
import argparse
import json
import math
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

FULL = os.environ.get("MLO_FULL") == "1"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1"}
KINDS = ("wrapper", "wrapper, looked at while the job goes on", "job", "log")
LATEST_S = {"wrapper": 0.3, "wrapper, looked at while the job goes on": 0.3, "job": 0.3, "log": 0.02}
LOG_KILLS = 15
PROCESSES = 8
CALLS = 25
LINES = 2000
BLOCK = 1024
ENTRY = 106


class Wrong(Exception):
    """What a kill must not do, or what processes must not do to each other."""


# --- what runs under 'mlo track': this file again ---


class Said:
    """A file of what was acknowledged; each number is there as soon as it is said."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)

    def say(self, number):
        os.write(self.file, f"{number}\n".encode())


def read_numbers(path):
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def write_lines(folder, stop):
    said = Said(folder / "lines")
    file = os.open(os.environ["MLO_METRICS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    number = 0
    while not stop():
        os.write(file, f'{{"line": {number}, "step": {number}}}\n'.encode())
        said.say(number)
        number += 1
        time.sleep(0.0005)  # so that there is no end of kills within a million lines


def call_log(mlo, folder, stop, kill_s):
    """`kill_s` says how long a call may live, None for ever."""
    said, killed = Said(folder / "calls"), Said(folder / "killed")
    number = 0
    while not stop():
        call = subprocess.Popen([mlo, "track", "log", f"call={number}", "--step", str(number)])
        limit = kill_s()
        if limit is not None:
            try:
                call.wait(limit)
            except subprocess.TimeoutExpired:
                call.kill()
        code = call.wait()
        if code == 0:
            said.say(number)
        elif limit is not None and code == -signal.SIGKILL:
            killed.say(number)
        number += 1


def job(mlo, folder, seed):
    """Records until there is a file 'stop'; with a seed it kills its calls of 'mlo track log' meanwhile, and ends by itself."""
    stopped = (folder / "stop").exists
    lines = threading.Thread(target=write_lines, args=(folder, stopped))
    lines.start()
    (folder / "pid").write_text(str(os.getpid()))
    os.replace(folder / "pid", folder / "ready")
    if seed is None:
        call_log(mlo, folder, stopped, lambda: None)
    else:
        source = random.Random(seed)
        call_log(mlo, folder, lambda: len(read_numbers(folder / "killed")) >= LOG_KILLS, lambda: source.uniform(0, LATEST_S["log"]))
        (folder / "stop").touch()
    lines.join()


# --- what is looked at afterwards ---


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def block_points(data, count):
    """(step, value) of each point of a block."""
    first_step, = struct.unpack_from("<q", data["entry"], 10)
    body, at, steps = data["body"], 0, [first_step]
    for _ in range(count - 1):
        difference, at = varint(body, at)
        steps.append(steps[-1] + difference)
    return list(zip(steps, struct.unpack(f"<{count}d", body[len(body) - 8 * count:])))


def read_series(data):
    """{key: [(step, value)]} of a sealed series; lib/track/README.md has the format."""
    start, size = struct.unpack_from("<QQ", data, len(data) - 24)
    at, block_at, series = start + 4, 16, {}
    for _ in range(struct.unpack_from("<I", data, start)[0]):
        length, = struct.unpack_from("<H", data, at)
        key = data[at + 2:at + 2 + length].decode()
        count, = struct.unpack_from("<Q", data, at + 2 + length)
        at += 10 + length
        series[key] = []
        for block in range(math.ceil(count / BLOCK)):
            entry = data[at:at + ENTRY]
            block_size, = struct.unpack_from("<I", entry)
            in_block = min(BLOCK, count - block * BLOCK)
            series[key] += block_points({"entry": entry, "body": data[block_at:block_at + block_size]}, in_block)
            at, block_at = at + ENTRY, block_at + block_size
    assert at == start + size and block_at == start, "a series that is read wrongly"
    return series


class World:
    def __init__(self, mlo, folder):
        self.mlo, self.folder, self.work = str(mlo), folder, folder / "work"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("MLO_")} | GIT | {"HOME": str(folder)}
        self.work.mkdir()
        self.must("git", "init", "-q")
        self.must(self.mlo, "init", "-q")
        self.must("git", "add", "-A")
        self.must("git", "commit", "-qm", "one", "--allow-empty")

    def must(self, *words):
        done = subprocess.run([str(word) for word in words], cwd=self.work, env=self.environment, capture_output=True)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, words))}: {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def track(self, name, *command):
        return subprocess.Popen([self.mlo, "track", "-n", name, "--", *map(str, command)], cwd=self.work, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def listed(self, name):
        """The run as 'mlo runs' lists it; None if there is none."""
        runs = json.loads(self.must(self.mlo, "runs", "--json", "-w", f"name = '{name}'"))["runs"]
        if len(runs) > 1:
            raise Wrong(f"{len(runs)} runs for one 'mlo track'")
        return runs[0] if runs else None

    def points(self, name):
        self.must(self.mlo, "runs", "show", name)
        run = json.loads(self.must(self.mlo, "runs", "show", name, "--json"))["run"]
        if not run["sealed"]:
            raise Wrong("it is not sealed")
        series = read_series(self.must(self.mlo, "cat", run["series"])) if "series" in run else {}
        counts = {key: metric["count"] for key, metric in run["metrics"].items()}
        if counts != {key: len(points) for key, points in series.items()}:
            raise Wrong(f"the summary counts {counts}, the series does not")
        return series


def check_points(points, acknowledged, possible, what):
    """Each acknowledged number is there, once; others only if they may be, once too."""
    numbers = [value for _, value in points]
    if any(step != value for step, value in points):
        raise Wrong(f"{what}: a step is wrong")
    if len(set(numbers)) != len(numbers):
        raise Wrong(f"{what}: {len(numbers) - len(set(numbers))} are there more than once")
    if missing := sorted(set(acknowledged) - set(numbers)):
        raise Wrong(f"{what}: {len(missing)} of {len(acknowledged)} are missing, the first is {missing[0]}")
    if invented := sorted(set(numbers) - set(acknowledged) - set(possible)):
        raise Wrong(f"{what}: {len(invented)} were never recorded, the first is {invented[0]:.0f}")


# --- kills ---


def wait_for(path, wrapper):
    while not path.exists():
        if wrapper.poll() is not None:
            raise Wrong(f"the wrapper ended with {wrapper.returncode}: {wrapper.stderr.read().decode(errors='replace')}")
        time.sleep(0.001)


def wait_for_end(pid):
    """Of the job whose wrapper is dead: nobody can wait for it but by looking."""
    while True:
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return
        if stat.rpartition(")")[2].split()[0] in "ZX":
            return
        time.sleep(0.001)


def strike(world, kind, folder, wrapper, source):
    """Kills and waits for the end of all; returns the states that are true then."""
    from_start = kind == "wrapper" and source.random() < 0.3
    if not from_start:
        wait_for(folder / "ready", wrapper)
    if kind == "log":
        wrapper.wait()
        return ["FINISHED"]
    time.sleep(source.uniform(0, 0.08 if from_start else LATEST_S[kind]))
    if kind == "job":
        os.kill(int((folder / "ready").read_text()), signal.SIGKILL)
        if wrapper.wait() != 128 + signal.SIGKILL:
            raise Wrong(f"the wrapper ended with {wrapper.returncode}")
        return ["KILLED"]
    wrapper.kill()
    wrapper.wait()
    if kind != "wrapper":
        world.must(world.mlo, "runs")
        before = len(read_numbers(folder / "lines"))
        while len(read_numbers(folder / "lines")) < before + 10:
            time.sleep(0.001)
    (folder / "stop").touch()
    return ["LOST"]


def finish_job(folder, from_start):
    """A job that had begun says so sooner or later."""
    if (folder / "ready").exists():
        wait_for_end(int((folder / "ready").read_text()))
    elif from_start:
        for each in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = each.read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--job" in words and str(folder).encode() in words:
                wait_for_end(int(each.parent.name))


def kill_once(world, kind, number, source):
    name = f"{kind.split(',')[0]}-{number}"
    folder = world.folder / name
    folder.mkdir()
    seed = ["--seed", str(source.randrange(1 << 30))] if kind == "log" else []
    wrapper = world.track(name, sys.executable, os.path.abspath(__file__), "--job", folder, *seed, world.mlo)
    states = strike(world, kind, folder, wrapper, source)
    finish_job(folder, kind == "wrapper")
    lines, calls, killed = (read_numbers(folder / each) for each in ("lines", "calls", "killed"))
    run = world.listed(name)
    if run is None:
        if lines or calls:
            raise Wrong("the job ran, and there is no run")
        return
    if run["status"] not in states:
        raise Wrong(f"it is {run['status']}, not {' or '.join(states)}")
    points = world.points(name)
    # The one that was on its way may be there. A job that was not killed has said all.
    next_line = [len(lines)] if kind == "job" else []
    next_call = [max([-1, *calls]) + 1] if kind == "job" else killed
    check_points(points.get("line", []), lines, next_line, "lines of MLO_METRICS")
    check_points(points.get("call", []), calls, next_call, "calls of 'mlo track log'")
    if world.listed(name)["status"] != run["status"]:
        raise Wrong("its state changed by being looked at")


# --- many at once ---


def many(mlo, folder, first):
    """CALLS calls and LINES lines with numbers from `first` on; the calls without a step all have one value."""
    file = os.open(os.environ["MLO_METRICS"], os.O_WRONLY | os.O_APPEND)
    for number in range(first, first + LINES):
        os.write(file, f'{{"line": {number}, "step": {number}}}\n'.encode())
    for number in range(first, first + CALLS):
        for words in (f"call={number}", "--step", str(number)), ("same=1",):
            done = subprocess.run([mlo, "track", "log", *words], capture_output=True, text=True)
            if done.returncode != 0 or done.stderr:
                (folder / f"error-{number}").write_text(f"{done.returncode}: {done.stderr}")


def check_many(world, name, folder, count, wrapper):
    said = wrapper.stderr.read().decode()
    if wrapper.wait() != 0 or "locked" in said or "warning" in said:
        raise Wrong(f"{name} ended with {wrapper.returncode}: {said}")
    if errors := sorted(folder.glob("error-*")):
        raise Wrong(f"{len(errors)} calls failed, as {errors[0].read_text()}")
    if (status := world.listed(name)["status"]) != "FINISHED":
        raise Wrong(f"{name} is {status}")
    points = world.points(name)
    starts = range(0, count * LINES, LINES)
    check_points(points["line"], [start + i for start in starts for i in range(LINES)], [], "lines of MLO_METRICS")
    check_points(points["call"], [start + i for start in starts for i in range(CALLS)], [], "calls of 'mlo track log'")
    if len(points["same"]) != count * CALLS:
        raise Wrong(f"{count * CALLS} calls of 'mlo track log' without a step left {len(points['same'])} points")


def many_in_one(world):
    folder = world.folder / "one"
    folder.mkdir()
    script = 'for i in $(seq 0 %d); do "$0" "$1" --many $((i * %d)) --job "$2" "$3" & done; wait' % (PROCESSES - 1, LINES)
    wrapper = world.track("one", "sh", "-c", script, sys.executable, os.path.abspath(__file__), folder, world.mlo)
    check_many(world, "one", folder, PROCESSES, wrapper)


def many_in_many(world):
    wrappers = {}
    for number in range(PROCESSES):
        folder = world.folder / f"each-{number}"
        folder.mkdir()
        wrappers[folder] = world.track(folder.name, sys.executable, os.path.abspath(__file__), "--many", "0", "--job", folder, world.mlo)
    for folder, wrapper in wrappers.items():
        check_many(world, folder.name, folder, 1, wrapper)


def report(what, failures, step, *arguments):
    try:
        step(*arguments)
    except Wrong as wrong:
        failures.append(what)
        print(f"{what}: {wrong}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=200 if FULL else 20)
    parser.add_argument("--job", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--many", type=int, help=argparse.SUPPRESS)
    parser.add_argument("mlo")
    arguments = parser.parse_args()
    if arguments.many is not None:
        return many(arguments.mlo, arguments.job, arguments.many)
    if arguments.job:
        return job(arguments.mlo, arguments.job, arguments.seed)
    seed = arguments.seed or 1
    failures = []
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="mlo-track-") as folder:
        world = World(os.path.abspath(arguments.mlo), pathlib.Path(folder).resolve())
        for number in range(arguments.count):
            kind = KINDS[number % len(KINDS)]
            report(f"{kind} killed, seed {seed}, number {number}", failures, kill_once, world, kind, number, random.Random(f"{seed}/{number}"))
        print(f"{arguments.count} kills, {len(failures)} went wrong")
        report(f"{PROCESSES} processes in one run", failures, many_in_one, world)
        report(f"{PROCESSES} processes in as many runs", failures, many_in_many, world)
        report("mlo doctor", failures, world.must, world.mlo, "doctor")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
