"""Apps written with `fal.App` run as they are bundled for a deploy."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import msgpack
import pytest
from websockets.sync.client import connect

from fal.app.bundle import pack
from fal_emulator.engine.errors import RolloutError
from tests.support.engine import KEY, lab
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import fal
from pydantic import BaseModel

class Word(BaseModel):
    text: str = "hello"

class Shouter(fal.App):
    def setup(self):
        self.end = open("end.txt").read()

    def teardown(self):
        print("torn down", flush=True)

    @fal.endpoint("/")
    def shout(self, word: Word) -> Word:
        return Word(text=word.text.upper() + self.end)

    @fal.realtime("/realtime")
    def again(self, word: Word) -> Word:
        return Word(text=word.text.upper())
"""


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> bytes:
    module: Any = types.ModuleType("__fal_app__")
    monkeypatch.setitem(sys.modules, "__fal_app__", module)
    exec(compile(SOURCE, "shouter.py", "exec"), module.__dict__)
    return pack.dump(module.Shouter)


def test_an_app_is_served_torn_down_and_sees_its_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hash").write_text("!")
    with lab(tmp_path) as here:
        here.deploy(here.add(content, files=(("hash", "end.txt"),)), auth_mode="private")
        answer = here.http.post("/me/app/", json={"text": "hi"})
        assert (answer.status_code, answer.json()) == (200, {"text": "HI!"})
        assert here.get("/health").status_code == 200
        assert here.http.post("/me/app/", json={"text": [1]}).status_code == 422
        address = here.url.replace("http", "ws") + "/me/app/realtime"
        with connect(address, additional_headers={"authorization": KEY}) as socket:
            socket.send(bytes(msgpack.packb({"text": "ho"}) or b""))
            assert msgpack.unpackb(socket.recv(LIMIT)) == {"text": "HO"}
        here.engine.stop("me", here.live()[0].runner_id)
        eventually(lambda: here.live() == [])
        assert here.engine.runners("me")[0].state == "TERMINATED"
        assert "torn down" in [line["message"] for line in here.store.logs]


def test_health_checks_are_in_the_log_when_they_fail(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hash").write_text("!")
    with lab(tmp_path) as here:
        files = (("hash", "end.txt"),)
        here.deploy(here.add(content, files=files, health_check={"path": "/health"}))
        here.http.post("/me/app/health")
        eventually(lambda: any("/health" in line["message"] for line in here.store.logs))
        assert not [line for line in here.store.logs if "GET /health" in line["message"]]
        failing = {"path": "/missing", "start_period_seconds": 0, "failure_threshold": 1}
        with pytest.raises(RolloutError, match=r'"GET /missing HTTP/1.1" 404'):
            here.deploy(here.add(content, files=files, health_check=failing))
