# SPDX-License-Identifier: Apache-2.0
"""The faults that tests/support/fault_proxy.py injects, and which requests or connections each of them strikes.

A rule is a name and fields: Rule("cut", bytes=100, path="*/packs/*", first=1), in JSON {"do": "cut", "bytes": 100, ...}.
README.md lists names and fields."""
import fnmatch
import random
from types import MappingProxyType

REQUIRED = object()
DIRECTIONS = ("up", "down", "both")
ENDS = ("reset", "close")
SCOPES = ("request", "connection")

# What it does -> its fields with their defaults; a tuple lists the values that a field may have, the first is the default.
ACTIONS = MappingProxyType({
    "cut": {"bytes": REQUIRED, "direction": ("down", "up"), "how": ENDS, "of": SCOPES},
    "delay": {"seconds": REQUIRED, "of": ("answer", *SCOPES)},
    "throttle": {"bytes_per_s": REQUIRED, "direction": ("both", "up", "down"), "of": ("connection", "request")},
    "answer": {"status": 503, "code": None, "headers": {}, "body": None, "read_body": True},
    "truncate": {"bytes": REQUIRED, "how": ("close", "reset")},
    "corrupt": {"byte": REQUIRED, "direction": ("down", "up"), "mask": 1},
    "swallow": {"how": ENDS},
    "duplicate": {"answer": ("first", "second")},
    "unsolicited": {"body": "nobody asked\n"},
})
# Which ones: all conditions must hold. Requests of the method and path are counted from 1, and so are connections.
CONDITIONS = MappingProxyType({"method": None, "path": None, "first": None, "after": 0, "every": 1, "at": None, "chance": 1.0, "seed": 0})
WITHOUT_HTTP = ("cut", "delay", "throttle", "corrupt")
CODES = {429: "TooManyRequests", 500: "InternalError", 502: "BadGateway", 503: "SlowDown"}


class Rule:
    """One fault and the condition under which it strikes. Counts what it sees: for use by one proxy, under its lock."""

    def __init__(self, do, **fields):
        if do not in ACTIONS:
            raise ValueError(f"'{do}' is no fault; there are: {', '.join(ACTIONS)}")
        known = {**ACTIONS[do], **CONDITIONS}
        for name in fields:
            if name not in known:
                raise ValueError(f"'{do}' has no field '{name}'; there are: {', '.join(known)}")
        self.do, self.fields = do, fields
        for name, default in known.items():
            choices = default if isinstance(default, tuple) else None
            value = fields.get(name, choices[0] if choices else default)
            if value is REQUIRED:
                raise ValueError(f"'{do}' needs '{name}'")
            if choices and value not in choices:
                raise ValueError(f"'{name}' of '{do}' is one of: {', '.join(choices)}; not '{value}'")
            setattr(self, name, value)
        self._wanted = None if self.at is None else {self.at} if isinstance(self.at, int) else set(self.at)
        self._random = random.Random(self.seed)
        self._seen = 0
        self.strikes_connections = getattr(self, "of", None) == "connection"
        if self.strikes_connections and (self.method or self.path):
            raise ValueError(f"'{do}' of a connection has no method and no path")

    @staticmethod
    def from_json(value):
        if not isinstance(value, dict) or "do" not in value:
            raise ValueError(f"a fault is an object with 'do', not {value!r}")
        return Rule(**value)

    def to_json(self):
        return {"do": self.do, **self.fields}

    def chooses(self, method=None, path=None):
        """Whether it strikes the request (or connection) that comes now."""
        if self.method not in (None, method) or (self.path is not None and not fnmatch.fnmatchcase(path, self.path)):
            return False
        self._seen += 1
        number = self._seen - self.after
        if number < 1 or number % self.every != 0 or (self.first is not None and number > self.first):
            return False
        if self._wanted is not None and self._seen not in self._wanted:
            return False
        return self.chance >= 1 or self._random.random() < self.chance

    def goes(self, direction):
        return self.direction in (direction, "both")


def answer_bytes(rule, method, ends_connection):
    """The answer that an 'answer' rule gives in place of the server, head and body."""
    code = rule.code or CODES.get(rule.status, "InternalError")
    body = rule.body
    if body is None:
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>injected by the fault proxy</Message>'
                "<RequestId>0</RequestId></Error>")
    body = body.encode()
    fields = {"Content-Type": "application/xml", "Content-Length": len(body), **rule.headers}
    if ends_connection:
        fields["Connection"] = "close"
    lines = [f"HTTP/1.1 {rule.status} {code}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else body)


def unsolicited_bytes(rule):
    body = rule.body.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
