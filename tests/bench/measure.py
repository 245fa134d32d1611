# SPDX-License-Identifier: Apache-2.0
"""How the benches run programs, and time them."""
import os
import subprocess
import sys
import tempfile
import time

DEVNULL = subprocess.DEVNULL


def run(*command, cwd, env=None, check=True):
    return subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=check, stdin=DEVNULL, stdout=DEVNULL,
                          stderr=subprocess.PIPE)


def timed(command, cwd, env, read_errors=lambda text: None):
    """Wall-clock seconds and peak memory in MiB of one process; `read_errors` gets what it wrote to standard error."""
    errors = tempfile.TemporaryFile()
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=env, stdin=DEVNULL, stdout=DEVNULL, stderr=errors)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    errors.seek(0)
    text = errors.read().decode(errors="replace")
    if process.returncode != 0:
        sys.exit(f"{command} failed: {text[-2000:]}")
    read_errors(text)
    return seconds, usage.ru_maxrss / 1024
