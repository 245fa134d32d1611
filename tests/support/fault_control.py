# SPDX-License-Identifier: Apache-2.0
"""The fault proxy from outside its process: over HTTP, and from a shell (usage: fault_proxy.py).

    GET /faults, PUT /faults (these and no others), POST /faults (these too), DELETE /faults
    GET /log, GET /counts, DELETE /log (forgets log and counts)

Bodies are JSON; a fault is {"do": name, field: value, ...}. What is refused is answered by 400 and a line that says why."""
import argparse
import http.server
import json
import os
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import asdict

import child
from fault_rules import Rule


class Control:
    """Serves a proxy's faults, log and counts until stop()."""

    def __init__(self, proxy):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(proxy))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_for(proxy):
    def add(rules):
        for rule in [Rule.from_json(rule) for rule in rules]:
            proxy.add(**rule.to_json())

    actions = {
        ("GET", "/faults"): lambda _: proxy.faults(),
        ("PUT", "/faults"): proxy.set,
        ("POST", "/faults"): add,
        ("DELETE", "/faults"): lambda _: proxy.clear(),
        ("GET", "/log"): lambda _: [asdict(entry) for entry in proxy.log()],
        ("DELETE", "/log"): lambda _: proxy.forget(),
        ("GET", "/counts"): lambda _: proxy.counts(),
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def _do(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            action = actions.get((self.command, self.path))
            try:
                value = json.loads(body) if body else []
                status, answer = (200, action(value)) if action else (404, f"no {self.command} {self.path}")
            except (ValueError, TypeError) as error:
                status, answer = 400, str(error)
            text = (json.dumps(answer) + "\n").encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PUT = do_POST = do_DELETE = _do

        def log_message(self, *_):
            pass

    return Handler


def ask(control_url, method, path, value=None):
    """Asks a Control; ValueError says why it refused."""
    body = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(control_url + path, body, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise ValueError(json.load(error)) from None


COMMANDS = {
    "set": ("PUT", "/faults"), "add": ("POST", "/faults"), "clear": ("DELETE", "/faults"), "faults": ("GET", "/faults"),
    "log": ("GET", "/log"), "counts": ("GET", "/counts"), "forget": ("DELETE", "/log"),
}


def main(arguments, usage):
    from fault_proxy import FaultProxy

    parser = argparse.ArgumentParser(prog="fault_proxy.py", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsers = parser.add_subparsers(dest="command", required=True)
    run = parsers.add_parser("run")
    run.add_argument("--tcp", action="store_const", dest="protocol", const="tcp", default="http")
    run.add_argument("--faults", type=json.loads, default=[])
    run.add_argument("upstream")
    for name in COMMANDS:
        one = parsers.add_parser(name)
        if name in ("set", "add"):
            one.add_argument("faults", type=json.loads)
    arguments, words = child.split(arguments)
    options = parser.parse_args(arguments)
    if bool(words) != (options.command == "run"):
        parser.error("'run' needs a COMMAND after '--', and nothing else has one")

    if options.command == "run":
        with FaultProxy(options.upstream, protocol=options.protocol) as proxy:
            proxy.set(options.faults)
            where = proxy.url if options.protocol == "http" else f"127.0.0.1:{proxy.port}"
            return child.run(words, {**os.environ, "MLO_TEST_PROXY": where, "MLO_TEST_PROXY_CONTROL": proxy.control_url})
    try:
        answer = ask(os.environ["MLO_TEST_PROXY_CONTROL"], *COMMANDS[options.command], getattr(options, "faults", None))
    except ValueError as error:
        print(f"fault_proxy.py: {error}", file=sys.stderr)
        return 1
    for line in answer if isinstance(answer, list) else [answer]:
        if line is not None:
            print(json.dumps(line))
    return 0
