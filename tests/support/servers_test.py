#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""servers_test.py: the test servers start, do what tests rely on, also behind the fault proxy, and end."""
import os
import pathlib
import select
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import s3
from fault_proxy import FaultProxy
from http_origin import content
from servers import Moto, Nginx, NotStarted, Server, Sshd, Versitygw

PROGRAM = pathlib.Path(__file__).with_name("servers.py")
ODD_KEYS = ["a b+c%20", "d/e/f", "ünï/‹›", "~!*'()"]


class Broken(Server):
    name = "versitygw"

    def command(self, installation):
        return ["sh", "-c", "echo the reason; exit 3"], {}


class Servers(unittest.TestCase):
    def start(self, kind):
        server = kind()
        self.addCleanup(server.stop)
        server.start()
        server.make_bucket("bucket")
        return server

    def test_objects_pass_through_the_fault_proxy(self):
        for name, kind in {"versitygw": Versitygw, "moto": Moto}.items():
            with self.subTest(name), FaultProxy(self.start(kind).url) as proxy:
                client = s3.S3(proxy.url, kind.access_key, kind.secret_key)
                body = content(3_000_000)
                for key in ODD_KEYS:
                    client.put("bucket", key, body)
                self.assertEqual(sorted(client.keys("bucket")), sorted(ODD_KEYS))
                self.assertEqual(client.keys("bucket", "d/"), ["d/e/f"])
                self.assertEqual(client.get("bucket", ODD_KEYS[0]), body)
                client.delete("bucket", ODD_KEYS[0])
                with self.assertRaisesRegex(s3.Refused, "404"):
                    client.get("bucket", ODD_KEYS[0])
                self.assertEqual({entry.fault for entry in proxy.log()}, {""})
                self.assertGreater(proxy.counts()["bytes_up"], 4 * len(body))

    def test_the_strict_server_is_strict_through_the_fault_proxy_too(self):
        server = self.start(Versitygw)
        with FaultProxy(server.url) as proxy:
            client = s3.S3(proxy.url, server.access_key, server.secret_key)
            self.assertEqual(client.request("PUT", "/bucket/a", body=b"1", headers={"If-None-Match": "*"}).status, 200)
            self.assertEqual(client.request("PUT", "/bucket/a", body=b"2", headers={"If-None-Match": "*"}).status, 412)
            proxy.add("duplicate", answer="second", first=1)
            self.assertEqual(client.request("PUT", "/bucket/b", body=b"1", headers={"If-None-Match": "*"}).status, 412)
            self.assertEqual(client.get("bucket", "b"), b"1")
            proxy.set([{"do": "corrupt", "byte": 500, "direction": "up"}])
            self.assertEqual(client.request("PUT", "/bucket/c", body=content(1000)).status, 400)
            proxy.clear()
            self.assertEqual(client.keys("bucket"), ["a", "b"])
            self.assertEqual(s3.S3(proxy.url, server.access_key, "wrong").request("GET", "/bucket/a").status, 403)
            self.assertEqual(client.request("GET", "/bucket/a", at=datetime.now(timezone.utc) - timedelta(hours=1)).status, 403)

    def test_a_web_server_keeps_what_it_is_sent_and_shows_its_certificate(self):
        with Nginx() as server:
            trusted = ssl.create_default_context(cafile=server.ca_file)
            for url, context in ((server.url, None), (server.secure_url, trusted)):
                with urllib.request.urlopen(urllib.request.Request(f"{url}/dav/a/b", b"value", method="PUT"), context=context) as answer:
                    self.assertIn(answer.status, (201, 204))
                with urllib.request.urlopen(f"{url}/files/a/b", context=context) as answer:
                    self.assertEqual(answer.read(), b"value")
            with self.assertRaises(urllib.error.URLError):
                urllib.request.urlopen(f"{server.secure_url}/files/a/b", context=ssl.create_default_context())
            folder = server.folder
        self.assertFalse(folder.exists())

    def test_sshd_lets_in_whom_it_should_and_comes_back(self):
        with Sshd() as server:
            def connect(*ssh):
                words = [*shlex.split(server.ssh(*ssh)), "-oBatchMode=yes", "-p", str(server.port), "127.0.0.1", "true"]
                return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            for key in ("id_ed25519", "id_rsa"):
                self.assertEqual(connect(key).returncode, 0)
            for key, known, why in (("id_stranger", "known_hosts", "Permission denied"), ("id_passphrase", "known_hosts", "Permission denied"),
                                    ("id_rsa", "known_wrong", "HAS CHANGED"), ("id_rsa", "known_none", "Host key verification failed")):
                self.assertIn(why, connect(key, known).stderr)
            server.kill()
            self.assertIn("refused", connect().stderr)
            server.restart()
            self.assertEqual(connect().returncode, 0)

    def test_a_server_leaves_nothing_behind(self):
        with Moto() as server:
            folder, process = server.folder, server._process
            self.assertTrue(folder.is_dir())
        self.assertFalse(folder.exists())
        self.assertIsNotNone(process.returncode)

    def test_a_server_does_not_outlive_its_tests(self):
        script = "import servers, signal; s = servers.Versitygw().start(); print(s._process.pid, s.folder, flush=True); signal.pause()"
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROGRAM.parent) as tests:
            pid, folder = tests.stdout.readline().split()
            self.addCleanup(shutil.rmtree, folder)
            server = os.pidfd_open(int(pid))
            self.addCleanup(os.close, server)
            tests.kill()
        self.assertEqual(select.select([server], [], [], 60)[0], [server], "still runs")

    def test_a_server_that_does_not_start_says_why(self):
        with self.assertRaisesRegex(NotStarted, "the reason"):
            Broken().start()

    def test_a_command_runs_beside_servers(self):
        script = ('[ "$MLO_TEST_S3_VERSITYGW" != "$MLO_TEST_S3_MOTO" ] && echo $MLO_TEST_S3_BUCKET $AWS_REGION $AWS_ACCESS_KEY_ID "$AWS_PROFILE"; '
                  "exit 7")
        done = subprocess.run([PROGRAM, "run", "versitygw,moto", "--", "sh", "-c", script], capture_output=True, text=True,
                              env={**os.environ, "AWS_PROFILE": "the caller's"})
        self.assertEqual((done.returncode, done.stdout), (7, f"mlo-test us-east-1 {Server.access_key} \n"))
        self.assertIn("versitygw, the end of its log:", done.stderr)

    def test_what_is_missing_is_said(self):
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run([PROGRAM, "run", "moto", "--", "true"], capture_output=True, text=True, env={**os.environ, "XDG_CACHE_HOME": empty})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("run .ci/setup tests", done.stderr)
        for words in (["run", "nonsense", "--", "true"], ["run", "moto"], []):
            self.assertEqual(subprocess.run([PROGRAM, *words], capture_output=True).returncode, 2)


if __name__ == "__main__":
    unittest.main()
