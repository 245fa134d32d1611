#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""web.py MLO

A folder of a web server as a remote, on nginx with TLS: what users do with it, and what they get for each thing that is wrong. Answers that
nginx does not give come from the proxy of tests/support."""
import json
import pathlib
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import nginx_files
from bucket import Suite, WebProject, Wrong
from fault_proxy import FaultProxy
from http_origin import Recorder
from nginx_files import KEY, PASSWORD, TOKEN, USER
from servers import Nginx

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
SECRETS = (KEY, PASSWORD, TOKEN)


class Web(Suite):
    def __init__(self, project, server, proxy):
        super().__init__(project)
        self.server, self.proxy = server, proxy

    def _after_each(self):
        self.proxy.clear()

    # What it is compared with.

    def _expect(self, *arguments, **options):
        said = super()._expect(*arguments, **options)
        if any(secret in said for secret in SECRETS):
            raise Wrong(f"a secret is shown: {said}")

    def _push_to(self, endpoint, **variables):
        url = self.project.new_url(endpoint)
        self.project.use("work", url)
        self.project.must("work", self.mlo, "push", "-q", **variables)
        return url

    def _through_proxy(self, url):
        return url.replace(self.server.url, self.proxy.url)

    def _data(self, url):
        """The folder of the server that a URL below /dav/ names."""
        return self.server.folder / "data" / url.removeprefix(self.server.url).removeprefix("/")

    def _write_secret(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def _set_helper(self, password):
        """git's credential helper for this user, which notes what it is asked."""
        asked = self.folder / "asked"
        asked.write_text("")
        helper = self._write_secret("helper", f"#!/bin/sh\necho \"$1\" >>{asked}\ncat >>{asked}\n"
                                              f"[ $1 != get ] || printf 'username={USER}\\npassword={password}\\n'\n", 0o700)
        self._write_secret(".gitconfig", f"[credential]\n\thelper = {helper}\n")
        return asked

    # What users do.

    def push_and_pull_with_webdav(self):
        for location in ("dav", "strict", "hiding"):
            url = self._push_to(f"{self.server.url}/{location}")
            self._check_pull(url)
            if list(self._data(url).glob(".tmp/*")):
                raise Wrong(f"an upload stays in {location}")
            if "everything is in" not in self.project.run("work", self.mlo, "push").stderr:
                raise Wrong("a complete push finds something to do")

    def few_requests(self):
        self._push_to(f"{self.server.url}/dav")
        again = json.loads(self.project.must("work", self.mlo, "push", "--json"))["traffic"]
        if again["requests"] > 3 or again["sent_bytes"] > 0:
            raise Wrong(f"nothing to do takes {again}")
        (self.folder / "work/counted").write_bytes(random.Random(3).randbytes(300_000))
        self.project.must("work", self.mlo, "add", "-q", "counted")
        traffic = json.loads(self.project.must("work", self.mlo, "push", "--json"))["traffic"]
        if traffic["sent_bytes"] < 300_000 or traffic["received_bytes"] < traffic["sent_bytes"]:
            raise Wrong(f"what is read back is not counted: {traffic}")

    def read_with_plain_http(self):
        url = self._push_to(f"{self.server.url}/dav")
        for location in ("files", "pages", "whole", "moved"):
            self._check_pull(url.replace("/dav/", f"/{location}/"))

    def read_what_was_pushed_to_a_folder(self):
        folder = self.server.folder / "data/dav/pushed"
        folder.mkdir(mode=0o755)
        self.project.use("work", str(folder))
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(f"{self.server.url}/files/pushed")
        self._check_pull(f"{self.server.url}/dav/pushed")

    def push_with_put_alone(self):
        url = self._push_to(f"{self.server.url}/put")
        self._check_pull(url)
        if "everything is in" not in self.project.run("work", self.mlo, "push").stderr:
            raise Wrong("a complete push finds something to do")
        report = json.loads(self.project.must("work", self.mlo, "remote", "check", "--json"))
        if not report["ok"] or not report["can"]["write"] or report["can"]["list"]:
            raise Wrong(f"PUT alone gets {report}")

    def a_check_says_what_the_server_can_do(self):
        url = self._push_to(f"{self.server.url}/dav")
        for location, can in (("dav", {"write", "list", "range"}), ("files", {"range"})):
            self.project.use("work", url.replace("/dav/", f"/{location}/"))
            report = json.loads(self.project.must("work", self.mlo, "remote", "check", "--json"))
            found = {name for name, has in report["can"].items() if has}
            if not report["ok"] or found != can:
                raise Wrong(f"{location} can {report}")
        if list(self._data(url).glob("check/*")):
            raise Wrong("a probe stays")

    def uploads_that_were_killed_are_removed_after_a_week(self):
        url = self._push_to(f"{self.server.url}/dav")
        temporary = self._data(url) / ".tmp"
        temporary.mkdir(exist_ok=True)
        for name, days in (("old", 8), ("young", 6)):
            (temporary / name).write_bytes(b"part")
            subprocess.run(["touch", "-d", f"{days} days ago", temporary / name], check=True)
        (self.folder / "work/data/more").write_bytes(b"more")
        self.project.must("work", self.mlo, "add", "-q", "data")
        self.project.must("work", self.mlo, "push", "-q")
        if [each.name for each in temporary.iterdir()] != ["young"]:
            raise Wrong(f"there are {list(temporary.iterdir())}")
        self.project.must("work", "git", "commit", "-qam", "more")

    def encryption_and_certificates(self):
        url = self.project.new_url(f"{self.server.secure_url}/dav")
        self.project.use("work", url)
        self._expect("N020", "certificate", words=("push",))
        self.project.configure("work", origin=self.server.secure_url, ca_file=self.server.ca_file)
        self.project.must("work", self.mlo, "push", "-q")
        self.project.use("work", self.project.new_url(f"{self.server.secure_url}/certificate"))
        self._expect("R021", "access denied")
        client = self.server.folder / "client.pem"
        self.project.configure("work", origin=self.server.secure_url, ca_file=self.server.ca_file, client_certificate=client,
                               client_key=client.with_suffix(".key"))
        self.project.must("work", self.mlo, "push", "-q")
        self.project.configure("work", origin=self.server.secure_url, ca_file=self.server.ca_file, client_certificate=self.folder / "absent")
        self._expect("N021", "absent", status=2)
        self.project.configure("work")

    def certificates_that_do_not_fit(self):
        for name, names, days, part in (("old", "IP:127.0.0.1", -1, "expired"), ("other", "DNS:example.org", 2, "127.0.0.1")):
            nginx_files.make_certificate(self.server.folder, name, names, days)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.server.folder / f"{name}.pem", self.server.folder / f"{name}.key")
            with TlsServer(context) as server:
                self.project.use("work", f"{server.url}/p")
                self.project.configure("work", origin=server.url, ca_file=self.server.ca_file)
                self._expect("N020", part)
        self.project.configure("work")

    # Who asks.

    def a_password_from_the_environment(self):
        url = self.project.new_url(f"{self.server.url}/user").replace("//", f"//{USER}@")
        self.project.use("work", url)
        self._expect("R021", "git's credential helpers know none")
        self.project.configure("work", origin=self.server.url, password_variable="WEB_PASSWORD")
        self._expect("R044", "WEB_PASSWORD", status=2)
        self.project.must("work", self.mlo, "push", "-q", WEB_PASSWORD=PASSWORD)
        self._expect("R022", "the password in 'WEB_PASSWORD'", WEB_PASSWORD="another")
        self.project.use("work", url.replace(f"{USER}@", ""))
        self._expect("R044", "the user", status=2, WEB_PASSWORD=PASSWORD)
        self.project.configure("work")

    def a_password_from_git(self):
        for location in ("user", "half"):
            asked = self._set_helper(PASSWORD)
            self._push_to(f"{self.server.url}/{location}")
            host = self.server.url.removeprefix("http://")
            if asked.read_text().split("\n", 1)[0] != "get" or f"host={host}\n" not in asked.read_text():
                raise Wrong(f"the helper was asked {asked.read_text()}")
            if asked.read_text().count("get\n") != 1 or "store\n" not in asked.read_text() or "erase\n" in asked.read_text():
                raise Wrong(f"the helper was told {asked.read_text()}")
        asked = self._set_helper("another")
        self.project.use("work", self.project.new_url(f"{self.server.url}/user"))
        self._expect("R022", USER, "git's credential helper")
        if "erase\n" not in asked.read_text() or "store\n" in asked.read_text():
            raise Wrong(f"the helper was told {asked.read_text()}")
        (self.folder / ".gitconfig").unlink()

    def a_user_that_could_fool_a_helper(self):
        for user, code in (("a%0ahost=evil", "R011"), ("a%0dhost=evil", "R011"), ("a%08b", "R011"), ("a%3ab", "R011")):
            done = self.project.run("work", self.mlo, "remote", "add", "--local", "odd", f"https://{user}@example.org/p")
            if done.returncode != 2 or f"error[MLO-{code}]" not in done.stderr:
                raise Wrong(f"the user {user} gives {done.returncode}: {done.stderr}")

    def tokens_and_headers(self):
        token = self._write_secret("token", f"{TOKEN}\n")
        headers = self._write_secret("headers", f"X-Key: {KEY}\n\nX-Other: 1\n")
        self.project.configure("work", origin=self.server.url, token_file=token)
        self._push_to(f"{self.server.url}/token")
        self.project.configure("work", origin=self.server.url, token_variable="WEB_TOKEN")
        self._push_to(f"{self.server.url}/token", WEB_TOKEN=TOKEN)
        self._expect("R022", "WEB_TOKEN", WEB_TOKEN="another")
        self.project.configure("work", origin=self.server.url, headers_file=headers)
        self._push_to(f"{self.server.url}/key")
        self.project.configure("work", origin=self.server.url.replace("127.0.0.1", "localhost"), headers_file=headers)
        self._expect("R021", "access denied", "without credentials")

    def secrets_that_are_kept_badly(self):
        self.project.use("work", self.project.new_url(f"{self.server.url}/token"))
        for text, mode, part in ((TOKEN, 0o640, "chmod 600"), ("", 0o600, "no token"), ("two\nlines", 0o600, "no token")):
            self.project.configure("work", origin=self.server.url, token_file=self._write_secret("token", text, mode))
            self._expect("R045", part, status=2)
        self.project.configure("work", origin=self.server.url, headers_file=self._write_secret("headers", "no colon"))
        self._expect("R045", "Name: value", status=2)
        self.project.configure("work", origin=self.server.url, token_variable="A", password_variable="B")
        self._expect("R044", "only one", status=2)
        self.project.configure("work", origin="nowhere", token_variable="A")
        self._expect("R044", "origin", status=2)
        self.project.configure("work", token_variable="A")
        self._expect("R044", "for which server", status=2)
        self.project.configure("work")

    def settings_that_come_with_a_clone(self):
        path = self.folder / "work/.mlo/config.yaml"
        committed = path.read_text()
        for name in ("ca-file", "client-certificate", "client-key", "headers-file", "token-file"):
            path.write_text(f"{committed}http:\n  test:\n    {name}: /etc/hostname\n")
            done = self.project.run("work", self.mlo, "push")
            if done.returncode != 2 or "error[MLO-C" not in done.stderr:
                raise Wrong(f"a committed http.test.{name} gives {done.returncode}: {done.stderr}")
        path.write_text(committed)

    def an_url_that_nobody_approved(self):
        self._set_helper(PASSWORD)
        url = self._push_to(f"{self.server.url}/user")
        self.project.must(".", "rm", "-rf", "stranger")
        self.project.must(".", "git", "clone", "-q", "work", "stranger")
        with open(self.folder / "stranger/.mlo/config.yaml", "a", encoding="utf-8") as file:
            file.write(f"remote:\n  shared:\n    url: {url}\n")
        asked = self._set_helper(PASSWORD)
        self.project.configure("stranger", origin=self.server.url, token_file=self._write_secret("token", TOKEN))
        self._expect("R021", "no credentials were shown", "mlo remote trust", words=("pull",), where="stranger")
        if asked.read_text():
            raise Wrong(f"git was asked for a URL that nobody approved: {asked.read_text()}")
        self.project.configure("stranger")
        self.project.must("stranger", self.mlo, "remote", "trust", "shared")
        self.project.must("stranger", self.mlo, "pull", "-q")
        self.project.check_data("stranger")
        (self.folder / ".gitconfig").unlink()

    # What is wrong.

    def a_server_that_only_reads(self):
        url = self._push_to(f"{self.server.url}/dav")
        (self.folder / "work/new").write_text(url)
        self.project.must("work", self.mlo, "add", "-q", "new")
        self.project.use("work", url.replace("/dav/", "/files/"))
        self._expect("R041", "takes no requests that write", "help: mlo help http")

    def answers_of_the_server(self):
        for location, code, part in (("full", "R027", "no space"), ("small", "R046", "413"), ("broken", "R019", "500"), ("login", "R043", "web page")):
            self.project.use("work", self.project.new_url(f"{self.server.url}/{location}"))
            self._expect(code, part)
        cases = [("R021", 403, "PUT", "access denied"), ("R041", 405, "PUT", "takes no requests"), ("R041", 501, "PUT", "takes no requests"),
                 ("R019", 423, "PUT", "overloaded"), ("R026", 400, "MOVE", "refused")]
        for code, status, method, part in cases:
            self.project.use("work", self.project.new_url(f"{self.proxy.url}/dav"))
            self.proxy.set([{"do": "answer", "status": status, "method": method, "body": "x"}])
            self._expect(code, part)
            self.proxy.clear()
            self.project.must("work", self.mlo, "push", "-q")

    def gone_is_absent(self):
        for location in ("gone", "files/absent"):
            self.project.clone("reader", f"{self.server.url}/{location}")
            done = self.project.run("reader", self.mlo, "pull")
            if done.returncode != 1 or "error[MLO-X" not in done.stderr:
                raise Wrong(f"{location} gives {done.returncode}: {done.stderr}")

    def a_pause_that_the_server_wishes(self):
        for status in (429, 503):
            self.project.use("work", self.project.new_url(f"{self.proxy.url}/dav"))
            self.proxy.set([{"do": "answer", "status": status, "headers": {"Retry-After": "1"}, "method": "PUT", "first": 1}])
            done = self.project.run("work", self.mlo, "push", "-v")
            if done.returncode != 0 or "again in 1." not in done.stderr:
                raise Wrong(f"{status} gives {done.returncode}: {done.stderr}")
            self.proxy.clear()

    def redirects(self):
        url = self._push_to(f"{self.server.url}/dav")
        for location, code, part in (("loop", "R042", "more than 5"),):
            self.project.clone("reader", f"{self.server.url}/{location}/p")
            self._expect(code, part, words=("pull",), where="reader", status=2)
        self.project.clone("reader", url.replace(self.server.url, self.server.secure_url).replace("/dav/", "/plain/"))
        self.project.configure("reader", origin=self.server.secure_url, ca_file=self.server.ca_file)
        self._expect("R042", "not encrypted", words=("pull",), where="reader", status=2)
        self.project.use("work", self.project.new_url(f"{self.proxy.url}/dav"))
        self.proxy.set([{"do": "answer", "status": 307, "method": "PUT", "headers": {"Location": f"{self.server.url}/dav/x"}}])
        self._expect("R042", self.server.url, "final address", status=2)

    def credentials_stay_with_their_server(self):
        url = self._push_to(f"{self.server.url}/dav")
        token = self._write_secret("token", TOKEN)
        headers = self._write_secret("headers", f"X-Key: {KEY}\n")
        other = Recorder(NOT_FOUND, 1, "then close")
        self.project.clone("reader", self._through_proxy(url))
        self.project.configure("reader", origin=self.proxy.url, token_file=token, headers_file=headers)
        self.proxy.set([{"do": "answer", "status": 302, "headers": {"Location": f"http://{other.address}/elsewhere"}, "path": "*/format"}])
        self.project.run("reader", self.mlo, "pull")
        other.stop()
        if not other.received or any(secret.encode() in data for data, _ in other.received for secret in SECRETS):
            raise Wrong(f"another host got {other.received}")

    def lies_about_lengths(self):
        url = self._push_to(f"{self.server.url}/dav")
        self.project.clone("reader", self._through_proxy(url))
        self.proxy.set([{"do": "truncate", "bytes": 10, "method": "GET", "path": "*/packs/*", "first": 2}])
        self.project.must("reader", self.mlo, "pull", "-q")
        self.project.check_data("reader")
        if not any(entry.fault for entry in self.proxy.log()):
            raise Wrong("no answer was cut short")
        cases = [({"do": "answer", "status": 206, "method": "GET", "path": "*/packs/*", "headers": {"Content-Range": "bytes 1-1/3"}, "body": "x"}, "R029"),
                 ({"do": "answer", "status": 206, "method": "GET", "path": "*/packs/*", "body": "x"}, "R029"),
                 ({"do": "answer", "status": 204, "method": "GET", "path": "*/packs/*", "body": ""}, "R029")]
        for fault, code in cases:
            self.project.clone("reader", self._through_proxy(url))
            self.proxy.set([fault])
            self._expect(code, words=("pull",), where="reader")
            self.proxy.clear()
            self.project.must("reader", self.mlo, "pull", "-q")
            self.project.check_data("reader")

    def a_server_that_spoils_what_it_is_sent(self):
        self.project.use("work", self.project.new_url(f"{self.proxy.url}/dav"))
        self.proxy.set([{"do": "corrupt", "direction": "up", "byte": 5, "method": "PUT"}])
        self._expect("R030", "other bytes")
        self.proxy.clear()
        self.project.must("work", self.mlo, "push", "-q")

    def a_newer_format_and_what_is_no_remote(self):
        for value, code in (("mlo remote 2\n", "X004"), ("something else", "X00")):
            url = self.project.new_url(f"{self.server.url}/dav")
            self._data(url).mkdir(parents=True)
            (self._data(url) / "format").write_text(value)
            self.project.use("work", url)
            done = self.project.run("work", self.mlo, "push")
            if done.returncode != 1 or f"error[MLO-{code[:3]}" not in done.stderr:
                raise Wrong(f"a format of {value} gives {done.returncode}: {done.stderr}")

    def foreign_files(self):
        url = self.project.new_url(f"{self.server.url}/dav")
        foreign = {"README.TXT": b"1", "index/.hidden": b"2", "index/With Blanks": b"3", "Folder/a": b"4"}
        for name, value in foreign.items():
            path = self._data(url) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(value)
        self.project.use("work", url)
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(url)
        for name, value in foreign.items():
            if (self._data(url) / name).read_bytes() != value:
                raise Wrong(f"{name} was changed")

    def urls_that_are_none(self):
        for url, code in (("https://u:p@example.org/p", "R012"), ("https://example.org/p?sig=x", "R011"), ("https:///p", "R011"),
                          ("https://example.org:0/p", "R011"), ("https://example.org/a/../b", "R011"), ("https://example.org/p#x", "R011"),
                          ("https://exämple.org/p", "R011"), ("https://example.org/a%00", "R011"), (f"https://example.org/{'a' * 2000}", "R011")):
            done = self.project.run("work", self.mlo, "remote", "add", "--local", "odd", url)
            if done.returncode != 2 or f"error[MLO-{code}]" not in done.stderr or "sig=x" in done.stderr or "u:p" in done.stderr:
                raise Wrong(f"{url} gives {done.returncode}: {done.stderr}")

    def secrets_stay_secret(self):
        self._set_helper(PASSWORD)
        headers = self._write_secret("headers", f"X-Key: {KEY}\n")
        self.project.configure("work", origin=self.server.url, headers_file=headers)
        self.project.use("work", self.project.new_url(f"{self.server.url}/user"))
        done = self.project.run("work", "strace", "-f", "-qq", "-s", "4096", "-e", "trace=execve", self.mlo, "push", "-vv", "--json",
                                ASAN_OPTIONS="detect_leaks=0")  # which does not work under strace
        encoded = "dGVzdGVyOm1sby10ZXN0LXBhc3N3b3Jk"  # of USER:PASSWORD
        for secret in (*SECRETS, encoded):
            kept = subprocess.run(["grep", "-rlF", secret, "work/.git", "work/.mlo"], cwd=self.folder, capture_output=True, text=True)
            if kept.returncode != 1 or secret in done.stdout + done.stderr or done.returncode != 0:
                raise Wrong(f"exit {done.returncode}, a secret is in {kept.stdout or 'the output'}: {done.stderr[-500:]}")
        if "execve" not in done.stderr or "credential" not in done.stderr:
            raise Wrong(f"no program was seen to run: {done.stderr}")
        self.project.configure("work")
        (self.folder / ".gitconfig").unlink()


class TlsServer:
    """Agrees on TLS and then hangs up."""

    def __init__(self, context):
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                self._context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()


def main():
    with tempfile.TemporaryDirectory(prefix="mlo-http-") as folder, Nginx() as server, FaultProxy(server.url) as proxy:
        failures = Web(WebProject(sys.argv[1], folder, server).prepare(3_000_000), server, proxy)._run(sys.argv[2:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
