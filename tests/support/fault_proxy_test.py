#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fault_proxy_test.py: the fault proxy changes nothing unless it is told to, and then does exactly what it was told."""
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest
import urllib.parse
import urllib.request

from fault_control import ask
from fault_proxy import Entry, FaultProxy
from http_origin import Origin, Recorder, content

PROGRAM = pathlib.Path(__file__).with_name("fault_proxy.py")
TIMEOUT_S = 60


def exchange(url, data, answer_size=None):
    """Sends raw bytes; what came back until the end (or `answer_size` bytes), and how it ended: 'closed', 'reset' or 'open'."""
    where = urllib.parse.urlsplit(url)
    received = b""
    try:
        connection = socket.create_connection((where.hostname, where.port), TIMEOUT_S)
    except ConnectionResetError:  # it was cut before connect() had returned
        return received, "reset"
    with connection as peer:
        try:
            peer.sendall(data)
            while answer_size is None or len(received) < answer_size:
                more = peer.recv(1 << 16)
                if not more:
                    return received, "closed"
                received += more
            return received, "open"
        except ConnectionError:
            return received, "reset"


class ProxyTest(unittest.TestCase):
    def proxy(self, upstream=None, **options):
        proxy = FaultProxy(upstream or self.origin.url, **options)
        self.addCleanup(proxy.stop)
        return proxy

    def recorder(self, *arguments):
        recorder = Recorder(*arguments)
        self.addCleanup(recorder.stop)
        return recorder

    def setUp(self):
        self.origin = Origin()
        self.addCleanup(self.origin.stop)

    def connection(self, proxy):
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=TIMEOUT_S)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, method, path, body=None, headers=None, **options):
        connection.request(method, path, body, headers or {}, **options)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def statuses(self, proxy, count, path="/length/1"):
        """Of requests on a connection each."""
        return [self.ask(self.connection(proxy), "GET", path)[0] for _ in range(count)]


