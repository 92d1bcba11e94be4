"""`fal local`, `fal create`, `fal run` and the calls of an app: a project from its first file to its first answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.unit.cli.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

pytestmark = pytest.mark.timeout(240)


def test_a_new_project_deploys_and_answers(
    fal_command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = fal_command("create", "app", "--name", "greeter-app", "--json")
    assert [Path(file).name for file in made.json["files"]] == ["app.py", "pyproject.toml", "README.md", ".gitignore"]
    assert fal_command("create", "app", "--name", "greeter-app").code == 1, "what is there is left alone"
    assert fal_command("create", "app", "--name", "Not An App").code == 2
    monkeypatch.chdir(tmp_path / "greeter-app")
    assert fal_command("deploy", "--json").json["app_name"] == "greeter-app"
    assert fal_command("api", "local/greeter-app", "name=Ada", "--json").json == {"result": {"message": "Hello, Ada!"}}
    asked = fal_command("apps", "submit", "greeter-app", "name=Bob", "--json").json["request_id"]
    assert fal_command("apps", "status", "greeter-app", asked, "--json").json["Status"] in (
        "Queued",
        "InProgress",
        "Completed",
    )
    assert fal_command("apps", "run", "greeter-app", "name=Eve", "--json").json["result"]["message"] == "Hello, Eve!"
    told = fal_command("apps", "status", "greeter-app", asked, "--logs").out
    assert told.startswith("Status  Completed\nLog     ") and "200 OK" in told and "'message'" not in told
    assert fal_command("api", "local/greeter-app", "name").code == 2
    assert fal_command("apps", "submit", "greeter-app", "--webhook-url", "example.com/hook").code == 2
    elsewhere = fal_command("apps", "submit", "greeter-app", "--webhook-url", "https://example.com/hook")
    assert "calls this machine alone" in elsewhere.err, "the address of the webhook has arrived"
    assert fal_command("apps", "delete", "greeter-app", "--yes").code == 0


def test_a_function_is_run(fal_command: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "functions.py"
    file.write_text("import fal\n\n\n@fal.function()\ndef add(a=1, b=2):\n    print('adding')\n    return a + b\n")
    there = fal_command("run", f"{file}::add", "--json")
    assert (there.code, there.json["value"]) == (0, 3), there.err
    assert "adding" in there.err
    here = run("run", f"{file}::add", "--local")
    assert (here.code, here.out.splitlines()[-1]) == (0, "Returned  3")
    assert fal_command("run", f"{file}::add", "--exposed-port", "1").code == 2


def test_a_function_that_fails_here_shows_its_lines(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "failing.py"
    file.write_text("import fal\n\n\n@fal.function()\ndef fail():\n    raise ValueError('on purpose')\n")
    ran = run("run", f"{file}::fail", "--local")
    assert (ran.code, ran.err.splitlines()) == (
        1,
        [
            "Traceback (most recent call last):",
            f'  File "{file}", line 6, in fail',
            "    raise ValueError('on purpose')",
            "error: ValueError: on purpose",
        ],
    )


def test_a_folder_that_cannot_be_made_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("FAL_HOME_DIR", str(home / "file"))
    ran = run("local", "up")
    assert (ran.code, "cannot be created" in ran.err, "Set FAL_HOME_DIR" in ran.err) == (2, True, True)


def test_a_control_plane_in_the_background(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plane.tar.gz"
    assert run("local", "status", "--json").json["running"] is False
    assert "fal local status" not in run("apps", "list").err
    assert run("doctor", "--json").json["local"] == "not running"
    assert run("local", "logs").code == 3
    assert "fal local up" in run("local", "open", "--link").err
    exports = run("local", "status", "--env")
    assert (exports.code, exports.out) == (1, ""), "a shell would evaluate it"
    up = run("local", "up", "--isolation", "inline", "--json")
    try:
        assert up.code == 0, up.out
        assert run("local", "up").code == 1
        assert 'running: `eval "$(fal local status --env)"` points this terminal at it' in run("apps", "list").err
        assert run("doctor", "--json").json["local"] == up.json["host"]
        assert run("local", "status", "--json").json["host"] == up.json["host"]
        assert "key" not in run("local", "status", "--json").json
        assert f"export FAL_KEY={up.json['key']}" in run("local", "status", "--env").out
        assert "answers at" in run("local", "logs").out
        link = run("local", "open", "--link", "--json").json["link"]
        assert httpx.get(link, trust_env=False).status_code == 303
        browsers: list[str] = []

        def show(url: str) -> bool:
            browsers.append(url)
            return True

        monkeypatch.setattr("webbrowser.open", show)
        for name in ("SSH_CLIENT", "SSH_TTY", "FAL_DONT_OPEN_LINKS"):
            monkeypatch.delenv(name, raising=False)
        assert run("local", "open", "--json").json == {"link": browsers[0]}
        monkeypatch.setenv("FAL_DONT_OPEN_LINKS", "1")
        assert f"{up.json['host']}/?token=" in run("local", "open").out and len(browsers) == 1
        assert run("local", "reset").code == 2
        assert run("local", "export", str(file), "--json").json == {"file": str(file)}
        assert run("local", "import", str(file)).code == 1
    finally:
        assert run("local", "down", "--json").json == {"was_running": True}
    ran = run("local", "import", str(file))
    assert ran.code == 1 and "is not empty" in ran.err
    assert run("local", "reset", "--yes").code == 0
    assert not (home / ".fal" / "local").exists()
    assert run("local", "import", str(file)).code == 0
    assert (home / ".fal" / "local" / "state" / "state.db").exists()


def test_a_control_plane_that_crashed_is_not_taken_for_the_program_that_got_its_number(home: Path) -> None:
    state = home / ".fal" / "local" / "state"
    state.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as other:
        (state / "lock").write_text(str(other.pid))
        (state.parent / "ready.json").write_text(
            json.dumps({"pid": other.pid, "state": str(state), "host": "http://h"})
        )
        assert run("local", "status", "--json").json["running"] is False
        assert run("local", "down", "--json").json == {"was_running": False}
        assert other.poll() is None
        assert other.stdin is not None
        other.stdin.close()


def test_a_command_gets_a_control_plane_of_its_own(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os, sys; print(os.environ['FAL_GRPC_HOST']); sys.exit(7)"
    ran = run("local", "exec", "--isolation", "inline", "--", sys.executable, "-c", code)
    assert ran.code == 7
    assert capfd.readouterr().out.startswith("127.0.0.1:")
    assert run("local", "exec").code == 2
    assert run("local", "exec", "--isolation", "inline", "--", "no-such-command-anywhere").code == 2
