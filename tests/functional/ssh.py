#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ssh.py MLO

A folder of another host as a remote, over a real sshd: what users do with it, and what they get for each thing that is wrong."""
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from bucket import Project, Skipped, Suite, Wrong
from fault_proxy import FaultProxy
from servers import Sshd, free_ports
import sshd_files

WEEK_S = 7 * 24 * 3600


class Ssh(Suite):
    def __init__(self, project, sshd):
        super().__init__(project)
        self.sshd, self.folders = sshd, 0

    # What it is compared with.

    def _new_folder(self):
        """The path of a folder that is not there yet."""
        self.folders += 1
        return self.sshd.folder / f"data/p{self.folders}"

    def _use_new(self, sshd=None):
        folder = self._new_folder()
        self.project.use("work", f"{(sshd or self.sshd).url}{folder}")
        return folder

    def _pushed(self):
        folder = self._use_new()
        self.project.must("work", self.mlo, "push", "-q")
        return folder

    def _script(self, name, text):
        """A program that is nobody's but the tests'."""
        path = self.project.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def _check_no_uploads(self, folder):
        if left := os.listdir(folder / ".tmp"):
            raise Wrong(f"unfinished uploads stay: {left}")

    # What users do.

    def push_and_pull_with_each_key(self):
        for key in ("id_ed25519", "id_rsa"):
            folder = self._use_new()
            self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=self.sshd.ssh(key))
            self._check_pull(f"{self.sshd.url}{folder}", GIT_SSH_COMMAND=self.sshd.ssh(key))
            self._check_no_uploads(folder)

    def the_ssh_of_path_and_its_settings(self):
        """Without GIT_SSH_COMMAND it is the program that PATH finds; a host's settings are its own business."""
        programs = self.project.folder / "programs"
        programs.mkdir()
        settings = self.project.folder / "ssh_config"
        settings.write_text(f"Host storage\n HostName 127.0.0.1\n Port {self.sshd.port}\n RemoteCommand echo\n RequestTTY yes\n")
        words = shlex.split(self.sshd.ssh())
        words[1:3] = ["-F", str(settings)]
        self._script("programs/ssh", f"exec /usr/bin/{shlex.join(words)} \"$@\"")
        folder = self._new_folder()
        self.project.use("work", f"storage:{folder}")
        path = f"{programs}:{os.environ['PATH']}"
        self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND="", PATH=path)
        self._check_pull(f"ssh://storage{folder}", GIT_SSH_COMMAND="", PATH=path)

    def forms_of_urls(self):
        home = os.path.expanduser("~")
        with tempfile.TemporaryDirectory(prefix="mlo-ssh-", dir=home) as below_home:
            name = os.path.basename(below_home)
            user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
            port = f"{self.sshd.ssh()} -p {self.sshd.port}"
            self.project.use("work", f"127.0.0.1:{name}/a")
            self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=port)
            for url in (f"{user}@127.0.0.1:~/{name}/a", f"127.0.0.1:{below_home}/a"):
                self._check_pull(url, GIT_SSH_COMMAND=port)
            for url in (f"{self.sshd.url}/~/{name}/a", f"ssh://{user}@127.0.0.1:{self.sshd.port}{below_home}/%61"):
                self._check_pull(url)

    def names_that_are_hard(self):
        parent = self._new_folder()
        parent.mkdir()
        for name in ("a b", "-x", "$(id)", "ä\u202e", "it's", "%41", "*"):
            self.project.use("work", f"127.0.0.1:{parent}/{name}")
            self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=f"{self.sshd.ssh()} -p {self.sshd.port}")
            if not (parent / name / "format").is_file():
                raise Wrong(f"'{name}' is not there: {os.listdir(parent)}")

    def few_requests(self):
        self._pushed()
        again = json.loads(self.project.must("work", self.mlo, "push", "--json"))["traffic"]
        if again["requests"] > 3 or again["sent_bytes"] > 0:
            raise Wrong(f"nothing to do takes {again}")

    def the_same_folder_without_ssh(self):
        folder = self._use_new()
        url = f"{self.sshd.url}{folder}"
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(folder)
        (self.project.folder / "work/data/new").write_bytes(b"pushed through the folder")
        self.project.must("work", self.mlo, "add", "-q", "data")
        self.project.must("work", "git", "commit", "-qam", "new")
        self.project.use("work", folder)
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(url)
        for name in ("format", "listing", *(f"packs/{each}" for each in os.listdir(folder / "packs"))):
            if (folder / name).stat().st_mode & 0o777 != 0o444:
                raise Wrong(f"{name} has the mode {(folder / name).stat().st_mode:o}")

    def two_pushes_at_once_one_without_ssh(self):
        folder = self._pushed()
        with tempfile.TemporaryDirectory(prefix="mlo-ssh-") as other_folder:
            other = make_project(self.mlo, other_folder, self.sshd, 50_000)
            other.use("work", folder)
            (self.project.folder / "work/data/more").write_bytes(os.urandom(500_000))
            self.project.must("work", self.mlo, "add", "-q", "data")
            pushes = [subprocess.Popen([self.mlo, "push", "-q"], cwd=each.folder / "work", env=each.environment, stderr=subprocess.PIPE)
                      for each in (self.project, other)]
            for push in pushes:
                errors = push.communicate()[1]
                if push.returncode != 0:
                    raise Wrong(f"of two pushes at once one fails: {errors.decode()}")
            other.clone("reader", f"{self.sshd.url}{folder}")
            other.must("reader", other.mlo, "pull", "-q")
            other.check_data("reader")
        self.project.must("work", "git", "commit", "-qam", "more")
        self._check_pull(f"{self.sshd.url}{folder}")

    def foreign_files_and_old_uploads(self):
        folder = self._new_folder()
        (folder / "packs").mkdir(parents=True)
        (folder / ".tmp").mkdir()
        foreign = [folder / name for name in ("README.TXT", ".DS_Store", "packs/.hidden", "packs/UPPER")]
        for path in foreign:
            path.write_text("x")
        os.symlink("README.TXT", folder / "packs/link")
        old, young = folder / ".tmp" / ("0" * 32), folder / ".tmp" / ("1" * 32)
        for path, age_s in ((old, WEEK_S + 60), (young, WEEK_S - 600)):
            path.write_text("x")
            os.utime(path, (time.time() - age_s,) * 2)
        self.project.use("work", f"{self.sshd.url}{folder}")
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(f"{self.sshd.url}{folder}")
        if old.exists() or not young.exists():
            raise Wrong(f"of old uploads there are {os.listdir(folder / '.tmp')}")
        if any(path.read_text() != "x" for path in foreign):
            raise Wrong("a foreign file was changed")

    def modes_follow_the_root(self):
        folder = self._new_folder()
        folder.mkdir()
        folder.chmod(0o2770)
        self.project.use("work", f"{self.sshd.url}{folder}")
        self.project.must("work", self.mlo, "push", "-q")
        modes = {name: (folder / name).stat().st_mode & 0o7777 for name in ("packs", ".tmp", "format")}
        if modes != {"packs": 0o2770, ".tmp": 0o2770, "format": 0o440}:
            raise Wrong(f"modes are { {name: oct(mode) for name, mode in modes.items()} }")

    def what_is_acknowledged_is_on_the_disk(self):
        """Each value is synced before it gets its name, and its folder after that; also where it is removed."""
        calls = self.project.folder / "calls"
        # sftp-server asks the kernel to let nobody but root look into it.
        traced = self._script("traced", f"exec strace -f -y -o {calls} -e inject=prctl:retval=0 -e trace=fsync,link,rename,unlink,mkdir,prctl "
                                        "/usr/lib/openssh/sftp-server")
        with Sshd(subsystem=traced) as sshd:
            folder = sshd.folder / "data/p"
            self.project.use("work", f"{sshd.url}{folder}")
            self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=sshd.ssh())
        trace = [re.sub(r"^\d+ +", "", line) for line in calls.read_text().splitlines()]
        for made in (re.match(r'mkdir\("([^"]+)".* = 0$', line) for line in trace):
            if made and f"{os.path.dirname(made[1])}>) = 0" not in "".join(trace[trace.index(made.string):]):
                raise Wrong(f"the folder of {made[1]} is not synced: {trace}")
        published = 0
        for at, line in enumerate(trace):
            if named := re.match(r'(?:link|rename)\("([^"]+/\.tmp/[0-9a-f]{32})", "([^"]+)"\) = 0$', line):
                published += 1
                if not any(re.match(rf"fsync\(\d+<{named[1]}>\) += 0", each) for each in trace[:at]):
                    raise Wrong(f"{named[2]} gets its name before it is synced: {trace}")
            elif not (named := re.match(r'unlink\("((?!.*/\.tmp/)([^"]+))"\) = 0$', line)):
                continue
            if not any(re.match(rf"fsync\(\d+<{os.path.dirname(named[2])}>\) += 0", each) for each in trace[at:]):
                raise Wrong(f"the folder of {named[2]} is not synced: {trace}")
        if published < 5:  # format, lease, pack, index, roots, listing
            raise Wrong(f"too little was traced: {trace}")

    # What breaks on the way.

    def a_server_that_is_killed_in_mid_push(self):
        with Sshd() as sshd:
            folder = sshd.folder / "data/p"
            large = self.project.folder / "work/large"
            large.write_bytes(os.urandom(200 << 20))
            self.project.must("work", self.mlo, "add", "-q", "large")
            self.project.use("work", f"{sshd.url}{folder}")
            environment = self.project.environment | {"GIT_SSH_COMMAND": sshd.ssh()}
            push = subprocess.Popen([self.mlo, "push", "--limit-rate", "60M"], cwd=self.project.folder / "work", env=environment,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            wait_until(lambda: (folder / "packs").is_dir() and os.listdir(folder / "packs"), push)
            sshd.kill()
            packs = set(os.listdir(folder / "packs"))
            sshd.restart()
            errors = push.communicate()[1]
            if push.returncode != 0:
                raise Wrong(f"a push does not survive its server: {errors}")
            again = json.loads(self.project.must("work", self.mlo, "push", "--json", GIT_SSH_COMMAND=sshd.ssh()))["traffic"]
            if again["sent_bytes"] > 0 or not packs <= set(os.listdir(folder / "packs")):
                raise Wrong(f"a second push sends {again}")
            self._check_no_uploads(folder)
            self.project.must("work", self.mlo, "remote", "check", GIT_SSH_COMMAND=sshd.ssh())
        (self.project.folder / "work/large.mlo").unlink()

    def a_server_that_stays_away(self):
        with Sshd() as sshd:
            self.project.use("work", f"{sshd.url}{sshd.folder}/data/p")
            self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=sshd.ssh())
            sshd.kill()
            self._expect("N011", "Connection refused", "tried 3 times", GIT_SSH_COMMAND=sshd.ssh())

    def connections_cut_at_any_byte(self):
        """Whatever was cut, the same command goes on by itself."""
        with FaultProxy(f"tcp://127.0.0.1:{self.sshd.port}", protocol="tcp") as proxy:
            port = proxy.url.rsplit(":", 1)[1]
            # The key of the host is known under another port.
            command = f"{self.sshd.ssh()} -oHostKeyAlias=[127.0.0.1]:{self.sshd.port}"
            for direction, cuts in (("up", (100, 3000, 5000, 30_000, 1_000_000)), ("down", (20, 2000, 4000, 6000))):
                for cut in cuts:
                    folder = self._new_folder()
                    self.project.use("work", f"ssh://127.0.0.1:{port}{folder}")
                    proxy.set([{"do": "cut", "bytes": cut, "direction": direction, "of": "connection", "first": 1}])
                    self.project.must("work", self.mlo, "push", "-q", GIT_SSH_COMMAND=command)
                    proxy.clear()
                    self._check_pull(folder)
                    self._check_no_uploads(folder)
            proxy.set([{"do": "cut", "bytes": 1_500_000, "direction": "down", "of": "connection", "first": 2}])
            self._check_pull(f"ssh://127.0.0.1:{port}{folder}", GIT_SSH_COMMAND=command)

    def ctrl_c_ends_a_push_at_once(self):
        folder = self._use_new()
        (self.project.folder / "work/noise").write_bytes(os.urandom(30 << 20))
        self.project.must("work", self.mlo, "add", "-q", "noise")
        push = subprocess.Popen([self.mlo, "push", "--limit-rate", "1M"], cwd=self.project.folder / "work", env=self.project.environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
        wait_until(lambda: (folder / ".tmp").is_dir() and os.listdir(folder / ".tmp"), push)
        ssh = sshd_files.descendants(push.pid)
        os.killpg(push.pid, signal.SIGINT)
        errors = push.communicate()[1]
        if push.returncode != 130 or "MLO-U009" not in errors or not ssh:
            raise Wrong(f"an interrupted push ends with {push.returncode}: {errors}")
        if left := [pid for pid in ssh if os.path.exists(f"/proc/{pid}")]:
            raise Wrong(f"ssh outlives it: {left}")
        self._check_no_uploads(folder)
        (self.project.folder / "work/noise.mlo").unlink()

    # What is wrong.

    def keys_that_are_refused(self):
        self._use_new()
        for key in ("id_stranger", "id_passphrase", "no-such-key"):
            said = self._expect("N065", "Permission denied", "ssh-add", GIT_SSH_COMMAND=self.sshd.ssh(key))
            if "tried" in said:
                raise Wrong(f"a key that is refused is shown again: {said}")

    def host_keys_that_are_not_known_or_wrong(self):
        self._use_new()
        self._expect("N063", "accept it: ssh 127.0.0.1", GIT_SSH_COMMAND=self.sshd.ssh(known="known_none"))
        if (self.sshd.folder / "known_none").read_text():
            raise Wrong("a host key was accepted")
        self._expect("N064", "ssh-keygen -R", GIT_SSH_COMMAND=self.sshd.ssh(known="known_wrong"))

    def no_host_and_nobody_there(self):
        self.project.use("work", "ssh://no-such-host.invalid/x")
        self._expect("N010", "no-such-host.invalid")
        self.project.use("work", f"ssh://127.0.0.1:{free_ports(1)[0]}/x")
        self._expect("N011", "Connection refused")

    def something_else_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=greet_as_something_else, args=(listener,), daemon=True).start()
            self.project.use("work", f"ssh://127.0.0.1:{listener.getsockname()[1]}/x")
            self._expect("N012")

    def no_ssh_at_all(self):
        self._use_new()
        self._expect("N061", "PATH", GIT_SSH_COMMAND="", PATH=str(self.project.folder))
        self._expect("N061", "GIT_SSH_COMMAND", GIT_SSH_COMMAND="/no/such/ssh")
        self._expect("N068", "Bad configuration option", GIT_SSH_COMMAND=f"{self.sshd.ssh()} -oNoSuchOption=1")

    def hosts_without_sftp(self):
        chatty = self._script("chatty", "echo; echo Welcome aboard; exec /usr/lib/openssh/sftp-server")
        for subsystem, code, part in ((None, "N066", "no SFTP"), ("/no/such/sftp-server", "N066", "127"), (chatty, "N067", "Welcome aboard"),
                                      ("/bin/echo Hi", "N067", "Hi"), ("/bin/true", "N066", "ended")):
            with Sshd(subsystem=subsystem) as sshd:
                self.project.use("work", f"{sshd.url}{sshd.folder}/data/p")
                self._expect(code, part, GIT_SSH_COMMAND=sshd.ssh())

    def servers_with_fewer_extensions(self):
        for refused in ("fsync", "posix-rename,limits,statvfs", "fsync,posix-rename,hardlink,limits,statvfs"):
            with Sshd(subsystem=f"internal-sftp -P {refused}") as sshd:
                variables = {"GIT_SSH_COMMAND": sshd.ssh()}
                url = f"{sshd.url}{sshd.folder}/data/p"
                self.project.use("work", url)
                self.project.must("work", self.mlo, "push", "-q", **variables)
                (self.project.folder / "work/data/changed").write_text(refused)
                self.project.must("work", self.mlo, "add", "-q", "data")
                self.project.must("work", "git", "commit", "-qam", refused)
                self.project.must("work", self.mlo, "push", "-q", **variables)
                self._check_pull(url, **variables)
                can = json.loads(self.project.must("work", self.mlo, "remote", "check", "--json", **variables))["can"]
                if can["durable"] != ("fsync" not in refused) or can["exclusive_put"] != ("posix-rename" not in refused):
                    raise Wrong(f"a server without {refused} is said to be able to {can}")

    def a_server_that_only_reads(self):
        with Sshd(subsystem="internal-sftp -R") as sshd:
            folder = sshd.folder / "data/p"
            self.project.use("work", folder)
            self.project.must("work", self.mlo, "push", "-q")
            self._check_pull(f"{sshd.url}{folder}", GIT_SSH_COMMAND=sshd.ssh())
            self.project.use("work", f"{sshd.url}{sshd.folder}/data/other")
            self._expect("R032", "does not let you make the folder", GIT_SSH_COMMAND=sshd.ssh())

    def folders_that_are_not_there(self):
        folder = self._new_folder()
        self.project.use("work", f"{self.sshd.url}{folder}/below")
        self._expect("R003", "mounted")
        self.project.use("work", f"{self.sshd.url}{folder}")
        self.project.clone("reader", f"{self.sshd.url}{folder}/below")
        self._expect("R003", words=("pull",), where="reader")
        folder.write_text("a file")
        self._expect("R034", "not a folder")
        folder.unlink()
        folder.mkdir()
        (folder / "packs").write_text("a file")
        self._expect("R034", "packs")

    def folders_that_others_own(self):
        """For root every folder is open: then it is another file system that says no."""
        if os.getuid() == 0:
            self.project.use("work", f"{self.sshd.url}/proc/mlo")
            self._expect("R033", "make the folder")
            return
        folder = self._new_folder()
        folder.mkdir()
        folder.chmod(0o555)
        self.project.use("work", f"{self.sshd.url}{folder}")
        self._expect("R032", "does not let you")

    def a_full_disk(self):
        folder = self._new_folder()
        folder.mkdir()
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "mlo", folder], capture_output=True).returncode != 0:
            raise Skipped("no tmpfs can be mounted here")
        try:
            self.project.use("work", f"{self.sshd.url}{folder}")
            self._expect("R027", "no space")
            self._check_no_uploads(folder)
            subprocess.run(["mount", "-o", "remount,size=100m", folder], check=True)
            self.project.must("work", self.mlo, "push", "-q")
            self._check_pull(f"{self.sshd.url}{folder}")
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            (self.project.folder / "work/data/late").write_text("late")
            self.project.must("work", self.mlo, "add", "-q", "data")
            self._expect("R032", "read-only")
            self.project.must("work", "git", "commit", "-qam", "late")
        finally:
            subprocess.run(["umount", folder], check=True)

    def a_limit_of_file_sizes(self):
        with Sshd(subsystem=self._script("limited", "trap '' XFSZ; ulimit -f 100; exec /usr/lib/openssh/sftp-server")) as sshd:
            self.project.use("work", f"{sshd.url}{sshd.folder}/data/p")
            self._expect("R033", "cannot store", "Failure", GIT_SSH_COMMAND=sshd.ssh())
            self._check_no_uploads(sshd.folder / "data/p")

    def a_newer_format_and_what_is_no_remote(self):
        for value, code in (("mlo remote 2\n", "X001"), ("something else", "X002")):
            folder = self._use_new()
            folder.mkdir()
            (folder / "format").write_text(value)
            self._expect(code)

    def urls_that_are_dangerous(self):
        """CVE-2017-1000117 and its like: nothing of a URL may be an option or a command."""
        mark = self.project.folder / "mark"
        for url in (f"ssh://-oProxyCommand=touch%20{mark}/x", "-oProxyCommand=x:y", f"ssh://-oProxyCommand=touch {mark}@127.0.0.1/x",
                    f"ssh://$(touch {mark})/x", "`touch mark`@127.0.0.1:x", "ssh://-oProxyCommand@h/x", "ssh://h%0aProxyCommand/x"):
            self.project.run("work", self.mlo, "remote", "remove", "--local", "evil")
            done = self.project.run("work", self.mlo, "remote", "add", "--local", "evil", "--", url)
            if done.returncode != 2 or mark.exists():
                raise Wrong(f"'{url}' ends with {done.returncode}: {done.stderr}")

    def an_url_that_nobody_approved(self):
        """Not even ssh is started: it would show the user's keys."""
        folder = self._pushed()
        mark = self.project.folder / "started"
        self.project.must(".", "rm", "-rf", "stranger")
        self.project.must(".", "git", "clone", "-q", "work", "stranger")
        with open(self.project.folder / "stranger/.mlo/config.yaml", "a", encoding="utf-8") as file:
            file.write(f"remote:\n  shared:\n    url: {self.sshd.url}{folder}\n")
        command = f"touch {mark}; {self.sshd.ssh()}"
        for words in (("pull",), ("push",), ("remote", "check")):
            done = self.project.run("stranger", self.mlo, *words, GIT_SSH_COMMAND=command)
            if done.returncode != 1 or "mlo remote trust" not in done.stdout + done.stderr or mark.exists():
                raise Wrong(f"{' '.join(words)} without approval ends with {done.returncode}: {done.stdout}{done.stderr}")
        self.project.must("stranger", self.mlo, "remote", "trust", "shared")
        self.project.must("stranger", self.mlo, "pull", "-q", GIT_SSH_COMMAND=command)
        self.project.check_data("stranger")


def wait_until(holds, process):
    while not holds():
        if process.poll() is not None:
            raise Wrong(f"it ended too early, with {process.returncode}: {process.stderr.read()}")
        time.sleep(0.002)


def greet_as_something_else(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"220 mail.example.org ESMTP\r\n" * 2000)


def make_project(mlo, folder, sshd, large_bytes):
    project = Project(mlo, folder, sshd)
    project.environment["GIT_SSH_COMMAND"] = sshd.ssh()
    return project.prepare(large_bytes)


def main():
    with tempfile.TemporaryDirectory(prefix="mlo-ssh-") as folder, Sshd() as sshd:
        project = make_project(sys.argv[1], folder, sshd, 3_000_000)
        failures = Ssh(project, sshd)._run(sys.argv[2:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
