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


def timed(command, cwd, env):
    """Wall-clock seconds and peak memory in MiB of one process."""
    errors = tempfile.TemporaryFile()
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=env, stdin=DEVNULL, stdout=DEVNULL, stderr=errors)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        errors.seek(0)
        sys.exit(f"{command} failed: {errors.read().decode(errors='replace')[-2000:]}")
    return seconds, usage.ru_maxrss / 1024