class WithoutFaults(ProxyTest):
    def test_bodies_of_every_framing_pass_on_one_connection(self):
        proxy = self.proxy()
        connection = self.connection(proxy)
        self.assertEqual(self.ask(connection, "PUT", "/a", content(300_000)), (200, b""))
        self.assertEqual(self.ask(connection, "PUT", "/b", iter([content(5000), b"x", content(70_000)]), encode_chunked=True), (200, b""))
        for method, path, status, body in (
                ("GET", "/length/1000000", 200, content(1_000_000)), ("GET", "/length/0", 200, b""), ("GET", "/chunked/70001", 200, content(70_001)),
                ("GET", "/chunked/0", 200, b""), ("HEAD", "/length/50", 200, b""), ("HEAD", "/chunked/50", 200, b""), ("GET", "/status/204", 204, b""),
                ("GET", "/status/304", 304, b""), ("GET", "/end/90000", 200, content(90_000))):
            with self.subTest(method=method, path=path):
                self.assertEqual(self.ask(connection, method, path), (status, body))
        self.assertEqual(self.origin.bodies, {"/a": content(300_000), "/b": content(5000) + b"x" + content(70_000)})
        self.assertEqual((self.origin.connections, proxy.counts()["connections"]), (1, 1))
        self.assertEqual([entry.fault for entry in proxy.log()], [""] * 11)

    def test_bytes_are_the_same_with_and_without_it(self):
        request = b"GET /chunked/1000 HTTP/1.1\r\nHost: elsewhere.example:99\r\nx-ODD:  spaces \r\nConnection: close\r\n\r\n"
        direct = exchange(self.origin.url, request)
        self.assertEqual(exchange(self.proxy().url, request), direct)
        self.assertIn(b"X-Host: elsewhere.example:99\r\n", direct[0])

    def test_requests_and_bytes_are_counted_and_logged(self):
        proxy = self.proxy()
        request = b"GET /length/10?x=%20 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nX-Host: a\r\nContent-Length: 10\r\n\r\n" + content(10)
        self.assertEqual(exchange(proxy.url, request * 3, 3 * len(answer)), (3 * answer, "open"))
        self.assertEqual(proxy.counts(), {"connections": 1, "requests": 3, "bytes_up": 3 * len(request), "bytes_down": 3 * len(answer)})
        self.assertEqual(proxy.log(), 3 * [Entry(1, "GET", "/length/10?x=%20", "bytes=0-9", 200)])
        proxy.forget()
        self.assertEqual((proxy.log(), set(proxy.counts().values())), ([], {0}))

    def test_who_expects_to_continue_is_told_so_by_the_server(self):
        proxy = self.proxy()
        head = b"PUT /%s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        with socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT_S) as peer:
            peer.sendall(head % b"a")
            self.assertEqual(peer.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            self.assertEqual(self.origin.requests, [])
            peer.sendall(b"12345")
            self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 200 OK\r\n"))
        answer, end = exchange(proxy.url, head % b"refused")
        self.assertTrue(answer.startswith(b"HTTP/1.1 403 "), answer)
        self.assertEqual((end, self.origin.bodies), ("closed", {"/a": b"12345"}))

    def test_a_refusal_before_the_body_is_read_reaches_the_client(self):
        body = bytes(20_000_000)
        answer, _ = exchange(self.proxy().url, b"PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self.assertTrue(answer.startswith(b"HTTP/1.1 403 "), answer)

    def test_an_end_of_the_server_is_an_end_for_the_client(self):
        request = b"GET / HTTP/1.1\r\n\r\n"
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n12", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12", b"HTTP/1.1 200 OK\r\n", b""):
            proxy = self.proxy(self.recorder(answer, len(request), "then close").address)
            self.assertEqual(exchange(proxy.url, request), (answer if b"12" in answer else b"", "closed"))
        self.origin.stop()
        self.assertEqual(exchange(self.proxy().url, request), (b"", "reset"))

    def test_what_is_not_http_ends_the_connection(self):
        for data in (b"SSH-2.0-test\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\n" + 100_000 * b"a"):
            self.assertEqual(exchange(self.proxy().url, data), (b"", "closed"))
        self.assertEqual(self.origin.requests, [])

    def test_stopping_it_ends_its_connections(self):
        with FaultProxy(self.origin.url) as proxy:
            connection = self.connection(proxy)
            self.ask(connection, "GET", "/length/1")
        with self.assertRaises(ConnectionError):
            self.ask(connection, "GET", "/length/1")
            connection.close()
            self.ask(connection, "GET", "/length/1")


class Cuts(ProxyTest):
    def test_an_answer_is_cut_at_every_byte(self):
        proxy = self.proxy()
        request = b"GET /length/20 HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nX-Host: a\r\nContent-Length: 20\r\n\r\n" + content(20)
        for how, end in (("reset", "reset"), ("close", "closed")):
            for size in range(len(answer) + 1):
                proxy.set([{"do": "cut", "bytes": size, "how": how}])
                self.assertEqual(exchange(proxy.url, request), (answer[:size], end), size)
        self.assertEqual({(entry.status, entry.fault) for entry in proxy.log()}, {(200, "cut")})

    def test_a_request_is_cut_at_every_byte(self):
        request = b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n" + content(20)
        for how, end in (("reset", "reset"), ("close", "closed")):
            recorder = self.recorder(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", len(request) + 1)
            proxy = self.proxy(recorder.address)
            for size in range(len(request) + 1):
                proxy.set([{"do": "cut", "bytes": size, "how": how, "direction": "up"}])
                self.assertEqual(exchange(proxy.url, request), (b"", end), size)
                self.assertEqual(recorder.wait_for(size + 1)[size], (request[:size], end))
            self.assertEqual({(entry.status, entry.fault) for entry in proxy.log()}, {(None, "cut")})

    def test_large_bodies_are_cut_at_the_byte_too(self):
        proxy = self.proxy()
        proxy.add("cut", bytes=7_654_321)
        answer, end = exchange(proxy.url, b"GET /length/9000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual((len(answer), end), (7_654_321, "reset"))
        recorder = self.recorder()
        proxy = self.proxy(recorder.address)
        proxy.add("cut", bytes=7_654_321, direction="up")
        self.assertEqual(exchange(proxy.url, b"PUT /a HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n" + content(9_000_000))[1], "reset")
        received, end = recorder.wait_for(1)[0]
        self.assertEqual((len(received), end), (7_654_321, "reset"))

    def test_one_request_of_a_connection_is_cut(self):
        proxy = self.proxy()
        proxy.add("cut", bytes=0, at=3)
        connection = self.connection(proxy)
        self.assertEqual([self.ask(connection, "GET", "/length/5")[0] for _ in range(2)], [200, 200])
        with self.assertRaises(ConnectionResetError):
            self.ask(connection, "GET", "/length/5")
        connection.close()
        self.assertEqual(self.ask(connection, "GET", "/length/5"), (200, content(5)))
        self.assertEqual([entry.fault for entry in proxy.log()], ["", "", "cut", ""])

    def test_bytes_of_a_connection_are_counted_over_its_requests(self):
        request = b"GET /length/10 HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nX-Host: a\r\nContent-Length: 10\r\n\r\n" + content(10)
        proxy = self.proxy()
        proxy.add("cut", bytes=2 * len(answer) + 7, of="connection", at=[2])
        self.assertEqual(exchange(proxy.url, 3 * request, 3 * len(answer)), (3 * answer, "open"))
        self.assertEqual(exchange(proxy.url, 3 * request), (2 * answer + answer[:7], "reset"))
        proxy.set([{"do": "cut", "bytes": 0, "of": "connection", "how": "close"}])
        self.assertEqual(exchange(proxy.url, b""), (b"", "closed"))
        self.assertEqual([entry.fault for entry in proxy.log()], 5 * [""] + ["cut", "cut"])
        self.assertEqual(proxy.log()[-1], Entry(3, fault="cut"))

    def test_what_ends_before_the_byte_is_not_cut(self):
        proxy = self.proxy()
        proxy.add("cut", bytes=200)
        proxy.add("cut", bytes=200, direction="up")
        proxy.add("truncate", bytes=10)
        proxy.add("corrupt", byte=10)
        connection = self.connection(proxy)
        self.assertEqual([self.ask(connection, "GET", "/length/10") for _ in range(9)], 9 * [(200, content(10))])
        self.assertEqual({entry.fault for entry in proxy.log()}, {""})


class Waits(ProxyTest):
    def setUp(self):
        super().setUp()
        self.pauses = []
        self.paused = self.proxy(pause=lambda seconds: self.pauses.append((seconds, len(self.origin.requests))))

    def test_a_delay_comes_before_the_connection_the_request_or_the_answer(self):
        for of, requests_seen in (("connection", 0), ("request", 1), ("answer", 3)):
            self.paused.set([{"do": "delay", "seconds": 7, "of": of}])
            self.assertEqual(self.statuses(self.paused, 1), [200])
            self.assertEqual(self.pauses.pop(), (7, requests_seen))
        self.assertEqual(self.pauses, [])
        self.assertEqual([entry.fault for entry in self.paused.log()], ["delay", "", "delay", "delay"])

    def test_a_throttle_waits_as_long_as_the_bytes_would_take(self):
        connection = self.connection(self.paused)
        for direction, of, least, most in (("up", "request", 100_000, 100_200), ("down", "request", 50_000, 50_200)):
            self.paused.set([{"do": "throttle", "bytes_per_s": 1000, "direction": direction, "of": of}])
            self.ask(connection, "PUT", f"/{direction}", content(100_000))
            self.assertEqual(self.ask(connection, "GET", "/length/50000"), (200, content(50_000)))
            waited_bytes = 1000 * sum(seconds for seconds, _ in self.pauses)
            self.assertTrue(least < waited_bytes < most + 200, waited_bytes)
            self.assertLessEqual(max(seconds for seconds, _ in self.pauses), 0.05)
            self.pauses.clear()
        self.paused.clear()
        self.ask(connection, "GET", "/length/50000")
        self.paused.add("throttle", bytes_per_s=1000)
        self.ask(connection, "GET", "/length/50000")
        self.assertEqual(self.pauses, [], "a throttle of connections is for those that come after it")
        self.statuses(self.paused, 1)
        self.assertNotEqual(self.pauses, [])

    def test_otherwise_it_really_waits(self):
        proxy = self.proxy()
        self.assertEqual(proxy.pause, proxy.ended.wait)


class Answers(ProxyTest):
    def test_a_5xx_is_answered_as_s3_does_and_nothing_is_forwarded(self):
        proxy = self.proxy()
        for status, code in ((500, "InternalError"), (502, "BadGateway"), (503, "SlowDown"), (429, "TooManyRequests")):
            proxy.set([{"do": "answer", "status": status, "headers": {"Retry-After": "7"}}])
            connection = self.connection(proxy)
            for method, body in (("GET", None), ("HEAD", None), ("PUT", content(300_000))):
                connection.request(method, "/a", body)
                answer = connection.getresponse()
                self.assertEqual((answer.status, answer.headers["Retry-After"]), (status, "7"))
                self.assertEqual(f"<Code>{code}</Code>" in answer.read().decode(), method != "HEAD")
        answer, _ = exchange(proxy.url, b"HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n")
        self.assertTrue(answer.endswith(b"\r\n\r\n"), "an answer to HEAD has no body")
        proxy.set([{"do": "answer", "status": 403, "code": "ExpiredToken"}, {"do": "delay", "seconds": 0}])
        self.assertIn(b"<Code>ExpiredToken</Code>", self.ask(connection, "GET", "/a")[1])
        self.assertEqual((self.origin.requests, proxy.log()[-1]), ([], Entry(4, "GET", "/a", None, 403, "answer+delay")))

    def test_an_answer_may_come_before_the_body_is_read(self):
        proxy = self.proxy()
        proxy.add("answer", read_body=False)
        request = b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        answer, end = exchange(proxy.url, request)
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 ") and b"Connection: close" in answer, answer)
        self.assertEqual(end, "closed")
        proxy.set([{"do": "answer"}])
        answer, _ = exchange(proxy.url, request + b"12345", 100)
        self.assertTrue(answer.startswith(b"HTTP/1.1 100 "), answer)

    def test_conditions_choose_among_the_requests_that_match(self):
        proxy = self.proxy()
        for conditions, struck in (({"first": 2}, [1, 2]), ({"every": 3}, [3, 6, 9]), ({"at": 4}, [4]), ({"at": [1, 9]}, [1, 9]),
                                   ({"after": 7}, [8, 9, 10]), ({"after": 2, "first": 3}, [3, 4, 5]), ({"chance": 0.0}, []),
                                   ({"method": "PUT"}, []), ({"path": "/length/?"}, list(range(1, 11))), ({"path": "/length"}, [])):
            with self.subTest(conditions=conditions):
                proxy.set([{"do": "answer", **conditions}])
                self.assertEqual([number for number, status in enumerate(self.statuses(proxy, 10), 1) if status == 503], struck)
        proxy.set([{"do": "answer", "path": "/length/2", "at": 2}])
        self.assertEqual(self.statuses(proxy, 3) + self.statuses(proxy, 2, "/length/2"), [200, 200, 200, 200, 503])

    def test_chance_repeats_with_its_seed(self):
        def one_run(seed):
            proxy = self.proxy()
            proxy.add("answer", chance=0.5, seed=seed)
            return self.statuses(proxy, 40)

        runs = [one_run(1), one_run(1), one_run(2)]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        self.assertTrue(5 < runs[0].count(503) < 35)


class Bodies(ProxyTest):
    def test_a_truncated_answer_promises_more_than_comes(self):
        proxy = self.proxy()
        for path in ("/length/100000", "/chunked/100000"):
            for how, error in (("close", http.client.IncompleteRead), ("reset", ConnectionResetError)):
                proxy.set([{"do": "truncate", "bytes": 4321, "how": how}])
                connection = self.connection(proxy)
                connection.request("GET", path)
                answer = connection.getresponse()
                self.assertEqual(answer.read(4321), content(100_000)[:4321])
                with self.assertRaises(error):
                    answer.read()
        self.assertEqual({(entry.status, entry.fault) for entry in proxy.log()}, {(200, "truncate")})

    def test_one_byte_of_an_answer_is_changed(self):
        proxy = self.proxy()
        for path, byte, mask in (("/length/70000", 0, 1), ("/length/70000", 69_999, 0x80), ("/length/70000", -2, 0xFF), ("/chunked/70000", 12_345, 4),
                                 ("/end/70000", 300, 1)):
            proxy.set([{"do": "corrupt", "byte": byte, "mask": mask}])
            expected = bytearray(content(70_000))
            expected[byte] ^= mask
            self.assertEqual(self.ask(self.connection(proxy), "GET", path), (200, bytes(expected)))
        self.assertEqual([entry.fault for entry in proxy.log()], 5 * ["corrupt"])

    def test_one_byte_of_a_request_is_changed(self):
        proxy = self.proxy()
        for name, byte, body in (("/a", 0, content(70_000)), ("/b", -1, content(70_000)), ("/c", 33_333, iter([content(70_000)]))):
            proxy.set([{"do": "corrupt", "byte": byte, "direction": "up"}])
            self.ask(self.connection(proxy), "PUT", name, body, encode_chunked=True)
            expected = bytearray(content(70_000))
            expected[byte] ^= 1
            self.assertEqual(self.origin.bodies[name], bytes(expected))


class Deliveries(ProxyTest):
    def test_a_swallowed_answer_leaves_the_request_done(self):
        proxy = self.proxy()
        for how, end in (("reset", "reset"), ("close", "closed")):
            proxy.set([{"do": "swallow", "how": how, "method": "PUT"}])
            request = b"PUT /%s HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345" % how.encode()
            self.assertEqual(exchange(proxy.url, request), (b"", end))
        self.assertEqual(self.origin.bodies, {"/reset": b"12345", "/close": b"12345"})
        self.assertEqual([(entry.status, entry.fault) for entry in proxy.log()], 2 * [(200, "swallow")])

    def test_a_duplicate_reaches_the_server_twice_and_is_answered_once(self):
        proxy = self.proxy()
        for which, statuses in (("first", [200, 412]), ("second", [412, 412])):
            proxy.set([{"do": "duplicate", "answer": which}])
            connection = self.connection(proxy)
            self.origin.requests.clear()
            self.assertEqual(self.ask(connection, "PUT", f"/{which}", content(100_000))[0], statuses[0])
            self.assertEqual(self.origin.requests, 2 * [("PUT", f"/{which}", content(100_000))])
            status, _ = self.ask(connection, "PUT", f"/{which}", iter([b"12", b"3"]), {"Expect": "100-continue"}, encode_chunked=True)
            self.assertEqual(status, statuses[1])
            self.assertEqual(self.origin.requests[2:], 2 * [("PUT", f"/{which}", b"123")])
        self.assertEqual([(entry.status, entry.fault) for entry in proxy.log()], [(status, "duplicate") for status in (200, 412, 412, 412)])

    def test_an_answer_that_nobody_asked_for_follows_the_right_one(self):
        proxy = self.proxy()
        proxy.add("unsolicited", first=1)
        right = b"HTTP/1.1 200 OK\r\nX-Host: a\r\nContent-Length: 5\r\n\r\n" + content(5)
        extra = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nnobody asked\n"
        request = b"GET /length/5 HTTP/1.1\r\nHost: a\r\n\r\n"
        self.assertEqual(exchange(proxy.url, 2 * request, len(right + extra + right)), (right + extra + right, "open"))
        self.assertEqual([entry.fault for entry in proxy.log()], ["unsolicited", ""])


class Tcp(ProxyTest):
    def test_bytes_pass_in_both_directions_until_both_ends(self):
        recorder = self.recorder(b"SSH-2.0-test\r\n", 5)
        proxy = self.proxy(recorder.address, protocol="tcp")
        with socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT_S) as peer:
            peer.sendall(b"hello")
            peer.shutdown(socket.SHUT_WR)
            self.assertEqual(peer.makefile("rb").read(), b"SSH-2.0-test\r\n")
        self.assertEqual(recorder.wait_for(1), [(b"hello", "closed")])
        self.assertEqual(proxy.counts(), {"connections": 1, "requests": 0, "bytes_up": 5, "bytes_down": 14})

    def test_connections_are_cut_and_corrupted_at_the_byte(self):
        recorder = self.recorder(content(1000))
        proxy = self.proxy(recorder.address, protocol="tcp")
        for size in (0, 1, 999):
            proxy.set([{"do": "cut", "bytes": size}])
            self.assertEqual(exchange(f"http://127.0.0.1:{proxy.port}", b""), (content(1000)[:size], "reset"))
        proxy.set([{"do": "corrupt", "byte": 3}])
        expected = bytearray(content(1000))
        expected[3] ^= 1
        self.assertEqual(exchange(f"http://127.0.0.1:{proxy.port}", b"", 1000)[0], expected)
        recorder = self.recorder(b"", 1000)
        proxy = self.proxy(recorder.address, protocol="tcp")
        proxy.set([{"do": "corrupt", "byte": 0, "direction": "up"}, {"do": "cut", "bytes": 500, "direction": "up", "how": "close"}])
        exchange(f"http://127.0.0.1:{proxy.port}", content(500))
        self.assertEqual(recorder.wait_for(1), [(b"\1" + content(500)[1:], "closed")])
        self.assertEqual(proxy.log(), [Entry(1, fault="corrupt+cut")])


class Control(ProxyTest):
    def test_it_is_controlled_over_http(self):
        proxy = self.proxy()
        control = proxy.control_url
        first, second = {"do": "answer", "first": 1}, {"do": "cut", "bytes": 5, "after": 1}
        ask(control, "PUT", "/faults", [first])
        ask(control, "POST", "/faults", [second])
        self.assertEqual(ask(control, "GET", "/faults"), [first, second])
        self.assertEqual(self.statuses(proxy, 1), [503])
        ask(control, "DELETE", "/faults")
        self.assertEqual((ask(control, "GET", "/faults"), self.statuses(proxy, 1)), ([], [200]))
        self.assertEqual(ask(control, "GET", "/log")[0],
                         {"connection": 1, "method": "GET", "path": "/length/1", "range": None, "status": 503, "fault": "answer"})
        self.assertEqual(ask(control, "GET", "/counts")["requests"], 2)
        ask(control, "DELETE", "/log")
        self.assertEqual((ask(control, "GET", "/log"), ask(control, "GET", "/counts")["requests"]), ([], 0))

    def test_it_is_run_and_controlled_from_a_shell(self):
        script = f"""set -e
            {PROGRAM} set '[{{"do": "answer", "status": 500, "first": 1}}]'; {PROGRAM} faults
            {sys.executable} -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' $MLO_TEST_PROXY/length/1 2>/dev/null || echo refused
            {PROGRAM} log; {PROGRAM} add '[{{"do": "nonsense"}}]' || exit 9"""
        done = subprocess.run([PROGRAM, "run", "--faults", '[{"do": "swallow"}]', self.origin.url, "--", "sh", "-c", script],
                              capture_output=True, text=True, env={**os.environ, "no_proxy": "*"})
        self.assertEqual(done.returncode, 9, done.stderr)
        faults, refused, log = done.stdout.splitlines()
        self.assertEqual((json.loads(faults), refused), ({"do": "answer", "status": 500, "first": 1}, "refused"))
        self.assertEqual(json.loads(log)["fault"], "answer")
        self.assertIn("'nonsense' is no fault", done.stderr)

    def test_what_it_does_not_understand_is_refused(self):
        http_proxy, tcp_proxy = self.proxy(), self.proxy(protocol="tcp")
        for proxy, rule in ((http_proxy, {"do": "cut"}), (http_proxy, {"do": "cut", "bytes": 1, "how": "softly"}), (http_proxy, {"bytes": 1}),
                            (http_proxy, {"do": "swallow", "bytes": 1}), (http_proxy, {"do": "cut", "bytes": 1, "of": "connection", "path": "/a"}),
                            (tcp_proxy, {"do": "answer"}), (tcp_proxy, {"do": "cut", "bytes": 1, "path": "/a"})):
            with self.subTest(rule=rule), self.assertRaises(ValueError):
                proxy.set([rule])
        with self.assertRaisesRegex(ValueError, "'cut' needs 'bytes'"):
            ask(http_proxy.control_url, "PUT", "/faults", [{"do": "cut"}])


if __name__ == "__main__":
    unittest.main()
