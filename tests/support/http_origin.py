# SPDX-License-Identifier: Apache-2.0
"""Small servers that remember what reached them: the other end in tests of proxies and clients."""
import http.server
import socket
import sys
import threading


def content(size):
    """Bytes in which a missing, a changed and a moved one are seen."""
    return (b"".join(number.to_bytes(3, "big") for number in range(size // 3 + 1)))[:size]


class _Quiet(http.server.ThreadingHTTPServer):
    request_queue_size = 512

    def handle_error(self, *_):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*_)


class Origin:
    """An HTTP server in this process. `requests` are (method, path, body) in the order in which they came.

    GET and HEAD /length/N, /chunked/N and /end/N: content(N) in the three framings; /status/N: without a body. PUT keeps the body under its
    path: 200, or 412 if there is one already. PUT /refused: 403 before the body is read. Answers carry X-Host: the Host of the request."""

    def __init__(self):
        self.requests, self.bodies, self.connections = [], {}, 0
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _handler(origin):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                origin.connections += 1

            def handle_expect_100(self):
                return self.path == "/refused" or super().handle_expect_100()

            def do_GET(self):
                origin.requests.append((self.command, self.path, b""))
                _, kind, number = self.path.split("?")[0].split("/")
                if kind == "status":
                    return self._answer(int(number))
                body = content(int(number))
                framing = {"length": {"Content-Length": str(len(body))}, "chunked": {"Transfer-Encoding": "chunked"}, "end": {"Connection": "close"}}
                if kind == "chunked":
                    parts = [body[at:at + 100] for at in range(0, len(body), 100)]
                    body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Trailer: 1\r\n\r\n"
                return self._answer(200, framing[kind], body)

            do_HEAD = do_GET

            def do_PUT(self):
                if self.path == "/refused":
                    self.close_connection = True
                    return self._answer(403, {"Content-Length": "0"})
                body = self._body()
                origin.requests.append((self.command, self.path, body))
                is_first = origin.bodies.setdefault(self.path, body) is body
                return self._answer(200 if is_first else 412, {"Content-Length": "0"})

            def _body(self):
                if self.headers["Transfer-Encoding"] != "chunked":
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _answer(self, status, fields=None, body=b""):
                self.send_response_only(status)
                for name, value in {"X-Host": self.headers["Host"], **(fields or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


class Recorder:
    """A TCP server in this process that answers `answer` when it has got `due` bytes, and with "then close" ends the connection itself.

    `received` are the bytes of each connection, with how that ended: 'closed' or 'reset'."""

    def __init__(self, answer=b"", due=0, then=""):
        self.received = []
        self._answer, self._due, self._closes = answer, due, then == "then close"
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait_for(self, count):
        """What the first `count` connections brought, when they have ended."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.received) >= count, 60)
            return self.received[:count]

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[peer], daemon=True).start()

    def _serve(self, peer):
        data, end = b"", "closed"
        try:
            with peer:
                if not self._due:
                    peer.sendall(self._answer)
                while more := peer.recv(1 << 16):
                    data += more
                    if len(data) - len(more) < self._due <= len(data):
                        peer.sendall(self._answer)
                        if self._closes:
                            break
        except ConnectionError:
            end = "reset"
        with self._changed:
            self.received.append((data, end))
            self._changed.notify_all()
