# SPDX-License-Identifier: Apache-2.0
"""What tests/support/fault_proxy.py does with each connection."""
import socket
import struct
import tempfile
import threading
import time
from contextlib import suppress
from fcntl import ioctl
from select import POLLIN, poll
from termios import TIOCOUTQ

import http_wire as wire
from fault_rules import answer_bytes, unsolicited_bytes

LINGER_S = 1.0
TCP_CLOSE = 7  # the state in the kernel's tcp_info


class Cut(Exception):
    """A fault ends the connection here."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


class ServerGone(Exception):
    """The server takes no more of the request; it may have answered."""


class Gate:
    """Sends to one peer: as slowly and no further than the faults allow. `strike(rule)` is told when one of them does."""

    def __init__(self, pause, strike, count):
        self.peer = None
        self._pause, self._strike, self._count = pause, strike, count
        self._cuts, self._throttles = [], []  # [bytes left, rule], rule

    def obey(self, rules, direction):
        self._cuts += [[rule.bytes, rule] for rule in rules if rule.do == "cut" and rule.goes(direction)]
        self._throttles += [rule for rule in rules if rule.do == "throttle" and rule.goes(direction)]

    def end_request(self):
        """Forgets the rules that are not of the connection."""
        self._cuts = [cut for cut in self._cuts if cut[1].strikes_connections]
        self._throttles = [rule for rule in self._throttles if rule.strikes_connections]

    def send(self, data):
        data = memoryview(data)
        cut = min(self._cuts, key=lambda cut: cut[0], default=None)
        if cut and cut[0] <= len(data):
            self._strike(cut[1])
            self._write(data[:cut[0]])
            raise Cut(cut[1].how)
        for cut in self._cuts:
            cut[0] -= len(data)
        self._write(data)

    def _write(self, data):
        slowest = min(self._throttles, key=lambda rule: rule.bytes_per_s, default=None)
        step = max(1, slowest.bytes_per_s // 20 if slowest else len(data))
        for position in range(0, len(data), step):
            part = data[position:position + step]
            if slowest:
                self._strike(slowest)
                self._pause(len(part) / slowest.bytes_per_s)
            self._count(len(part))
            self.peer.sendall(part)


class Connection:
    """A client's connection and the one to the server that belongs to it, served by a thread."""

    def __init__(self, proxy, client, number, rules):
        self.proxy, self.number, self.rules = proxy, number, rules
        self.entry = None
        self.client = wire.Reader(client, lambda size: proxy.count("bytes_up", size))
        self.server = None
        self.up = Gate(proxy.pause, self.strike, lambda size: None)
        self.down = Gate(proxy.pause, self.strike, lambda size: proxy.count("bytes_down", size))
        self.down.peer = client
        self.thread = threading.Thread(target=self._run, daemon=True)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _run(self):
        try:
            end = self._serve()
        finally:
            self._end(end)
            self.proxy.gone(self)

    def _serve(self):
        """Serves the connection to its end, and says how that is: 'close' or 'reset'."""
        try:
            self._begin()
            self.serve()
            return "close"
        except Cut as cut:
            return cut.how
        except (ConnectionError, TimeoutError):
            return "reset"
        except (wire.Ended, wire.Malformed, OSError, ValueError):
            return "close"

    def _begin(self):
        for rule in self.rules:
            if rule.do == "delay":
                self.strike(rule)
                self.proxy.pause(rule.seconds)
            elif rule.do == "cut" and rule.bytes == 0:
                self.strike(rule)
                raise Cut(rule.how)
        self.up.obey(self.rules, "up")
        self.down.obey(self.rules, "down")

    def connect(self):
        if self.server is None:
            server = self.connection_to_server()
            self.server = wire.Reader(server)
            self.up.peer = server

    def connection_to_server(self):
        server = socket.create_connection(self.proxy.upstream)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server

    def strike(self, rule):
        self.proxy.struck(self, rule.do)

    def changed(self, pieces, size, rules, direction):
        """The pieces of a body (data, is content), as 'truncate' and 'corrupt' leave them."""
        position = 0
        for data, is_content in pieces:
            if is_content:
                for rule in rules:
                    if rule.do == "corrupt" and rule.goes(direction):
                        data = self._corrupted(data, rule, position, size)
                    elif rule.do == "truncate" and direction == "down" and position + len(data) > rule.bytes:
                        self.strike(rule)
                        yield data[:rule.bytes - position]
                        raise Cut(rule.how)
                position += len(data)
            yield data

    def _corrupted(self, data, rule, position, size):
        if rule.byte < 0 and not isinstance(size, int):
            return data
        at = rule.byte - position if rule.byte >= 0 else size + rule.byte - position
        if not 0 <= at < len(data):
            return data
        self.strike(rule)
        data = bytearray(data)
        data[at] ^= rule.mask
        return data

    def interrupt(self):
        """Wakes the thread, so that it ends."""
        for reader in (self.client, self.server):
            with suppress(OSError, AttributeError):
                reader.peer.shutdown(socket.SHUT_RDWR)

    def _end(self, how):
        """Ends both connections, when what was sent has arrived."""
        if self.server:
            self._wait_until_received(self.server.peer)
            end_now(self.server.peer, how)
        client = self.client.peer
        self._wait_until_received(client)
        if how == "close":
            # Were there unread bytes of the client, close() would send a reset. It has this long to notice the end.
            with suppress(OSError):
                client.shutdown(socket.SHUT_WR)
                until = time.monotonic() + LINGER_S
                while (left := until - time.monotonic()) > 0:
                    client.settimeout(left)
                    if not client.recv(wire.PIECE):
                        break
        end_now(client, how)

    def _wait_until_received(self, peer):
        """A reset throws away what has not been acknowledged yet. After one from there nothing ever will be."""
        with suppress(OSError):
            while struct.unpack("i", ioctl(peer, TIOCOUTQ, bytes(4)))[0] > 0:
                if peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE or self.proxy.ended.wait(0.0005):
                    break


