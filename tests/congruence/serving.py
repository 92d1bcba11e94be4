"""What the code of a deploy does, in a process like a runner's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx

from tests.congruence.case import Case
from tests.support.peer_venv import peer
from tests.unit.app import app_runner

_CALL = """
import json, pickle, sys
function = pickle.loads(open(sys.argv[1], "rb").read())
print(json.dumps(function(**json.loads(sys.argv[2]))))
"""
# What a server adds by itself says nothing about the app.
_SERVERS_OWN = frozenset({"date", "server", "content-length"})


def ask(bundle: bytes, case: Case, folder: Path) -> Any:
    """Return what the code answers to the requests of a case, or gives back for its arguments."""
    file = folder / "bundle"
    file.write_bytes(bundle)
    if case.arguments is not None:
        command = [str(peer()), "-I", "-c", _CALL, str(file), json.dumps(case.arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)
        return {"returned": json.loads(done.stdout)} if done.returncode == 0 else {"failed": done.stderr[-2000:]}
    with app_runner.serve(file, str(peer()), ready=False) as runner:
        try:
            runner.wait_until("Uvicorn running")
        except AssertionError:
            return {"failed": runner.output[-2000:]}
        return [_answer(runner, *request) for request in case.requests]


def _answer(runner: app_runner.Runner, method: str, path: str, body: Any) -> dict[str, Any]:
    # Each on a connection of its own: the peer drops one after an error.
    response = httpx.request(method, runner.url + path, json=body, timeout=20, trust_env=False)
    headers = {name: value for name, value in response.headers.items() if name not in _SERVERS_OWN}
    kind = headers.get("content-type", "")
    content = response.json() if kind.startswith("application/json") else response.text
    return {"request": f"{method} {path}", "status": response.status_code, "headers": headers, "body": content}
