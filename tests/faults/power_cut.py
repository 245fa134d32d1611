#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""power_cut.py ATOMIC_WRITER MLO: what was acknowledged on a real ext4, xfs or btrfs is there after a power cut.

The file system lives in an image behind a loop mount. When the work has acknowledged all, the image is copied: the copy holds
what has reached the block layer, and nothing of the caches of the mount. It is mounted (the journal is replayed) and compared. Two
controls show that the test can tell: files written in the one right way must all be there, files that nobody synced must be lost.
Without root, loop devices or a mkfs, what is missing is said and counts as skipped (exit code 77)."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager

from samples import content_of, differences, make_tree, snapshot

FILES, SIZE = 100, 4096
ROUNDS = 3 if os.environ.get("MLO_FULL") == "1" else 1
SYSTEMS = {
    "ext4": (["mkfs.ext4", "-q", "-F"], []),
    "xfs": (["mkfs.xfs", "-q", "-f"], ["nouuid"]),
    "btrfs": (["mkfs.btrfs", "-q", "-f"], []),
}


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, **options)


@contextmanager
def mounted(image, folder, options):
    folder.mkdir(exist_ok=True)
    run("mount", "-o", ",".join(["loop", *options]), image, folder)
    try:
        yield folder
    finally:
        run("umount", folder)


def write_unsynced(folder):
    """Negative control: write and rename, nothing synced."""
    names = [f"file-{number}" for number in range(1, FILES + 1)]
    for name in names:
        (folder / ".tmp").write_bytes(content_of(name, SIZE))
        (folder / ".tmp").rename(folder / name)
    return names


def write_rightly(folder):
    """Positive control: write, fsync, rename, fsync the folder."""
    names = [f"file-{number}" for number in range(1, FILES + 1)]
    for name in names:
        with open(folder / ".tmp", "wb") as file:
            file.write(content_of(name, SIZE))
            file.flush()
            os.fsync(file.fileno())
        (folder / ".tmp").rename(folder / name)
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    return names


def write_by_atomic_file(writer):
    return lambda folder: run(writer, folder, FILES, SIZE).stdout.decode().replace("done ", "").split()


def lost_files(folder, names):
    """Which of the acknowledged files are not there, or not as they were written."""
    return [name for name in names if not (folder / name).is_file() or (folder / name).read_bytes() != content_of(name, SIZE)]


class Machine:
    """An image with one file system, whose power can be cut."""

    def __init__(self, system, folder):
        self.mkfs, self.options = SYSTEMS[system]
        self.folder = folder
        self.image = folder / "disk"
        self.after = folder / "disk-after"
        with open(self.image, "wb") as file:
            file.truncate(400 << 20)
        run(*self.mkfs, self.image)

    def cut(self, prepare, work, check):
        """Prepares durably, works, cuts, and returns what check(folder, prepared, acknowledged) says of the copy."""
        with mounted(self.image, self.folder / "before", []) as root:
            place = pathlib.Path(tempfile.mkdtemp(dir=root))
            prepared = prepare(place)
            os.sync()
            acknowledged = work(place)
            run("cp", "--sparse=always", self.image, self.after)
        with mounted(self.after, self.folder / "after", self.options) as root:
            return check(root / place.name, prepared, acknowledged)


class Mlo:
    """mlo add and mlo checkout as works to be cut."""

    def __init__(self, program):
        self.program = program

    def mlo(self, repository, *words):
        environment = {**os.environ, "HOME": str(repository), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
        done = subprocess.run([self.program, *words], cwd=repository, env=environment, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"mlo {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def prepare_add(self, folder):
        repository = folder / "repository"
        (repository / "data").mkdir(parents=True)
        make_tree(repository / "data")
        self.mlo(repository, "init", "--no-git")
        return snapshot(repository / "data")

    def add(self, folder):
        self.mlo(folder / "repository", "add", "data")

    def check_added(self, folder, prepared, _acknowledged):
        """The version is all in the store: without the data beside it, a checkout brings it back."""
        repository = folder / "repository"
        shutil.rmtree(repository / "data")
        self.mlo(repository, "checkout")
        return differences(prepared, snapshot(repository / "data"))

    def prepare_checkout(self, folder):
        prepared = self.prepare_add(folder)
        self.add(folder)
        shutil.rmtree(folder / "repository" / "data")
        return prepared

    def checkout(self, folder):
        self.mlo(folder / "repository", "checkout")

    def check_checked_out(self, folder, prepared, _acknowledged):
        return differences(prepared, snapshot(folder / "repository" / "data"))


def problems_of(system, writer, program):
    """Runs all works on one file system and yields a line for each that went wrong."""

    def say(work, lost, total):
        print(f"power cut on {system}, {work}: {len(lost)} of {total} lost", flush=True)

    nothing = lambda folder: None
    check_files = lambda folder, prepared, names: (lost_files(folder, names), names)
    with tempfile.TemporaryDirectory(prefix="mlo-power-cut-") as folder:
        machine = Machine(system, pathlib.Path(folder))
        lost, names = machine.cut(nothing, write_unsynced, check_files)
        say("nothing synced (must lose)", lost, len(names))
        if not lost:
            yield f"{system}: files that nobody synced survived: this test proves nothing"
        for work, title in ((write_rightly, "synced by hand"), (write_by_atomic_file(writer), "AtomicFile")):
            for _ in range(ROUNDS):
                lost, names = machine.cut(nothing, work, check_files)
                say(title, lost, len(names))
                if lost or len(names) != FILES:
                    yield f"{system}: {title}: lost {lost} of {len(names)}"
        mlo = Mlo(program)
        for prepare, work, check, title in ((mlo.prepare_add, mlo.add, mlo.check_added, "mlo add"),
                                            (mlo.prepare_checkout, mlo.checkout, mlo.check_checked_out, "mlo checkout")):
            for _ in range(ROUNDS):
                lost = machine.cut(prepare, work, check)
                say(title, lost, "the tree")
                if lost:
                    yield f"{system}: {title}: lost or changed {lost}"


def missing_for(system):
    """Why a file system cannot be tried here; None if it can."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/loop-control"):
        return "needs loop devices"
    if shutil.which(SYSTEMS[system][0][0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
        return f"{SYSTEMS[system][0][0]} is not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with mounted(Machine(system, pathlib.Path(folder)).image, pathlib.Path(folder) / "try", []):
                return None
        except (subprocess.CalledProcessError, OSError) as error:
            return f"cannot mount: {getattr(error, 'stderr', b'').decode(errors='replace').strip() or error}"


def main():
    writer, program = (os.path.abspath(program) for program in sys.argv[1:])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    problems, skipped = [], []
    for system in SYSTEMS:
        if reason := missing_for(system):
            print(f"SKIPPED: power cut on {system}: {reason}", flush=True)
            skipped.append(system)
        else:
            problems += problems_of(system, writer, program)
    for problem in problems:
        print(f"FAILED: {problem}")
    if problems:
        return 1
    return 77 if len(skipped) == len(SYSTEMS) else 0


if __name__ == "__main__":
    sys.exit(main())
