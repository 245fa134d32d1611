# SPDX-License-Identifier: Apache-2.0
"""A server that speaks just enough of S3, and is as careless as a server can be: it looks at no signature and no condition, and tells no
checksums. The bucket stands in the path, or before .localhost in the host. What is asked of it that it does not know gets 501. In Python: LaxS3."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class LaxS3:
    """Buckets in memory, from start() or the begin of a `with` to stop(). `spoil`: a function of key and bytes that says what is kept."""

    access_key, secret_key, region = "anybody", "anything", "us-east-1"

    def __init__(self, spoil=None):
        self.values, self.spoil = {}, spoil or (lambda _, value: value)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def _listing(values, bucket, prefix):
    contents = "".join(f"<Contents><Key>{escape(key)}</Key><Size>{len(value)}</Size></Contents>"
                       for (home, key), value in sorted(values.items()) if home == bucket and key.startswith(prefix))
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>".encode()


def _handler_for(store):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def parts(self):
            url = urlsplit(self.path)
            bucket, _, key = unquote(url.path).lstrip("/").partition("/")
            name, _, domain = self.headers["Host"].partition(".")
            if domain.startswith("localhost:"):
                bucket, key = name, unquote(url.path).lstrip("/")
            return bucket, key, parse_qs(url.query, keep_blank_values=True)

        def reply(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_GET(self):
            bucket, key, query = self.parts()
            if "list-type" in query:
                return self.reply(200, _listing(store.values, bucket, query.get("prefix", [""])[0]))
            value = store.values.get((bucket, key))
            if value is None:
                return self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
            wanted = self.headers.get("Range")
            if wanted is None:
                return self.reply(200, value)
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = value[int(first):int(last or len(value)) + 1]
            if not part:
                return self.reply(416, b"<Error><Code>InvalidRange</Code></Error>")
            return self.reply(206, part, [("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(value)}")])

        def do_HEAD(self):
            bucket, key, _ = self.parts()
            value = store.values.get((bucket, key))
            self.reply(404 if value is None else 200, value or b"")

        def do_PUT(self):
            bucket, key, query = self.parts()
            value = self.rfile.read(int(self.headers["Content-Length"]))
            if query:
                return self.reply(501, b"<Error><Code>NotImplemented</Code></Error>")
            store.values[bucket, key] = store.spoil(key, value)
            return self.reply(200)

        def do_DELETE(self):
            bucket, key, _ = self.parts()
            store.values.pop((bucket, key), None)
            self.reply(204)

    return Handler
