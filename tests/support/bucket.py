# SPDX-License-Identifier: Apache-2.0
"""A project with data, and clones of it that share through a bucket, a web server or over ssh: for tests against real servers."""
import os
import pathlib
import random
import subprocess
import sys

GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1"}
BUCKET = "mlo-test"


class Wrong(Exception):
    """What happened is not as promised."""


class Skipped(Exception):
    """The machine lacks what this check needs."""


class Project:
    """The folder `work` is a repository that tracks `data`; clones lie beside it."""

    def __init__(self, mlo, folder, server):
        self.mlo, self.folder, self.server = os.path.abspath(mlo), pathlib.Path(folder).resolve(), server
        self.environment = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("AWS_")} | GIT | {
            "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "AWS_REGION": server.region, "AWS_EC2_METADATA_DISABLED": "true"}
        self.prefixes = 0

    def prepare(self, large_bytes):
        (self.folder / "work/data/sub").mkdir(parents=True)
        source = random.Random(1)
        for name, size in (("a", 100), ("sub/b", 3000), ("empty", 0), ("sub/large", large_bytes)):
            (self.folder / "work/data" / name).write_bytes(source.randbytes(size))
        self.must("work", "git", "init", "-q")
        self.must("work", self.mlo, "init", "-q")
        self.must("work", self.mlo, "add", "-q", "data")
        self.must("work", "git", "add", "-A")
        self.must("work", "git", "commit", "-qm", "one")
        return self

    def run(self, where, *words, **variables):
        return subprocess.run([str(word) for word in words], cwd=self.folder / where, env=self.environment | variables, capture_output=True,
                              text=True)

    def must(self, where, *words, **variables):
        done = self.run(where, *words, **variables)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def new_url(self, endpoint, options=""):
        """Below a prefix that nobody has used; options begin with '&'."""
        self.prefixes += 1
        return f"s3://{BUCKET}/p{self.prefixes}?endpoint={endpoint}{options}"

    def prefix(self):
        """The prefix of the last URL."""
        return f"p{self.prefixes}"

    def use(self, where, url):
        """Makes `url` the remote of that clone, in its own settings."""
        self.run(where, self.mlo, "remote", "remove", "--local", "origin")
        self.must(where, self.mlo, "remote", "add", "-q", "--local", "--default", "origin", url)

    def configure(self, where, **settings):
        """Settings of 'http.test' for that clone; all others of it go. '_' stands for '-'."""
        for name in ("origin", "ca-file", "client-certificate", "client-key", "headers-file", "password-variable", "token-file", "token-variable"):
            self.run(where, self.mlo, "config", "--unset", "--local", f"http.test.{name}")
        for name, value in settings.items():
            self.must(where, self.mlo, "config", "--local", f"http.test.{name.replace('_', '-')}", value)

    def clone(self, name, url):
        self.must(".", "rm", "-rf", name)
        self.must(".", "git", "clone", "-q", "work", name)
        self.use(name, url)

    def check_data(self, where):
        self.must(".", "diff", "-r", "work/data", f"{where}/data")


class Suite:
    """Checks on a project: each method whose name does not begin with '_', in their order. They raise Wrong."""

    def __init__(self, project):
        self.project, self.mlo, self.folder = project, project.mlo, project.folder

    def _expect(self, code, *parts, words=("push",), where="work", status=1, **variables):
        """mlo ends with that error, whose text holds the parts; returns all that it said."""
        done = self.project.run(where, self.mlo, *words, **variables)
        for part in (f"error[MLO-{code}]", *parts):
            if part not in done.stderr:
                raise Wrong(f"{' '.join(words)} does not say '{part}': exit {done.returncode}: {done.stderr}")
        if done.returncode != status:
            raise Wrong(f"{' '.join(words)} ends with {done.returncode}: {done.stderr}")
        return done.stdout + done.stderr

    def _check_pull(self, url, **variables):
        self.project.clone("reader", url)
        self.project.must("reader", self.mlo, "pull", "-q", **variables)
        self.project.check_data("reader")

    def _after_each(self):
        pass

    def _run(self, wanted=()):
        """Runs all checks, or those that are named; returns how many failed."""
        failures = 0
        for name in wanted or [name for name, value in vars(type(self)).items() if callable(value) and not name.startswith("_")]:
            try:
                getattr(self, name)()
                print(f"{name.replace('_', ' ')}: as promised", flush=True)
            except Skipped as reason:
                print(f"{name.replace('_', ' ')}: SKIPPED: {reason}", file=sys.stderr)
            except Wrong as error:
                failures += 1
                print(f"{name.replace('_', ' ')}: {error}", file=sys.stderr)
            self._after_each()
        return failures


class WebProject(Project):
    """The same on a web server."""

    def new_url(self, endpoint, options=""):
        """Below a location of the server, which `endpoint` ends with."""
        self.prefixes += 1
        return f"{endpoint}/p{self.prefixes}"


class SshProject(Project):
    """The same in folders behind sshd, or behind a proxy before it."""

    def __init__(self, mlo, folder, server):
        super().__init__(mlo, folder, server)
        # A proxy has another port, under which nobody knows the key of the host. A bit that makes a packet longer lets ssh wait for what never comes.
        self.environment["GIT_SSH_COMMAND"] = (f"{server.ssh()} -oHostKeyAlias=[127.0.0.1]:{server.port} -oServerAliveInterval=3 "
                                               "-oConnectTimeout=10")

    def new_url(self, endpoint, options=""):
        """A folder that is not there yet, by the host and the port of `endpoint`."""
        self.prefixes += 1
        return f"ssh://{endpoint.split('//')[1]}{self.server.folder}/data/p{self.prefixes}"

    def unfinished(self):
        """The uploads that the folder of the last URL holds."""
        folder = self.server.folder / f"data/p{self.prefixes}/.tmp"
        return os.listdir(folder) if folder.is_dir() else []
