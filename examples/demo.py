"""The whole life of an app, on a local control plane: deploy, call, scale, look, stop.

Run it with `just demo`. It needs no account and no network, ends by itself, and leaves nothing behind.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import httpx

import fal_emulator
from fal.deploy import BuildLog, DeployEvent, RegisterLog

HERE = Path(__file__).parent
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def step(text: str) -> None:
    print(f"\n{paint('>', '1;36')} {paint(text, '1')}")


def say(text: str) -> None:
    print(f"  {text}")


def show(event: DeployEvent) -> None:
    text = f"log: {event.message}" if isinstance(event, BuildLog | RegisterLog) else type(event).__name__
    say(paint(text, "2"))


def main() -> int:
    started = time.monotonic()
    step("Start the local control plane")
    with fal_emulator.start(isolation="inline") as plane, plane.client() as client:
        say(f"it answers gRPC, REST and app requests at {plane.host}")

        step("client.deploy('examples/hello.py::Hello')")
        result = client.deploy(f"{HERE / 'hello.py'}::Hello", auth="private", on_event=show)
        say(f"revision {result.revision} of {result.app_name}")
        url = result.urls["sync"]["/"]

        step(f"POST {url}")
        answer = httpx.post(
            url, json={"name": "fal"}, headers={"Authorization": f"Key {plane.key}"}, timeout=60, trust_env=False
        )
        answer.raise_for_status()
        say(f"{answer.status_code} {answer.text}")

        step("client.apps.scale('hello', keep_alive=300, max_concurrency=3)")
        alias = client.apps.scale("hello", keep_alive=300, max_concurrency=3)
        say(f"keep_alive {alias.keep_alive} s, max_concurrency {alias.max_concurrency}")

        step("client.apps.list() and client.runners.list()")
        for app in client.apps.list():
            say(f"app    {app.alias}  revision {app.revision[:8]}  {app.auth_mode}  runners {app.active_runners}")
        runners = client.runners.list()
        for runner in runners:
            say(f"runner {runner.runner_id}  {runner.state}  up {runner.uptime.total_seconds():.1f} s")

        step("client.keys.create(scope='admin'), then client.keys.revoke(...)")
        key_id, key_secret = client.keys.create(scope="admin", description="demo")
        say(f"key {key_id}, a secret of {len(key_secret)} characters, shown once")
        client.keys.revoke(key_id)
        say(f"revoked: {key_id not in [key.key_id for key in client.keys.list()]}")

        step("client.secrets.set('API_KEY', ...), then client.secrets.unset('API_KEY')")
        client.secrets.set("API_KEY", "my-secret-value")
        say(f"secrets: {[secret.name for secret in client.secrets.list()]}")
        client.secrets.unset("API_KEY")
        say(f"secrets: {[secret.name for secret in client.secrets.list()]}")

        step("client.runners.stop(...)")
        for runner in runners:
            client.runners.stop(runner.runner_id)
            say(f"{runner.runner_id} finishes what it does, and stops")

    seconds = time.monotonic() - started
    step(f"Done in {seconds:.1f} s: deployed, called, scaled, listed and stopped one app; nothing is left running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
