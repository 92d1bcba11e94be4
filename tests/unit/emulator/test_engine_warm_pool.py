"""Processes that wait for orders: the next runner is one of them, and none of them outlives its use."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cloudpickle  # type: ignore[import-untyped]
import pytest

from fal_emulator.engine.environments import Environments
from fal_emulator.engine.process import RUNNER_MAIN
from fal_emulator.engine.warm_pool import WarmPool
from tests.support.engine import Lab, lab, server
from tests.support.processes import alive
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have environments of their own for apps, and this interpreter in all of them."""
    monkeypatch.setattr(Environments, "_build_isolated", lambda *_: "inline-test")


def warm_process_of(here: Lab) -> int:
    waiting = here.engine._launcher.warm_pool._waiting
    return eventually(lambda: [each.process.pid for each in waiting.values()])[0]  # type: ignore[no-any-return]


def ended(pid: int) -> bool:
    """Return whether a process has ended; the engine, which started it, has then heard of that."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("isolated")
def test_the_next_runner_is_the_spare_and_another_one_follows(tmp_path: Path) -> None:
    with lab(tmp_path, isolation="venv") as here:
        here.deploy(here.add(server("1")))
        warm = warm_process_of(here)
        assert here.get().json()["pid"] != warm
        here.store.secrets.append(("TOKEN", "told when it was needed", True))
        here.deploy(here.add(server("2")))
        said = here.get().json()
        assert (said["pid"], said["version"]) == (warm, "2")
        assert said["cwd"] == here.get("/env").json()["FAL_APP_FILES_ROOT"]
        assert here.get("/env").json()["TOKEN"] == "told when it was needed"
        assert "serving 2" in here.lines
        following = warm_process_of(here)
        assert following != warm
    assert ended(warm) and ended(following)


@pytest.mark.usefixtures("isolated")
def test_a_spare_that_died_is_not_missed(tmp_path: Path) -> None:
    with lab(tmp_path, isolation="venv") as here:
        here.deploy(here.add(server("1")))
        warm = warm_process_of(here)
        os.kill(warm, signal.SIGKILL)
        eventually(lambda: not here.engine._launcher.warm_pool._waiting)
        here.deploy(here.add(server("2")))
        assert here.get().json()["version"] == "2"


def test_only_the_first_runner_on_the_planes_own_interpreter_is_a_spare(tmp_path: Path) -> None:
    with lab(tmp_path) as here:
        warm = warm_process_of(here)
        here.deploy(here.add(server()))
        assert here.get().json()["pid"] == warm
        assert not here.engine._launcher.warm_pool._lives


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_what_a_spare_has_forked_ends_with_it(tmp_path: Path) -> None:
    fork = (
        "lambda: os.fork() or (os.setsid(), open('forked', 'w').write(str(os.getpid())), time.sleep(600), os._exit(0))"
    )
    with lab(tmp_path) as here:
        warm = warm_process_of(here)
        here.deploy(here.add(server(setup=fork)), max_concurrency=2)
        seen = here.get().json()
        assert seen["pid"] == warm
        file = Path(seen["cwd"]) / "forked"
        forked = int(eventually(lambda: file.exists() and file.read_text()))
        here.engine.kill("me", here.live()[0].runner_id)
        eventually(lambda: not alive(forked))


def test_the_interpreters_used_last_have_spares_and_closing_ends_them(tmp_path: Path) -> None:
    pythons = [str(tmp_path / name) for name in ("first", "second", "third")]
    for python in pythons:
        Path(python).symlink_to(sys.executable)

    async def main() -> list[int]:
        pool = WarmPool(tmp_path)
        for python in pythons:
            pool.keep(python, pause=0)
        async with asyncio.timeout(30):
            while sorted(pool._waiting) != sorted(pythons[1:]):
                await asyncio.sleep(0.01)
        assert pool.take(pythons[0]) is None
        pids = [each.process.pid for each in pool._waiting.values()]
        assert list(pool._lives) == pythons[1:]
        await pool.close()
        assert not pool._waiting
        return pids

    assert all(map(ended, asyncio.run(main())))


def test_an_interpreter_that_is_gone_has_no_spare(tmp_path: Path) -> None:
    async def main() -> None:
        pool = WarmPool(tmp_path)
        pool.keep(str(tmp_path / "missing"), pause=0)
        await asyncio.gather(*pool._lives.values())
        assert pool.take(str(tmp_path / "missing")) is None
        pool.keep(str(tmp_path / "missing"))  # it may be there again
        await pool.close()

    asyncio.run(main())


@contextmanager
def waiting(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(RUNNER_MAIN), str(folder), "ahead"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        yield process


def test_a_spare_ends_with_the_plane(tmp_path: Path) -> None:
    with waiting(tmp_path) as process:
        said, _ = process.communicate(timeout=60)  # which closes its input
        assert (said, process.returncode) == (b"", 0)


def test_an_app_finds_nothing_of_the_plane_in_a_spare(tmp_path: Path) -> None:
    def look() -> object:
        import importlib.util
        import sys

        actual = [name for name in ("fleet", "engine", "runner_main") if importlib.util.find_spec(name)]
        return actual, sys.path[0], len(sys.argv), "fastapi" in sys.modules

    code, result = tmp_path / "code", tmp_path / "result"
    code.write_bytes(cloudpickle.dumps(look))
    orders = {"frame": "x ", "env": {}, "folder": str(tmp_path), "function": str(code), "result": str(result)}
    with waiting(tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        process.stdin.flush()
        assert process.wait(60) == 0
    _, _, content = result.read_bytes().partition(b"\n")
    assert cloudpickle.loads(content) == ([], str(tmp_path), 2, True)
