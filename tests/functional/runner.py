#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs transcripts: files that hold shell commands and the output that they must have. README.md states the format."""

import argparse
import concurrent.futures
import dataclasses
import difflib
import fnmatch
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SKIP_CODE = 80
HELPERS = pathlib.Path(__file__).resolve().parent / "bin"
SHELL = ["bash", "--noprofile", "--norc"]
GIT_CONFIG = """\
[user]
\tname = Ada Example
\temail = ada@example.org
[init]
\tdefaultBranch = main
[advice]
\tdetachedHead = false
"""


class TranscriptError(Exception):
    """A transcript that cannot be run as it is written."""


@dataclasses.dataclass
class Step:
    """A command and what it must print; `comments` are the lines before it."""

    comments: list[str]
    command: list[str]  # its lines, without '$ ' and '> '
    expected: list[str]


@dataclasses.dataclass
class Outcome:
    path: pathlib.Path
    state: str  # "passed", "failed" or "skipped"
    report: str = ""


def margin_of(path):
    """What stands before commands and output: Markdown's code blocks are transcripts too."""
    return "    " if path.suffix == ".md" else "  "


def parse(text, margin):
    """Returns the steps of a transcript and the comment lines after the last one."""
    wide = len(margin)
    steps, comments = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(margin + "$ "):
            steps.append(Step(comments, [line[wide + 2:]], []))
            comments = []
        elif line.startswith(margin + "> ") and steps and not steps[-1].expected and not comments:
            steps[-1].command.append(line[wide + 2:])
        elif line.startswith(margin):
            if not steps or comments:
                raise TranscriptError(f"line {number}: output without a command before it")
            steps[-1].expected.append(line[wide:])
        else:
            comments.append(line)
    return steps, comments


def render(steps, trailing, margin):
    lines = []
    for step in steps:
        lines += step.comments
        lines.append(f"{margin}$ " + step.command[0])
        lines += [f"{margin}> {more}" for more in step.command[1:]]
        lines += [margin + line for line in step.expected]
    return "\n".join(lines + trailing) + "\n"


def printable(line):
    """A line of output as a transcript shows it: bytes that are no printable text are escaped and marked '(esc)'."""
    try:
        text = line.decode("utf-8")
        if text.isprintable():
            return text
    except UnicodeDecodeError:
        pass
    return line.decode("latin-1").encode("unicode_escape").decode("ascii") + " (esc)"


def matches(expected, actual):
    if expected == actual:
        return True
    if expected.endswith(" (re)"):
        return re.fullmatch(expected[: -len(" (re)")], actual) is not None
    if expected.endswith(" (glob)"):
        return fnmatch.fnmatchcase(actual, expected[: -len(" (glob)")].replace("[", "[[]"))
    return False


def keep_patterns(expected, actual):
    """`actual`, with each line that a line of `expected` matches replaced by that line (longest common subsequence)."""
    if len(expected) == len(actual) and all(map(matches, expected, actual)):
        return expected
    rows, columns = len(expected), len(actual)
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            if matches(expected[i], actual[j]):
                length[i][j] = 1 + length[i + 1][j + 1]
            else:
                length[i][j] = max(length[i + 1][j], length[i][j + 1])
    result, i = list(actual), 0
    for j in range(columns):
        while i < rows and length[i][j] == length[i + 1][j]:
            i += 1
        if i < rows and length[i][j] > length[i][j + 1]:
            result[j] = expected[i]
            i += 1
    return result


