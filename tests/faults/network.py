#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""network.py [--seed N] [--part I/N] MLO

Push and pull through a network that breaks, to a real S3 server and to a web server: each request in turn is cut at a drawn byte, refused, answered and not
delivered, delivered twice, changed on its way (MLO_FULL=1: each request with each fault; else 40 that the seed draws). Whatever happens, the
command ends with complete data, or with one error that has a code; and without the fault the same command completes. Then what lasts longer:
slow and short-lived connections, a server that is overloaded, one that dies, a push that is killed. Most of the time is spent waiting: so the long
form runs as parts side by side, each with servers of its own."""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from bucket import BUCKET, Project, WebProject, Wrong
from fault_proxy import FaultProxy
from servers import Nginx, Versitygw

FULL = os.environ.get("MLO_FULL") == "1"
POINTS = 40
PARTS = 5 if FULL else 1
LARGE = 40_000_000  # a pack that is sent in parts once it could not be sent whole
IN_PARTS = [{"do": "answer", "status": 503, "method": "PUT", "path": "*/packs/*", "first": 2}]
SMALL = 3_000_000


def single_faults(source, survives_lies=True):
    """Faults that strike one request, and whether the command must complete in spite of it."""
    return [
        ("cut the answer", {"do": "cut", "bytes": source.choice([0, 1, 17, 100, 300, 1000, 100_000])}, True),
        ("cut the request", {"do": "cut", "direction": "up", "bytes": source.choice([0, 1, 50, 400, 700, 100_000])}, True),
        ("close after part of the answer", {"do": "cut", "how": "close", "bytes": source.choice([5, 90, 150, 4000])}, True),
        ("cut the body short", {"do": "truncate", "bytes": source.choice([0, 1, 60, 5000])}, True),
        ("swallow the answer", {"do": "swallow"}, True),
        ("503", {"do": "answer", "status": 503}, True),
        ("500 before the body", {"do": "answer", "status": 500, "read_body": False}, True),
        ("429", {"do": "answer", "status": 429, "headers": {"Retry-After": "1"}}, True),
        ("502 in HTML", {"do": "answer", "status": 502, "body": "<html><body>Bad gateway<hr></body></html>"}, True),
        ("deliver twice", {"do": "duplicate", "answer": source.choice(["first", "second"])}, True),
        ("answer unasked", {"do": "unsolicited"}, survives_lies),
        ("change a byte on the way there", {"do": "corrupt", "direction": "up", "byte": source.choice([0, 5, -1])}, survives_lies),
        ("change a byte on the way back", {"do": "corrupt", "direction": "down", "byte": source.choice([0, 40, -1])}, False),
    ]


def check_error(done):
    lines = [line for line in done.stderr.splitlines() if line.startswith("error")]
    if done.returncode != 1 or not lines or not all(line.startswith("error[MLO-") for line in lines):
        raise Wrong(f"exit {done.returncode}, which is no clear error: {done.stderr}")


class Case:
    """A command with a fault, then without."""

    def __init__(self, project, proxy, name, place=""):
        self.project, self.proxy, self.name, self.place = project, proxy, name, place

    def transfer(self, where, verb, faults, must_complete):
        self.proxy.set(faults)
        self.proxy.forget()
        done = self.project.run(where, self.project.mlo, verb)
        struck = [entry for entry in self.proxy.log() if entry.fault]
        self.proxy.clear()
        if done.returncode != 0:
            check_error(done)
            if must_complete:
                raise Wrong(f"it ended with an error: {done.stderr}")
            self.project.must(where, self.project.mlo, verb)
        return struck

    def push(self, faults, must_complete):
        url = self.project.new_url(self.proxy.url + self.place)
        self.project.use("work", url)
        struck = self.transfer("work", "push", faults, must_complete)
        self.project.clone("reader", url)
        self.project.must("reader", self.project.mlo, "pull", "-q")
        self.project.check_data("reader")
        if "everything is in" not in self.project.run("work", self.project.mlo, "push").stderr:
            raise Wrong("a complete push finds something to do")
        return struck

    def pull(self, url, faults, must_complete):
        self.project.clone("reader", url)
        struck = self.transfer("reader", "pull", faults, must_complete)
        self.project.check_data("reader")
        return struck


def each_request(project, proxy, seed, part, place=""):
    """Every request of a push and a pull, with every fault, to a bucket, or below a place of a web server: of those, one part."""
    source = random.Random(seed)
    ways = [[]] if place else [[], IN_PARTS]
    pushes = []
    for way in ways:
        url = project.new_url(proxy.url + place)
        project.use("work", url)
        proxy.set(way)
        proxy.forget()
        project.must("work", project.mlo, "push", "-q")
        if any("partNumber" in entry.path for entry in proxy.log()) != bool(way):
            raise Wrong("only a large pack that could not be sent whole goes in parts")
        pushes.append(proxy.counts()["requests"])
    proxy.clear()
    project.clone("reader", url)
    proxy.forget()
    project.must("reader", project.mlo, "pull", "-q")
    pulls = proxy.counts()["requests"]
    works = [("push", way, count) for way, count in zip(ways, pushes)] + [("pull", [], pulls)]
    points = [(work, at, fault) for work, (_, _, count) in enumerate(works) for at in range(1, count + 1)
              for fault in range(len(single_faults(source)))]
    total = len(points)
    if not FULL:
        points = sorted(source.sample(points, POINTS))
    points = points[part[0] - 1 :: part[1]]
    failures = struck = 0
    for work, at, number in points:
        verb, way, _ = works[work]
        name, fault, must_complete = single_faults(source, survives_lies=not place)[number]
        case = Case(project, proxy, name, place)
        try:
            faults = [*way, {**fault, "at": at}]
            hits = case.push(faults, must_complete) if verb == "push" else case.pull(url, faults, must_complete)
            struck += sum(entry.fault.count("+") + 1 for entry in hits) > (IN_PARTS[0]["first"] if way else 0)
        except Wrong as error:
            failures += 1
            print(f"{verb}, request {at}, {name} {fault}{' in parts' if way else ''}: {error}", file=sys.stderr)
    print(f"{place or 'bucket'}: {len(points)} of {total} single faults ({' and '.join(map(str, pushes))} requests of pushes, {pulls} of a pull), {struck} struck")
    if struck < len(points) // 2:
        print(f"only {struck} of {len(points)} faults struck: the test tests nothing", file=sys.stderr)
        failures += 1
    return failures


def what_lasts(project, proxy):
    """Troubles of many requests. Name, what for, faults."""
    url = project.new_url(proxy.url)
    project.use("work", url)
    project.must("work", project.mlo, "push", "-q")
    cases = [
        ("every third request is refused", "push", [{"do": "answer", "every": 3}]),
        ("every third request is refused", "pull", [{"do": "answer", "every": 3}]),
        ("a fifth of all answers is lost", "push", [{"do": "swallow", "chance": 0.2, "seed": 3}]),
        ("a fifth of all answers is cut", "pull", [{"do": "truncate", "bytes": 1_000_000, "chance": 0.2, "seed": 3}]),
        ("connections die after 3 MB", "pull", [{"do": "cut", "of": "connection", "bytes": 3_000_000}]),
        ("answers take a while", "push", [{"do": "delay", "seconds": 0.1}]),
        ("a thin line", "pull", [{"do": "throttle", "bytes_per_s": 20_000_000}]),
    ]
    failures = 0
    for name, verb, faults in cases:
        case = Case(project, proxy, name)
        try:
            if not (case.push(faults, True) if verb == "push" else case.pull(url, faults, True)) and "answers" not in name:
                proxy_counts = proxy.counts()
                if proxy_counts["requests"] == 0:
                    raise Wrong("no request came to the proxy")
            print(f"{verb}, {name}: complete")
        except Wrong as error:
            failures += 1
            print(f"{verb}, {name}: {error}", file=sys.stderr)
    return failures


def killed_push(project, proxy):
    """kill -9 once the first pack is there: the next push sends the others alone."""
    url = project.new_url(proxy.url)
    project.use("work", url)
    proxy.forget()
    proxy.set([{"do": "delay", "seconds": 0.5, "of": "request", "path": "*/index/*", "method": "PUT"}])
    process = subprocess.Popen([project.mlo, "push", "-q"], cwd=project.folder / "work", env=project.environment, stderr=subprocess.DEVNULL)
    arrived = proxy.wait_for(lambda log, _: any(entry.method == "PUT" and "/index/" in (entry.path or "") for entry in log))
    process.send_signal(signal.SIGKILL)
    process.wait()
    proxy.clear()
    if not arrived:
        raise Wrong("no index segment was ever sent")
    packs = set(key for key in project.server.client().keys(BUCKET) if "/packs/" in key)
    proxy.forget()
    project.must("work", project.mlo, "push", "-q")
    again = [entry for entry in proxy.log() if entry.method in ("PUT", "POST") and any(pack in (entry.path or "") for pack in packs)]
    if again:
        raise Wrong(f"a pack that had arrived was sent again: {again}")
    project.clone("reader", url)
    project.must("reader", project.mlo, "pull", "-q")
    project.check_data("reader")
    print("a push that was killed goes on where it was")


def dead_server(project, proxy):
    """A server that is gone is told soon and clearly; what it takes up again later is complete."""
    url = project.new_url(proxy.url)
    project.use("work", url)
    proxy.set([{"do": "answer", "status": 503}])
    done = project.run("work", project.mlo, "push")
    check_error(done)
    if "MLO-R019" not in done.stderr or "tried 3 times" not in project.run("work", project.mlo, "push", "-v").stderr:
        raise Wrong(f"an overloaded server is not told as one: {done.stderr}")
    proxy.clear()
    project.must("work", project.mlo, "push", "-q")
    gone = project.new_url("http://127.0.0.1:9")
    project.use("work", gone)
    done = project.run("work", project.mlo, "push")
    check_error(done)
    if "127.0.0.1:9" not in done.stderr:
        raise Wrong(f"the host is not named: {done.stderr}")
    print("servers that are overloaded or gone are told")


def run_part(mlo, seed, part):
    failures = 0
    with tempfile.TemporaryDirectory(prefix="mlo-network-") as folder, Versitygw() as server, FaultProxy(server.url) as proxy:
        server.make_bucket(BUCKET)
        project = Project(mlo, folder, server).prepare(LARGE)
        failures += each_request(project, proxy, seed, part)
        if part[0] == 1:
            failures += what_lasts(project, proxy)
        for check in (killed_push, dead_server) if part[0] == 1 else ():
            try:
                check(project, proxy)
            except Wrong as error:
                failures += 1
                print(f"{check.__name__}: {error}", file=sys.stderr)
            proxy.clear()
    with tempfile.TemporaryDirectory(prefix="mlo-network-") as folder, Nginx() as server, FaultProxy(server.url) as proxy:
        failures += each_request(WebProject(mlo, folder, server).prepare(SMALL), proxy, seed, part, "/strict")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", type=lambda text: tuple(map(int, text.split("/"))), help="the I-th of N")
    parser.add_argument("mlo")
    arguments = parser.parse_args()
    if arguments.part or PARTS == 1:
        return 1 if run_part(arguments.mlo, arguments.seed, arguments.part or (1, 1)) else 0
    command = [sys.executable, __file__, "--seed", str(arguments.seed), arguments.mlo]
    parts = [subprocess.Popen([*command, "--part", f"{index}/{PARTS}"]) for index in range(1, PARTS + 1)]
    return 1 if any([part.wait() for part in parts]) else 0


if __name__ == "__main__":
    sys.exit(main())