def end_now(peer, how):
    with suppress(OSError):
        if how == "reset":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            peer.shutdown(socket.SHUT_WR)
    peer.close()


class TcpConnection(Connection):
    """Passes on bytes in both directions. 'corrupt' counts the bytes of the connection."""

    def serve(self):
        self.connect()
        ends = []
        back = threading.Thread(target=lambda: ends.append(self._pump(self.server, self.down, "down")), daemon=True)
        back.start()
        ends.append(self._pump(self.client, self.up, "up"))
        back.join()
        if how := next(filter(None, ends), None):
            raise Cut(how)

    def _pump(self, source, gate, direction):
        """Until the source ends (None), or the connection is to end at once ('close', 'reset')."""
        try:
            for data in self.changed(wire.pieces(source, "until the end"), None, self.rules, direction):
                gate.send(data)
            gate.peer.shutdown(socket.SHUT_WR)
            return None
        except Cut as cut:
            how = cut.how
        except OSError:
            how = "reset"
        # Wakes the other direction without a byte on the wire, unless it waits for a peer that does not read.
        for reader in (self.client, self.server):
            with suppress(OSError):
                reader.peer.shutdown(socket.SHUT_RD)
        return how


class HttpConnection(Connection):
    """Passes on one request after the other."""

    def serve(self):
        while self._exchange():
            self.up.end_request()
            self.down.end_request()

    def _exchange(self):
        """One request and its answer; whether the connection can take another."""
        self.client.before_reading = self._wait_for_request
        head = self.client.head()
        self.client.before_reading = None
        if head is None:
            return False
        size = head.request_size
        self.entry, self.rules = self.proxy.request_came(self.number, head)
        self._delay("request")
        self.up.obey(self.rules, "up")
        self.down.obey([rule for rule in self.rules if rule.do == "throttle"], "down")
        answer = self._rule("answer")
        return self._answer_instead(head, size, answer) if answer else self._forward(head, size)

    def _rule(self, do):
        return next((rule for rule in self.rules if rule.do == do), None)

    def _delay(self, of):
        for rule in self.rules:
            if rule.do == "delay" and rule.of == of:
                self.strike(rule)
                self.proxy.pause(rule.seconds)

    def _begin_answer(self, status):
        """Before the first byte of the answer goes to the client."""
        self.proxy.answered(self.entry, status)
        self._delay("answer")
        self.down.obey([rule for rule in self.rules if rule.do == "cut"], "down")

    def _wait_for_request(self):
        """An end of the server's connection between two requests is one of the client's."""
        client, server = self._ready()
        if server and not client:
            raise wire.Ended()

    def _ready(self):
        """Waits until a peer can be read: whether the client, whether the server can."""
        if self.server and self.server.holds():
            return False, True
        poller = poll()
        poller.register(self.client.peer, POLLIN)
        if self.server:
            poller.register(self.server.peer, POLLIN)
        ready = {descriptor for descriptor, _ in poller.poll()}
        return self.client.peer.fileno() in ready, self.server is not None and self.server.peer.fileno() in ready

    def _answer_instead(self, head, size, rule):
        self.strike(rule)
        ends = size != 0 and not rule.read_body
        if not ends:
            if head.has("expect", "100-continue"):
                self.down.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            for _ in wire.pieces(self.client, size):
                pass
        self._begin_answer(rule.status)
        self.down.send(answer_bytes(rule, head.method, ends))
        return head.keeps_open and not ends

    def _forward(self, head, size):
        self.connect()
        duplicate, swallow, unsolicited = self._rule("duplicate"), self._rule("swallow"), self._rule("unsolicited")
        self._held = bytearray() if duplicate or swallow else None
        self._head, self._answered, self._continued, self._begun = head, False, False, False
        self._keeps_open = head.keeps_open
        with tempfile.SpooledTemporaryFile(8 << 20) as record:
            self._send_request(head, size, record.write if duplicate else lambda data: None)
            while not self._answered:
                self._take_answer()
            if swallow:
                self.strike(swallow)
                raise Cut(swallow.how)
            if duplicate:
                self.strike(duplicate)
                record.seek(0)
                second = self._deliver_again(record)
                self._send_held(second if duplicate.answer == "second" else bytes(self._held))
        if unsolicited:
            self.strike(unsolicited)
            self.down.send(unsolicited_bytes(unsolicited))
        return self._keeps_open

    def _send_request(self, head, size, record):
        """The request to the server, while answers that come before its end go to the client."""
        self.client.before_reading = self._watch_server
        try:
            self._send_up(head.raw, record)
            for data in self.changed(wire.pieces(self.client, size), size, self.rules, "up"):
                self._begun = True
                self._send_up(data, record)
        except ServerGone as error:
            self._keeps_open = False
            if self._rule("duplicate"):
                raise wire.Ended() from error  # there is no whole request to deliver again
        finally:
            self.client.before_reading = None

    def _send_up(self, data, record):
        record(data)
        try:
            self.up.send(data)
        except OSError as error:
            raise ServerGone() from error

    def _watch_server(self):
        while True:
            client, server = self._ready()
            if server and self._answered:
                raise ServerGone()
            if server:
                self._take_answer()
                if self._answered and not self._begun and not self._continued and self._head.has("expect", "100-continue"):
                    raise ServerGone()  # whether the client sends its body now cannot be told from another request
            elif client:
                return

    def _take_answer(self):
        """The next answer of the server, to the client unless it is held; interim ones always."""
        head = self.server.head()
        if head is None:
            raise wire.Ended()
        if head.status < 200:
            self._continued = True
            self.down.send(head.raw)
            return
        if self._held is None:
            self._begin_answer(head.status)
        else:
            self.proxy.answered(self.entry, head.status)
        send = self.down.send if self._held is None else self._held.extend
        size = head.answer_size(self._head.method)
        self._keeps_open = self._keeps_open and head.keeps_open and size != "until the end"
        send(head.raw)
        for data in self.changed(wire.pieces(self.server, size), size, self.rules, "down"):
            send(data)
        self._answered = True

    def _deliver_again(self, request):
        """The request once more, on a connection of its own; returns the answer."""
        with self.connection_to_server() as server:
            while data := request.read(wire.PIECE):
                server.sendall(data)
            reader = wire.Reader(server)
            head = reader.head()
            while head and head.status < 200:
                head = reader.head()
            if head is None:
                raise wire.Ended()
            return head.raw + b"".join(bytes(data) for data, _ in wire.pieces(reader, head.answer_size(self._head.method)))

    def _send_held(self, answer):
        head = wire.Head(answer[:answer.index(b"\r\n\r\n") + 4])
        self._keeps_open = self._keeps_open and head.keeps_open
        self._begin_answer(head.status)
        self.down.send(answer)
