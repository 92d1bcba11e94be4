"""Connections are heard in turn: none is lost, none is mixed up, and none keeps the others from being served."""

from __future__ import annotations

import asyncio
import json
import threading
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

from fal_emulator.server import http_protocol
from fal_emulator.server.http_protocol import _AT_A_TURN, BoundedProtocol, Turnstile
from tests.security.raw_http import connect, read
from tests.support.waiting import LIMIT, Background

if TYPE_CHECKING:
    from fal_emulator import Plane
    from tests.support.plane import Wire


def test_so_many_connections_are_heard_in_one_turn_in_their_order() -> None:
    heard: list[tuple[int, int]] = []  # the turn, and who

    async def main() -> None:
        loop = asyncio.get_running_loop()
        turnstile = Turnstile(loop)
        turn = 0

        def count() -> None:
            nonlocal turn
            turn += 1
            loop.call_soon(count)

        class Connection:
            def __init__(self, number: int) -> None:
                self.number = number

            def hear(self) -> None:
                heard.append((turn, self.number))

        loop.call_soon(count)
        for number in range(3 * _AT_A_TURN + 1):
            connection = Connection(number)
            if turnstile.admits(cast("BoundedProtocol", connection)):
                connection.hear()
        while len(heard) < 3 * _AT_A_TURN + 1:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert turnstile.admits(cast("BoundedProtocol", Connection(0))), "nobody waits any more"

    asyncio.run(main())
    assert [number for _, number in heard] == list(range(3 * _AT_A_TURN + 1))
    turns = [turn for turn, _ in heard]
    assert {turns.count(turn) for turn in set(turns[:-1])} == {_AT_A_TURN} and len(set(turns)) == 4


def test_a_body_that_never_ends_is_answered_and_cut_off(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "_REST_OF_BODY", 0.2)
    head = f"POST /files/missing_hashes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Key {plane.key}\r\n"
    with connect(plane.port) as connection:
        connection.settimeout(LIMIT)

        def send() -> str:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            try:
                while True:
                    connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
            except ConnectionError:
                return "cut off"

        sending = Background(send)
        assert read(connection).status == 413
        assert sending.result() == "cut off"


def test_all_that_call_at_once_are_answered(plane: Plane, wire: Wire) -> None:
    """They say the rest while the event loop is held up, so that all of it is there in one turn."""
    wire.deploy("echo", machine={"max_concurrency": 4})
    contents = [bytes([65 + number]) * (20_000 + number) for number in range(40)]
    go, said = threading.Event(), threading.Semaphore(0)

    def call(content: bytes) -> bool:
        head = f"POST /local/echo/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        with connect(plane.port) as connection:
            connection.settimeout(LIMIT)
            connection.sendall(head + content[:1000])
            go.wait(LIMIT)
            connection.sendall(content[1000:])
            said.release()
            answer = read(connection)
        return answer.status == 200 and json.loads(answer.body)["body"] == content.decode()

    def hold_up() -> None:
        go.set()
        for _ in contents:
            assert said.acquire(timeout=LIMIT)

    calls = [Background(partial(call, content)) for content in contents]
    plane._server._engine._do(hold_up)
    assert all(each.result() for each in calls)
