#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_kill.py [--seed N] [--count N] MLO

SIGKILL for 'mlo run' at moments that the seed draws, up to six times in a row, and at once again: 20 stages in four chains, of which each
writes its output in two steps, so that a job left over from before would be noticed in it. At the end every output is right, nothing is
out of date, and no stage ran again but those that were on their way when a kill came. Every other pipeline is a dvc.yaml, beside DVC: its cache
has all that its lock names. MLO_FULL=1: 100 pipelines; else none (exit code 77)."""
import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

CHAINS, LENGTH, JOBS, MOST_KILLS = 4, 5, 3, 6
LATEST_S = 0.12
# Running, or ended and not yet in the journal.
ON_THEIR_WAY = 2 * JOBS
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def make_pipeline(folder, mlo, document):
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run([mlo, "init", "-q"], cwd=folder, check=True)
    (folder / "in").write_text("begin\n")
    text = "stages:\n"
    for chain in range(CHAINS):
        for link in range(LENGTH):
            source, made = (f"c{chain}_{link - 1}" if link else "in"), f"c{chain}_{link}"
            text += (f"  s{chain}_{link}:\n    cmd: cat {source} > {made}; echo {link} >> {made}; echo {made} >> ran\n"
                     f"    deps: [{source}]\n    outs: [{made}]\n")
    (folder / document).write_text(text)
    if document == "dvc.yaml":
        (folder / ".dvc/tmp").mkdir(parents=True)
        (folder / ".dvc/config").touch()


def kill_and_repeat(folder, mlo, source):
    """Returns how often it was killed."""
    for kills in range(MOST_KILLS):
        process = subprocess.Popen([mlo, "run", "-q", "-j", str(JOBS)], cwd=folder, stderr=subprocess.DEVNULL)
        try:
            process.wait(source.uniform(0.005, LATEST_S))
            return kills
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return MOST_KILLS


def complaints(folder, mlo, kills):
    last = subprocess.run([mlo, "run", "-q", "-j", str(JOBS)], cwd=folder, capture_output=True, text=True)
    if last.returncode != 0:
        yield f"the last run ended with {last.returncode}: {last.stderr}"
        return
    for chain in range(CHAINS):
        wanted = "begin\n" + "".join(f"{link}\n" for link in range(LENGTH))
        found = (folder / f"c{chain}_{LENGTH - 1}").read_text()
        if found != wanted:
            yield f"chain {chain} ends with {found!r}"
    again = len((folder / "ran").read_text().split()) - CHAINS * LENGTH
    if again > ON_THEIR_WAY * kills:
        yield f"{again} executions too many after {kills} kills"
    if (folder / ".dvc").exists():
        for md5 in set(re.findall(r"path: c\S+\n +hash: md5\n +md5: (\S+)", (folder / "dvc.lock").read_text())):
            kept = folder / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
            if not kept.exists() or hashlib.md5(kept.read_bytes()).hexdigest() != md5:
                yield f"DVC's cache has not got {md5}"
    planned = json.loads(subprocess.run([mlo, "run", "--dry", "--json"], cwd=folder, capture_output=True, text=True, check=True).stdout)
    late = [stage["name"] for stage in planned["stages"] if stage["outcome"] != "up-to-date"]
    if late:
        yield f"out of date: {late}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=100 if os.environ.get("MLO_FULL") == "1" else 0)
    parser.add_argument("mlo")
    options = parser.parse_args()
    if options.count == 0:
        print("SKIPPED: kills of 'mlo run' are part of the long run (MLO_FULL=1, or --count)")
        sys.exit(77)
    source = random.Random(options.seed)
    total = wrong = 0
    for number in range(options.count):
        with tempfile.TemporaryDirectory(prefix="mlo-run-kill-", dir=MEMORY) as name:
            folder = pathlib.Path(name)
            make_pipeline(folder, options.mlo, "dvc.yaml" if number % 2 else "pipeline.yaml")
            kills = kill_and_repeat(folder, options.mlo, source)
            total += kills
            for complaint in complaints(folder, options.mlo, kills):
                wrong += 1
                print(f"pipeline {number} of seed {options.seed}: {complaint}")
    print(f"{options.count} pipelines, {total} kills, {wrong} complaints")
    sys.exit(wrong > 0)


main()
