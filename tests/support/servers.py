#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real servers for tests, on a free port of the loopback interface, in a folder of their own, for root and for anybody else.

    servers.py run NAME[,NAME...] -- COMMAND...

runs COMMAND beside the servers (versitygw, moto, nginx, sshd) and returns its exit code. COMMAND finds MLO_TEST_S3_<NAME> (the URL of each), the bucket
MLO_TEST_S3_BUCKET made in each, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and no other AWS_ variable of the caller; the URL of nginx
as MLO_TEST_HTTP; that of sshd as MLO_TEST_SSH, an empty folder there as MLO_TEST_SSH_FOLDER, and in GIT_SSH_COMMAND the ssh that it lets in.
In Python: Versitygw, Moto, Nginx and Sshd. '.ci/setup tests' installs them."""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack

import child
import nginx_files
import sshd_files
from s3 import S3

BUCKET = "mlo-test"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 10
START_ATTEMPTS = 5
LOG_LINES = 40


class NotInstalled(Exception):
    """What to type so that it is."""


class NotStarted(Exception):
    """The server ended, or did not listen in time; with its log."""


class Server:
    """One server, from start() or the begin of a `with` to stop() or its end. To be started in the main thread: see child.start."""

    name = ""
    access_key = "mlo-test-access"
    secret_key = "mlo-test-secret"
    region = "us-east-1"

    def __init__(self):
        self.url = self.folder = self.port = None
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is not None:
            print(f"-- {self.name}, the end of its log:\n{self.log_end()}", file=sys.stderr)
        self.stop()

    def start(self):
        words, environment = self.command(installed(self.name))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"mlo-{self.name}-"))
        (self.folder / "data").mkdir()
        self._start_process(words, environment)
        self.port = self._wait_until_it_listens()
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def _start_process(self, words, environment):
        with open(self.folder / "log", "wb") as log:
            self._process = child.start(words, cwd=self.folder, env={**os.environ, "HOME": str(self.folder), **environment},
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def stop(self):
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        """As a power cut would end it; stop() is still due."""
        self._process.kill()
        self._process.wait()

    def command(self, installation):
        """The words that start it in its folder on a port that it chooses itself, and what to add to the environment."""
        raise NotImplementedError

    def prepared(self):
        """Makes it ready for a COMMAND; returns what that finds in its environment."""
        self.make_bucket(BUCKET)
        return {f"MLO_TEST_S3_{self.name.upper()}": self.url}

    def client(self, url=None):
        """Signed requests to it, or to a proxy at `url` before it."""
        return S3(url or self.url, self.access_key, self.secret_key, self.region)

    def make_bucket(self, name):
        self.client().make_bucket(name)

    def log_end(self):
        return "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-LOG_LINES:])

    def _wait_until_it_listens(self):
        """The kernel knows on which port: no other process can take it in between, and nothing has to be guessed."""
        until = time.monotonic() + START_TIMEOUT_S
        while self._process.poll() is None and time.monotonic() < until:
            if port := listening_port(self._process.pid):
                return port
            time.sleep(0.005)
        failure = f"{self.name} did not start:\n{self.log_end()}"
        self.stop()
        raise NotStarted(failure)


class Versitygw(Server):
    """S3 on a folder; strict: verifies signatures, checksums and conditions."""

    name = "versitygw"

    def command(self, installation):
        return ([installation / "versitygw", "--port", "127.0.0.1:0", "posix", "data"],
                {"ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key})


class SecureVersitygw(Versitygw):
    """The same with a certificate that `ca_file` has signed."""

    def start(self):
        super().start()
        self.url, self.ca_file = f"https://127.0.0.1:{self.port}", self.folder / "ca.pem"
        return self

    def _start_process(self, words, environment):
        nginx_files.make_authority(self.folder)
        nginx_files.make_certificate(self.folder, "server", "DNS:localhost,IP:127.0.0.1")
        super()._start_process([words[0], "--cert", self.folder / "server.pem", "--key", self.folder / "server.key", *words[1:]], environment)

    def client(self, url=None):
        return S3(url or self.url, self.access_key, self.secret_key, self.region, self.ca_file)


class Moto(Server):
    """S3 in memory; lax: takes any signature."""

    name = "moto"

    def command(self, installation):
        return [installation / "bin/python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {}


class Nginx(Server):
    """Folders of a web server: nginx_files.py says which. `url` is plain, `secure_url` with a certificate that `ca_file` has signed."""

    name = "nginx"
    program, module = "/usr/sbin/nginx", "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so"

    def start(self):
        if missing := [file for file in (self.program, self.module) if not os.path.exists(file)]:
            raise NotInstalled(f"nginx is not installed (no {missing[0]}): run .ci/setup tests")
        # nginx does not choose ports, and in one process, which dies with its tests, it takes no sockets over: somebody may be faster.
        for attempts_left in reversed(range(START_ATTEMPTS)):
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mlo-nginx-"))
            self.port, secure_port = free_ports(2)
            nginx_files.write(self.folder, self.module, self.port, secure_port)
            self._start_process([self.program, "-p", self.folder, "-c", "nginx.conf", "-e", "stderr"], {})
            try:
                self._wait_until_it_listens()
                break
            except NotStarted:
                if not attempts_left:
                    raise
        self.url, self.secure_url = f"http://127.0.0.1:{self.port}", f"https://127.0.0.1:{secure_port}"
        self.ca_file = self.folder / "ca.pem"
        return self

    def prepared(self):
        return {"MLO_TEST_HTTP": self.url}


class Sshd(Server):
    """OpenSSH for the user who runs the tests, with SFTP. `folder` also holds what clients need: sshd_files.py says what.

    `subsystem` is what stands for SFTP, `lines` are further lines of its configuration."""

    name = "sshd"
    program = "/usr/sbin/sshd"

    def __init__(self, subsystem="internal-sftp", lines=()):
        super().__init__()
        self.subsystem, self.lines = subsystem, lines

    def start(self):
        if not os.path.exists(self.program):
            raise NotInstalled(f"sshd is not installed (no {self.program}): run .ci/setup tests")
        for attempts_left in reversed(range(START_ATTEMPTS)):  # sshd does not choose ports either
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mlo-sshd-"))
            (self.folder / "data").mkdir()
            sshd_files.make_keys(self.folder)
            self.port = free_ports(1)[0]
            try:
                return self.restart()
            except NotStarted:
                if not attempts_left:
                    raise

    def restart(self):
        """Starts it, again after kill(): with the same keys, on the same port."""
        sshd_files.write(self.folder, self.port, self.subsystem, self.lines)
        self._start_process([self.program, "-D", "-e", "-f", self.folder / "sshd_config"], {})
        self._wait_until_it_listens()
        self.url = f"ssh://127.0.0.1:{self.port}"
        return self

    def kill(self):
        """With all its connections; stop() is still due."""
        for process in [self._process.pid, *sshd_files.descendants(self._process.pid)]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()

    def ssh(self, key="id_ed25519", known="known_hosts"):
        """The command that connects as its clients do, and not as the user who runs the tests has set it."""
        return sshd_files.ssh_command(self.folder, key, known)

    def prepared(self):
        return {"MLO_TEST_SSH": self.url, "MLO_TEST_SSH_FOLDER": str(self.folder / "data"), "GIT_SSH_COMMAND": self.ssh()}


SERVERS = {server.name: server for server in (Versitygw, Moto, Nginx, Sshd)}


def installed(name):
    """The folder where .ci/setup put it, in the version that .ci/setup names."""
    setup = pathlib.Path(__file__).resolve().parents[2] / ".ci/setup"
    done = subprocess.run([setup, "where", name], capture_output=True, text=True, check=True)
    folder = pathlib.Path(done.stdout.strip())
    if not folder.is_dir():
        raise NotInstalled(f"{name} is not installed (no {folder}): run .ci/setup tests")
    return folder


def free_ports(count):
    """Ports that nobody has now."""
    with ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def listening_port(pid):
    """The loopback port on which a process listens, None if on none yet."""
    folder = f"/proc/{pid}/fd"
    try:
        sockets = {os.readlink(f"{folder}/{descriptor}") for descriptor in os.listdir(folder)}
    except FileNotFoundError:  # a descriptor that was closed meanwhile, or all of them
        return None
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
            return int(words[1].split(":")[1], 16)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    run = parser.add_subparsers(required=True).add_parser("run")
    run.add_argument("names", metavar="NAME[,NAME...]", type=lambda text: text.split(","))
    arguments, words = child.split(sys.argv[1:])
    options = parser.parse_args(arguments)
    if not words:
        parser.error("no COMMAND")
    if unknown := [name for name in options.names if name not in SERVERS]:
        parser.error(f"no server '{unknown[0]}'; there are: {', '.join(SERVERS)}")

    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": Server.access_key, "AWS_SECRET_ACCESS_KEY": Server.secret_key, "AWS_REGION": Server.region,
                    "MLO_TEST_S3_BUCKET": BUCKET}
    with ExitStack() as stack:
        try:
            servers = [stack.enter_context(SERVERS[name]()) for name in options.names]
        except (NotInstalled, NotStarted) as error:
            print(f"servers.py: {error}", file=sys.stderr)
            return 1
        for server in servers:
            environment |= server.prepared()
        code = child.run(words, environment)
        for server in servers if code else ():
            print(f"-- {server.name}, the end of its log:\n{server.log_end()}", file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
