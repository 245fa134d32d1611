# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as bytes: heads that can be passed on as they came, and where the bodies after them end."""
import socket

HEAD_LIMIT = 64 << 10
PIECE = 256 << 10


class Ended(Exception):
    """The peer closed its connection where more was due."""


class Malformed(Exception):
    """The peer does not speak HTTP/1."""


class Reader:
    """Reads from a socket. What was read too far is kept for the next call."""

    def __init__(self, peer, count=lambda size: None):
        self.peer = peer
        self.before_reading = None  # called before each read that may wait
        self._count = count
        self._rest = b""
        self._piece = memoryview(bytearray(PIECE))

    def holds(self):
        return len(self._rest) > 0

    def some(self, limit=PIECE):
        """From one byte to `limit` bytes, none at the end. What it returns is good until the next call."""
        if self._rest:
            data, self._rest = self._rest[:limit], self._rest[limit:]
            return data
        return self._read(limit)

    def _read(self, limit):
        if self.before_reading:
            self.before_reading()
        size = self.peer.recv_into(self._piece[:min(limit, PIECE)])
        self._count(size)
        return self._piece[:size]

    def until(self, mark):
        """The bytes up to `mark`, with it; none if the peer ended before the first."""
        found = bytearray()
        while True:
            data = bytes(self.some(HEAD_LIMIT))
            if not data:
                if found:
                    raise Ended()
                return b""
            searched_to = max(0, len(found) - len(mark) + 1)
            found += data
            end = found.find(mark, searched_to)
            if end >= 0:
                end += len(mark)
                self._rest = bytes(found[end:]) + self._rest
                return bytes(found[:end])
            if len(found) > HEAD_LIMIT:
                raise Malformed(f"no end of a head in {len(found)} bytes")

    def head(self):
        """The next head, or None if the peer ended before it."""
        raw = self.until(b"\r\n\r\n")
        return Head(raw) if raw else None


class Head:
    """A request's or an answer's first line and fields; `raw` is what came."""

    def __init__(self, raw):
        self.raw = raw
        self.first, *lines = raw.decode("latin-1").split("\r\n")[:-2]
        self._words = self.first.split(" ", 2)
        if len(self._words) < 2 or not (self.first.startswith("HTTP/1.") or self.first[:-1].endswith(" HTTP/1.")):
            raise Malformed(f"no first line of HTTP/1: {self.first[:80]!r}")
        self._fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            self._fields[name.lower()] = f"{self._fields[name.lower()]}, {value.strip()}" if name.lower() in self._fields else value.strip()

    def field(self, name):
        return self._fields.get(name)

    def has(self, name, word):
        return word in [part.strip().lower() for part in (self.field(name) or "").split(",")]

    @property
    def method(self):
        return self._words[0]

    @property
    def target(self):
        return self._words[1]

    @property
    def status(self):
        return int(self._words[1])

    @property
    def keeps_open(self):
        return not self.has("connection", "close") and ("HTTP/1.0" not in self.first or self.has("connection", "keep-alive"))

    @property
    def request_size(self):
        """The size of the request's body in bytes, or 'chunked'."""
        return "chunked" if self.has("transfer-encoding", "chunked") else int(self.field("content-length") or 0)

    def answer_size(self, method):
        """The size of the body of an answer to `method` in bytes, or 'chunked', or 'until the end' of the connection."""
        if method == "HEAD" or self.status < 200 or self.status in (204, 304):
            return 0
        if self.has("transfer-encoding", "chunked"):
            return "chunked"
        return "until the end" if self.field("content-length") is None else int(self.field("content-length"))


def pieces(reader, size):
    """The bytes of a body as they come, each with whether it is content (or the framing of chunks)."""
    if size == "until the end":
        while data := reader.some():
            yield data, True
    elif size == "chunked":
        while True:
            line = _line(reader)
            yield line, False
            length = int(line.split(b";")[0], 16)
            if length == 0:
                break
            yield from _exactly(reader, length)
            yield _line(reader), False
        while line != b"\r\n":
            line = _line(reader)
            yield line, False
    else:
        yield from _exactly(reader, size)


def _exactly(reader, size):
    while size > 0:
        data = reader.some(size)
        if not data:
            raise Ended()
        size -= len(data)
        yield data, True


def _line(reader):
    line = reader.until(b"\r\n")
    if not line:
        raise Ended()
    return line


def listen():
    """A listening socket on a free port of the loopback interface."""
    return socket.create_server(("127.0.0.1", 0), backlog=512)
