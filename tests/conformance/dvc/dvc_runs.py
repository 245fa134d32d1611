#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dvc_runs.py MLO              what DVC made of the projects in projects.py, as recorded, mlo makes of them too
dvc_runs.py --live DVC MLO    and DVC itself finds what mlo made up to date; then both take turns in one project (MLO_FULL=1: so, too)
dvc_runs.py --record DVC      records it in tests/data/pipeline/dvc-runs.json (DVC 3.67.1)

Compared after each run: every dvc.lock and NAME.dvc byte for byte, every .gitignore (its lines), the outputs, and that DVC's cache has all that it had with DVC."""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from projects import projects
from servers import installed

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "data/pipeline/dvc-runs.json"
UP_TO_DATE = "Data and pipelines are up to date."


class Wrong(Exception):
    """What happened is not as it was with DVC."""


class Place:
    """A repository with one project."""

    def __init__(self, folder, files, programs):
        self.root, self.programs = pathlib.Path(folder) / "work", programs
        self.root.mkdir(parents=True)
        keep = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
        self.environment = keep | {"HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache", "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": f"{folder}/site",
                                   "SHELL": "/bin/sh", "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        # As `dvc init` leaves it.
        (self.root / ".dvc/tmp").mkdir(parents=True)
        (self.root / ".dvc/config").write_text("[core]\n    analytics = false\n    check_update = false\n")
        (self.root / ".dvc/.gitignore").write_text("/config.local\n/tmp\n/cache\n")
        (self.root / ".dvcignore").write_text("# patterns\n")
        self.must("git", "init", "-q")
        if programs.mlo:
            self.must(programs.mlo, "init", "-q")

    def run(self, *words):
        return subprocess.run([str(word) for word in words], cwd=self.root, env=self.environment, capture_output=True, text=True)

    def must(self, *words):
        done = self.run(*words)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def step(self, step, tool):
        if step != "RUN":
            self.must("sh", "-c", step)
        elif tool == "dvc":
            self.must(*self.programs.dvc, "repro", "--all-pipelines", "-q")
        else:
            for document in sorted(self.root.glob("**/dvc.yaml"), key=lambda path: len(path.parts)):
                self.must(self.programs.mlo, "run", "-q", "-f", document.relative_to(self.root))

    def state(self):
        """What there is to compare."""
        texts, outputs, cache = {}, {}, {}
        for path in sorted(self.root.glob("**/*")):
            name = str(path.relative_to(self.root))
            if name.startswith((".git/", ".mlo/")) or (name.startswith(".dvc") and not name.startswith(".dvc/cache/files/")) or not path.is_file():
                continue
            if name.startswith(".dvc/cache/files/md5/"):
                cache[name.removeprefix(".dvc/cache/files/md5/")] = f"{path.stat().st_mode & 0o777:o}"
            elif path.name == "dvc.lock" or path.suffix == ".dvc":
                texts[name] = path.read_text()
            elif path.name == ".gitignore":  # in the order in which stages ran, with DVC
                texts[name] = "".join(sorted(path.read_text().splitlines(keepends=True)))
            elif path.suffix != ".link":  # in whose place DVC puts a file, and mlo leaves it
                outputs[name] = hashlib.md5(path.read_bytes()).hexdigest()[:8] + ("x" if path.stat().st_mode & 0o100 else "")
        return {"texts": texts, "outputs": outputs, "cache": cache}

    def check_cache(self):
        """Everything in the cache is what its name says."""
        for path in (self.root / ".dvc/cache/files/md5").glob("*/*"):
            if hashlib.md5(path.read_bytes()).hexdigest() != path.parent.name + path.name.removesuffix(".dir"):
                raise Wrong(f"{path.parent.name}{path.name} of DVC's cache has other bytes")

    def check_status(self):
        said = self.must(*self.programs.dvc, "status")
        told = [line for line in said.splitlines() if line and "is frozen" not in line]
        if told not in ([UP_TO_DATE], ["lines:", "\talways changed"]):
            raise Wrong(f"dvc status: {said}")


class Programs:
    def __init__(self, mlo=None, dvc=None):
        self.mlo, self.dvc = os.path.abspath(mlo) if mlo else None, dvc


def play(files, steps, programs, choose):
    """The states after each RUN."""
    folder = tempfile.mkdtemp(prefix="mlo-dvc-")
    try:
        place = Place(folder, files, programs)
        for step in steps:
            place.step(step, choose())
            if step == "RUN":
                place.check_cache()
                yield place
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compare(expected, actual):
    for kind in expected:
        # For its run cache, DVC keeps metrics that are not cached, or not: by the stage's other properties. Here they always are.
        names = expected[kind].keys() if kind == "cache" else expected[kind].keys() | actual[kind].keys()
        for name in sorted(names):
            before, now = expected[kind].get(name), actual[kind].get(name)
            if before and now and name.endswith(".gitignore"):  # needless within a line
                before, now = (text.replace("\\#", "#").replace("\\!", "!") for text in (before, now))
            if kind == "outputs" and now == f"{before}x":
                continue  # DVC's folders lose the bit when they come from its cache
            if before != now:
                raise Wrong(f"{kind} {name}:\n--- DVC\n{before}\n--- mlo\n{now}")


def replay(recorded, chosen, programs, choose, is_live):
    failures = 0
    for name, (files, steps) in chosen.items():
        count = 0
        try:
            with contextlib.closing(play(files, steps, programs, choose)) as states:
                for count, place in enumerate(states, 1):
                    compare(recorded[name][count - 1], place.state())
                    if is_live:
                        place.check_status()
        except Wrong as error:
            failures += 1
            print(f"{name}, after run {count}: {error}", file=sys.stderr)
    print(f"{len(chosen)} projects, {failures} otherwise than with DVC")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", metavar="DVC")
    parser.add_argument("--live", metavar="DVC")
    parser.add_argument("--only", metavar="PROJECT")
    parser.add_argument("mlo", nargs="?")
    arguments = parser.parse_args()
    chosen = {name: project for name, project in projects() if arguments.only in (None, name)}
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    if arguments.record:
        programs = Programs(dvc=shlex.split(arguments.record))
        for name, (files, steps) in chosen.items():
            recorded[name] = [place.state() for place in play(files, steps, programs, lambda: "dvc")]
        RECORDED.write_text("{\n" + ",\n".join(f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(state) for state in recorded[name]) + "\n]"
                                               for name, _ in projects() if name in recorded) + "\n}\n")
        return 0
    live = shlex.split(arguments.live or "")
    if os.environ.get("MLO_FULL") == "1" and not live:
        live = [installed("dvc") / "bin/python3", "-m", "dvc"]
    programs = Programs(arguments.mlo, live)
    failures = replay(recorded, chosen, programs, lambda: "mlo", bool(live))
    if live:
        draw = random.Random(1)
        failures += replay(recorded, chosen, programs, lambda: draw.choice(["mlo", "dvc"]), True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
