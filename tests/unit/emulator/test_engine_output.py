"""What runners say is told apart: lines, tracebacks, and the requests that they are about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from fal_emulator.engine.output import Echo, Line, Output
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from fal_emulator import Plane

START = "\x1emark "

APP = """
import os, subprocess, sys, threading
import fal

together = threading.Barrier(3)

class Talk(fal.App, max_multiplexing=3):
    machine_type = "XS"
    keep_alive = 60

    @fal.endpoint("/")
    def talk(self, name: str) -> dict:
        print("begin", name, end="")
        together.wait(30)
        print(" and end", name)
        together.wait(30)
        print(name * 5000, file=sys.stderr)
        together.wait(30)
        raise ValueError(name)

    @fal.endpoint("/last")
    async def last(self) -> dict:
        subprocess.run(["echo", "of a process"], check=True)
        print("no newline", end="", file=sys.stderr)
        return {}

    @fal.endpoint("/elsewhere")
    def elsewhere(self) -> dict:
        kept = os.dup(1)
        with open("said", "w+") as file:
            os.dup2(file.fileno(), 1)
            print("into a file")
            os.dup2(kept, 1)
            file.seek(0)
            return {"said": file.read(), "name": sys.stdout.name, "at": sys.stdout.fileno()}
"""


def frame(name: str, content: str) -> bytes:
    return f"{START}{len(content)} {name}\n{content}".encode()


SAID = b"".join(
    [
        b"plain\nbegun ",
        frame("one", "first "),
        frame("two", "second\n"),
        b"and ended\x1emar\x1emark x",
        frame("one", "line\nunfinished"),
        frame("7", ""),
        b"\x1e\x1emark 3 one\n",
        b"abc",
    ]
)
LEVELS = ("STDOUT", "STDERR", "ERROR")
LINES = [
    ("second", "two"),
    ("first line", "one"),
    ("begun and ended\x1emar\x1emark x", None),
    ("unfinished", "one"),
    7,
    ("\x1e", None),
    ("abc", "one"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_frames_are_read_however_they_come_in_pieces(size: int) -> None:
    output = Output(START)
    said: list[Line | Echo] = []
    for at in range(0, len(SAID), size):
        said += output.feed(SAID[at : at + size])
    said += output.end()
    result = [one.number if isinstance(one, Echo) else (one.text, one.request) for one in said]
    assert result[0] == ("plain", None)
    assert sorted(map(str, result[1:])) == sorted(map(str, LINES))
    assert result.index(7) > result.index(("unfinished", "one"))


def test_tracebacks_of_two_requests_at_once_are_kept_apart() -> None:
    output = Output(START)
    head, frames = "Traceback (most recent call last):\n", '  File "x.py", line 1\n'
    pieces = [frame("a", head), frame("b", "fine\n"), frame("a", frames), frame("b", head), frame("a", "E: no\nfine\n")]
    lines = [line for piece in [*pieces, frame("b", "E: no\n")] for line in output.feed(piece)]
    assert [(line.request, line.traceback) for line in lines if isinstance(line, Line)] == [
        ("a", True), ("b", False), ("a", True), ("b", True), ("a", True), ("a", False), ("b", True),
    ]  # fmt: skip


def test_lines_that_never_end_do_not_pile_up() -> None:
    output = Output(START)
    lines = [line for number in range(1000) for line in output.feed(frame(f"r{number}", "x"))]
    assert len(lines) >= 900


@pytest.fixture(scope="module")
def talking(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    file: Path = tmp_path_factory.mktemp("app") / "talk.py"
    file.write_text(APP)
    with plane.client() as client:
        client.deploy(file)
        yield plane


def ended(http: httpx.Client, path: str) -> dict[str, Any]:
    """Queue a call, and return its status as soon as it is completed."""
    request = http.post(f"/queue/local/talk{path}").json()["request_id"]
    where = f"/queue/local/talk/requests/{request}/status"
    status: dict[str, Any] = eventually(
        lambda: (r := http.get(where, params={"logs": 1})).status_code == 200 and r.json()
    )
    return {**status, "id": request}


def test_requests_at_the_same_time_get_their_own_lines(talking: Plane, http: httpx.Client) -> None:
    with ThreadPoolExecutor(3) as threads:
        statuses = list(threads.map(lambda name: ended(http, f"?name={name}"), "abc"))
    for name, status in zip("abc", statuses, strict=True):
        said = {level: [line["message"] for line in status["logs"] if line["level"] == level] for level in LEVELS}
        assert said["STDOUT"][0] == f"begin {name} and end {name}"
        assert said["STDERR"] == [name * 5000]
        assert (said["ERROR"][0], said["ERROR"][-1]) == ("Traceback (most recent call last):", f"ValueError: {name}")
        assert said["ERROR"].count(said["ERROR"][0]) == 1
        kept = http.post("/logs/history", params={"request_id": status["id"]}).json()["items"]
        assert {line["labels"]["fal_endpoint"] for line in kept} == {"/"}


def test_what_was_said_last_is_there_at_completion(talking: Plane, http: httpx.Client) -> None:
    for _ in range(20):
        messages = [line["message"] for line in ended(http, "/last")["logs"]]
        assert "no newline" in messages and "of a process" in messages


def test_what_an_app_points_elsewhere_stays_as_it_is(talking: Plane, http: httpx.Client) -> None:
    answer = http.post("/local/talk/elsewhere").json()
    assert answer == {"said": "into a file\n", "name": "<stdout>", "at": 1}
