# SPDX-License-Identifier: Apache-2.0
"""As much of an S3 client as tests need to prepare a bucket and to look into it. Path style, Signature Version 4."""
import hashlib
import hmac
import http.client
import ssl
import urllib.parse
import xml.etree.ElementTree
from dataclasses import dataclass
from datetime import datetime, timezone

_AS_IT_IS = "-._~"


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes


class Refused(Exception):
    """The server's answer was not 2xx."""


class S3:
    """Requests to the server at `url`, each on a connection of its own. `ca_file` is what has signed the certificate of one with TLS."""

    def __init__(self, url, access_key, secret_key, region="us-east-1", ca_file=None):
        self._host, self._context = urllib.parse.urlsplit(url).netloc, ssl.create_default_context(cafile=ca_file) if ca_file else None
        self._access_key, self._secret_key, self._region = access_key, secret_key, region

    def request(self, method, path, query=None, headers=None, body=b"", at=None):
        """Signs (as of `at`, by default now) and sends; any answer is returned. `path` begins with '/' and is not encoded."""
        path = urllib.parse.quote(path, safe="/" + _AS_IT_IS)
        query = urllib.parse.urlencode(sorted((query or {}).items()), quote_via=urllib.parse.quote, safe=_AS_IT_IS)
        headers = self._signed(method, path, query, headers or {}, hashlib.sha256(body).hexdigest(), at or datetime.now(timezone.utc))
        connection = (http.client.HTTPSConnection(self._host, timeout=60, context=self._context) if self._context
                      else http.client.HTTPConnection(self._host, timeout=60))
        try:
            connection.request(method, f"{path}?{query}" if query else path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def _signed(self, method, path, query, headers, digest, at):
        time = at.strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": self._host, "x-amz-content-sha256": digest, "x-amz-date": time, **{name.lower(): value for name, value in headers.items()}}
        names = ";".join(sorted(headers))
        lines = [method, path, query, *(f"{name}:{headers[name].strip()}" for name in sorted(headers)), "", names, digest]
        scope = f"{time[:8]}/{self._region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()])
        key = ("AWS4" + self._secret_key).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={self._access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return headers

    def _expect(self, method, path, **parts):
        answer = self.request(method, path, **parts)
        if answer.status // 100 != 2:
            raise Refused(f"{method} {path}: {answer.status} {answer.body[:500].decode(errors='replace')}")
        return answer

    def make_bucket(self, bucket):
        self._expect("PUT", f"/{bucket}")

    def put(self, bucket, key, body, headers=None):
        return self._expect("PUT", f"/{bucket}/{key}", body=body, headers=headers)

    def get(self, bucket, key):
        return self._expect("GET", f"/{bucket}/{key}").body

    def delete(self, bucket, key):
        self._expect("DELETE", f"/{bucket}/{key}")

    def keys(self, bucket, prefix=""):
        """All keys that begin with `prefix`, in the server's order."""
        found, query = [], {"list-type": "2", "prefix": prefix}
        while True:
            page = xml.etree.ElementTree.fromstring(self._expect("GET", f"/{bucket}", query=query).body)
            found += [element.text for element in page.findall("{*}Contents/{*}Key")]
            token = page.find("{*}NextContinuationToken")
            if token is None:
                return found
            query["continuation-token"] = token.text