def environment(root, bin_dirs, source_dir):
    """The whole environment of the commands: nothing of the caller's but sanitizer options."""
    home = root / "home"
    path = [*map(str, bin_dirs), str(HELPERS), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    variables = {
        "PATH": os.pathsep.join(path),
        "CASE": str(root),
        "TESTDIR": str(source_dir),
        "TOOLS_CACHE": os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),  # for the helpers: where .ci/setup put things
        "HOME": str(home),
        "TMPDIR": str(root / "tmp"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(root),
        "GIT_AUTHOR_DATE": "2024-01-01T12:00:00+00:00",
        "GIT_COMMITTER_DATE": "2024-01-01T12:00:00+00:00",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": "80",
        "PAGER": "cat",
        "SHELL": "/bin/bash",
        "USER": "ada",
    }
    sanitizers = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
    return variables | {name: os.environ[name] for name in sanitizers if name in os.environ}


def make_root(base):
    root = pathlib.Path(tempfile.mkdtemp(prefix="mlo-functional-", dir=base)).resolve()
    for name in ("home", "tmp", "work"):
        (root / name).mkdir()
    (root / "home/.gitconfig").write_text(GIT_CONFIG)
    return root


def remove_root(root):
    """Removes the folder of a case, also what a transcript has made read-only."""
    for folder, folders, _ in os.walk(root):
        for name in folders:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(root)


def run_shell(script, root, variables, timeout_s):
    """Runs the script with both output streams merged; returns its bytes and exit code, None if it had to be killed."""
    path = root / "script"
    path.write_text(script)
    with open(root / "output", "a+b") as output:
        shell = subprocess.Popen(SHELL + [str(path)], cwd=root / "work", env=variables, stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=subprocess.STDOUT, start_new_session=True, umask=0o022)
        try:
            code = shell.wait(timeout_s)
        except subprocess.TimeoutExpired:
            code = None
        try:
            os.killpg(shell.pid, signal.SIGKILL)  # what the transcript left running
        except ProcessLookupError:
            pass
        shell.wait()
        output.seek(0)
        return output.read(), code


def split_output(output, marker):
    """Splits what the shell printed at its marker lines into (lines, exit code) for each step that ended."""
    parts, lines = [], []
    for line in output.split(b"\n"):
        text, found, code = line.partition(marker)
        if not found:
            lines.append(printable(line))
            continue
        if text:
            lines.append(printable(text) + " (no-eol)")
        if code != b"0":
            lines.append("[" + code.decode() + "]")
        parts.append(lines)
        lines = []
    return parts, [line for line in lines if line]


def execute(steps, root, options, source_dir):
    """Runs the steps in one shell and returns what each printed; raises TranscriptError where that cannot be told."""
    salt = f"mlo-marker-{os.urandom(8).hex()}"
    script = "".join("\n".join(step.command) + f"\necho {salt}$?\n" for step in steps)
    output, code = run_shell(script, root, environment(root, options.bin, source_dir), options.timeout)
    parts, rest = split_output(output.replace(os.fsencode(root), b"$CASE"), salt.encode())
    if code == SKIP_CODE and len(parts) < len(steps):
        return None
    if len(parts) < len(steps):
        reason = f"killed after {options.timeout} s" if code is None else f"the shell ended with code {code}"
        command = steps[len(parts)].command[0]
        raise TranscriptError("\n".join([f"{reason} in: {command}"] + rest))
    return parts


def run_transcript(path, options):
    root = make_root(options.temporary)
    try:
        text = path.read_text(encoding="utf-8")
        steps, trailing = parse(text, margin_of(path))
        if not steps:
            raise TranscriptError("no command in it")
        actual = execute(steps, root, options, path.parent.resolve())
        if actual is None:
            return Outcome(path, "skipped")
        steps = [dataclasses.replace(step, expected=keep_patterns(step.expected, lines)) for step, lines in zip(steps, actual)]
        updated = render(steps, trailing, margin_of(path))
        if updated == text:
            return Outcome(path, "passed")
        if options.accept:
            path.write_text(updated, encoding="utf-8")
            return Outcome(path, "passed", f"accepted: {path}\n")
        difference = difflib.unified_diff(text.splitlines(keepends=True), updated.splitlines(keepends=True), f"{path} (expected)", f"{path} (actual)")
        return Outcome(path, "failed", "".join(difference))
    except (TranscriptError, UnicodeDecodeError, re.error) as error:
        return Outcome(path, "failed", f"{path}: {error}\n")
    finally:
        if options.keep:
            print(f"kept: {root} ({path.name})")
        else:
            remove_root(root)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("transcripts", nargs="+", type=pathlib.Path, metavar="FILE.t")
    parser.add_argument("--bin", action="append", default=[], type=lambda p: pathlib.Path(p).resolve(), metavar="DIR", help="folder to put first on PATH")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="transcripts at once")
    parser.add_argument("--accept", action="store_true", help="write what is printed now into the transcripts")
    parser.add_argument("--keep", action="store_true", help="keep each transcript's folder and say where it is")
    parser.add_argument("--timeout", type=float, default=300, metavar="S", help="seconds after which a transcript is killed [default: 300]")
    parser.add_argument("--temporary", metavar="DIR", help="where to make the transcripts' folders [default: TMPDIR]")
    options = parser.parse_args(arguments)

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for outcome in pool.map(lambda path: run_transcript(path, options), options.transcripts):
            counts[outcome.state] += 1
            if outcome.state == "skipped":
                print(f"skipped: {outcome.path}")
            if outcome.report:
                print(outcome.report, end="")
    if counts["skipped"]:
        print(f"{counts['skipped']} skipped")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
