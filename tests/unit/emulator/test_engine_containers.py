"""The command lines for a container engine, told to a program that stands in for one: `just containers` runs a real one."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fal_emulator.engine import containers
from fal_emulator.engine.environments import AGENT_REQUIREMENTS
from tests.support.engine import Lab, lab, pickled
from tests.support.ports import free_port
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

# It writes down what it is told, and runs on this machine what a container would run.
STAND_IN = """#!{python}
import json, os, sys
from pathlib import Path
words = sys.argv[1:]
told = {{"words": words, "variables": dict(os.environ)}}
if words[0] == "build":
    context = Path(words[-1])
    told["files"] = {{str(f.relative_to(context)): f.read_text() for f in context.rglob("*") if f.is_file()}}
    told["dockerfile"] = Path(words[words.index("--file") + 1]).read_text()
    told["secrets"] = [Path(word.partition("src=")[2]).read_text() for word in words if word.startswith("id=")]
    login = os.environ.get("REGISTRY_AUTH_FILE")
    told["login"] = login and json.loads(Path(login).read_text())
    print("building")
with open({log!r}, "a") as file:
    print(json.dumps(told), file=file)
if words[0] == "image" or "FAILS" in told.get("dockerfile", ""):
    sys.exit(1)
if words[0] == "run":
    image = next(number for number, word in enumerate(words) if word.startswith("localhost/fal-local:"))
    os.execv({python!r}, [{python!r}, *words[image + 1 :]])
"""

SERVER = """
def serve(exposed_port):
    import http.server, os
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(" ".join([os.getcwd(), os.environ["FAL_LOCAL_VOLUME"], os.environ["TOLD"]]).encode())
        def log_message(self, *arguments):
            pass
    http.server.HTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


class Engine:
    """The program that stands in for a container engine."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "told"
        self.program = folder / "engine"
        self.program.write_text(STAND_IN.format(python=sys.executable, log=str(self.log)))
        self.program.chmod(0o700)

    def told(self, command: str) -> list[Any]:
        whole, _, _ = (self.log.read_text() if self.log.exists() else "").rpartition("\n")  # it may be writing
        return [told for told in map(json.loads, whole.splitlines()) if told["words"][0] == command]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    result = Engine(tmp_path)
    monkeypatch.setenv("FAL_LOCAL_CONTAINER_ENGINE", str(result.program))
    return result


@pytest.fixture
def here(tmp_path: Path, engine: Engine) -> Iterator[Lab]:
    assert engine
    with lab(tmp_path / "lab") as engine_lab:
        engine_lab.store.secrets.append(("TOLD", "a secret", None))
        yield engine_lab


def container(**image: Any) -> dict[str, Any]:
    return {"kind": "container", "configuration": {"image": {"dockerfile_str": "FROM base", **image}}}


def test_an_image_is_built_and_its_app_runs(here: Lab, engine: Engine) -> None:
    (here.store.folder / "digest").write_text("content")
    definition = container(
        build_args={"WORD": "hel lo"},
        secrets={"token": "terces"},
        registries={"registry.example": {"username": "me", "password": "pass word"}},
        builder="depot",
    )
    definition["configuration"]["requirements"] = [["one"], ["two==2"]]
    here.deploy(
        here.add(
            pickled(SERVER, "serve"),
            definition=definition,
            files=(("digest", "data/file"),),
            machine={"machine_types": ["GPU-A100"], "keep_alive": 60},
        )
    )
    (built,) = engine.told("build")
    assert built["files"] == {
        "data/file": "content",
        ".fal-local/0.txt": "".join(f"{line}\n" for line in AGENT_REQUIREMENTS),
        ".fal-local/1.txt": "one\n",
        ".fal-local/2.txt": "two==2\n",
    }
    assert built["dockerfile"].startswith("FROM base\nCOPY .fal-local /tmp/.fal-local\nRUN ")
    assert built["secrets"] == ["terces"]
    assert built["variables"]["WORD"] == "hel lo"
    login = base64.b64encode(b"me:pass word").decode()
    assert built["login"] == {"auths": {"registry.example": {"auth": login}}}
    words = " ".join(built["words"])
    assert "--build-arg WORD --secret id=token," in words
    assert not any(hidden in words for hidden in ("hel lo", "terces", "pass word", login))
    assert here.get().text.endswith(" /data a secret")
    (ran,) = engine.told("run")
    runner = here.live()[0].runner_id
    folder = here.store.folder / "state" / "runners" / runner
    line = " ".join(ran["words"])
    assert f"run --rm --name fal-{runner} --label fal-local={folder.parent} --network host" in line
    assert f"--volume {here.store.folder / 'state' / 'volume'}:/data" in line
    assert f"--interactive --user 0:0 --volume {folder}:{folder} --entrypoint python3" in line
    assert "a secret" not in line and "TOLD" not in ran["variables"], "secrets go through the pipe"
    said = [line["message"] for line in here.store.logs]
    assert any("get no GPU" in line for line in said)
    assert any("builder='depot' is not used" in line for line in here.lines + said)
    here.engine.kill("me", runner)
    eventually(lambda: [told["words"] for told in engine.told("kill")][:1] == [["kill", f"fal-{runner}"]])


def test_an_image_that_runs_as_it_is(here: Lab, engine: Engine) -> None:
    port = free_port()
    definition = container(use_isolate=False, entrypoint=["serve", "-m", "http.server"], cmd=[str(port)])
    here.deploy(here.add(definition=definition, machine={"exposed_port": port, "keep_alive": 60}))
    assert engine.told("build")[0]["dockerfile"] == "FROM base\n"
    (ran,) = engine.told("run")
    assert ran["words"][-6:-4] == ["--entrypoint", "serve"]
    assert ran["words"][-3:] == ["-m", "http.server", str(port)]
    assert "--interactive" not in ran["words"] and ran["variables"]["TOLD"] == "a secret"
    assert here.get().status_code == 200


@pytest.mark.parametrize(
    ("definition", "machine", "fault"),
    [
        (container(dockerfile_str="FAILS"), {}, "building"),
        (container(use_isolate=False), {}, "needs exposed_port"),
    ],
)
def test_an_image_that_cannot_run(here: Lab, definition: Any, machine: Any, fault: str) -> None:
    with pytest.raises(Exception, match=fault):
        here.deploy(here.add(definition=definition, machine=machine))


def test_a_program_that_does_not_work_is_not_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "broken").chmod(0o700)
    for name in ("broken", "is-not-there"):
        monkeypatch.setenv("FAL_LOCAL_CONTAINER_ENGINE", str(tmp_path / name))
        assert containers.engine() is None
