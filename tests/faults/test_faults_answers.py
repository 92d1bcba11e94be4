"""Servers that go away in order, refuse a call half-way, or answer what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.faults.faults_kit import (
    EXCHANGES,
    Ended,
    Outcome,
    call,
    created,
    key,
    listed,
    one,
    one_async,
    page,
    registered,
)
from tests.faults.raw_servers import (
    DATA,
    HEADERS,
    LAST,
    Frame,
    Misbehaviour,
    RawServer,
    Serve,
    answer,
    goaway,
    headers,
    http1,
    http2,
    message,
    rst,
)

Count = Callable[[str, Sequence[Outcome]], None]

REFUSED_STREAM, CANCEL, INTERNAL_ERROR, ENHANCE_YOUR_CALM = 7, 8, 2, 11
GRPC = ("content-type", "application/grpc")

GOAWAYS = {
    "before any call": Misbehaviour(executes=False, early=[goaway(0)], then="close"),
    "nothing processed, closed": Misbehaviour(lambda stream, _: [goaway(0)], executes=False, then="close"),
    "nothing processed, left open": Misbehaviour(lambda stream, _: [goaway(0)], executes=False),
    "too many pings": Misbehaviour(
        lambda stream, _: [goaway(0, ENHANCE_YOUR_CALM, b"too_many_pings")], executes=False, then="close"
    ),
    "too many pings, processed": Misbehaviour(
        lambda *_: [goaway(LAST, ENHANCE_YOUR_CALM, b"too_many_pings")], then="close"
    ),
    "processed, not answered": Misbehaviour(lambda stream, _: [goaway(stream)], then="close"),
    "processed, never answered": Misbehaviour(lambda stream, _: [goaway(stream)]),
    "processed, half answered": Misbehaviour(
        lambda stream, whole: [goaway(stream), *answer(stream, whole)[:-1]], then="close"
    ),
    "processed and answered": Misbehaviour(
        lambda stream, whole: [goaway(stream), *answer(stream, whole)], then="close"
    ),
    "announced, answered, done": Misbehaviour(
        lambda stream, whole: [goaway(LAST), *answer(stream, whole), goaway(stream)], then="close"
    ),
}
ANSWERED = {"processed and answered", "announced, answered, done"}
RESETS = {
    "refused": Misbehaviour(lambda stream, _: [rst(stream, REFUSED_STREAM)], executes=False),
    "internal error": Misbehaviour(lambda stream, _: [rst(stream, INTERNAL_ERROR)]),
    "cancelled": Misbehaviour(lambda stream, _: [rst(stream, CANCEL)]),
    "calm down": Misbehaviour(lambda stream, _: [rst(stream, ENHANCE_YOUR_CALM)]),
    "after half an answer": Misbehaviour(
        lambda stream, whole: [*answer(stream, whole)[:-1], rst(stream, INTERNAL_ERROR)]
    ),
}


def _after_headers(*frames: Callable[[int, list[bytes]], Frame]) -> Misbehaviour:
    return Misbehaviour(
        lambda stream, whole: [headers(stream, GRPC), *(frame(stream, whole) for frame in frames)], then="close"
    )


def _trailers(*pairs: tuple[str, str]) -> Callable[[int, list[bytes]], Frame]:
    return lambda stream, _: headers(stream, *pairs, status=b"", end=True)


DAMAGED_GRPC = {
    "a page of a gateway": Misbehaviour(
        lambda stream, _: [
            headers(stream, ("content-type", "text/html"), status=b"\x08\x03502"),
            Frame(DATA, 1, stream, b"<h1>Bad gateway</h1>"),
        ]
    ),
    "an unknown frame": Misbehaviour(lambda stream, whole: [Frame(0xBB, 0, stream, b"x"), *answer(stream, whole)]),
    "a frame that is too long": Misbehaviour(lambda stream, _: [Frame(DATA, 0, stream, bytes(20_000))]),
    "data of no stream": Misbehaviour(lambda stream, _: [Frame(DATA, 0, 0, b"x")]),
    "headers that cannot be read": Misbehaviour(lambda stream, _: [Frame(HEADERS, 4, stream, b"\xff" * 9)]),
    "a message that breaks off": _after_headers(
        lambda stream, whole: Frame(DATA, 0, stream, b"\0\0\0\1\0" + whole[0]), _trailers(("grpc-status", "0"))
    ),
    "a message that is none": _after_headers(
        lambda stream, _: message(stream, b"\xff\xff\xff\xff"), _trailers(("grpc-status", "0"))
    ),
    "a message that seems compressed": _after_headers(
        lambda stream, whole: Frame(DATA, 0, stream, b"\1" + message(stream, whole[0]).content[1:]),
        _trailers(("grpc-status", "0")),
    ),
    "no message": _after_headers(_trailers(("grpc-status", "0"))),
    "no status": _after_headers(lambda stream, whole: message(stream, whole[0]), _trailers(("x", "y"))),
    "no end": _after_headers(lambda stream, whole: message(stream, whole[0])),
    "a status that is not a number": _after_headers(_trailers(("grpc-status", "fine"))),
    "a status that nobody knows": _after_headers(_trailers(("grpc-status", "99"), ("grpc-message", "new"))),
    "a message of a status that is not a text": _after_headers(
        _trailers(("grpc-status", "5"), ("grpc-message", "%FF%FE%zz"))
    ),
}
# What may come as well without making the answer another one.
HARMLESS = {"an unknown frame"}
# Marked as packed without a word about how: some releases take it for what it is, others refuse it.
EITHER = {"a message that seems compressed"}
# To grpc, that is what a stream is which ends well after half a message.
STREAMS_OF_NONE = {"no message", "a message that breaks off"}
PROPER: dict[str, Callable[[str], list[bytes]]] = {
    "grpc create": lambda name: [created(name).SerializeToString()],
    "grpc read": lambda name: [listed(name).SerializeToString()],
    "grpc stream": lambda name: [result.SerializeToString() for result in registered(name)],
    "rest create": lambda name: [_sized(json.dumps(key(name)).encode())],
    "rest read": lambda name: [_sized(json.dumps(page(name)).encode()).replace(b"201 Created", b"200 OK")],
}


def _http(status: str, *lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines, "", ""]).encode() + body


def _sized(body: bytes, *lines: str) -> bytes:
    return _http("201 Created", f"Content-Length: {len(body)}", *lines, body=body)


_GOOD = json.dumps({**key("x"), **page("x")}).encode()
DAMAGED_REST = {
    "nothing": b"",
    "garbage": b"\x00\xff\x16\x03\x01garbage\r\n\r\n",
    "half a status line": b"HTTP/1.1 20",
    "a status that is not a number": b"HTTP/1.1 fine\r\n\r\n",
    "a status that nobody knows": _http("799 New", "Content-Length: 0"),
    "a header without a colon": _http("201 Created", "nonsense", body=_GOOD),
    "headers without an end": b"HTTP/1.1 201 Created\r\n" + b"X-More: " + b"y" * 200_000 + b"\r\n",
    "a negative length": _http("201 Created", "Content-Length: -1", body=_GOOD),
    "two lengths": _http("201 Created", "Content-Length: 2", "Content-Length: 3", body=_GOOD),
    "less than announced": _http("201 Created", "Content-Length: 999", body=_GOOD),
    "half a chunk": _http("201 Created", "Transfer-Encoding: chunked", body=b"ff\r\n" + _GOOD[:9]),
    "a chunk without a size": _http("201 Created", "Transfer-Encoding: chunked", body=b"zz\r\n" + _GOOD),
    "what is not gzip": _sized(_GOOD, "Content-Encoding: gzip"),
    "half of what is gzip": _sized(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV", "Content-Encoding: gzip"),
    "no JSON": _sized(b"<html>"),
    "half of JSON": _sized(_GOOD[:-9]),
    "other JSON": _sized(b"[1, 2, 3]"),
    "JSON without its members": _sized(b"{}"),
    "JSON with null members": _sized(json.dumps(dict.fromkeys(json.loads(_GOOD))).encode()),
    "JSON without an end to its nesting": _sized(b"[" * 100_000),
    "no text": _sized(b"\xff\xfe" + _GOOD),
    "a redirect to nowhere": _http("302 Found", "Content-Length: 0"),
    "a redirect to itself": _http("302 Found", "Location: /keys", "Content-Length: 0"),
    "a thousand preliminaries": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000,
    "another protocol": b"RTSP/1.0 200 OK\r\n\r\n",
}


class Wrong(NamedTuple):
    """A call to a server that misbehaves.

    Args:
        about: What it does wrong.
        name: The call.
        first: How many times it does; None for always.
        through: Whether the call is to get through all the same; None where releases of grpcio differ.
    """

    about: str
    name: str
    serve: Serve
    first: int | None = None
    through: bool | None = False
    timeout: float = 0.6


def misbehaving(kind: str, cases: Sequence[Wrong], rounds: int) -> list[Outcome]:
    """Call servers that misbehave, each as often as there are rounds; check and return the outcomes."""
    servers = [(case, RawServer(case.serve, first=case.first)) for case in cases for _ in range(rounds)]

    def outcome(case: Wrong, server: RawServer, ended: Ended) -> Outcome:
        exchange, over = EXCHANGES[case.name], max(0.0, ended.took - case.timeout)
        result = Outcome(ended.name, exchange, ended.value, ended.watch, over)
        assert case.through is None or result.failed is not case.through, (case.about, case.name, str(result.value))
        assert result.fired or result.word == "DeadlineExceeded"
        return result.check(server.executed[ended.name])

    def work(pair: tuple[Wrong, RawServer]) -> Outcome:
        case, server = pair
        return outcome(case, server, one(EXCHANGES[case.name], server.port, case.timeout, lambda: server.fired))

    async def work_async(pair: tuple[Wrong, RawServer]) -> Outcome:
        case, server = pair
        return outcome(
            case, server, await one_async(EXCHANGES[case.name], server.port, case.timeout, lambda: server.fired)
        )

    try:
        return call(kind, servers, work, work_async)
    finally:
        for _, server in servers:
            server.close()


def _once_or_always(wrongs: dict[str, Misbehaviour], heard: set[str], lasting: set[str]) -> list[Wrong]:
    """Return calls that meet what is wrong: a read once, and it is to get through; a write as often as it is sent.

    Args:
        wrongs: What is wrong.
        heard: Where the call is answered all the same.
        lasting: What no second attempt helps against.
    """
    collected = []
    for about, wrong in wrongs.items():
        for name in ("grpc create", "grpc stream", "grpc read"):
            again = EXCHANGES[name].repeats and about not in lasting
            collected.append(
                Wrong(
                    about,
                    name,
                    http2(wrong, PROPER[name]),
                    first=1 if again else None,
                    through=again or about in heard,
                    timeout=10.0 if again or about in heard else 0.6,
                )
            )
    return collected


def test_a_server_that_goes_away(kind: str, whole: bool, count: Count) -> None:
    cases = _once_or_always(GOAWAYS, ANSWERED, {"processed, never answered"})
    count("GOAWAY", misbehaving(kind, cases, 10 if whole else 1))


def test_a_server_that_resets_the_call_alone(kind: str, whole: bool, count: Count) -> None:
    cases = _once_or_always(RESETS, set(), set(RESETS) - {"refused", "calm down"})
    count("reset of the stream", misbehaving(kind, cases, 10 if whole else 1))


def test_an_answer_over_grpc_that_cannot_be_read(kind: str, whole: bool, count: Count) -> None:
    cases = [
        Wrong(about, name, http2(wrong, PROPER[name]), through=None if about in EITHER else about in HARMLESS)
        for about, wrong in DAMAGED_GRPC.items()
        for name in ("grpc create", "grpc stream", "grpc read")
        if not (name == "grpc stream" and about in STREAMS_OF_NONE | EITHER)
    ]
    count("damaged answer", misbehaving(kind, cases, 10 if whole else 1))


def test_an_answer_over_rest_that_cannot_be_read(kind: str, whole: bool, count: Count) -> None:
    cases = [
        Wrong(about, name, http1(text.replace(b"201 Created", status), PROPER[name]))
        for about, text in DAMAGED_REST.items()
        for name, status in (("rest create", b"201 Created"), ("rest read", b"200 OK"))
    ]
    count("damaged answer", misbehaving(kind, cases, 10 if whole else 1))


def test_a_server_that_words_its_refusal_like_the_transport_is_asked_once(kind: str, count: Count) -> None:
    """It passes on what it heard from the server behind it, as proxies do: that does not prove that nothing was done."""
    said = "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.1:443: Connection refused"
    refusing = Misbehaviour(
        lambda stream, _: [headers(stream, GRPC, ("grpc-status", "14"), ("grpc-message", said), end=True)]
    )
    cases = [Wrong(said, name, http2(refusing, PROPER[name])) for name in ("grpc create", "grpc stream")]
    outcomes = misbehaving(kind, cases, 1)
    for outcome in outcomes:
        assert (outcome.word, outcome.value.attempts, outcome.fired) == ("Unavailable", 1, 1)
    count("worded like the transport", outcomes)
