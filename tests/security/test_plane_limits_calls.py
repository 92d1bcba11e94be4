"""Limits of calls to apps, queued ones too."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from websockets.sync.client import connect as open_websocket

from fal_emulator import Plane
from fal_emulator.model import limits
from tests.security.limits_kit import chunked
from tests.security.raw_http import connect, read, request
from tests.support.plane import TIMEOUT
from tests.support.waiting import eventually


def test_bodies_of_calls(little: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_CALL, 200), (limits.LARGEST_CALL + 1, 413)):
        content = b"c" * size
        for body in (content, chunked(content)):
            answer = little.post("/local/app/", content=body)
            assert answer.status_code == expected
            assert answer.text == str(size) if expected == 200 else str(limits.LARGEST_CALL) in answer.json()["detail"]
    assert little.post("/local/app/", content=b"1").text == "1", "the app goes on"


def test_calls_that_wait(small: Plane, little: httpx.Client, tmp_path: Path) -> None:
    """MOST_WAITING: one is with the runner, one waits, and the third is told to come again."""
    go = tmp_path / "go"
    calls = []
    for _ in range(2):
        connection = connect(small.port)
        connection.sendall(request("POST", f"/local/single/wait?{go}", {"Authorization": f"Key {small.key}"}, b"x"))
        calls.append(connection)

    def third() -> bool:
        with connect(small.port) as connection:
            connection.sendall(request("POST", "/local/single/", {"Authorization": f"Key {small.key}"}, b"x"))
            connection.settimeout(0.2)
            try:
                answer = read(connection)
            except TimeoutError:
                return False  # the others were not there yet
        assert answer.status == 503
        assert f"{limits.MOST_WAITING} requests already wait" in answer.detail
        return True

    try:
        eventually(third)
    finally:
        go.touch()
    assert [read(connection).status for connection in calls] == [200, 200]
    for connection in calls:
        connection.close()


@pytest.mark.parametrize("extension", ["deflate", None])
def test_websocket_messages(small: Plane, extension: str | None) -> None:
    def session() -> Any:
        address = f"ws://127.0.0.1:{small.port}/local/echo/"
        return open_websocket(address, max_size=None, proxy=None, compression=extension)

    with session() as socket_:
        socket_.send(bytes(limits.LARGEST_FRAME_IN))
        assert socket_.recv(TIMEOUT) == str(limits.LARGEST_FRAME_IN)
        if extension is None:  # where each part is compressed, its size as it came counts too
            socket_.send([bytes(limits.LARGEST_FRAME_IN - 1), b"x"])
            assert socket_.recv(TIMEOUT) == str(limits.LARGEST_FRAME_IN)
        socket_.send(str(limits.LARGEST_FRAME_OUT))
        assert len(socket_.recv(TIMEOUT)) == limits.LARGEST_FRAME_OUT
    for sent in (
        bytes(limits.LARGEST_FRAME_IN + 1),
        [bytes(limits.LARGEST_FRAME_IN), b"x"],
        str(limits.LARGEST_FRAME_OUT + 1),
    ):
        with session() as socket_:
            with contextlib.suppress(websockets.ConnectionClosed):
                socket_.send(sent)
            with pytest.raises(websockets.ConnectionClosed):
                socket_.recv(TIMEOUT)
            assert socket_.close_code == 1009, sent


def queued(client: httpx.Client, path: str, content: Any = b"") -> httpx.Response:
    return client.post(f"/queue/local/{path}", content=content)


def completed(client: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Wait until a queued request is completed, and return its result."""
    address = answer.json()["response_url"]
    eventually(lambda: client.get(f"{address}/status").json()["status"] == "COMPLETED")
    return client.get(address)


def test_bodies_of_queued_calls(little: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_QUEUED, 200), (limits.LARGEST_QUEUED + 1, 413)):
        content = b"q" * size
        for body in (content, chunked(content)):
            answer = queued(little, "app", body)
            assert answer.status_code == expected
            if expected == 200:
                assert completed(little, answer).text == str(size)


def test_answers_of_queued_calls(little: httpx.Client) -> None:
    fits = completed(little, queued(little, f"app/out?{limits.LARGEST_RESULT}"))
    assert (fits.status_code, len(fits.content)) == (200, limits.LARGEST_RESULT)
    exceeds = completed(little, queued(little, f"app/out?{limits.LARGEST_RESULT + 1}"))
    assert exceeds.status_code == 502
    assert (
        exceeds.json()["detail"]
        == f"the app's answer holds more than {limits.LARGEST_RESULT} bytes, the most that is kept"
    )


def test_answers_that_are_kept(little: httpx.Client) -> None:
    def kept(answers: list[httpx.Response]) -> list[int]:
        return [little.get(answer.json()["response_url"]).status_code for answer in answers]

    answers = []
    for _ in range(limits.MOST_RESULTS + 1):
        answers.append(queued(little, "app"))
        completed(little, answers[-1])
    assert kept(answers) == [404] + [200] * limits.MOST_RESULTS, "the oldest goes first"
    answers = []
    for _ in range(3):
        answers.append(queued(little, "app/out?900"))
        completed(little, answers[-1])
    assert 2 * 900 <= limits.MOST_RESULT_BYTES < 3 * 900
    assert kept(answers) == [404, 200, 200]


def test_calls_that_are_queued(small: Plane, little: httpx.Client, tmp_path: Path) -> None:
    """MOST_QUEUED requests may wait, and together they may hold MOST_QUEUED_BYTES."""
    go = tmp_path / "go"
    busy = queued(little, f"single/wait?{go}", b"")
    eventually(lambda: little.get(busy.json()["status_url"]).json()["status"] == "IN_PROGRESS")
    waiting = [queued(little, "single") for _ in range(limits.MOST_QUEUED)]
    assert {answer.status_code for answer in waiting} == {200}
    assert queued(little, "single").status_code == 429
    for answer in waiting:
        assert little.put(answer.json()["cancel_url"]).status_code == 200
    waiting = [queued(little, "single", b"x" * 100), queued(little, "single", b"x" * 50)]
    full = queued(little, "single", b"x" * (limits.MOST_QUEUED_BYTES - 150))
    assert full.status_code == 200
    for body in (b"x", chunked(b"x" * 8)):
        refusal = queued(little, "single", body)
        assert (refusal.status_code, str(limits.MOST_QUEUED_BYTES) in refusal.json()["detail"]) == (429, True)
    little.put(full.json()["cancel_url"])
    assert queued(little, "single", b"x").status_code == 200, "what was cancelled holds nothing"
    little.delete("/applications/local/single/queue")
    go.touch()
    completed(little, busy)
