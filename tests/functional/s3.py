#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""s3.py MLO

A bucket as a remote, on real servers: what users do with it, and what they get for each thing that is wrong. Answers that the servers here do
not give (expired tokens, a clock that is wrong, a full disk) come from the proxy of tests/support."""
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import nginx_files
from bucket import BUCKET, Project, Suite, Wrong
from fault_proxy import FaultProxy
from lax_s3 import LaxS3
from servers import Moto, SecureVersitygw, Versitygw

NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


class S3(Suite):
    def __init__(self, project, versitygw, moto, proxy):
        super().__init__(project)
        self.versitygw, self.moto, self.proxy = versitygw, moto, proxy

    def _after_each(self):
        self.proxy.clear()

    # What it is compared with.

    def _json_of(self, where, *words):
        return json.loads(self.project.must(where, self.mlo, *words, "--json"))

    def _pushed(self, endpoint, options=""):
        """A remote that `work` has pushed to."""
        url = self.project.new_url(endpoint, options)
        self.project.use("work", url)
        self.project.must("work", self.mlo, "push", "-q")
        return url

    # What users do.

    def push_and_pull_on_both_servers(self):
        for server in (self.versitygw, self.moto):
            for options in ("", "&style=path", "&region=us-east-1", "&storage-class=STANDARD"):
                self._check_pull(self._pushed(server.url, options))

    def few_requests(self):
        url = self._pushed(self.versitygw.url)
        again = self._json_of("work", "push")["traffic"]
        if again["requests"] > 3 or again["sent_bytes"] > 0:
            raise Wrong(f"nothing to do takes {again}")
        with open(self.project.folder / "work/data/sub/large", "r+b") as file:
            file.seek(1_000_000)
            file.write(b"a change")
        self.project.must("work", self.mlo, "add", "-q", "data")
        changed = self._json_of("work", "push")
        if changed["traffic"]["sent_bytes"] > 1_000_000:
            raise Wrong(f"a small change sends {changed}")
        self.project.must("work", "git", "commit", "-qam", "two")
        self._check_pull(url)

    def _publish(self, bucket, *actions):
        """Lets everybody do that in the bucket."""
        resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        statements = [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resources["Object" in action]} for action in actions]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()
        answer = self.versitygw.client().request("PUT", f"/{bucket}", query={"policy": ""}, body=policy)
        if answer.status not in (200, 204):
            raise Wrong(f"no policy for {bucket}: {answer.status} {answer.body}")

    def public_buckets(self):
        for bucket, actions in (("public-to-list", ("s3:GetObject", "s3:ListBucket")), ("public-to-read", ("s3:GetObject",))):
            self.versitygw.make_bucket(bucket)
            url = f"s3://{bucket}/p?endpoint={self.versitygw.url}"
            self.project.use("work", url)
            self.project.must("work", self.mlo, "push", "-q")
            self._publish(bucket, *actions)
            self._check_pull(url + "&anonymous=true", **NO_KEYS)
            self._check_pull(url, **NO_KEYS)
            (self.project.folder / "work/other").write_text(bucket)
            self.project.must("work", self.mlo, "add", "-q", "other")
            self.project.use("work", url + "&anonymous=true")
            self._expect("R021" if "s3:ListBucket" in actions else "R028")

    def a_careless_server(self):
        with LaxS3() as server:
            url = self._pushed(server.url)
            self._check_pull(url)
            report = self._json_of("work", "remote", "check", "origin")
            if report["can"]["exclusive_put"] or not report["ok"]:
                raise Wrong(f"a server without conditions gets {report}")
            self._check_pull(self._pushed(server.url.replace("127.0.0.1", "localhost"), "&style=virtual"))
            if {bucket for bucket, _ in server.values} != {BUCKET}:
                raise Wrong("the bucket is not part of the host's name")
            if any(key.startswith(f"{self.project.prefix()}/check/") for _, key in server.values):
                raise Wrong("a probe stays behind")
        with LaxS3(spoil=lambda key, value: value[:-1] + b"?" if "/packs/" in key else value) as server:
            self.project.use("work", self.project.new_url(server.url))
            self._expect("R030", "gave back other bytes")
            if any("/roots/" in key for _, key in server.values):
                raise Wrong("what was spoilt is published")

    def foreign_objects(self):
        client = self.versitygw.client()
        url = self.project.new_url(self.versitygw.url)
        foreign = {f"{self.project.prefix()}/README.TXT": b"1", f"{self.project.prefix()}/index/.hidden": b"2", "elsewhere": b"3",
                   f"{self.project.prefix()}x/index/ab": b"4"}
        for key, value in foreign.items():
            client.put(BUCKET, key, value)
        self.project.use("work", url)
        self.project.must("work", self.mlo, "push", "-q")
        self._check_pull(url)
        for key, value in foreign.items():
            if client.get(BUCKET, key) != value:
                raise Wrong(f"{key} was changed")

    def two_projects_and_two_pushes_at_once(self):
        url = self._pushed(self.versitygw.url)
        with tempfile.TemporaryDirectory(prefix="mlo-s3-") as folder:
            other = Project(self.mlo, folder, self.versitygw).prepare(50_000)
            other.use("work", url)
            (self.project.folder / "work/data/new").write_bytes(b"of the first")
            self.project.must("work", self.mlo, "add", "-q", "data")
            pushes = [subprocess.Popen([self.mlo, "push", "-q"], cwd=each.folder / "work", env=each.environment, stderr=subprocess.PIPE)
                      for each in (self.project, other)]
            for push in pushes:
                errors = push.communicate()[1]
                if push.returncode != 0:
                    raise Wrong(f"of two pushes at once one fails: {errors.decode()}")
            other.clone("reader", url)
            other.must("reader", other.mlo, "pull", "-q")
            other.check_data("reader")
        self.project.must("work", "git", "commit", "-qam", "new")
        self._check_pull(url)

    def new_credentials_in_mid_push(self):
        counter = self.project.folder / "asked"
        script = self.project.folder / "credentials"
        script.write_text(f'#!/bin/sh\necho >>{counter}\nprintf \'{{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s", '
                          f'"Expiration": "2099-01-01T00:00:00Z"}}\' {self.versitygw.access_key} {self.versitygw.secret_key}\n')
        script.chmod(0o755)
        (self.project.folder / ".aws").mkdir()
        (self.project.folder / ".aws/config").write_text(f"[default]\nregion = us-east-1\ncredential_process = {script}\n")
        self.project.use("work", self.project.new_url(self.proxy.url))
        self.proxy.set([{"do": "answer", "status": 400, "code": "ExpiredToken", "method": "PUT", "at": 2}])
        self.project.must("work", self.mlo, "push", "-q", **NO_KEYS)
        (self.project.folder / ".aws/config").unlink()
        if len(counter.read_text()) != 2:
            raise Wrong(f"new credentials were asked for {len(counter.read_text()) - 1} times")

    def no_parts_are_left_behind(self):
        large = self.project.folder / "work/large"
        large.write_bytes(bytes(range(256)) * 16)
        subprocess.run(["dd", "if=/dev/urandom", f"of={large}", "bs=1M", "count=40", "status=none"], check=True)
        self.project.must("work", self.mlo, "add", "-q", "large")
        self.project.use("work", self.project.new_url(self.proxy.url))
        self.proxy.set([{"do": "answer", "status": 403, "code": "AccessDenied", "method": "PUT", "path": "*partNumber=2*"},
                        {"do": "answer", "status": 503, "method": "PUT", "path": "*/packs/*", "first": 2}])
        self._expect("R021")
        answer = self.versitygw.client().request("GET", f"/{BUCKET}", query={"uploads": ""})
        if answer.status != 200 or b"<Upload>" in answer.body:
            raise Wrong(f"an unfinished upload stays: {answer.status} {answer.body}")
        self.proxy.clear()
        self.project.must("work", self.mlo, "push", "-q")

    # What is wrong.

    def wrong_credentials(self):
        self.project.use("work", self.project.new_url(self.versitygw.url))
        self._expect("R022", "the environment", AWS_SECRET_ACCESS_KEY="another")
        self._expect("R022", AWS_ACCESS_KEY_ID="another")
        self._expect("R021", "not signed", "AWS_PROFILE", **NO_KEYS)

    def an_url_that_nobody_approved(self):
        url = self._pushed(self.versitygw.url)
        self.project.must(".", "rm", "-rf", "stranger")
        self.project.must(".", "git", "clone", "-q", "work", "stranger")
        with open(self.project.folder / "stranger/.mlo/config.yaml", "a", encoding="utf-8") as file:
            file.write(f"remote:\n  shared:\n    url: {url}\n")
        self._expect("R021", "no credentials were shown", "mlo remote trust", words=("pull",), where="stranger")
        self.project.must("stranger", self.mlo, "remote", "trust", "shared")
        self.project.must("stranger", self.mlo, "pull", "-q")
        self.project.check_data("stranger")

    def no_bucket(self):
        self.project.use("work", f"s3://no-such-bucket/p?endpoint={self.versitygw.url}")
        self._expect("R020", "no-such-bucket")

    def another_region(self):
        url = self.project.new_url(self.versitygw.url)
        self.project.use("work", url)
        self.project.must("work", self.mlo, "push", "-q", AWS_REGION="eu-west-1")
        self._check_pull(url)

    def answers_of_the_server(self):
        cases = [("R023", 400, "ExpiredToken", "PUT", "expired"), ("R024", 403, "RequestTimeTooSkewed", "PUT", "there"),
                 ("R021", 403, "AccessDenied", "PUT", "access denied"), ("R027", 507, None, "PUT", "no space"),
                 ("R026", 400, "InvalidStorageClass", "PUT", "InvalidStorageClass")]
        for code, status, name, method, part in cases:
            self.project.use("work", self.project.new_url(self.proxy.url))
            self.proxy.set([{"do": "answer", "status": status, "code": name, "method": method}])
            self._expect(code, part)
            self.proxy.clear()
            self.project.must("work", self.mlo, "push", "-q")

    def a_region_that_cannot_be_followed(self):
        self.project.use("work", self.project.new_url(self.proxy.url))
        self.proxy.set([{"do": "answer", "status": 301, "code": "PermanentRedirect", "method": "PUT"}])
        done = self.project.run("work", self.mlo, "push")
        if done.returncode != 2 or "error[MLO-R025]" not in done.stderr:
            raise Wrong(f"exit {done.returncode}: {done.stderr}")

    def a_newer_format_and_what_is_no_remote(self):
        for value, code in ((b"mlo remote 2\n", "X004"), (b"something else", "X00")):
            self.project.use("work", self.project.new_url(self.versitygw.url))
            self.versitygw.client().put(BUCKET, f"{self.project.prefix()}/format", value)
            done = self.project.run("work", self.mlo, "push")
            if done.returncode != 1 or f"error[MLO-{code[:3]}" not in done.stderr:
                raise Wrong(f"a format of {value} gives {done.returncode}: {done.stderr}")

    def a_certificate_that_nobody_signed(self):
        key, certificate = self.project.folder / "key.pem", self.project.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out",
                        certificate, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=refuse_all, args=(listener, context), daemon=True).start()
            self.project.use("work", self.project.new_url(f"https://127.0.0.1:{listener.getsockname()[1]}"))
            self._expect("N020", "certificate")
            self._expect("R021", "access denied", AWS_CA_BUNDLE=str(certificate))

    def an_authority_of_our_own(self):
        """Whom to trust is set for the endpoint, or for all of S3 by AWS_CA_BUNDLE, which comes first; else it is whom the system trusts."""
        other = self.folder / "other"
        other.mkdir()
        nginx_files.make_authority(other)
        wrong, text, absent = other / "ca.pem", self.folder / "work/data/a", self.folder / "absent.pem"
        with SecureVersitygw() as server:
            server.make_bucket(BUCKET)
            right, url = server.ca_file, self.project.new_url(server.url)
            self.project.use("work", url)
            self._expect("N020", f"the certificate of '{server.url.removeprefix('https://')}'", "http.NAME.ca-file")
            self.project.configure("work", origin=server.url, ca_file=wrong)
            self._expect("N020", "certificate")
            if server.client().keys(BUCKET):
                raise Wrong("something was sent to a server that is not to be trusted")
            self.project.must("work", self.mlo, "remote", "check", AWS_CA_BUNDLE=str(right))
            self.project.configure("work", origin=server.url, ca_file=right)
            self._expect("N020", AWS_CA_BUNDLE=str(wrong))
            for file, part in ((absent, "absent.pem"), (text, "data/a")):
                self.project.configure("work", origin=server.url, ca_file=file)
                self._expect("N021", part, status=2)
            self.project.configure("work", origin=server.url.replace("127.0.0.1", "localhost"), ca_file=right)
            self._expect("N020")
            self.project.configure("work", origin=server.url, ca_file=right)
            self.project.must("work", self.mlo, "push", "-q")
            if "everything is in" not in self.project.run("work", self.mlo, "push").stderr:
                raise Wrong("a complete push finds something to do")
            self.project.clone("reader", url)
            self._expect("N020", words=("pull",), where="reader")
            self.project.configure("reader", origin=server.url, ca_file=right)
            self.project.must("reader", self.mlo, "pull", "-q")
            self.project.check_data("reader")
            self._check_pull(url, AWS_CA_BUNDLE=str(right))
            named = server.url.replace("127.0.0.1", "localhost")
            self._check_pull(url.replace(server.url, named), AWS_CA_BUNDLE=str(right))
        self.project.configure("work")

    def secrets_stay_secret(self):
        url = self.project.new_url(self.versitygw.url)
        self.project.use("work", url)
        done = self.project.run("work", self.mlo, "push", "-vv")
        failed = self.project.run("work", self.mlo, "push", "-vv", AWS_ACCESS_KEY_ID="another")
        kept = subprocess.run(["grep", "-rl", self.versitygw.secret_key, "work/.git", "work/.mlo"], cwd=self.project.folder, capture_output=True,
                              text=True)
        if kept.returncode != 1 or self.versitygw.secret_key in done.stdout + done.stderr + failed.stdout + failed.stderr:
            raise Wrong(f"a secret is in {kept.stdout or 'the output'}")


def refuse_all(listener, context):
    """Answers 403 to each request over TLS, as long as there is a listener."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            connection.close()


def main():
    with tempfile.TemporaryDirectory(prefix="mlo-s3-") as folder, Versitygw() as versitygw, Moto() as moto, FaultProxy(versitygw.url) as proxy:
        for server in (versitygw, moto):
            server.make_bucket(BUCKET)
        project = Project(sys.argv[1], folder, versitygw).prepare(3_000_000)
        failures = S3(project, versitygw, moto, proxy)._run(sys.argv[2:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
