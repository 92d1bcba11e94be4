"""Generate small specifications and import what comes out."""

from __future__ import annotations

import ast
import importlib
import itertools
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

_COUNT = itertools.count()

Compile = Callable[..., ModuleType]

POLICY = "deadline = 5\nattempt_timeout = 1\nidempotent = true\nretry_on = []\nmax_attempts = 2\n"


@pytest.fixture
def compile_proto(tmp_path: Path) -> Iterator[Compile]:
    """Return a function that generates the gRPC half of a proto file and imports it as a package of its own name."""
    from generator.output import formatting
    from generator.render import grpc as grpc_half
    from generator.spec import protos
    from generator.spec.mapping import parse_mappings
    from generator.spec.rest_model import Rest

    names: list[str] = []

    def run(source: str, mapping: str = "", policy: str | None = None, *, format_too: bool = False) -> ModuleType:
        package = f"fragment_{next(_COUNT)}"
        spec = tmp_path / f"spec_{package}"
        (spec / "proto").mkdir(parents=True)
        (spec / "proto" / "it.proto").write_text(source)
        result, descriptors = protos.read_protos(spec / "proto")
        if not mapping and result.rpcs:
            mapping = "".join(f'[rpc.{rpc.name}]\nsurface = "thing.{rpc.name}"\n' for rpc in result.rpcs)
        text = policy if policy is not None else "".join(f"[rpc.{rpc.name}]\n{POLICY}\n" for rpc in result.rpcs)
        mappings = parse_mappings(tomllib.loads(mapping), tomllib.loads(text), result, Rest())
        out = tmp_path / "out" / package
        grpc_half.generate_shared(out)
        grpc_half.generate_grpc(result, descriptors, mappings, package, out)
        if format_too:
            formatting.format_tree(out)
        names.append(package)
        importlib.invalidate_caches()
        for name in ("", ".models", ".convert", ".rpc", ".servicer", ".proto.it_pb2"):
            module = importlib.import_module(package + name)
        return importlib.import_module(package) if module else module

    sys.path.insert(0, str(tmp_path / "out"))
    yield run
    sys.path.remove(str(tmp_path / "out"))
    for name in [module for module in sys.modules if module.split(".")[0] in names]:
        del sys.modules[name]


def field_words(source: Path, name: str) -> dict[str, str]:
    """Return the docstring of each field of a class, as an editor finds it: the string below the field."""
    classes = (item for item in ast.parse(source.read_text()).body if isinstance(item, ast.ClassDef))
    body = next(item for item in classes if item.name == name).body
    collected: dict[str, str] = {}
    for field, below in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            collected[ast.unparse(field.target)] = " ".join(str(below.value.value).split())
    return collected
