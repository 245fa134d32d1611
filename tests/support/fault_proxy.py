#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A proxy on the loopback interface that does to requests, answers and connections what networks and servers do on bad days.

    fault_proxy.py run [--tcp] [--faults JSON] UPSTREAM -- COMMAND...   with MLO_TEST_PROXY and MLO_TEST_PROXY_CONTROL set
    fault_proxy.py set JSON | add JSON | clear | faults | log | counts | forget     at the proxy of MLO_TEST_PROXY_CONTROL

UPSTREAM is http://HOST:PORT or HOST:PORT. In Python: FaultProxy. Faults: fault_rules.py; what each of them does: README.md."""
import socket
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import http_wire as wire
from fault_connections import HttpConnection, TcpConnection
from fault_rules import WITHOUT_HTTP, Rule


@dataclass
class Entry:
    """One request, or a connection that was struck before its first (then method and path are None)."""
    connection: int
    method: str | None = None
    path: str | None = None  # with its query
    range: str | None = None
    status: int | None = None  # of the answer, also of one that the client did not get; None if there was none
    fault: str = ""  # names of the faults that did strike, joined by '+'


class FaultProxy:
    """Listens on a free port in front of `upstream` until stop(). Thread-safe.

    `protocol`: "http", or "tcp" for bytes that it does not understand. `pause`: what waits; a test may hand in one that only counts."""

    def __init__(self, upstream, *, protocol="http", pause=None):
        where = urlsplit(upstream if "//" in upstream else f"//{upstream}")
        self.upstream = (where.hostname, where.port)
        self.protocol = protocol
        self.ended = threading.Event()
        self.pause = pause or self.ended.wait
        self._lock = threading.Condition()
        self._rules, self._log, self._connections = [], [], set()
        self.forget()
        self._accepted = 0
        self._listener = wire.listen()
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._control = None
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.interrupt()
        for connection in connections:
            connection.thread.join()
        if self._control:
            self._control.stop()

    def add(self, do, **fields):
        """One more fault; its counting of requests begins now."""
        rule = self._checked(Rule(do, **fields))
        with self._lock:
            self._rules.append(rule)

    def set(self, rules):
        """These faults, as {"do": name, field: value}, and no others."""
        rules = [self._checked(Rule.from_json(rule)) for rule in rules]
        with self._lock:
            self._rules = rules

    def clear(self):
        self.set([])

    def faults(self):
        with self._lock:
            return [rule.to_json() for rule in self._rules]

    def _checked(self, rule):
        if self.protocol != "http" and (rule.do not in WITHOUT_HTTP or rule.method or rule.path):
            raise ValueError(f"'{rule.do}' needs HTTP, or has a method or a path, which do")
        return rule

    def log(self):
        """An Entry for each request since forget(), in the order in which they came. Complete when the client has its answer."""
        with self._lock:
            return [Entry(**asdict(entry)) for entry in self._log]

    def counts(self):
        """connections, requests, bytes_up (from clients), bytes_down (to clients) since forget(), heads included."""
        with self._lock:
            return dict(self._counts)

    def forget(self):
        """Empties the log and sets the counts to 0; the faults stay."""
        with self._lock:
            self._log.clear()
            self._counts = {"connections": 0, "requests": 0, "bytes_up": 0, "bytes_down": 0}

    def wait_for(self, condition, timeout_s=60):
        """Waits until condition(log, counts) holds; False if it does not in time."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self._log, self._counts), timeout_s)

    @property
    def control_url(self):
        """Where the same can be had over HTTP (fault_control.py); starts that at the first call."""
        if self._control is None:
            from fault_control import Control
            self._control = Control(self)
        return self._control.url

    def _accept(self):
        while not self.ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._accepted += 1
                self._counts["connections"] += 1
                kind = HttpConnection if self.protocol == "http" else TcpConnection
                rules = [rule for rule in self._rules if (rule.strikes_connections or self.protocol != "http") and rule.chooses()]
                connection = kind(self, client, self._accepted, rules)
                self._connections.add(connection)
                connection.thread.start()

    # For connections.

    def request_came(self, connection, head):
        with self._lock:
            self._counts["requests"] += 1
            entry = Entry(connection, head.method, head.target, head.field("range"))
            self._log.append(entry)
            self._lock.notify_all()
            return entry, [rule for rule in self._rules if not rule.strikes_connections and rule.chooses(head.method, head.target)]

    def count(self, name, size):
        with self._lock:
            self._counts[name] += size

    def struck(self, connection, do):
        """Notes that a fault strikes the connection's request; before its first in an entry of its own."""
        with self._lock:
            if connection.entry is None:
                connection.entry = Entry(connection.number)
                self._log.append(connection.entry)
            entry = connection.entry
            if do not in entry.fault.split("+"):
                entry.fault = f"{entry.fault}+{do}" if entry.fault else do
            self._lock.notify_all()

    def answered(self, entry, status):
        with self._lock:
            entry.status = status
            self._lock.notify_all()

    def gone(self, connection):
        with self._lock:
            self._connections.discard(connection)
            self._lock.notify_all()


if __name__ == "__main__":
    import sys

    from fault_control import main
    sys.exit(main(sys.argv[1:], __doc__))
