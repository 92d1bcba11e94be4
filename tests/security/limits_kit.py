"""What the tests of limits share: small limits, and apps that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# What the small control plane takes, where the real limit would cost a test too much.
SMALL: dict[str, Any] = {
    "MOST_HASHES": 3,
    "LARGEST_FILE": 100,
    "LARGEST_PART": 1000,
    "MOST_UPLOADS": 4,
    "MOST_FILES": 3,
    "LARGEST_OBJECT": 100,
    "LARGEST_CALL": 1000,
    "LARGEST_FRAME_IN": 2000,
    "LARGEST_FRAME_OUT": 3000,
    "MOST_WAITING": 1,
    "LARGEST_QUEUED": 100,
    "MOST_QUEUED": 3,
    "MOST_QUEUED_BYTES": 250,
    "LARGEST_RESULT": 1000,
    "MOST_RESULTS": 3,
    "MOST_RESULT_BYTES": 2500,
}
# Does as it is told: `out?n` answers with n bytes, `wait` when the file `go` of its folder is there.
APP = """
import os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *arguments): pass
    def body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole
    def do_POST(self):
        size = len(self.body())
        path, _, query = self.path.partition("?")
        while path == "/wait" and not os.path.exists(query):
            time.sleep(0.01)
        text = bytes(int(query)) if path == "/out" else str(size).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

def serve(exposed_port):
    ThreadingHTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""
ECHO = """
from websockets.sync.server import serve as listen

def answer(connection):
    for message in connection:
        connection.send(bytes(int(message)) if isinstance(message, str) else str(len(message)))

def serve(exposed_port):
    with listen(answer, "127.0.0.1", exposed_port, max_size=None) as server:
        server.serve_forever()
"""


def chunked(content: bytes) -> Iterator[bytes]:
    """Return a body whose length nobody tells beforehand."""
    yield content[:7]
    yield content[7:]
