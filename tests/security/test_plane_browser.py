"""What a page in a browser could do to the control plane, and what a request could smuggle through it to an app."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fal._gen import rpc
from fal_emulator import Plane
from fal_emulator.server.router import _is_here
from tests.security.raw_http import Answer, connect, exchange, read, request
from tests.support.plane import Wire, source, wire_to
from tests.support.waiting import eventually

Evidence = Callable[..., None]
WEBSOCKET = {
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

# Says which headers it got, all of them and in order.
LISTS = """
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self):
        text = json.dumps(self.headers.items()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

def serve(exposed_port):
    HTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def wire(plane: Plane) -> Iterator[Wire]:
    """The control plane with a public app and a private one."""
    client = wire_to(plane)
    client.deploy("open", machine={"keep_alive": 600})
    client.deploy("shut", auth_mode="PRIVATE")
    yield client
    client.close()


def upgrade(target: str, headers: dict[str, str], host: str = "127.0.0.1") -> bytes:
    """Return the bytes of a websocket's handshake."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: Upgrade"]
    lines += [f"{name}: {value}" for name, value in {**WEBSOCKET, **headers}.items()]
    return "\r\n".join([*lines, "", ""]).encode()


# whose name is called

HERE = [
    "127.0.0.1", "127.0.0.1:80", "127.8.9.10", "localhost", "LOCALHOST:1234", "app.localhost:1", "[::1]", "[::1]:8080",
    "queue.localhost", "queue.127.0.0.1:80",
]  # fmt: skip
ELSEWHERE = [
    "evil.test", "evil.test:80", "127.0.0.1.evil.test", "localhost.evil.test", "evil-localhost", "xlocalhost",
    "0.0.0.0", "0", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::]", "[::ffff:127.0.0.1%eth0]", "192.168.0.1",
    "[fe80::1]", "localhost.", "user@localhost", "localhost@evil.test", "localhost/evil", "localhost:80:80",
    "localhost, evil.test", "localhost:x", "", "queue.evil.test", "queue.", "queue.queue.evil.test", "l\u00f6calhost",
    "\uff11\uff12\uff17.0.0.1", "127.0.0.1#", "127.0.0.1?", "[127.0.0.1]", "[localhost]",
]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_names_of_this_machine_are_heard(plane: Plane, host: str) -> None:
    assert exchange(plane.port, request("GET", "/health", host=host)).status in (200, 404)
    assert _is_here(host.lower().removeprefix("queue."))


@pytest.mark.parametrize("host", ELSEWHERE)
def test_names_of_other_machines_are_not(plane: Plane, wire: Wire, host: str, evidence: Evidence) -> None:
    """A page whose name was pointed at 127.0.0.1 after it was loaded sends that name as the host."""
    key = {"Authorization": f"Key {plane.key}"}
    for sent in (
        request("GET", "/health", host=host),
        request("GET", "/users/current", key, host=host),
        request("POST", "/local/open/", {"Origin": f"http://{host}"}, b"x", host=host),
        request("GET", "/storage/objects/x/y", host=host),
        upgrade("/local/open/ws", {}, host),
    ):
        answer = exchange(plane.port, sent)
        assert answer.status in (400, 421), answer.whole
        assert b"pid" not in answer.body
        if answer.status == 421:
            assert "is not a name of this machine" in answer.detail
    evidence("hosts that are not this machine", hosts=1, requests=5)


def test_a_request_without_a_host_is_refused(plane: Plane) -> None:
    assert exchange(plane.port, b"GET /health HTTP/1.1\r\n\r\n").status == 400
    assert exchange(plane.port, b"GET /health HTTP/1.0\r\n\r\n").status == 421
    assert exchange(plane.port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n").status == 400


# whose page asks

FOREIGN = [
    "http://evil.test", "https://evil.test:8443", "null", "http://127.0.0.1.evil.test", "file://", "http://localhost.evil.test",
    "http://user@localhost", "chrome-extension://abcdef", "http://0.0.0.0:80", "localhost", "", "http://", "javascript://localhost",
]  # fmt: skip
OWN = ["http://localhost:3000", "http://127.0.0.1:5173", "https://[::1]:8443", "http://app.localhost"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_others_need_a_key(plane: Plane, wire: Wire, origin: str, evidence: Evidence) -> None:
    sent = {"Origin": origin}
    for answer in (
        exchange(plane.port, request("POST", "/local/open/", {**sent, "Content-Type": "text/plain"}, b"{}")),
        exchange(plane.port, request("POST", "/queue/local/open/", {**sent, "Content-Type": "text/plain"}, b"{}")),
        exchange(plane.port, request("GET", "/local/open/", sent)),
        exchange(plane.port, request("OPTIONS", "/local/open/", {**sent, "Access-Control-Request-Method": "PUT"})),
        exchange(plane.port, request("OPTIONS", "/users/current", sent)),
        exchange(plane.port, request("POST", "/local/open/", {**sent, "Authorization": "Key a:b"}, b"{}")),
        exchange(plane.port, upgrade("/local/open/ws", sent)),
    ):
        assert answer.status == 403, answer.whole
        assert "without a key" in answer.detail
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    key = {"Authorization": f"Key {plane.key}"}
    assert exchange(plane.port, request("POST", "/local/open/", {**sent, **key}, b"{}")).status == 200
    assert exchange(plane.port, request("GET", "/users/current", {**sent, **key})).status == 200
    evidence("pages of other machines", origins=1, requests=7)


@pytest.mark.parametrize("origin", OWN)
def test_pages_of_this_machine_reach_public_apps(plane: Plane, wire: Wire, origin: str) -> None:
    assert exchange(plane.port, request("POST", "/local/open/", {"Origin": origin}, b"{}")).status == 200
    assert exchange(plane.port, request("POST", "/local/shut/", {"Origin": origin}, b"{}")).status == 401


# what is passed on


def seen(answer: Answer) -> Any:
    """Return what the app says that it got."""
    assert answer.status == 200, answer.whole
    return json.loads(answer.body)


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 40",
        "Content-Length: 4\r\nContent-Length: 40",
        "Content-Length: 4, 40",
        "Content-Length: +4",
        "Content-Length: -4",
        "Content-Length: 0x4",
        "Content-Length: 4 ",
        "Content-Length : 4",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding:\tchunked\x0b",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer_Encoding: chunked",
        "Transfer-Encoding\r\n : chunked",
        "X: y\nContent-Length: 40",
        "X: y\rContent-Length: 40",
        "X: y\0",
        "X: y\r\n Content-Length: 40",
    ],
)
def test_no_request_hides_in_another(plane: Plane, wire: Wire, framing: str, evidence: Evidence) -> None:
    """Whatever a request says about its length, the app sees one request, and the caller one answer."""
    hidden = "GET /crash HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    body = f"0\r\n\r\n{hidden}"
    sent = f"POST /local/open/first HTTP/1.1\r\nHost: 127.0.0.1\r\n{framing}\r\nConnection: close\r\n\r\n{body}"
    answer = exchange(plane.port, sent.encode("latin-1"))
    assert answer.status in (200, 400, 501), answer.whole
    if answer.status == 200:
        assert seen(answer)["path"] == "/first"
        assert "/crash" not in answer.body.decode() or "Content-Length: 40" in framing
    assert answer.whole.count(b"HTTP/1.1 ") <= 2, "one answer, and what it quotes"
    runners = wire.call(rpc.LIST_ALIAS_RUNNERS, alias="open").runners
    assert [runner for runner in runners if runner.state == runner.RUNNING or runner.state == runner.IDLE]
    evidence("ways to hide a request in another", ways=1)


def test_both_lengths_are_refused_rather_than_chosen_from(plane: Plane, wire: Wire) -> None:
    sent = {"Content-Length": "4", "Transfer-Encoding": "chunked"}
    answer = exchange(plane.port, request("POST", "/local/open/", sent) + b"0\r\n\r\n")
    assert (answer.status, "send one of them" in answer.detail) == (400, True)


def test_a_pipeline_is_answered_one_by_one(plane: Plane, wire: Wire) -> None:
    first = b"POST /local/open/one HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc"
    with connect(plane.port) as connection:
        connection.sendall(first + request("GET", "/local/open/two"))
        one, two = seen(read(connection)), seen(read(connection))
    assert (one["path"], one["body"], two["path"], two["body"]) == ("/one", "abc", "/two", "")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/local/open", "/"),
        ("/local/open/", "/"),
        ("/local/open//evil.test/x", "/evil.test/x"),  # the app of these tests folds the slashes
        ("/local/open/@evil.test/", "/@evil.test/"),
        ("/local/open/http://evil.test/", "/http://evil.test/"),
        ("/local/open/a%0d%0aX-Injected:%20y", "/a%0d%0aX-Injected:%20y"),
        ("/local/open/%2e%2e/%2e%2e/admin-key", "/%2e%2e/%2e%2e/admin-key"),
        ("/local/open/../../admin-key", "/../../admin-key"),
        ("/local/open/..%2f..%2fadmin-key", "/..%2f..%2fadmin-key"),
        ("/local/open/x?y=%0d%0a&z=a?b", "/x?y=%0d%0a&z=a?b"),
        ("/local/open/x?a#b", "/x?a#b"),
        ("/local/open/%00", "/%00"),
        ("/local/%6fpen/x", "/x"),
    ],
)
def test_addresses_reach_the_app_as_they_came(plane: Plane, wire: Wire, target: str, path: str) -> None:
    answer = exchange(plane.port, request("GET", target))
    if answer.status != 400:  # what no address can hold may be refused
        result = seen(answer)
        assert result["path"] == path
        assert "x-injected" not in result["headers"]
        assert result["headers"]["host"].startswith("127.0.0.1:")
    with contextlib.suppress(OSError):
        handshake = exchange(plane.port, upgrade(target, {}))
        assert handshake.status in (200, 400, 403, 404, 502, 503), handshake.whole


def test_what_the_gateway_says_of_a_request_cannot_be_forged(plane: Plane, wire: Wire) -> None:
    forged = {
        "X-Fal-Request-Id": "forged",
        "Authorization": f"Key {plane.key}",
        "Proxy-Authorization": "Basic x",
        "Connection": "x-dropped",
        "X-Dropped": "y",
        "TE": "trailers",
        "Keep-Alive": "timeout=1000",
        "X-Kept": "z",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in forged.items())
    answer = exchange(plane.port, f"GET /local/open/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode())
    got = seen(answer)["headers"]
    assert got["x-fal-request-id"] == answer.headers["x-fal-request-id"] != "forged"
    assert got["x-kept"] == "z"
    wire.deploy("lists", function=source(LISTS, "serve"))
    answer = exchange(
        plane.port, request("GET", "/local/lists/", {"X-Fal-Request-Id": "forged", "x-fal-request-ID": "2"})
    )
    ids = [value for name, value in seen(answer) if name.lower() == "x-fal-request-id"]
    assert ids == [answer.headers["x-fal-request-id"]], "there is one, whichever an app looks at"
    wire.call(rpc.DELETE_ALIAS, alias="lists")
    assert not {"authorization", "proxy-authorization", "x-dropped", "te", "keep-alive"} & set(got)
    assert plane.key.partition(":")[2] not in json.dumps(got)


@pytest.mark.parametrize("scheme", ["Key", "KEY", "key", "Key ", "Key\t"])
def test_no_app_sees_the_key_of_its_caller(plane: Plane, wire: Wire, scheme: str) -> None:
    for authorization in (f"{scheme} {plane.key}", f"{scheme} {plane.key}x", f"{scheme} wrong:{plane.key}"):
        answer = exchange(plane.port, request("GET", "/local/open/", {"Authorization": authorization}))
        assert plane.key.partition(":")[2] not in answer.body.decode()


def test_addresses_of_queued_requests_name_this_machine(plane: Plane, wire: Wire) -> None:
    answer = exchange(plane.port, request("POST", "/queue/local/open/", {"X-Forwarded-Host": "evil.test"}, b"{}"))
    assert {address.split("/")[2] for name, address in seen(answer).items() if name.endswith("_url")} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: a\nY: b\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: a\rY: b\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 999 \xff\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nDate: a\r\nX-Fal-Request-Id: forged\r\nContent-Length: 2\r\n\r\nok",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
    ],
)
def test_answers_of_apps_that_are_not_right(plane: Plane, wire: Wire, head: bytes) -> None:
    """What an app answers is one answer to its caller, or an error; never two, and never lines of their own."""
    code = f"""
import socket, threading
def serve(exposed_port):
    listener = socket.create_server(("127.0.0.1", exposed_port))
    while True:
        connection, _ = listener.accept()
        with connection:
            if connection.recv(65536):
                connection.sendall({head!r} if {len(head)} < 1000 else {head[:17]!r} + {head[17:23]!r} * 100_000)
"""
    wire.deploy("raw", function=source(code, "serve"))
    answer = exchange(plane.port, request("GET", "/local/raw/"))
    assert answer.whole.count(b"HTTP/1.1") == 1
    assert answer.status in (200, 502, 503, 999)
    assert b"\nY: b" not in answer.whole
    if answer.status == 200:
        assert (answer.body in (b"ok", b"okX"), answer.headers.get("x-fal-request-id")) != (False, "forged")
    wire.call(rpc.DELETE_ALIAS, alias="raw")
    assert eventually(lambda: exchange(plane.port, request("GET", "/local/open/")).status == 200)
