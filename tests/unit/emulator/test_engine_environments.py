"""Environments are built once for each definition, and kept."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tarfile
import threading
from typing import TYPE_CHECKING, Any

import pytest

from fal_emulator.engine import environments, interpreters
from fal_emulator.engine.environments import Environments
from fal_emulator.engine.errors import BuildError
from fal_emulator.engine.run import Job, RunResult
from tests.support.engine import lab, server
from tests.support.servers import http_serving
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def virtualenv(*requirements: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "virtualenv", "configuration": {"requirements": list(requirements), **more}}


def versions(python: str, *packages: str) -> list[str]:
    code = "import sys, importlib.metadata as m; print(*(m.version(p) for p in sys.argv[1:]), sep='\\n')"
    answer = subprocess.run([python, "-c", code, *packages], capture_output=True, text=True, check=True)
    return answer.stdout.split()


@pytest.fixture
def sdist() -> Iterator[str]:
    """Serve the source distribution of a tiny package, as the file store does."""
    content = io.BytesIO()
    project = b'[project]\nname = "tiny"\nversion = "1.5"\n[build-system]\nrequires = []\n'
    project += b'build-backend = "backend"\nbackend-path = ["."]\n'
    backend = (
        b"import zipfile\ndef build_wheel(folder, *_):\n    name = 'tiny-1.5-py3-none-any.whl'\n"
        b"    with zipfile.ZipFile(folder + '/' + name, 'w') as z:\n        z.writestr('tiny.py', 'X = 1')\n"
        b"        info = 'tiny-1.5.dist-info/'\n"
        b"        z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.5\\n')\n"
        b"        z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        b"        z.writestr(info + 'RECORD', '')\n    return name\n"
    )
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in (("pyproject.toml", project), ("backend.py", backend)):
            member = tarfile.TarInfo(f"tiny-1.5/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))

    with http_serving(lambda handler: handler.reply(200, content.getvalue())) as (port, _):
        yield f"http://127.0.0.1:{port}/tiny-1.5.tar.gz"


def test_an_environment_is_built_once_kept_rebuilt_and_used(tmp_path: Path, sdist: str) -> None:
    definition = virtualenv(["iniconfig==2.0.0"], ["iniconfig==2.1.0", f"tiny @ {sdist}"])
    lines: list[str] = []
    result = Environments(tmp_path / "state" / "environments")
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(result.build(definition, lambda line, _: lines.append(line))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    assert sum(line.startswith("Building environment") for line in lines) == 1
    assert any("iniconfig" in line for line in lines)
    python = result.python(ids[0])
    # The second layer came after the first, and what runners need is there as well.
    assert versions(python, "iniconfig", "tiny")[:2] == ["2.1.0", "1.5"]
    assert versions(python, "cloudpickle", "grpcio")
    assert subprocess.run([python, "-c", "import fal_emulator"], capture_output=True).returncode == 1

    again = Environments(tmp_path / "state" / "environments")
    lines.clear()
    assert again.build(definition, lambda line, _: lines.append(line)) == ids[0]
    assert lines == [f"Environment {ids[0]} is already built."]

    assert again.build(definition, lambda *_: None, force=True) == ids[0]
    rebuilt = again.python(ids[0])
    assert rebuilt != python
    assert versions(python, "tiny") == versions(rebuilt, "tiny")  # runners of the build before go on
    again.clean()
    assert [folder.name for folder in again.folder.iterdir() if folder.is_dir()] == [rebuilt.split("/")[-3]]

    with lab(tmp_path, isolation="venv") as here:
        here.deploy(here.add(server(), definition=definition))
        seen = here.get("/env").json()
        assert seen["VIRTUAL_ENV"] == rebuilt.removesuffix("/bin/python")


def test_a_build_that_fails_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    result = Environments(tmp_path)
    lines: list[str] = []
    with pytest.raises(BuildError, match="the build ended with") as error:
        result.build(virtualenv("iniconfig==0.0.0.1"), lambda line, _: lines.append(line))
    assert "iniconfig==0.0.0.1" in str(error.value)
    assert lines
    assert [path for path in tmp_path.iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (virtualenv(python_version="3.99"), "python_version 3.99 is not installed"),
        (virtualenv(python_version="three"), "'three' is not a version"),
        (virtualenv(7), "requirements must be a list of strings"),
        (virtualenv(["a"], "b"), "requirements must be a list of strings"),
        ({"kind": "nix", "configuration": {}}, "'nix' is not one of virtualenv, conda, container"),
    ],
)
def test_definitions_that_cannot_be_built(tmp_path: Path, definition: dict[str, Any], message: str) -> None:
    with pytest.raises(BuildError, match=message):
        Environments(tmp_path).build(definition, lambda *_: None)


def test_conda_needs_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="need one of micromamba, mamba, conda on PATH"):
        Environments(tmp_path / "e").build({"kind": "conda", "configuration": {"packages": []}}, lambda *_: None)


def test_conda_is_given_the_description_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A stand-in that keeps the description and makes a plain virtual environment where conda would make its own.
    program = tmp_path / "bin" / "micromamba"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\ncp $6 {tmp_path}/description\necho $1 $2 $3 $5\n{sys.executable} -m uv --offline venv $4\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr(environments, "AGENT_REQUIREMENTS", ())
    result = Environments(tmp_path / "e")
    version = interpreters.current_version()
    configuration = {"python_version": version, "packages": ["zlib"], "channels": ["main"], "pip": ["x"]}
    lines: list[str] = []
    env_id = result.build({"kind": "conda", "configuration": configuration}, lambda line, _: lines.append(line))
    assert "create --yes --prefix --file" in lines
    assert (tmp_path / "description").read_text() == (
        f'{{"channels": ["main"], "dependencies": ["python={version}", "zlib", "pip", {{"pip": ["x"]}}]}}'
    )
    assert result.python(env_id).endswith("/bin/python")


def test_inline_checks_and_uses_this_interpreter(tmp_path: Path) -> None:
    result = Environments(tmp_path, "inline")
    env_id = result.build(virtualenv("anything", python_version=interpreters.current_version()), lambda *_: None)
    assert result.python(env_id) == sys.executable
    with pytest.raises(BuildError, match="runs apps on this interpreter"):
        result.build(virtualenv(python_version="3.7"), lambda *_: None)
    lines: list[tuple[str, str]] = []
    asked = virtualenv("nowhere-to-be-had>=1", "httpx", "other; python_version < '3'", "--no-deps")
    result.build(asked, lambda line, level: lines.append((line, level)))
    told = "isolation='inline' installs nothing, and this interpreter lacks nowhere-to-be-had: use isolation='venv'"
    assert lines == [(told, "WARNING")]


def test_closing_ends_builds_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "import time; print(1, flush=True); time.sleep(100)"
    monkeypatch.setattr(environments, "_uv", lambda *_: [sys.executable, "-c", slow])
    result = Environments(tmp_path)
    lines: list[str] = []
    errors: list[BaseException] = []

    def build() -> None:
        try:
            result.build(virtualenv(), lambda line, _: lines.append(line))
        except BuildError as error:
            errors.append(error)

    thread = threading.Thread(target=build)
    thread.start()
    eventually(lambda: "1" in lines)
    result.close()
    thread.join(LIMIT)
    assert len(errors) == 1


def test_the_index_settings_of_pip_are_passed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:2/simple")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("UV_INDEX", "http://127.0.0.1:3/simple")
    result = environments.build_variables()
    assert result["UV_DEFAULT_INDEX"] == "http://127.0.0.1:1/simple"
    assert result["UV_INDEX"] == "http://127.0.0.1:3/simple"
    assert "VIRTUAL_ENV" not in result


def test_the_certificates_of_the_machine_count_unless_others_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SSL_CERT_FILE", "PIP_CERT", "UV_SYSTEM_CERTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    (tmp_path / "0a1b2c3d.0").touch()
    assert environments.build_variables()["UV_SYSTEM_CERTS"] == "true"
    monkeypatch.setenv("PIP_CERT", "/company.pem")
    result = environments.build_variables()
    assert result["SSL_CERT_FILE"] == "/company.pem" and "UV_SYSTEM_CERTS" not in result


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_other_versions_of_python_run_apps_too(tmp_path: Path, version: str) -> None:
    try:
        interpreters.find(version)
    except BuildError:
        pytest.skip(f"Python {version} is not installed here")
    with lab(tmp_path, isolation="venv") as here:
        (tmp_path / "hash").write_text("import sys\ndef version(): return '%d.%d' % sys.version_info[:2]\n")
        job = Job("me", virtualenv(python_version=version), entrypoint="mod:version", files=[("hash", "mod.py")])
        *_, result = here.engine.run(job)
        assert isinstance(result, RunResult)
        assert pickle.loads(result.content) == version
