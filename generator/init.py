"""Start a client of another service: a project with its documents in spec/, and the package generated from them."""

from __future__ import annotations

import json
import keyword
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from generator import pipeline
from generator.errors import SpecError
from generator.output import folders
from generator.spec.lint import SERVER
from generator.spec.load import Spec, load
from generator.spec.names import snake
from generator.upstream.documents import canonical_yaml, fetch_document
from generator.upstream.downconvert import addresses
from generator.upstream.normalise import normalise

_NEEDED = ("fal", "google", "grpc", "httpx")
_MAPPING = """\
# Every RPC and operation is called as it is generated. With `direct = false`, each needs an entry that names the hand-written
# method that uses it, or says why none does; [model.X] and [enum.X] rename what is generated.
direct = true
"""
_POLICY = """\
# How long a call may take, and when it may be sent again: by class, then the exceptions.
# Durations are in seconds, 0 means no limit.
# A call is in the class of its kind; [rest.NAME] and [rpc.NAME] give one call another class, or other values.

[class.read]
deadline = 60
attempt_timeout = 30
idempotent = true
retry_on = ["RESOURCE_EXHAUSTED", "UNAVAILABLE", "429", "502", "503", "504", "connect"]
max_attempts = 5

[class.write]
deadline = 60
attempt_timeout = 30
idempotent = false
retry_on = ["RESOURCE_EXHAUSTED", "UNAVAILABLE", "429", "503", "connect"]
max_attempts = 3

[class.stream]
deadline = 3600
attempt_timeout = 0
idempotent = false
retry_on = ["RESOURCE_EXHAUSTED", "UNAVAILABLE", "429", "503", "connect"]
max_attempts = 3
"""
_CLIENT = '''\
"""Calls the service: `client()` for threads, `async_client()` for asyncio."""

from __future__ import annotations

from collections.abc import Mapping

from fal.service import AsyncService, Service

BASE_URL: str | None = {base}
GRPC_TARGET: str | None = None  # as in host:443
# Where operations are that have a server of their own; the headers go there too.
HOSTS: Mapping[str, str] = {hosts}


def client(
    base_url: str | None = BASE_URL,
    grpc_target: str | None = GRPC_TARGET,
    headers: Mapping[str, str] | None = None,
    hosts: Mapping[str, str] = HOSTS,
) -> Service:
    """Return what sends the operations of `{package}._gen.rest` and the RPCs of `{package}._gen.rpc`."""
    return Service(base_url, grpc_target=grpc_target, headers=headers, hosts=hosts)


def async_client(
    base_url: str | None = BASE_URL,
    grpc_target: str | None = GRPC_TARGET,
    headers: Mapping[str, str] | None = None,
    hosts: Mapping[str, str] = HOSTS,
) -> AsyncService:
    """Return the same for asyncio."""
    return AsyncService(base_url, grpc_target=grpc_target, headers=headers, hosts=hosts)
'''


@frozen
class Made:
    """The new project: its package, how much of the service is in it, and what was left out."""

    package: str
    operations: int
    rpcs: int
    notes: tuple[str, ...]


def init(folder: Path, *, openapi: Sequence[str] = (), proto: Path | None = None, package: str | None = None) -> Made:
    """Write a project into a new folder and generate its package.

    Args:
        folder: Where it goes: it does not exist yet, or is empty.
        openapi: Documents: files or https URLs.
        proto: A folder of proto files; None for a service without gRPC.
        package: The name of the Python package; the folder's own when left out.

    Raises:
        SpecError: when the folder is in use, an input cannot be read, or nothing of it can be generated; nothing is there then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SpecError(f"{folder} already exists, and is not empty")
    if not openapi and proto is None:
        raise SpecError("give --openapi, --proto or both: what the client is made of")
    if proto is not None and not proto.is_dir():
        raise SpecError(f"--proto {proto} is not a folder")
    name = package or snake(folder.resolve().name)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise SpecError(f"{name!r} is not the name of a package; give one with --package")
    if name in sys.stdlib_module_names or name in _NEEDED:
        raise SpecError(f"a package {name!r} would hide the one that it imports; give another name with --package")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        root = Path(scratch) / "project"
        notes, base = _write_spec(root, openapi, proto, name)
        spec = load(root)
        notes += spec.protos.notes
        home = root / "src" / name
        home.mkdir(parents=True)
        (home / "__init__.py").touch()
        known = sorted({operation.host for operation in spec.rest.operations if operation.host})
        hosts = json.dumps({host: host for host in known})
        text = _CLIENT.format(base=json.dumps(base) if base else "None", hosts=hosts, package=name)
        (home / "client.py").write_text(text, encoding="utf-8")
        pipeline.generate(spec)
        if folder.exists():
            folder.rmdir()
        shutil.move(root, folder)
    return Made(name, *_count(spec), tuple(notes))


def _is_source(path: Path, project: Path) -> bool:
    """Return whether something in a folder of proto files is one, or a folder that may hold more; the new project is not."""
    if path.is_dir():
        return not path.name.startswith(".") and path.resolve() not in project.resolve().parents
    return path.suffix == ".proto"


def _address(document: Mapping[str, Any]) -> str:
    """Return where a document says that its service is; empty when it does not."""
    return next((url for url in addresses(document.get("servers")) if re.fullmatch(SERVER, url)), "")


def _count(spec: Spec) -> tuple[int, int]:
    return len(spec.rest.operations), len(spec.protos.rpcs)


def _write_spec(root: Path, openapi: Sequence[str], proto: Path | None, package: str) -> tuple[list[str], str]:
    """Write the files of spec/; return what was left out, and the address of the service, if a document names one."""
    spec = root / "spec"
    (spec / "openapi").mkdir(parents=True)
    notes: list[str] = []
    base = ""
    for source in openapi:
        name = re.sub(r"[^a-z0-9]+", "-", Path(source.split("?", 1)[0]).stem.lower()).strip("-") or "service"
        fetched = fetch_document(name, source)
        normalised = normalise(fetched.content)
        notes += normalised.notes
        address = _address(normalised.document)
        if base and address and address != base:
            normalised.document["x-host"] = address
        base = base or address
        (spec / "openapi" / f"{name}.yaml").write_text(canonical_yaml(normalised.document, "")[0], encoding="utf-8")
    if proto is not None:
        folders.copy(
            proto, spec / "proto", lambda above, names: [n for n in names if not _is_source(Path(above, n), root)]
        )
    (spec / "mapping.toml").write_text(_MAPPING, encoding="utf-8")
    (spec / "policy.toml").write_text(_POLICY, encoding="utf-8")
    pins = f'[output]\npackage = "{package}._gen"\nfolder = "src/{package}/_gen"\n'
    (spec / "sources.toml").write_text(pins, encoding="utf-8")
    return notes, base
