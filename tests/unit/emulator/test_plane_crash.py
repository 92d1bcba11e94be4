"""kill -9 after random numbers of changes: nothing that was acknowledged is lost, nothing is left half done."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from fal.api import SyncServerlessClient
from fal.exceptions import FalServerlessException, Unauthenticated
from fal.sdk import AliasInfo
from tests.support.waiting import LIMIT, eventually

ROUNDS = 6
HELLO = Path(__file__).resolve().parents[3] / "examples" / "hello.py"


class Process:
    """A control plane in a process of its own, on a state folder that outlives it."""

    def __init__(self, state: Path, ready: Path) -> None:
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "fal_emulator", "--state", str(state), "--ready-file", str(ready)]
        self.process = subprocess.Popen([*command, "--isolation", "inline"], stdout=subprocess.DEVNULL)
        eventually(lambda: self.process.poll() is not None or ready.exists())
        assert self.process.poll() is None, "it did not start"
        body = json.loads(ready.read_text())
        self.host, self.key = body["host"], body["key"]

    def client(self, key: str | None = None) -> SyncServerlessClient:
        return SyncServerlessClient(host=self.host, api_key=key or self.key, timeout=LIMIT)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT)


class Writer(threading.Thread):
    """Changes things of its own, one after the other, and remembers what was acknowledged.

    `sure` is what must be there after a crash; `open` is the one change whose answer never came, so that it may be or not.
    """

    def __init__(self, plane: Process, name: str, sure: dict[str, Any], seed: int) -> None:
        super().__init__(daemon=True)
        self.sure = sure
        self.open: tuple[str, Any] | None = None
        self.done = 0
        self._plane, self._name, self._random = plane, name, random.Random(seed)

    def run(self) -> None:
        with self._plane.client() as client:
            try:
                while True:
                    self.step(client)
                    self.done += 1
            except FalServerlessException:
                return  # it was killed

    def step(self, client: SyncServerlessClient) -> None:
        raise NotImplementedError

    def look(self, client: SyncServerlessClient) -> None:
        """Compare what is there now with what must be."""
        raise NotImplementedError

    def settle(self, stored: dict[str, Any]) -> None:
        """Compare with what a restart found; the open change is settled by it."""
        expected = dict(self.sure)
        if self.open is not None:
            name, value = self.open
            assert stored.get(name) in (expected.get(name), value), f"{name} is neither as before nor as asked"
            expected.pop(name, None)
            if name in stored:
                expected[name] = stored[name]
            self.open = None
        assert stored == expected
        self.sure.clear()
        self.sure.update(expected)


class Secrets(Writer):
    def step(self, client: SyncServerlessClient) -> None:
        name = f"{self._name}_{self._random.randrange(12)}"
        self.open = (name, True)
        if name in self.sure and self._random.random() < 0.5:
            self.open = (name, None)
            client.secrets.unset(name)
            del self.sure[name]
        else:
            client.secrets.set(name, f"value {self.done}")
            self.sure[name] = True
        self.open = None

    def look(self, client: SyncServerlessClient) -> None:
        self.settle({secret.name: True for secret in client.secrets.list() if secret.name.startswith(self._name)})


class Environments(Writer):
    """Each environment is made with a secret in it, and goes with it."""

    def step(self, client: SyncServerlessClient) -> None:
        name = f"{self._name}-{self._random.randrange(6)}"
        self.open = (name, True)
        if name in self.sure:
            self.open = (name, None)
            client.environments.delete(name)
            del self.sure[name]
        else:
            client.environments.create(name)
            self.sure[name] = True
            self.open = None
            client.secrets.set("INSIDE", "x", environment_name=name)
        self.open = None

    def look(self, client: SyncServerlessClient) -> None:
        names = {environment.name for environment in client.environments.list()}
        self.settle({name: True for name in names if name.startswith(self._name)})
        for secret in client.secrets.list():
            assert (secret.environment_name or "main") in names, "a secret outlived its environment"


class Keys(Writer):
    def step(self, client: SyncServerlessClient) -> None:
        if len(self.sure) > 5:
            key_id = self._random.choice(sorted(self.sure))
            self.open = (key_id, None)
            client.keys.revoke(key_id)
            del self.sure[key_id]
        else:
            key_id, secret = client.keys.create(scope="api", description=self._name)
            self.sure[key_id] = secret
        self.open = None

    def look(self, client: SyncServerlessClient) -> None:
        listed = {key.key_id for key in client.keys.list() if key.alias == self._name}
        # A key whose answer never came exists at most once, and nobody knows its secret.
        unknown = listed - set(self.sure) - ({self.open[0]} if self.open else set())
        assert len(unknown) <= 1
        for key_id in unknown:
            client.keys.revoke(key_id)
        self.settle({key_id: self.sure[key_id] for key_id in listed & set(self.sure)})

    def check_secrets(self, plane: Process) -> None:
        for key_id, secret in list(self.sure.items())[:2]:
            with plane.client(f"{key_id}:{secret}") as client:
                client.auth_info()
                # The key is good; what it may do is another matter.
                with pytest.raises(FalServerlessException) as caught:
                    client.keys.list()
                assert not isinstance(caught.value, Unauthenticated)


class Scaling(Writer):
    def step(self, client: SyncServerlessClient) -> None:
        value = self._random.randrange(1, 10_000)
        # Two fields in one change: never the one without the other.
        self.open = ("hello", (value, value + 1))
        client.apps.scale("hello", keep_alive=value, request_timeout=value + 1)
        self.sure["hello"] = (value, value + 1)
        self.open = None

    def look(self, client: SyncServerlessClient) -> None:
        apps: list[AliasInfo] = client.apps.list(filter="hello")
        self.settle({app.alias: (app.keep_alive, app.request_timeout) for app in apps})


def kill_under_load(plane: Process, writers: list[Writer], after: int) -> None:
    """Start the writers, and kill the plane when they have made so many changes."""
    for writer in writers:
        writer.start()
    eventually(lambda: sum(writer.done for writer in writers) >= after)
    plane.kill()
    for writer in writers:
        writer.join(LIMIT)
        assert not writer.is_alive()


@pytest.mark.timeout(300)  # it starts seven control planes
def test_no_acknowledged_change_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    state, ready = tmp_path / "state", tmp_path / "ready.json"
    plane = Process(state, ready)
    with plane.client() as client:
        client.deploy(f"{HELLO}::Hello")
        client.apps.scale("hello", keep_alive=1, request_timeout=2)
    kinds = (Secrets, Environments, Keys, Scaling)
    remembered: list[dict[str, Any]] = [{}, {}, {}, {"hello": (1, 2)}]
    moments = random.Random(20261123)
    try:
        for number in range(ROUNDS):
            writers: list[Writer] = [
                kind(plane, kind.__name__.lower(), sure, number) for kind, sure in zip(kinds, remembered, strict=True)
            ]
            kill_under_load(plane, writers, after=moments.randrange(5, 50))
            plane = Process(state, ready)
            with plane.client() as client:
                for writer in writers:
                    writer.look(client)
                    if isinstance(writer, Keys):
                        writer.check_secrets(plane)
    finally:
        plane.process.terminate()
        plane.process.wait(LIMIT)
