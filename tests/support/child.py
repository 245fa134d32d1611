# SPDX-License-Identifier: Apache-2.0
"""Child processes that do not outlive the tests that started them."""
import ctypes
import os
import signal
import subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def start(words, **options):
    """A Popen that is killed when the calling thread ends, however that happens: call it in the main thread."""
    parent = os.getpid()

    def bind_to_parent():
        if _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0 or os.getppid() != parent:
            os._exit(126)

    return subprocess.Popen([str(word) for word in words], preexec_fn=bind_to_parent, **options)


def split(arguments):
    """The arguments before the first '--', and the command after it."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], arguments[end + 1:]


def run(words, environment):
    """Runs a command, passes on the signals that ask for an end, and returns its exit code as a shell would."""
    process = start(words, env=environment)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: process.send_signal(received))
    code = process.wait()
    return code if code >= 0 else 128 - code
