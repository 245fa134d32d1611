#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""network_ssh.py [--seed N] MLO

The same as network.py over ssh, to a real sshd: the connection of a push or a pull is cut, ended, slowed down or changed at drawn bytes, from the first
that the two say to each other to the last (MLO_FULL=1: each fault at many; else 40 draws of the seed). ssh notices by its checksums what is changed,
and mlo connects again."""
import argparse
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from bucket import SshProject, Wrong
from fault_proxy import FaultProxy
from network import FULL, Case, check_error
from servers import Sshd, free_ports

DRAWS = 40
DRAWS_OF_EACH = 40  # in the long form
SIZE = 3_000_000
EDGE = 4000  # bytes at the begin and at the end of what SFTP says, where the small requests are


class Line:
    """How many bytes go each way: until the user is let in, and in all."""

    def __init__(self, signed_in, total):
        self.signed_in, self.total = signed_in, total

    def place(self, source, way):
        """A byte: of signing in, of the first requests, of the data or of the last requests, each as often."""
        begin, end = self.signed_in[way], self.total[way]
        return source.randrange(*source.choice([(0, begin), (begin, min(begin + EDGE, end)), (begin, end), (max(begin, end - EDGE), end)]))


def single_faults(source, line):
    """Faults of the first connection, and whether the command must complete in spite of it. What is changed while one signs in is for ssh to judge:
    it may look like another host, with which nothing is tried again."""
    up, down = line.place(source, "bytes_up"), line.place(source, "bytes_down")
    mask = 1 << source.randrange(8)
    return [
        ("reset on the way there", {"do": "cut", "direction": "up", "bytes": up}, True),
        ("reset on the way back", {"do": "cut", "bytes": down}, True),
        ("end on the way there", {"do": "cut", "direction": "up", "how": "close", "bytes": up}, True),
        ("end on the way back", {"do": "cut", "how": "close", "bytes": down}, True),
        ("connect late", {"do": "delay", "seconds": source.choice([0.1, 0.5])}, True),
        ("a thin line", {"do": "throttle", "bytes_per_s": source.choice([3_000_000, 30_000_000])}, True),
        ("change a bit on the way there", {"do": "corrupt", "direction": "up", "byte": up, "mask": mask}, up >= line.signed_in["bytes_up"]),
        ("change a bit on the way back", {"do": "corrupt", "direction": "down", "byte": down, "mask": mask}, down >= line.signed_in["bytes_down"]),
    ]


class SshCase(Case):
    def transfer(self, where, verb, faults, must_complete):
        struck = super().transfer(where, verb, [{**fault, "first": 1} for fault in faults], must_complete)
        if must_complete and (left := self.project.unfinished()):
            raise Wrong(f"unfinished uploads stay: {left}")
        return struck


def measured(project, proxy, url):
    """The lines of a push to that URL and of a pull from it."""
    host = url.removeprefix("ssh://").split("/")[0]
    proxy.forget()
    project.must(".", "sh", "-c", f"$GIT_SSH_COMMAND -p {host.split(':')[1]} 127.0.0.1 true")
    signed_in = proxy.counts()
    lines = {}
    for where, verb in (("work", "push"), ("reader", "pull")):
        project.use("work", url) if verb == "push" else project.clone("reader", url)
        proxy.forget()
        project.must(where, project.mlo, verb, "-q")
        lines[verb] = Line(signed_in, proxy.counts())
        if lines[verb].total["connections"] != 1:
            raise Wrong(f"a {verb} takes {lines[verb].total['connections']} connections")
    return lines


def each_fault(project, proxy, seed):
    source = random.Random(seed)
    url = project.new_url(proxy.url)
    lines = measured(project, proxy, url)
    points = [(verb, fault) for verb in lines for fault in range(len(single_faults(source, lines[verb])))]
    points = points * DRAWS_OF_EACH if FULL else [*points, *source.choices(points, k=DRAWS - len(points))]
    failures = struck = 0
    for verb, number in points:
        name, fault, must_complete = single_faults(source, lines[verb])[number]
        case = SshCase(project, proxy, name)
        try:
            struck += bool(case.push([fault], must_complete) if verb == "push" else case.pull(url, [fault], must_complete))
        except Wrong as error:
            failures += 1
            print(f"{verb}, {name} {fault}: {error}", file=sys.stderr)
    sizes = " and ".join(f"{line.total['bytes_up']:,} bytes up and {line.total['bytes_down']:,} down in a {verb}" for verb, line in lines.items())
    print(f"ssh: {len(points)} single faults ({sizes}), {struck} struck")
    if struck < len(points) * 3 // 4:
        print(f"only {struck} of {len(points)} faults struck: the test tests nothing", file=sys.stderr)
        failures += 1
    return failures


def what_lasts(project, proxy):
    """Troubles of many connections."""
    url = project.new_url(proxy.url)
    project.use("work", url)
    project.must("work", project.mlo, "push", "-q")
    cases = [
        ("the first two connections are refused", "push", [{"do": "cut", "bytes": 0, "first": 2}]),
        ("the first two connections die in mid-pack", "push", [{"do": "cut", "direction": "up", "bytes": SIZE // 2, "first": 2}]),
        ("the first two connections die in mid-pack", "pull", [{"do": "cut", "bytes": SIZE // 2, "first": 2}]),
        ("the first two connections are damaged", "pull", [{"do": "corrupt", "byte": SIZE // 2, "first": 2}]),
    ]
    failures = 0
    for name, verb, faults in cases:
        case = Case(project, proxy, name)
        try:
            if len(case.push(faults, True) if verb == "push" else case.pull(url, faults, True)) != 2:
                raise Wrong("it does not try twice again")
            print(f"{verb}, {name}: complete")
        except Wrong as error:
            failures += 1
            print(f"{verb}, {name}: {error}", file=sys.stderr)
    return failures


def dead_line(project, proxy):
    """A line that always dies is told: soon where nothing ever came through. Without that trouble the same push goes on."""
    project.use("work", project.new_url(proxy.url))
    # A reset that comes at once is one of the connection, or already of the connecting: whichever ssh sees first.
    for fault, tries, codes in (({"do": "cut", "bytes": 0}, 3, ("MLO-N011", "MLO-N012")),
                                ({"do": "corrupt", "direction": "up", "byte": SIZE // 2}, 10, ("MLO-N012",))):
        proxy.set([fault])
        proxy.forget()
        done = project.run("work", project.mlo, "push")
        connections = proxy.counts()["connections"]
        check_error(done)
        if not any(code in done.stderr for code in codes) or f"tried {tries} times" not in done.stderr or connections < tries:
            raise Wrong(f"with {fault} there are {connections} connections: {done.stderr}")
        proxy.clear()
    project.must("work", project.mlo, "push", "-q")
    project.use("work", project.new_url(f"http://127.0.0.1:{free_ports(1)[0]}"))
    done = project.run("work", project.mlo, "push")
    check_error(done)
    if "MLO-N011" not in done.stderr:
        raise Wrong(f"a host where nobody listens is not told: {done.stderr}")
    print("lines that always die are told")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("mlo")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlo-network-") as folder, Sshd() as sshd, \
            FaultProxy(f"tcp://127.0.0.1:{sshd.port}", protocol="tcp") as proxy:
        project = SshProject(arguments.mlo, folder, sshd).prepare(SIZE)
        failures = each_fault(project, proxy, arguments.seed) + what_lasts(project, proxy)
        proxy.clear()
        try:
            dead_line(project, proxy)
        except Wrong as error:
            failures += 1
            print(f"dead line: {error}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
